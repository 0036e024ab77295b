"""The official SDKs, written by others long ago, get along with the sandbox: it behaves as they expect of the API."""

import base64
import contextlib
import hashlib
import hmac
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from messagemedia import HmacAuth
from messagemedia.sandbox import RequestRecord, Sandbox
from official_clients import OfficialClient, Outcome, official_client

KEY, SECRET = "AbCdEfGhIjKlMnOpQrSt", "0123456789abcdefghijABCDEFGHIJ"
SMS = {"content": "My first message", "destination_number": "+61491570156"}
MMS = {
    "content": "My second message",
    "destination_number": "+61491570158",
    "format": "MMS",
    "media": ["https://images.example.com/photo.jpeg?cs=srgb&dl=city.jpg"],
    "subject": "This is an MMS message",
}
ALL_KINDS = {
    **SMS,
    "content": "Café € 😀",
    "callback_url": "https://my.callback.example.com",
    "delivery_report": True,
    "format": "SMS",
    "metadata": {"key1": "value1", "schlüssel": "wert"},
    "source_number": "+61491570157",
    "source_number_type": "INTERNATIONAL",
}
SCHEDULED = {**SMS, "scheduled": "2030-01-01T00:00:00+00:00"}

SDKS = ("python", "node")
sdks = pytest.mark.parametrize("sdk", SDKS)
schemes = pytest.mark.parametrize("scheme", ["basic", "hmac"])

Get = Callable[..., OfficialClient]


@pytest.fixture(scope="module")
def running() -> Iterator[dict[str, OfficialClient]]:
    """Both official clients. If one can't be installed, this says why, and every test fails with it."""
    with contextlib.ExitStack() as stack:
        yield {sdk: stack.enter_context(official_client(sdk)) for sdk in SDKS}


@pytest.fixture
def get(running: dict[str, OfficialClient]) -> Get:
    """An official client, pointed at a sandbox by the configuration that its SDK has for that."""

    def configured(sdk: str, sandbox: Sandbox, scheme: str = "basic", secret: str = SECRET) -> OfficialClient:
        client = running[sdk]
        done = client("configure", base_url=sandbox.url, key=KEY, secret=secret, hmac=scheme == "hmac")
        assert done == Outcome()
        return client

    return configured


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(api_key=KEY, api_secret=SECRET) as started:
        yield started


def last(sandbox: Sandbox) -> RequestRecord:
    return sandbox.requests[-1]


def signature(request: RequestRecord, method: str) -> str:
    """What the old SDKs sign, as if a request had been made with another method."""
    digests = [f"x-Content-MD5: {hashlib.md5(request.body).hexdigest()}"] if request.body else []
    text = "\n".join([f"date: {request.header('date')}", *digests, f"{method} {request.target} HTTP/1.1"])
    return base64.b64encode(hmac.digest(SECRET.encode(), text.encode(), "sha1")).decode()


def assert_used(request: RequestRecord, scheme: str) -> None:
    """That a request was authenticated in the way that was asked for, so that the test tests what it says."""
    authorization = request.header("authorization") or ""
    if scheme == "basic":
        assert authorization == "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
    else:
        assert (
            f'algorithm="hmac-sha1", headers="date {"x-Content-MD5 " if request.body else ""}request-line"'
            in authorization
        )


# --- what their READMEs show, works --------------------------------------------------------------------------------


@schemes
@sdks
@pytest.mark.parametrize("message", [SMS, MMS, ALL_KINDS], ids=["SMS", "MMS", "all kinds of fields"])
def test_they_send_and_follow_a_message(
    get: Get, sandbox: Sandbox, sdk: str, scheme: str, message: dict[str, Any]
) -> None:
    client = get(sdk, sandbox, scheme)
    sent = client("send", messages=[message]).result[0]
    entry = sandbox.ledger[0]
    assert entry.message == {"delivery_report": False, **message} if sdk == "python" else entry.message == message
    assert (sent["message_id"], sent["status"]) == (entry.message_id, "queued")
    assert {**sent, **message} == sent
    assert_used(last(sandbox), scheme)
    sandbox.advance(seconds=60)
    found = client("status", message_id=entry.message_id).result
    assert (found["message_id"], found["status"], found["content"]) == (
        entry.message_id,
        "delivered",
        message["content"],
    )
    assert_used(last(sandbox), scheme)


