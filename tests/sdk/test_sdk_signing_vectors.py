import base64
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from messagemedia import BasicAuth, HmacAuth
from sdk_face import DATE, KEY, MESSAGE_ID, MOMENT, SECRET, SMS, Face, Wire, accepted, answer

from tests import inside

POST = b'{"messages":[{"content":"Hello","destination_number":"+61491570156"}]}'
PUT = b'{"status":"cancelled"}'
UTF8 = '{"messages":[{"content":"Café €","destination_number":"+61491570156"}]}'.encode()
MESSAGE = f"/v1/messages/{MESSAGE_ID}"
LIST = "/v1/webhooks/messages?page=0&page_size=10"

GET_REPLIES, SEND, CANCEL = ("GET", "/v1/replies", None), ("POST", "/v1/messages", POST), ("PUT", MESSAGE, PUT)
SEND_UTF8, GET_LIST = ("POST", "/v1/messages", UTF8), ("GET", LIST, None)
MD5 = {
    POST: "c94208d83e8f2871a781619bc50548be",
    PUT: "f3278465779cab6598f2d4bcf6e37378",
    UTF8: "542232ff2d30cda9ec2f4c859498369e",
}

# Our own vectors, computed in Python and, apart from that, by the openssl command line. The samples of the API's
# documentation are no use (pitfall 12): what they call sha256 is a sha1, once even of its hexadecimal digits, over a
# body with CRLF line ends that is not the one printed, with a secret that was never published.
VECTORS: list[tuple[int, str, str, tuple[str, str, bytes | None], str]] = [
    (1, "sha1", "documented", GET_REPLIES, "d1H/ZcX738HURx73vaoC9mCClvs="),
    (2, "sha1", "documented", SEND, "xjw6G7dIP211BbyFBltj014LjZ0="),
    (3, "sha1", "documented", CANCEL, "WAJGMD/9IQDjcDK2lyLixkpHJ0E="),
    (4, "sha256", "documented", GET_REPLIES, "VRxwwiDTQ/+G41/Iy/TJyQYKdqAdxSSBUlxOmLmnEgw="),
    (5, "sha256", "documented", SEND, "vhtjPMJsAixRWyHyQvd4KD+OLebgG/AKlRmkT/Khnaw="),
    (6, "sha256", "documented", CANCEL, "FQIoheDhLSyRS74QWqkvjhO3vNBfxOaUOmmANCJYJCA="),
    (7, "sha1", "legacy", GET_REPLIES, "FsyCO9Gdsz7e5CGMQ59c1jU1+iA="),
    (8, "sha1", "legacy", SEND, "RiXQhn5DpLqd8s9LkDTuHmxxm74="),
    (9, "sha1", "legacy", CANCEL, "LPM0m/QGkTDUo+izZShk1JvdhCs="),
    (10, "sha256", "legacy", GET_REPLIES, "Sj0BbZKhNFu/kPaY4sjIU4XPKLIRJiRn8VLiQygoDWQ="),
    (11, "sha256", "legacy", SEND, "kWn+O1ZcJPVYDECoqaRdCMd4ibuihV90zZY5SOTWfLA="),
    (12, "sha256", "legacy", CANCEL, "i53mMC6+pYkyQZnDqTFMWhWd3ohyb0bBqq/ChAMnmtg="),
    (13, "sha256", "documented", GET_LIST, "7rg4gqBjg4bPXdukGG7gHUwOr6aRYMI3VJRgNSz2lwI="),  # pitfall 11
    (14, "sha256", "documented", SEND_UTF8, "yrfDAZZCEUgG5ifCvykeTHWob3NLKGDt1dxIxIA61pc="),  # pitfall 6
]
# The PUT of vector 9 as the official SDKs sign it: as a POST.
BUG = "VIXtaN8fEz6Y2IJmkeNY2e9F5v4="

