import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from messagemedia.sandbox import Sandbox
from sandbox_caller import KEY, SECRET, caller_of, hmac_header, sign

START = datetime(2026, 1, 15, 3, 4, 5, tzinfo=UTC)
DATE = "Thu, 15 Jan 2026 03:04:05 GMT"
UNAUTHORIZED = b'{"message":"Invalid authentication credentials"}\n'

SMS = b'{"messages":[{"content":"Hello","destination_number":"+61491570156"}]}'
UTF8_SMS = '{"messages":[{"content":"Café €","destination_number":"+61491570156"}]}'.encode()
CANCEL = b'{"status":"cancelled"}'
MESSAGE = "/v1/messages/877c19ef-fa2e-4cec-827a-e1df9b5509f7"
DOCS, SDK = ("Date", "Content-MD5"), ("date", "x-Content-MD5")

# Computed with Python and, apart from that, with the openssl command line. The samples in the API's own
# documentation are no use: their signatures are of another algorithm than they say, over another body.
VECTORS = [
    ("hmac-sha1", DOCS, "GET", "/v1/replies", b"", "d1H/ZcX738HURx73vaoC9mCClvs="),
    ("hmac-sha1", DOCS, "POST", "/v1/messages", SMS, "xjw6G7dIP211BbyFBltj014LjZ0="),
    ("hmac-sha1", DOCS, "PUT", MESSAGE, CANCEL, "WAJGMD/9IQDjcDK2lyLixkpHJ0E="),
    ("hmac-sha256", DOCS, "GET", "/v1/replies", b"", "VRxwwiDTQ/+G41/Iy/TJyQYKdqAdxSSBUlxOmLmnEgw="),
    ("hmac-sha256", DOCS, "POST", "/v1/messages", SMS, "vhtjPMJsAixRWyHyQvd4KD+OLebgG/AKlRmkT/Khnaw="),
    ("hmac-sha256", DOCS, "PUT", MESSAGE, CANCEL, "FQIoheDhLSyRS74QWqkvjhO3vNBfxOaUOmmANCJYJCA="),
    ("hmac-sha1", SDK, "GET", "/v1/replies", b"", "FsyCO9Gdsz7e5CGMQ59c1jU1+iA="),
    ("hmac-sha1", SDK, "POST", "/v1/messages", SMS, "RiXQhn5DpLqd8s9LkDTuHmxxm74="),
    ("hmac-sha1", SDK, "PUT", MESSAGE, CANCEL, "LPM0m/QGkTDUo+izZShk1JvdhCs="),
    ("hmac-sha256", SDK, "GET", "/v1/replies", b"", "Sj0BbZKhNFu/kPaY4sjIU4XPKLIRJiRn8VLiQygoDWQ="),
    ("hmac-sha256", SDK, "POST", "/v1/messages", SMS, "kWn+O1ZcJPVYDECoqaRdCMd4ibuihV90zZY5SOTWfLA="),
    ("hmac-sha256", SDK, "PUT", MESSAGE, CANCEL, "i53mMC6+pYkyQZnDqTFMWhWd3ohyb0bBqq/ChAMnmtg="),
    ("hmac-sha256", DOCS, "POST", "/v1/messages", UTF8_SMS, "yrfDAZZCEUgG5ifCvykeTHWob3NLKGDt1dxIxIA61pc="),
]


@pytest.fixture(scope="module")
def vault() -> Iterator[Sandbox]:
    """A sandbox with the key of the vectors, at their date."""
    with Sandbox(
        api_key="AbCdEfGhIjKlMnOpQrSt",
        api_secret="0123456789abcdefghijABCDEFGHIJ",
        clock_start=START,
        clock_runs=False,
    ) as running:
        yield running