@schemes
@sdks
def test_they_send_many_in_one_request(get: Get, sandbox: Sandbox, sdk: str, scheme: str) -> None:
    contents = [f"Message {number}" for number in range(100)]
    sent = get(sdk, sandbox, scheme)("send", messages=[{**SMS, "content": content} for content in contents]).result
    assert [each["content"] for each in sent] == contents
    assert [each["message_id"] for each in sent] == [entry.message_id for entry in sandbox.ledger]
    assert len(sandbox.requests) == 1


@schemes
@sdks
def test_they_read_the_balance(get: Get, sandbox: Sandbox, sdk: str, scheme: str) -> None:
    assert get(sdk, sandbox, scheme)("credits_remaining").result == {"remaining_credits": 500}
    assert_used(last(sandbox), scheme)


@schemes
@sdks
def test_they_fetch_and_confirm_replies_until_there_is_none(get: Get, sandbox: Sandbox, sdk: str, scheme: str) -> None:
    client = get(sdk, sandbox, scheme)
    message_id = client("send", messages=[{**SMS, "metadata": {"order": "4711"}}]).result[0]["message_id"]
    for content in ("Thanks!", "Merci €"):
        sandbox.reply(content, message_id=message_id)
    replies = client("check_replies").result
    assert [(each["content"], each["message_id"]) for each in replies] == [
        ("Thanks!", message_id),
        ("Merci €", message_id),
    ]
    assert [each["metadata"] for each in replies] == [{"order": "4711"}] * 2
    done = client("confirm_replies", ids=[each["reply_id"] for each in replies])
    assert (done.error, last(sandbox).status) == ("", 202)
    assert_used(last(sandbox), scheme)
    assert client("check_replies").result == []


@schemes
@sdks
def test_they_fetch_and_confirm_delivery_reports_until_there_is_none(
    get: Get, sandbox: Sandbox, sdk: str, scheme: str
) -> None:
    client = get(sdk, sandbox, scheme)
    message_id = client("send", messages=[{**SMS, "delivery_report": True}]).result[0]["message_id"]
    sandbox.advance(seconds=60)
    reports = client("check_reports").result
    assert reports
    assert {each["message_id"] for each in reports} == {message_id}
    assert reports[-1]["status"] == "delivered"
    done = client("confirm_reports", ids=[each["delivery_report_id"] for each in reports])
    assert (done.error, last(sandbox).status) == ("", 202)
    assert client("check_reports").result == []


@schemes
@sdks
def test_wrong_credentials_are_refused(get: Get, sandbox: Sandbox, sdk: str, scheme: str) -> None:
    refused = get(sdk, sandbox, scheme, secret="not the secret")("credits_remaining")
    assert (refused.status, last(sandbox).status, refused.result) == (401, 401, None)


@sdks
def test_an_unknown_message_is_not_found(get: Get, sandbox: Sandbox, sdk: str) -> None:
    refused = get(sdk, sandbox)("status", message_id="877c19ef-fa2e-4cec-827a-e1df9b5509f7")
    assert (refused.status, refused.message) == (404, "Resource not found")


@sdks
def test_an_invalid_message_is_refused_and_nothing_is_sent(get: Get, sandbox: Sandbox, sdk: str) -> None:
    refused = get(sdk, sandbox)("send", messages=[SMS, {**SMS, "destination_number": "nobody"}])
    assert refused.status == 400
    assert refused.message == "Unexpected error in API call. See HTTP response body for details."
    assert sandbox.ledger == []


def test_the_python_sdk_cancels_a_scheduled_message_with_basic_authentication(get: Get, sandbox: Sandbox) -> None:
    message_id = scheduled(get("python", sandbox), sandbox)
    done = get("python", sandbox)("cancel", message_id=message_id)
    assert (done.error, last(sandbox).method, last(sandbox).status) == ("", "PUT", 200)
    assert sandbox.status(message_id) == "cancelled"


# --- what they can't do, because of bugs of their own: it fails for these and no other reason ----------------------


def scheduled(client: OfficialClient, sandbox: Sandbox) -> str:
    """The id of a message that waits for its time; the ledger knows it even if the SDK fails to read the answer."""
    client("send", messages=[SCHEDULED])
    sandbox.advance(seconds=1)
    assert sandbox.status(sandbox.ledger[-1].message_id) == "scheduled"
    return sandbox.ledger[-1].message_id


