"""What is sent."""

import copy
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from messagemedia import Message, MessageFormat, SentMessage, SourceNumberType, ValidationError
from messagemedia_generated.models import (
    CancelScheduledMessageRequest,
    ConfirmRepliesAsReceivedRequest,
    SendMessagesRequest,
)
from sdk_face import CALLS, MESSAGE_ID, REPLY_ID, REPORT_ID, SMS, Face, Wire, accepted, answer, call, success

SYDNEY = timezone(timedelta(hours=11))


def body(face: Face, **fields: Any) -> dict[str, Any]:
    wire = Wire(accepted())
    face.run(face.client(wire).messages.send(**{**SMS, **fields}))
    (message,) = wire.only.json["messages"]
    return message


def test_what_is_not_set_is_not_sent(face: Face) -> None:
    assert body(face) == SMS  # pitfall 54
    assert body(face, delivery_report=None, scheduled=None, metadata=None, format=None, source_number=None) == SMS


def test_false_and_empty_values_are_sent_when_they_are_set(face: Face) -> None:
    sent = body(face, delivery_report=False, metadata={}, media=[], subject="", format="MMS")  # pitfalls 54 and 55
    assert sent == {**SMS, "delivery_report": False, "metadata": {}, "media": [], "subject": "", "format": "MMS"}


ALL: dict[str, Any] = {
    "callback_url": "https://example.com/hook",
    "delivery_report": True,
    "format": "MMS",
    "media": ["https://example.com/a.png"],
    "message_expiry_timestamp": datetime(2027, 1, 16, tzinfo=UTC),
    "metadata": {"order": "4711"},
    "scheduled": datetime(2027, 1, 15, tzinfo=UTC),
    "source_number": "+61491570157",
    "source_number_type": "INTERNATIONAL",
    "subject": "Hi",
}


def test_keywords_and_a_message_send_the_same(face: Face) -> None:
    wire = Wire(accepted())
    client = face.client(wire)
    face.run(client.messages.send(**SMS, **ALL))
    face.run(client.messages.send(Message(**SMS, **ALL)))
    face.run(client.api.messages.send_messages(SendMessagesRequest(messages=(Message(**SMS, **ALL),))))
    assert len({seen.body for seen in wire.seen}) == 1
    assert set(wire.seen[0].json["messages"][0]) == {*SMS, *ALL}


def test_names_are_sent_as_the_contract_spells_them(face: Face) -> None:
    assert set(body(face, **ALL)) == {field.name for field in Message.__attrs_attrs__}


@pytest.mark.parametrize("field", ["message_id", "status", "vendor_account_id"])
def test_what_only_an_answer_has_can_not_be_sent(face: Face, field: str) -> None:
    wire = Wire(accepted())  # pitfall 53
    with pytest.raises(TypeError, match=field):
        Message(**SMS, **{field: "x"})
    with pytest.raises(ValidationError, match=field):
        face.run(face.client(wire).messages.send(**SMS, **{field: "x"}))
    with pytest.raises(ValidationError, match="SentMessage"):
        face.run(face.client(wire).messages.send(SentMessage(message_id="x")))
    assert not wire.seen


TIMES = [
    (datetime(2026, 4, 5, 2, 30, tzinfo=UTC), "2026-04-05T02:30:00.000Z"),
    (datetime(2026, 4, 5, 2, 30, tzinfo=SYDNEY), "2026-04-04T15:30:00.000Z"),
    (datetime(2026, 4, 5, 2, 30, 1, 234567, tzinfo=UTC), "2026-04-05T02:30:01.234Z"),
    (datetime(2026, 4, 5, 2, 30, 1, 999999, tzinfo=UTC), "2026-04-05T02:30:01.999Z"),
    (datetime(2026, 12, 31, 23, 59, tzinfo=timezone(-timedelta(hours=9, minutes=30))), "2027-01-01T09:29:00.000Z"),
    (datetime(99, 1, 1, tzinfo=UTC), "0099-01-01T00:00:00.000Z"),
]