NAMES = {"documented": ("Date", "Content-MD5"), "legacy": ("date", "x-Content-MD5")}
vectors = pytest.mark.parametrize(
    ("algorithm", "names", "request_", "signature"),
    [pytest.param(*vector[1:], id=str(vector[0])) for vector in VECTORS],
)


def expected(algorithm: str, names: str, body: bytes | None, signature: str) -> dict[str, str]:
    date, md5 = NAMES[names]
    listed = f"{date} request-line" if body is None else f"{date} {md5} request-line"
    value = f'hmac username="{KEY}", algorithm="hmac-{algorithm}", headers="{listed}", signature="{signature}"'
    return {date: DATE, **({} if body is None else {md5: MD5[body]}), "Authorization": value}


@vectors
def test_headers_of_a_signature_match_the_vector(
    algorithm: Any, names: Any, request_: tuple[str, str, bytes | None], signature: str
) -> None:
    auth = HmacAuth(KEY, SECRET, algorithm=algorithm, header_names=names)
    assert auth.headers(*request_, MOMENT) == expected(algorithm, names, request_[2], signature)


# What a client has to do to make the requests of the vectors.
ACTIONS = {
    GET_LIST: (
        lambda client: client.api.webhooks.list_webhooks(page=0, page_size=10),
        answer(200, {"page": 0, "pageSize": 10, "pageData": []}),
    ),
    GET_REPLIES: (lambda client: client.replies.check(), answer(200, {"replies": []})),
    SEND: (lambda client: client.messages.send(**SMS), accepted()),
    CANCEL: (lambda client: client.messages.cancel(MESSAGE_ID), answer(200)),
    SEND_UTF8: (lambda client: client.messages.send(**{**SMS, "content": "Café €"}), accepted()),
}


@vectors
def test_requests_of_a_client_carry_the_signature_of_the_vector(
    face: Face, algorithm: Any, names: Any, request_: tuple[str, str, bytes | None], signature: str
) -> None:
    """Method, path, bytes and date are those of the request that is sent. Pitfalls 1, 3, 4 and 10."""
    act, reply = ACTIONS[request_]
    wire = Wire(reply)
    auth = HmacAuth(KEY, SECRET, algorithm=algorithm, header_names=names)
    face.run(act(face.client(wire, auth=auth, now=lambda: MOMENT)))
    sent = wire.only
    assert (sent.method, sent.target, sent.body) == (request_[0], request_[1], request_[2] or b"")
    wanted = expected(algorithm, names, request_[2], signature)
    assert {name.lower(): value for name, value in wanted.items()}.items() <= sent.headers.items()
    assert "d41d8cd98f00b204e9800998ecf8427e" not in sent.headers.values()  # pitfall 4: the MD5 of nothing
    assert request_[2] is not None or not sent.headers.keys() & {"content-md5", "x-content-md5"}


def test_a_cancel_is_not_signed_as_a_post(face: Face) -> None:
    wire = Wire(answer(200))  # pitfall 1
    auth = HmacAuth(KEY, SECRET, algorithm="sha1", header_names="legacy")
    face.run(face.client(wire, auth=auth, now=lambda: MOMENT).messages.cancel(MESSAGE_ID))
    assert BUG not in wire.only.headers["authorization"]
    assert BUG in auth.headers("POST", MESSAGE, PUT, MOMENT)["Authorization"]


def test_sha256_with_the_documented_names_is_the_default() -> None:
    auth = HmacAuth(KEY, SECRET)  # pitfall 2
    assert auth.headers(*SEND, MOMENT) == expected("sha256", "documented", POST, VECTORS[4][4])


def test_the_basic_vector_matches(face: Face) -> None:
    wire = Wire(answer(200, {"replies": []}))  # pitfall 10
    face.run(face.client(wire).replies.check())
    vector = "Basic QWJDZEVmR2hJaktsTW5PcFFyU3Q6MDEyMzQ1Njc4OWFiY2RlZmdoaWpBQkNERUZHSElK"
    assert wire.only.headers["authorization"] == vector
    assert not wire.only.headers.keys() & {"date", "content-md5"}


