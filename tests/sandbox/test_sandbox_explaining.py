"""What the pages say of a request's credentials is what the API decides."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from messagemedia.sandbox import Options, RequestRecord, Sandbox
from messagemedia.sandbox.auth import authenticates
from messagemedia.sandbox.clock import read_timestamp
from messagemedia.sandbox.explaining import explain
from sandbox_caller import KEY, SECRET, Caller, hmac_header, sign

NOW = read_timestamp("2026-01-15T03:04:05Z")
GOOD = sign("POST", "/v1/messages", body=b"{}")


def request(headers: dict[str, str], body: bytes = b"{}", target: str = "/v1/messages") -> RequestRecord:
    return RequestRecord("POST", target, "1.1", tuple((name.lower(), value) for name, value in headers.items()), body)


def basic(text: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


CASES = {
    "": GOOD,
    "The API key is unknown": sign("POST", "/v1/messages", body=b"{}", key="other"),
    "The signature is not the one that the key's secret gives for the lines below": sign(
        "POST", "/v1/messages", body=b"{}", secret="other"
    ),
    "Date is not within 300 seconds of the sandbox's clock": sign(
        "POST", "/v1/messages", body=b"{}", date="Thu, 15 Jan 2026 04:04:05 GMT"
    ),
    "Date is not a date in the form that HTTP requires": sign("POST", "/v1/messages", body=b"{}", date="yesterday"),
    "content-md5 is not the MD5 of the body": {**GOOD, "Content-MD5": "0" * 32},
    "The digest of the body is not signed": sign("POST", "/v1/messages"),
    "Some listed headers were not sent": {name: GOOD[name] for name in ("Content-MD5", "Authorization")},
    "No date is signed": {**GOOD, "Authorization": hmac_header(KEY, "hmac-sha256", ["request-line"], "x")},
    "The request line is not signed": {**GOOD, "Authorization": hmac_header(KEY, "hmac-sha256", ["Date"], "x")},
    "The algorithm is not accepted": {**GOOD, "Authorization": hmac_header(KEY, "md5", ["Date"], "x")},
    "Authorization has neither the form of Basic nor that of HMAC": {"Authorization": "Bearer x"},
    "The header Authorization is missing": {},
    "The secret doesn't belong to the key": basic(f"{KEY}:wrong"),
    "The credentials are not base64 of KEY:SECRET": {"Authorization": "Basic é"},
}


@pytest.mark.parametrize(("reason", "headers"), CASES.items(), ids=CASES)
def test_the_reason_is_named(reason: str, headers: dict[str, str]) -> None:
    explained = explain(request(headers), Options(), NOW)
    wrong = [check.said for check in explained.checks if not check.passed]
    assert (reason in wrong) if reason else wrong == []
    assert explained.passed == authenticates(request(headers), Options(), NOW) == (not reason)


def test_sha1_is_named_where_it_is_no_longer_accepted() -> None:
    asked = request(sign("POST", "/v1/messages", body=b"{}", algorithm="hmac-sha1"))
    assert explain(asked, Options(), NOW).passed
    (wrong,) = [check for check in explain(asked, Options(sha1=False), NOW).checks if not check.passed]
    assert (wrong.said, wrong.found) == ("The algorithm is not accepted", "hmac-sha1")


def test_what_was_signed_and_both_signatures_are_there() -> None:
    explained = explain(request(GOOD), Options(), NOW)
    lines = [f"Date: {GOOD['Date']}", f"Content-MD5: {GOOD['Content-MD5']}", "POST /v1/messages HTTP/1.1"]
    assert [line.line for line in explained.signed] == lines
    assert explained.received == explained.computed
    assert explained.received in GOOD["Authorization"]
    changed = explain(request(GOOD, target="/v1/messages?x"), Options(), NOW)
    assert changed.received != changed.computed


HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Date": st.sampled_from([GOOD["Date"], "Thu, 15 Jan 2026 05:04:05 GMT", "x"]),
        "X-Date": st.sampled_from([GOOD["Date"], "x"]),
        "Content-MD5": st.sampled_from([GOOD["Content-MD5"], "x"]),
        "Authorization": st.one_of(
            st.sampled_from([GOOD["Authorization"], *(str(each.get("Authorization")) for each in CASES.values())]),
            st.builds(
                hmac_header,
                st.sampled_from([KEY, "other"]),
                st.sampled_from(["hmac-sha1", "hmac-sha256", "x"]),
                st.lists(st.sampled_from(["Date", "X-Date", "Content-MD5", "request-line", "X-None"]), min_size=1),
                st.sampled_from(["x", GOOD["Authorization"].rpartition('signature="')[2].rstrip('"')]),
            ),
            st.builds(
                lambda text: basic(text)["Authorization"], st.sampled_from([f"{KEY}:{SECRET}", KEY, ":", f"{KEY}:"])
            ),
            st.text(st.characters(max_codepoint=255)),
        ),
    },
)


@given(HEADERS, st.sampled_from([b"", b"{}"]), st.booleans())
def test_the_explanation_and_the_decision_agree(headers: dict[str, str], body: bytes, sha1: bool) -> None:
    asked, options = request(headers, body), Options(sha1=sha1)
    explained = explain(asked, options, NOW)
    assert explained.passed == authenticates(asked, options, NOW)
    assert SECRET not in repr(explained)


def test_the_clock_that_a_fault_has_set_wrong_is_the_one_that_counts(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.fault("clock_skew", seconds=1000)
    headers = sign("GET", "/v1/replies")
    assert caller.get("/v1/replies", headers=headers, auth=None).status_code == 401
    assert "Date is not within 300 seconds" in caller.get("/pages/requests").text.replace("&#39;", "'")


def test_credentials_that_are_no_ascii_are_refused(caller: Caller) -> None:
    answer = caller.get("/v1/replies", headers={"Authorization": "Basic é".encode("latin-1")}, auth=None)
    assert answer.status_code == 401
