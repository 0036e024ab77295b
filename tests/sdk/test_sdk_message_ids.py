"""`get`, `cancel` and `wait` take whatever names a message."""

from typing import Any
from uuid import UUID

import pytest
from messagemedia import DeliveryReport, Message, Reply, SendResult, SentMessage, ValidationError
from messagemedia.sandbox import Sandbox
from sdk_face import KEY, MESSAGE_ID, SECRET, SMS, Face, Wire, answer

HELLO = Message(**SMS)
SENT = SentMessage(message_id=MESSAGE_ID)

NAMES = [
    MESSAGE_ID,
    SENT,
    SendResult(0, HELLO, "accepted", sent=SENT),
    DeliveryReport(delivery_report_id="other", message_id=MESSAGE_ID),
    Reply(reply_id="other", message_id=MESSAGE_ID),
]
VERBS = ["get", "cancel", "wait"]
verbs = pytest.mark.parametrize("verb", VERBS)


def reaction(verb: str) -> Any:
    return answer(200) if verb == "cancel" else answer(200, {**SMS, "message_id": MESSAGE_ID, "status": "delivered"})


@verbs
@pytest.mark.parametrize("message", NAMES, ids=lambda value: type(value).__name__)
def test_a_message_stands_for_its_id(face: Face, verb: str, message: Any) -> None:
    wire = Wire(reaction(verb))
    messages = face.client(wire).messages
    for result in (getattr(messages, verb)(message), getattr(messages, verb)(message_id=message)):
        got = face.run(result)
        assert (got is None) if verb == "cancel" else (got.message_id == MESSAGE_ID)
    assert [seen.target for seen in wire.seen] == [f"/v1/messages/{MESSAGE_ID}"] * 2


REFUSED: list[tuple[Any, str]] = [
    (SentMessage(), "has an empty message_id: the API accepted the message without an id"),
    (SendResult(0, HELLO, "accepted", sent=SentMessage()), "has an empty message_id: the API accepted the message"),
    (SendResult(0, HELLO, "invalid"), "has no message_id, because its outcome is invalid"),
    (SendResult(0, HELLO, "unknown"), "has no message_id, because its outcome is unknown"),
    (Reply(reply_id="r"), "has no message_id: the Reply does not say which message it is about"),
    (DeliveryReport(delivery_report_id="d"), "has no message_id: the DeliveryReport does not say"),
    (HELLO, "must be a SentMessage or its id, not Message; pass the message that send returned"),
    ([SENT], "must be a SentMessage or its id, not list; ask for one at a time"),
    (UUID(MESSAGE_ID), "must be a SentMessage or its id, not UUID; use str(…)"),
    ({"message_id": MESSAGE_ID}, "must be a SentMessage or its id, not dict"),
    (None, "must be a SentMessage or its id, not NoneType"),
    (5, "must be a SentMessage or its id, not int"),
    ("", "must not be empty"),
    ("..", "must not consist of dots"),
]


@verbs
@pytest.mark.parametrize(
    ("message", "said"), REFUSED, ids=[f"{type(row[0]).__name__}-{row[1][:30]}" for row in REFUSED]
)
def test_what_names_no_message_is_refused_before_anything_is_asked(
    face: Face, verb: str, message: Any, said: str
) -> None:
    wire = Wire(reaction(verb))
    with pytest.raises(ValidationError) as caught:
        face.run(getattr(face.client(wire).messages, verb)(message))
    (error,) = caught.value.errors
    assert error.message.startswith(said)
    assert error.pointer == "message_id"
    assert not wire.seen


def test_what_send_returned_can_be_followed_as_it_is(face: Face) -> None:
    with Sandbox(api_key=KEY, api_secret=SECRET) as sandbox:
        messages = face.client(base_url=sandbox.url).messages
        sent = face.run(messages.send(**SMS, delivery_report=True))
        sandbox.advance(seconds=60)
        assert face.run(messages.get(sent)).status == "delivered"
        assert face.run(messages.wait(sent, timeout=5)).message_id == sent.message_id
