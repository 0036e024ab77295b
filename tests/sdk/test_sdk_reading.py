"""What an answer reads as."""

import base64
import builtins
import copy
import json
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from messagemedia import (
    Attachment,
    Credits,
    DeliveryReport,
    Message,
    MessageStatus,
    Reply,
    SentMessage,
    VendorAccountId,
)
from messagemedia_generated.contract import WEBHOOKS
from messagemedia_generated.models import SendMessagesRequest
from sdk_face import MESSAGE_ID, NUMBER, REPLY_ID, REPORT_ID, SMS, Face, Wire, accepted, answer

SCHEDULED = "2027-01-15T03:04:05.678Z"
ECHO: dict[str, Any] = {
    "message_id": MESSAGE_ID,
    "status": "queued",
    "content": "Hello",
    "destination_number": NUMBER,
    "callback_url": "https://example.com/hook",
    "delivery_report": True,
    "format": "MMS",
    "media": ["https://example.com/a.png"],
    "message_expiry_timestamp": "2027-01-16T00:00:00.000Z",
    "metadata": {"order": "4711"},
    "scheduled": SCHEDULED,
    "source_number": "+61491570157",
    "source_number_type": "INTERNATIONAL",
    "subject": "Hi",
}
REPORT: dict[str, Any] = {
    "vendor_account_id": {"vendor_id": "SinchEU", "account_id": "MyAccount"},
    "callback_url": "https://example.com/hook",
    "delivery_report_id": REPORT_ID,
    "source_number": NUMBER,
    "date_received": "2017-05-20T06:30:37.642Z",
    "status": "delivered",
    "delay": 0,
    "submitted_date": "2017-05-20T06:30:37.639Z",
    "original_text": "Hello",
    "message_id": MESSAGE_ID,
    "error_code": "220",
    "billing_units": 2,
    "metadata": {"order": "4711"},
}
REPLY: dict[str, Any] = {
    "reply_id": REPLY_ID,
    "message_id": MESSAGE_ID,
    "content": "Thanks!",
    "source_number": NUMBER,
    "destination_number": "+61491570157",
    "date_received": "2017-05-20T06:30:37.642Z",
    "callback_url": "https://example.com/hook",
    "metadata": {"order": "4711"},
    "vendor_account_id": {"vendor_id": "MessageMedia", "account_id": "MyAccount"},
}
TIMES = {"message_expiry_timestamp", "scheduled", "date_received", "submitted_date"}


def sent(face: Face, item: object) -> SentMessage:
    wire = Wire(answer(202, {"messages": [item]}))
    return face.run(face.client(wire).messages.send(**SMS))


def polled(face: Face, kind: str, item: object) -> Any:
    wire = Wire(answer(200, {kind: [item]}))
    return face.run(getattr(face.client(wire), kind).check())[0]


def test_a_scheduled_message_comes_back_with_id_and_time(face: Face) -> None:
    message = sent(face, ECHO)  # pitfall 26
    assert message.message_id == MESSAGE_ID
    assert message.scheduled == datetime(2027, 1, 15, 3, 4, 5, 678000, tzinfo=UTC)
    assert message.message_expiry_timestamp == datetime(2027, 1, 16, tzinfo=UTC)


@pytest.mark.parametrize("field", ECHO)
def test_every_field_of_the_echo_comes_back(face: Face, field: str) -> None:
    value = getattr(sent(face, ECHO), field)  # pitfall 27
    wanted = ECHO[field]
    assert value == (datetime.fromisoformat(wanted) if field in TIMES else wanted)


@pytest.mark.parametrize("status", MessageStatus)
def test_every_status_is_read(face: Face, status: MessageStatus) -> None:
    for read in (
        sent(face, {**ECHO, "status": str(status)}),
        polled(face, "delivery_reports", {**REPORT, "status": str(status)}),
    ):
        assert read.status is status


def test_every_field_of_a_report_and_a_reply_is_read(face: Face) -> None:
    for kind, item in (("delivery_reports", REPORT), ("replies", REPLY)):
        read = polled(face, kind, item)  # pitfall 35
        for field, wanted in item.items():
            value = getattr(read, field)
            if field == "vendor_account_id":
                assert (value.vendor_id, value.account_id) == (wanted["vendor_id"], wanted["account_id"])
            else:
                assert value == (datetime.fromisoformat(wanted) if field in TIMES else wanted), field


@pytest.mark.off_contract(answers="required fields are missing")
def test_codes_of_reports_are_texts_and_may_be_missing(face: Face) -> None:
    report = polled(face, "delivery_reports", REPORT)
    assert report.error_code == "220"  # pitfalls 35 and 52
    assert type(report.error_code) is str
    bare = polled(face, "delivery_reports", {})
    assert (bare.error_code, bare.billing_units) == (None, None)