@pytest.mark.parametrize(("moment", "text"), TIMES, ids=[text for _, text in TIMES])
@pytest.mark.parametrize("field", ["scheduled", "message_expiry_timestamp"])
def test_times_are_sent_in_utc_with_milliseconds(face: Face, field: str, moment: datetime, text: str) -> None:
    assert body(face, **{field: moment})[field] == text  # pitfalls 56 and 57


def test_what_the_caller_passed_in_stays_as_it_is(face: Face) -> None:
    message = Message(**SMS, **{**ALL, "scheduled": datetime(2027, 1, 15, tzinfo=SYDNEY), "metadata": {"a": "b"}})
    before, metadata = copy.deepcopy(message), message.metadata
    face.run(face.client(Wire(accepted(status="queued"))).messages.send(message))  # pitfall 56
    assert message == before
    assert message.metadata is metadata
    assert message.scheduled is not None
    assert message.scheduled.tzinfo is SYDNEY


@pytest.mark.parametrize("value", ["SMS", "MMS", "TTS", *MessageFormat])
def test_a_format_is_a_member_or_its_text(face: Face, value: Any) -> None:
    assert body(face, format=value)["format"] == str(value)  # pitfall 60
    sender = body(face, source_number="x", source_number_type=SourceNumberType.ALPHANUMERIC)
    assert sender["source_number_type"] == "ALPHANUMERIC"


def test_text_beyond_ascii_arrives_complete(face: Face) -> None:
    """Pitfall 65."""
    wire = Wire(accepted())
    text = "Grüße 🎉 日本 \u2028" * 100
    face.run(face.client(wire).messages.send(**{**SMS, "content": text}))
    assert wire.only.json["messages"][0]["content"] == text
    assert int(wire.only.headers["content-length"]) == len(wire.only.body) > len(text)
    assert "Grüße".encode() in wire.only.body


TARGETS = {
    "send": ("POST", "/v1/messages"),
    "get": ("GET", f"/v1/messages/{MESSAGE_ID}"),
    "cancel": ("PUT", f"/v1/messages/{MESSAGE_ID}"),
    "credits": ("GET", "/v1/messaging/credits"),
    "replies.check": ("GET", "/v1/replies"),
    "replies.confirm": ("POST", "/v1/replies/confirmed"),
    "reports.check": ("GET", "/v1/delivery_reports"),
    "reports.confirm": ("POST", "/v1/delivery_reports/confirmed"),
}
BODIES: dict[str, Any] = {
    "send": {"messages": [SMS]},
    "cancel": {"status": "cancelled"},
    "replies.confirm": {"reply_ids": [REPLY_ID]},
    "reports.confirm": {"delivery_report_ids": [REPORT_ID]},
}


@pytest.mark.parametrize("name", CALLS)
def test_each_call_is_sent_as_documented(face: Face, name: str) -> None:
    wire = Wire(success(name))
    face.run(call(face.client(wire), name))
    assert (wire.only.method, wire.only.target) == TARGETS[name]
    assert (wire.only.json if wire.only.body else None) == BODIES.get(name)


@pytest.mark.off_contract(answers="an empty object for all")
def test_the_operations_of_the_contract_have_the_names_of_the_older_sdks(face: Face) -> None:
    wire = Wire(answer(200, {}))
    api = face.client(wire).api
    for result in (
        api.messages.send_messages(SendMessagesRequest(messages=[Message(**SMS)])),
        api.messages.get_message_status("x"),
        api.messages.cancel_scheduled_message("x", CancelScheduledMessageRequest()),
        api.messages.check_credits_remaining(),
        api.replies.check_replies(),
        api.replies.confirm_replies_as_received(ConfirmRepliesAsReceivedRequest(reply_ids=[REPLY_ID])),
        api.delivery_reports.check_delivery_reports(),
    ):
        face.run(result)
    assert len(wire.seen) == 7