@sdks
def test_they_sign_put_as_post_and_so_cannot_cancel_with_hmac(get: Get, sandbox: Sandbox, sdk: str) -> None:
    client = get(sdk, sandbox, "hmac")
    message_id = scheduled(client, sandbox)
    refused = client("cancel", message_id=message_id)
    request = last(sandbox)
    assert (refused.status, request.method, request.status) == (401, "PUT", 401)
    assert f'signature="{signature(request, "POST")}"' in (request.header("authorization") or "")
    assert signature(request, "PUT") not in (request.header("authorization") or "")
    assert sandbox.status(message_id) == "scheduled"


@pytest.mark.parametrize("step", ["send", "credits_remaining"])
@sdks
def test_they_know_sha1_only_and_fail_where_it_is_not_taken_any_more(get: Get, sdk: str, step: str) -> None:
    arguments = {"messages": [SMS]} if step == "send" else {}
    with Sandbox(api_key=KEY, api_secret=SECRET, sha1=False) as strict:
        refused = get(sdk, strict, "hmac")(step, **arguments)
        assert (refused.status, last(strict).status, strict.ledger) == (401, 401, [])
        # All but the algorithm is right.
        request = last(strict)
        assert signature(request, request.method) in (request.header("authorization") or "")
        assert get(sdk, strict, "basic")(step, **arguments).error == ""


@schemes
def test_the_python_sdk_raises_after_a_scheduled_message_was_accepted(get: Get, sandbox: Sandbox, scheme: str) -> None:
    failed = get("python", sandbox, scheme)("send", messages=[SCHEDULED])
    assert (failed.error, failed.message) == ("AttributeError", "'str' object has no attribute 'isoformat'")
    assert [(entry.message["content"], last(sandbox).status) for entry in sandbox.ledger] == [(SMS["content"], 202)]


def test_the_node_sdk_cancels_and_then_fails_to_read_the_empty_answer(get: Get, sandbox: Sandbox) -> None:
    client = get("node", sandbox)
    message_id = scheduled(client, sandbox)
    failed = client("cancel", message_id=message_id)
    assert (failed.error, failed.message) == ("SyntaxError", "Unexpected end of JSON input")
    assert (last(sandbox).status, sandbox.status(message_id)) == (200, "cancelled")


def test_the_node_sdk_fails_to_read_an_error_page(get: Get, sandbox: Sandbox) -> None:
    sandbox.fault("status", operation="sendMessages", status=502, form="html")
    failed = get("node", sandbox)("send", messages=[SMS])
    assert failed.error == "SyntaxError"
    assert (last(sandbox).status, sandbox.ledger) == (502, [])


@sdks
def test_one_more_client_changes_all_others(get: Get, sandbox: Sandbox, sdk: str) -> None:
    client = get(sdk, sandbox, "basic")
    assert client("credits_remaining").error == ""
    client("another_client", key=KEY, secret="of someone else", hmac=True)
    assert client("credits_remaining").status == 401
    assert (last(sandbox).header("authorization") or "").startswith("hmac ")


# --- what they sign, signs our SDK, too ----------------------------------------------------------------------------


@sdks
def test_our_signatures_are_theirs_where_these_are_right(get: Get, sandbox: Sandbox, sdk: str) -> None:
    client = get(sdk, sandbox, "hmac")
    client("send", messages=[ALL_KINDS])
    client("status", message_id=sandbox.ledger[0].message_id)
    client("check_replies")
    client("confirm_reports", ids=["01e1fa0a-6e27-4945-9cdb-18644b4de043"])
    client("cancel", message_id=sandbox.ledger[0].message_id)
    auth = HmacAuth(KEY, SECRET, algorithm="sha1", header_names="legacy")
    assert [each.method for each in sandbox.requests] == ["POST", "GET", "GET", "POST", "PUT"]
    for request in sandbox.requests:
        moment = parsedate_to_datetime(request.header("date") or "").astimezone(UTC)
        assert abs(datetime.now(UTC) - moment).total_seconds() < 60
        ours = auth.headers(request.method, request.target, request.body or None, moment)
        theirs = {name: request.header(name) for name in ours}
        assert (theirs == ours) is (request.method != "PUT")
        assert {name: text for name, text in theirs.items() if name != "Authorization"}.items() <= ours.items()