def test_a_pushed_mms_reply_brings_its_files() -> None:
    data = b"\x89PNG\r\n\x1a\n"
    file = {"content_type": "image/png", "content": base64.b64encode(data).decode(), "original_name": "a.png"}
    reply = WEBHOOKS["reply"]({**REPLY, "attachments": [file]})  # pitfall 36
    assert isinstance(reply, Reply)
    assert reply.attachments is not None
    assert base64.b64decode(reply.attachments[0].content or "") == data
    assert (reply.attachments[0].content_type, reply.attachments[0].original_name) == ("image/png", "a.png")


@pytest.mark.off_contract(answers="a status of tomorrow")
def test_an_unknown_status_survives_in_a_message(face: Face) -> None:
    message = sent(face, {**ECHO, "status": "brand_new"})  # pitfall 33
    assert message.status == "brand_new"
    assert isinstance(message.status, MessageStatus)
    assert not message.status.is_known
    assert pickle.loads(pickle.dumps(message)) == message
    assert copy.deepcopy(message).status == "brand_new"


EXTRA = {"brand_new": {"a": [1]}}


@pytest.mark.off_contract(answers="200 to a send")
def test_unknown_fields_are_kept_at_every_level() -> None:
    report = {**REPORT, **EXTRA, "vendor_account_id": {"vendor_id": "x", **EXTRA}}  # pitfall 37
    reply = {**REPLY, **EXTRA, "attachments": [{"content": "", **EXTRA}]}
    cases: list[tuple[str, Any, Any]] = [
        ("send", {"messages": [{**ECHO, **EXTRA}], **EXTRA}, lambda x: [x, x.messages[0]]),
        (
            "reports",
            {"delivery_reports": [report], **EXTRA},
            lambda x: [x, *x.delivery_reports, x.delivery_reports[0].vendor_account_id],
        ),
        ("replies", {"replies": [reply], **EXTRA}, lambda x: [x, x.replies[0], x.replies[0].attachments[0]]),
        ("credits", {"remaining_credits": 1, **EXTRA}, lambda x: [x]),
        ("get", {**ECHO, **EXTRA}, lambda x: [x]),
    ]
    calls: dict[str, Any] = {
        "send": lambda api: api.messages.send_messages(request),
        "reports": lambda api: api.delivery_reports.check_delivery_reports(),
        "replies": lambda api: api.replies.check_replies(),
        "credits": lambda api: api.messages.check_credits_remaining(),
        "get": lambda api: api.messages.get_message_status("x"),
    }
    request = SendMessagesRequest(messages=[Message(**SMS)])
    with Face("sync") as face:
        for name, body, models in cases:
            for model in models(calls[name](face.client(Wire(answer(200, body))).api)):
                assert model.extra == EXTRA, name
                assert model.raw["brand_new"] == {"a": [1]}


@pytest.mark.parametrize("model", [SentMessage, Reply, DeliveryReport, Credits, VendorAccountId, Attachment])
def test_an_empty_object_reads_as_nothing_there(model: Any) -> None:
    read = model.from_dict({})  # pitfall 38
    assert read == model()
    assert {getattr(read, field.name) for field in model.__attrs_attrs__ if field.name != "raw"} <= {None, ""}
    assert read.raw == {}
    assert repr(read)


@pytest.mark.off_contract(answers="required fields are missing")
def test_missing_and_null_fields_read_as_not_there(face: Face) -> None:
    """Pitfall 38."""
    without = {name: value for name, value in REPLY.items() if name != "destination_number"}
    assert polled(face, "replies", without).destination_number is None
    report = polled(face, "delivery_reports", {**REPORT, "callback_url": None, "metadata": {}})
    assert (report.callback_url, report.metadata) == (None, {})
    for kind, item in (("replies", REPLY), ("delivery_reports", REPORT)):
        nothing = polled(face, kind, dict.fromkeys(item))
        assert {getattr(nothing, field) for field in item} <= {None, ""}


@pytest.mark.parametrize(
    ("came", "read"), [(0, 0), ("0", 0), (5, 5), ("5", 5), ("x", None), (None, None), (True, None)]
)
@pytest.mark.off_contract(answers="values of other kinds and forms")
def test_a_delay_may_be_a_number_or_a_text(face: Face, came: object, read: object) -> None:
    report = polled(face, "delivery_reports", {**REPORT, "delay": came, "billing_units": came})  # pitfall 39
    assert (report.delay, report.billing_units) == (read, read)
    assert report.raw["delay"] == came


@pytest.mark.parametrize("vendor", ["MessageMedia", "SinchEU", "", "Anything Else", "é"])
@pytest.mark.off_contract(answers="required fields are missing")
def test_a_vendor_is_any_text(face: Face, vendor: str) -> None:
    report = polled(face, "delivery_reports", {"vendor_account_id": {"vendor_id": vendor}})  # pitfall 40
    assert report.vendor_account_id.vendor_id == vendor


