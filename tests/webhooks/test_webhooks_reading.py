"""What was pushed is told apart by its ids, read with what is missing, and never an opt-out as a reply."""

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from messagemedia import DeliveryReport, MessageMediaError, OptOut, Reply
from messagemedia.webhooks import Event, Unknown, UnreadablePushError, Webhooks

REPORT = {
    "vendor_account_id": {"vendor_id": "MessageMedia", "account_id": "MyAccount"},
    "callback_url": "https://example.com/hooks",
    "delivery_report_id": "01e1fa0a-6e27-4945-9cdb-18644b4de043",
    "source_number": "+61491570156",
    "date_received": "2026-01-15T03:04:20.500Z",
    "status": "delivered",
    "delay": 0,
    "submitted_date": "2026-01-15T03:04:19.750Z",
    "original_text": "Your parcel arrives today.",
    "message_id": "877c19ef-fa2e-4cec-827a-e1df9b5509f7",
    "error_code": "220",
    "metadata": {"order": "4711"},
}
REPLY = {
    "callback_url": "https://example.com/hooks",
    "reply_id": "a175e797-2b54-468b-9850-41a3eab32f74",
    "destination_number": "+61491570157",
    "source_number": "+61491570156",
    "date_received": "2026-01-15T03:05:10.250Z",
    "message_id": "877c19ef-fa2e-4cec-827a-e1df9b5509f7",
    "content": "Thanks!",
    "metadata": {},
}
OPT_OUT = {
    "notification_id": "3e6e6b1a-6c1d-4b1a-9c1e-6f1a6b1a6c1d",
    "account_id": "MyAccount",
    "destination_number": "+61491570157",
    "source_number": "+61491570156",
    "date_received": "2026-01-15T03:05:10.250Z",
    "content": "STOP",
    "metadata": {},
}
webhooks = Webhooks(unsigned=True)


def read(
    body: object, *, kind: str | None = "application/json", method: str = "POST", target: str = "/hooks?src=mm"
) -> Event:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {} if kind is None else {"Content-Type": kind}
    return webhooks.receive(method=method, target=target, headers=headers, body=data)


@pytest.mark.parametrize(("body", "kind"), [(REPORT, DeliveryReport), (REPLY, Reply), (OPT_OUT, OptOut)])
def test_every_kind_is_told_by_its_id(body: dict[str, Any], kind: type[Any]) -> None:
    event = read(body)
    assert type(event) is kind
    assert event.raw == body
    assert event.source_number == "+61491570156"


@pytest.mark.parametrize(("body", "kind"), [(REPORT, DeliveryReport), (REPLY, Reply), (OPT_OUT, OptOut)])
def test_everything_but_the_id_may_be_missing(body: dict[str, Any], kind: type[Any]) -> None:
    (name,) = body.keys() & {"delivery_report_id", "reply_id", "notification_id"}
    event = read({name: body[name]})
    assert type(event) is kind
    assert getattr(event, name) == body[name]


def test_a_report_without_its_id_is_one_by_status_and_message() -> None:
    event = read({"message_id": "877c19ef", "status": "rejected"})
    assert isinstance(event, DeliveryReport)
    assert (event.delivery_report_id, event.status) == ("", "rejected")


def test_both_forms_of_delay_are_read() -> None:
    for delay in (0, "0"):
        event = read({**REPORT, "delay": delay})
        assert isinstance(event, DeliveryReport)
        assert event.delay == 0


def test_a_picture_comes_with_its_bytes() -> None:
    picture = base64.b64encode(b"\x89PNG\r\n").decode()
    attachment = {"content_type": "image/png", "content": picture, "original_name": "photo.png"}
    event = read({**REPLY, "attachments": [attachment]})
    assert isinstance(event, Reply)
    assert event.attachments is not None
    assert event.attachments[0].content_bytes == b"\x89PNG\r\n"


@pytest.mark.parametrize("form", ["$replyId", "$!replyId", "${replyId}", "$!{replyId}", "$esc.json($replyId)"])
def test_a_template_of_replies_that_is_used_for_opt_outs_gives_opt_outs(form: str) -> None:
    event = read({**OPT_OUT, "notification_id": None, "reply_id": form})
    assert isinstance(event, OptOut)
    assert event.content == "STOP"
    assert event.raw["reply_id"] == form


def test_an_opt_out_is_never_a_reply() -> None:
    without = {name: value for name, value in OPT_OUT.items() if name != "notification_id"}
    assert isinstance(read(without), Unknown)
    assert isinstance(read({**OPT_OUT, "reply_id": ""}), OptOut)
    assert isinstance(read({**OPT_OUT, "reply_id": "$replyId"}), OptOut)


def test_variables_that_stand_there_unrendered_are_not_there() -> None:
    event = read(
        {**REPORT, "error_code": "$statusCode", "original_text": "${messageContent}", "billing_units": "$!billingUnits"}
    )
    assert isinstance(event, DeliveryReport)
    assert (event.error_code, event.original_text, event.billing_units) == (None, None, None)