def request(sandbox: Sandbox, method: str, target: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
    return httpx.request(method, sandbox.url + target, content=body, headers=headers, trust_env=False, verify=False)


def vector_headers(algorithm: str, names: tuple[str, str], body: bytes, signature: str) -> dict[str, str]:
    headers = {names[0]: DATE}
    if body:
        headers[names[1]] = hashlib.md5(body).hexdigest()
    listed = [*headers, "request-line"]
    return {**headers, "Authorization": hmac_header("AbCdEfGhIjKlMnOpQrSt", algorithm, listed, signature)}


@pytest.mark.parametrize(("algorithm", "names", "method", "target", "body", "signature"), VECTORS)
def test_known_signatures_are_accepted(
    vault: Sandbox, algorithm: str, names: tuple[str, str], method: str, target: str, body: bytes, signature: str
) -> None:
    answer = request(vault, method, target, body, vector_headers(algorithm, names, body, signature))
    # The message of the cancelling vector does not exist, which only an authenticated caller is told.
    assert answer.status_code == {"GET": 200, "POST": 202, "PUT": 404}[method]


def test_a_put_signed_as_a_post_is_rejected(vault: Sandbox) -> None:
    headers = vector_headers("hmac-sha1", SDK, CANCEL, "VIXtaN8fEz6Y2IJmkeNY2e9F5v4=")
    assert request(vault, "PUT", MESSAGE, CANCEL, headers).status_code == 401


def test_the_known_basic_credentials_are_accepted(vault: Sandbox) -> None:
    header = "Basic QWJDZEVmR2hJaktsTW5PcFFyU3Q6MDEyMzQ1Njc4OWFiY2RlZmdoaWpBQkNERUZHSElK"
    assert request(vault, "GET", "/v1/replies", b"", {"Authorization": header}).status_code == 200


def test_a_signature_with_its_query_is_verified_against_the_query_as_sent(sandbox: Sandbox) -> None:
    target = "/v1/replies?b=%20x&a=1"
    assert request(sandbox, "GET", target, b"", sign("GET", target)).status_code == 200
    assert request(sandbox, "GET", target, b"", sign("GET", "/v1/replies")).status_code == 401


def test_a_percent_encoded_path_is_verified_as_it_was_sent(sandbox: Sandbox) -> None:
    target = "/v1/messages/a%2Fb%3Fc%3D1%20%C3%BC"
    assert request(sandbox, "GET", target, b"", sign("GET", target)).status_code == 404


def test_a_fresh_signature_is_accepted_by_a_running_clock() -> None:
    with Sandbox() as running:
        date = running.now.strftime("%a, %d %b %Y %H:%M:%S GMT")
        assert request(running, "GET", "/v1/replies", b"", sign("GET", "/v1/replies", date=date)).status_code == 200


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        (sign("POST", "/v1/messages", body=SMS, key="OTHER"), "wrong key"),
        (sign("POST", "/v1/messages", body=SMS, secret="OTHER"), "wrong secret"),
        (sign("GET", "/v1/messages", body=SMS), "wrong method"),
        (sign("POST", "/v1/message", body=SMS), "wrong path"),
        (sign("POST", "/v1/messages", body=SMS, version="HTTP/2.0"), "wrong version"),
        (sign("POST", "/v1/messages", body=SMS + b" "), "another body"),
        (sign("POST", "/v1/messages"), "the body is not signed"),
        (sign("POST", "/v1/messages", body=SMS, date="Thu, 15 Jan 2026 02:59:04 GMT"), "too old"),
        (sign("POST", "/v1/messages", body=SMS, date="Thu, 15 Jan 2026 03:09:06 GMT"), "too far ahead"),
        (sign("POST", "/v1/messages", body=SMS, date="2026-01-15T03:04:05Z"), "no HTTP date"),
        ({**sign("POST", "/v1/messages", body=SMS), "Content-MD5": "d41d8cd98f00b204e9800998ecf8427e"}, "empty MD5"),
        (
            {**sign("POST", "/v1/messages", body=SMS), "Content-MD5": hashlib.md5(SMS).hexdigest().upper()},
            "MD5 in upper case",
        ),
        ({"Authorization": "Basic " + base64.b64encode(f"{KEY}:wrong".encode()).decode()}, "wrong Basic secret"),
        ({"Authorization": "Basic " + base64.b64encode(f"wrong:{SECRET}".encode()).decode()}, "wrong Basic key"),
        ({"Authorization": "Basic !"}, "no base64"),
        ({"Authorization": "Bearer token"}, "another scheme"),
        ({}, "no credentials"),
    ],
)
def test_what_does_not_fit_the_request_is_rejected(sandbox: Sandbox, headers: dict[str, str], why: str) -> None:
    answer = request(sandbox, "POST", "/v1/messages", SMS, headers)
    assert (answer.status_code, answer.content) == (401, UNAUTHORIZED), why
    assert sandbox.ledger == []


def test_a_date_at_the_edge_of_the_window_is_accepted(sandbox: Sandbox) -> None:
    headers = sign("GET", "/v1/replies", date="Thu, 15 Jan 2026 02:59:05 GMT")
    assert request(sandbox, "GET", "/v1/replies", b"", headers).status_code == 200


def test_a_signature_that_leaves_out_date_or_request_line_is_rejected(sandbox: Sandbox) -> None:
    headers = sign("GET", "/v1/replies")
    for listed in ("Date", "request-line", "Date Missing request-line"):
        changed = {**headers, "Authorization": headers["Authorization"].replace("Date request-line", listed)}
        assert request(sandbox, "GET", "/v1/replies", b"", changed).status_code == 401


def test_the_signing_window_is_an_option() -> None:
    with Sandbox(clock_start=START, clock_runs=False, clock_skew=10) as running:
        headers = sign("GET", "/v1/replies", date="Thu, 15 Jan 2026 03:04:16 GMT")
        assert request(running, "GET", "/v1/replies", b"", headers).status_code == 401


def test_sha1_can_be_switched_off() -> None:
    with Sandbox(clock_start=START, clock_runs=False, sha1=False) as running:
        for algorithm, status in (("hmac-sha1", 401), ("hmac-sha256", 200)):
            headers = sign("GET", "/v1/replies", algorithm=algorithm)
            assert request(running, "GET", "/v1/replies", b"", headers).status_code == status


def test_bad_credentials_can_be_answered_as_they_were_before_2026_07() -> None:
    with Sandbox(bad_credentials_status=403) as running:
        answer = request(running, "GET", "/v1/replies", b"", {})
        assert (answer.status_code, answer.content) == (403, UNAUTHORIZED)


def test_further_keys_have_their_own_secrets() -> None:
    with Sandbox(other_credentials={"SECOND": "sécret"}) as running:
        for auth, status in ((("SECOND", "sécret"), 200), (("SECOND", SECRET), 401), ((KEY, "sécret"), 401)):
            header = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
            assert request(running, "GET", "/v1/replies", b"", {"Authorization": header}).status_code == status


def test_a_known_sub_account_is_let_in_and_an_unknown_one_is_not(sandbox: Sandbox) -> None:
    with caller_of(sandbox, Account="Branch") as branch, caller_of(sandbox, Account="No such") as unknown:
        assert branch.get("/v1/replies").status_code == 200
        answer = unknown.get("/v1/replies")
        assert answer.status_code == 403
        assert answer.text == '{"message":"Invalid account \'No such\' in header Account"}\n'


def test_secrets_do_not_show_in_the_repr_of_options_and_requests(sandbox: Sandbox) -> None:
    with caller_of(sandbox) as caller:
        caller.get("/v1/replies")
    assert SECRET not in repr(sandbox.options)
    assert "Basic" not in repr(sandbox.requests)