@pytest.mark.parametrize("value", [500, 12.5, "500", {}, {"sms": 5}, None, [1], True, -1])
def test_credits_of_any_kind_are_handed_on(face: Face, value: object) -> None:
    body = {"remaining_credits": value, "more": 1}  # pitfall 41
    read = face.run(face.client(Wire(answer(200, body))).messages.credits())
    assert read.remaining_credits == value
    assert read.raw == body
    assert read.extra == {"more": 1}


@pytest.mark.parametrize("body", [{}, {"remaining": 5}])
def test_credits_may_be_missing(face: Face, body: object) -> None:
    read = face.run(face.client(Wire(answer(200, body))).messages.credits())  # pitfall 41
    assert (read.remaining_credits, read.raw) == (None, body)


@pytest.mark.parametrize(("before", "after"), [(b"", b"\n"), (b"\xef\xbb\xbf", b""), (b" \r\n\t", b"\r\n\r\n")])
def test_a_byte_order_mark_and_white_space_do_no_harm(face: Face, before: bytes, after: bytes) -> None:
    body = before + json.dumps({"messages": [ECHO]}).encode() + after  # pitfall 43
    assert face.run(face.client(Wire(answer(202, body))).messages.send(**SMS)).message_id == MESSAGE_ID


@pytest.mark.off_contract(answers="values of other kinds and forms")
def test_data_of_a_server_stays_plain_data(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []  # pitfall 31
    monkeypatch.setattr(builtins, "eval", called.append)
    payload = {"py/reduce": [{"py/function": "builtins.eval"}, {"py/tuple": ["1"]}], "py/object": "os.system"}
    message = sent(face, {**ECHO, **payload, "metadata": payload})
    assert message.extra == payload
    assert message.metadata == {"py/object": "os.system"}
    assert not called


@pytest.mark.parametrize("body", [{}, {"messages": []}, {"messages": None}, {"messages": "x"}, {"messages": [5]}])
@pytest.mark.off_contract(answers="required fields are missing")
def test_the_call_of_the_contract_returns_what_a_success_says_however_little(face: Face, body: object) -> None:
    api = face.client(Wire(answer(202, body))).api
    said = face.run(api.messages.send_messages(SendMessagesRequest(messages=[Message(**SMS)])))
    assert said.raw == body
    assert [message.message_id for message in said.messages] in ([], [""])


TIMESTAMPS = [
    ("2026-01-15T03:04:05Z", 0),
    ("2026-01-15T03:04:05.000Z", 0),
    ("2026-01-15T14:04:05+11:00", 0),
    ("2026-01-15T03:04:05.123456789Z", 0.123456),
    ("2026-01-15T03:04:05", 0),
    ("2026-01-15 03:04:05.5", 0.5),
]


@pytest.mark.parametrize(("text", "offset"), TIMESTAMPS)
@pytest.mark.off_contract(answers="values of other kinds and forms")
def test_times_are_aware_however_they_are_written(face: Face, text: str, offset: float) -> None:
    read = sent(face, {"message_id": MESSAGE_ID, "scheduled": text}).scheduled
    assert read == datetime(2026, 1, 15, 3, 4, 5, tzinfo=UTC) + timedelta(seconds=offset)


@pytest.mark.parametrize("text", ["", "soon", "2026-13-45T00:00:00Z", 1768446245, None, {}, "\ud800", "99999999"])
@pytest.mark.off_contract(answers="values of other kinds and forms")
def test_a_time_that_makes_no_sense_reads_as_not_there(face: Face, text: object) -> None:
    message = sent(face, {**ECHO, "scheduled": text})
    assert (message.scheduled, message.message_id, message.raw["scheduled"]) == (None, MESSAGE_ID, text)


def test_models_are_comparable_printable_and_picklable(face: Face) -> None:
    for one, two in (
        (sent(face, ECHO), sent(face, ECHO)),
        (polled(face, "replies", REPLY), polled(face, "replies", REPLY)),
        (polled(face, "delivery_reports", REPORT), polled(face, "delivery_reports", REPORT)),
    ):
        assert one == two
        assert pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == copy.copy(one) == one
        assert pickle.loads(pickle.dumps(one)).raw == one.raw
        assert type(one).__name__ in repr(one)
    assert face.run(face.client(Wire(accepted())).messages.send(**SMS)) != sent(face, ECHO)


def test_items_of_the_wrong_kind_are_left_out_of_lists_of_texts() -> None:
    media = ["https://example.com/a.png", 5, None, ["x"], "https://example.com/b.png"]
    read = SentMessage.from_dict({**ECHO, "media": media})
    assert read.media == ["https://example.com/a.png", "https://example.com/b.png"]
    assert read.raw["media"] == media