@pytest.mark.parametrize("content", ["$100", "$replyIds", "$", "cost $status", "$cash", "${x}"])
def test_a_dollar_that_a_person_wrote_is_content(content: str) -> None:
    event = read({**REPLY, "content": content})
    assert isinstance(event, Reply)
    assert event.content == content


@pytest.mark.parametrize("body", [{}, {"a": 1}, {"content": "Hi"}, {"status": "delivered"}, {"message": "pong"}])
def test_what_is_none_of_them_is_unknown_and_hidden(body: dict[str, Any]) -> None:
    event = read(body)
    assert isinstance(event, Unknown)
    assert event.raw == body
    assert "Hi" not in repr(event)


# --- forms and queries --------------------------------------------------------------------------------------------


def test_a_form_is_read() -> None:
    fields = {**REPORT, "delay": "0", "metadata": json.dumps({"order": "4711"})}
    fields["vendor_account_id"] = json.dumps(REPORT["vendor_account_id"])
    event = read(urlencode(fields).encode(), kind="application/x-www-form-urlencoded; charset=UTF-8")
    assert isinstance(event, DeliveryReport)
    assert event.metadata == {"order": "4711"}
    assert event.vendor_account_id is not None
    assert event.vendor_account_id.account_id == "MyAccount"
    assert event.original_text == REPORT["original_text"]


def test_a_form_with_rubbish_where_json_should_be_is_read() -> None:
    event = read(b"reply_id=1&content=a%2Bb&metadata={order=4711}", kind="application/x-www-form-urlencoded")
    assert isinstance(event, Reply)
    assert (event.content, event.metadata) == ("a+b", None)


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST"])
def test_a_push_without_a_body_is_in_its_query(method: str) -> None:
    event = read(b"", kind=None, method=method, target="/hooks?reply_id=1&content=Yes%21")
    assert isinstance(event, Reply)
    assert event.content == "Yes!"


def test_a_body_wins_over_the_query() -> None:
    event = read(REPLY, target="/hooks?delivery_report_id=1")
    assert isinstance(event, Reply)


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "text/json+json", None]
)
def test_json_has_many_names(kind: str | None) -> None:
    assert isinstance(read(REPLY, kind=kind), Reply)


# --- refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "post", "", "BREW"])
def test_no_other_method_is_a_push(method: str) -> None:
    with pytest.raises(UnreadablePushError) as caught:
        read(REPLY, method=method)
    assert caught.value.status_code == 405


@pytest.mark.parametrize("kind", ["application/xml", "text/xml", "text/plain", "multipart/form-data; boundary=x", "x"])
def test_another_type_is_refused_with_what_to_do(kind: str) -> None:
    with pytest.raises(UnreadablePushError, match="must be application/json or") as caught:
        read(b"<reply/>", kind=kind)
    assert caught.value.status_code == 415
    assert "JSON" in caught.value.hint


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"1",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"1" * 5000,
        b"not json",
    ],
    ids=["cut", "list", "null", "text", "number", "bytes", "deep list", "deep object", "long number", "words"],
)
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadablePushError, match="is not a JSON object") as caught:
        read(body)
    assert caught.value.status_code == 400
    assert "not json" not in str(caught.value)


def test_an_empty_push_is_refused() -> None:
    with pytest.raises(UnreadablePushError, match="is empty"):
        read(b"", target="/hooks")


def test_a_large_body_is_refused() -> None:
    small = Webhooks(unsigned=True, max_size=10)
    with pytest.raises(UnreadablePushError, match="more than 10 bytes") as caught:
        small.receive(method="POST", target="/", headers={}, body=b"{" + b" " * 10)
    assert caught.value.status_code == 413


# --- anything -----------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
FIELDS = st.dictionaries(
    st.sampled_from(sorted({*REPORT, *REPLY, *OPT_OUT, "attachments"})) | st.text(max_size=5), JSON
)
TEXTS = st.text() | st.binary()


@given(FIELDS)
def test_any_object_is_read(body: dict[str, Any]) -> None:
    event = read(body)
    assert isinstance(event, Reply | DeliveryReport | OptOut | Unknown)
    assert not (isinstance(event, Reply) and event.reply_id == "")
    webhooks_of_unknown = Webhooks(unsigned=True)
    webhooks_of_unknown.on(Unknown)(lambda _: None)
    assert webhooks_of_unknown.dispatch(event)
    assert not webhooks_of_unknown.dispatch(event)


@given(st.text(), TEXTS, st.lists(st.tuples(TEXTS, TEXTS)), st.binary())
def test_any_request_is_read_or_refused_with_an_error_of_ours(
    method: str, target: str | bytes, headers: list[tuple[Any, Any]], body: bytes
) -> None:
    try:
        event = webhooks.receive(method=method, target=target, headers=headers, body=body)
    except MessageMediaError:
        return
    assert isinstance(event, Reply | DeliveryReport | OptOut | Unknown)


@given(st.sampled_from(["application/json", "application/x-www-form-urlencoded"]) | st.text(), st.binary())
def test_any_body_of_any_type_is_read_or_refused_with_an_error_of_ours(kind: str, body: bytes) -> None:
    try:
        read(body, kind=kind)
    except MessageMediaError:
        return