def test_an_empty_body_is_signed_and_a_missing_one_is_not() -> None:
    auth = HmacAuth(KEY, SECRET)  # pitfall 9
    assert set(auth.headers("POST", "/", b"", MOMENT)) == {"Date", "Content-MD5", "Authorization"}
    assert set(auth.headers("POST", "/", None, MOMENT)) == {"Date", "Authorization"}
    assert auth.headers("POST", "/", b"0", MOMENT)["Content-MD5"] == "cfcd208495d565ef66e7dff9f98764da"


@pytest.mark.parametrize("length", [1, 7, 19, 21, 29, 31, 500])
@pytest.mark.parametrize("kind", [BasicAuth, HmacAuth])
def test_keys_of_any_length_are_accepted_and_make_no_line_breaks(kind: Any, length: int) -> None:
    headers: Mapping[str, str] = kind("k" * length, "s" * length).headers("POST", "/", b"{}", MOMENT)
    assert not any(set(value) & set("\r\n") for value in headers.values())  # pitfalls 8 and 16
    assert headers["Authorization"].isascii()


def test_basic_credentials_are_utf_8() -> None:
    value = BasicAuth("clé", "sécrêt€").headers("GET", "/", None, MOMENT)["Authorization"]
    assert base64.b64decode(value.removeprefix("Basic ")).decode() == "clé:sécrêt€"  # pitfall 7


def run_python(code: str, **environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_a_secret_that_is_no_ascii_signs_alike_in_every_locale() -> None:
    code = (  # pitfall 7
        "from messagemedia.auth import *; from datetime import *; now = datetime(2026, 1, 15, tzinfo=UTC)\n"
        "for kind in BasicAuth, HmacAuth: print(str(kind('key', 's\\xe9cret').headers('PUT', '/', b'{}', now)"
        "['Authorization']))"
    )
    outputs = {
        run_python(code, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"),
        run_python(code, LC_ALL="C.UTF-8", PYTHONUTF8="1"),
    }
    assert len(outputs) == 1
    assert "signature=" in outputs.pop()


def test_a_secret_is_signed_with_in_utf_8() -> None:
    """Pitfall 7. Computed with `printf … | openssl dgst -sha256 -hmac 'gehéim€' -binary | openssl base64 -A`."""
    signed = HmacAuth(KEY, "gehéim€").headers("GET", "/v1/replies", None, MOMENT)
    assert signed["Authorization"].endswith('signature="aDkwLoBXTbBxwdVZ0IqaneXHe0rJ8WIZ0EuGeA1VxBI="')


@pytest.mark.parametrize("zone", ["Australia/Sydney", "UTC", "Asia/Kolkata", "America/New_York"])
def test_the_date_is_right_in_the_repeated_hour_of_any_time_zone(zone: str) -> None:
    """In Sydney 2026-04-05 02:30 comes twice; 15:30 GMT is its first pass. Pitfall 5."""
    code = (
        "from datetime import *; from messagemedia.auth import HmacAuth\n"
        "moment = datetime(2026, 4, 4, 15, 30, tzinfo=UTC)\n"
        "for now in moment, moment.astimezone():\n"
        "    print(HmacAuth('k', 's').headers('GET', '/', None, now)['Date'])"
    )
    assert run_python(code, TZ=zone).split("\n")[:2] == ["Sat, 04 Apr 2026 15:30:00 GMT"] * 2


def test_the_date_is_in_gmt_whatever_zone_the_clock_is_in() -> None:
    local = MOMENT.astimezone(timezone(timedelta(hours=11)))
    assert HmacAuth(KEY, SECRET).headers("GET", "/", None, local)["Date"] == DATE  # pitfall 5


def test_the_clock_of_a_client_is_aware() -> None:
    with Face("sync") as face:
        now = inside.settings_of(face.client(Wire(answer(200)))).now()  # pitfall 5
    assert now.utcoffset() == timedelta()
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
