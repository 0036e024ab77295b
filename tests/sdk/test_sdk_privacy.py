"""No content of a message and no full phone number in what we print, log or pickle as an error."""

import logging
import pickle
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from messagemedia import Attachment, DeliveryReport, Message, MessageMediaError, Reply, SentMessage, ValidationError
from messagemedia_generated.api.messages.send_messages import build
from messagemedia_generated.models import (
    CheckDeliveryReportsResponse,
    CheckRepliesResponse,
    SendMessagesRequest,
    SendMessagesResponse,
)
from sdk_face import CALLS, HTML, Face, Wire, accepted, answer

from tests import inside

CONTENT = "Your diagnosis is ready"
NUMBERS = ("+61491570156", "+61491570157")
FIELDS: dict[str, Any] = {
    "content": CONTENT,
    "destination_number": NUMBERS[0],
    "source_number": NUMBERS[1],
    "callback_url": f"https://example.com/{CONTENT.replace(' ', '-')}",
    "subject": CONTENT,
    "format": "MMS",
    "media": [f"https://example.com/{CONTENT.replace(' ', '-')}"],
    "metadata": {"note": CONTENT},
    "scheduled": datetime(2027, 1, 1, tzinfo=UTC),
}
ANSWER = {**FIELDS, "scheduled": "2027-01-01T00:00:00Z", "message_id": "m", "original_text": CONTENT}
ANSWER["attachments"] = [{"content": CONTENT, "content_type": "text/plain", "original_name": CONTENT}]


def assert_private(text: str) -> None:
    for private in (CONTENT, CONTENT.replace(" ", "-"), "diagnosis", *(number[3:] for number in NUMBERS)):
        assert private not in text


MODELS: list[Any] = [
    Message(**FIELDS),
    SendMessagesRequest(messages=[Message(**FIELDS)]),
    SentMessage.from_dict(ANSWER),
    Reply.from_dict(ANSWER),
    DeliveryReport.from_dict(ANSWER),
    Attachment.from_dict(ANSWER["attachments"][0]),
    SendMessagesResponse.from_dict({"messages": [ANSWER]}),
    CheckRepliesResponse.from_dict({"replies": [ANSWER]}),
    CheckDeliveryReportsResponse.from_dict({"delivery_reports": [ANSWER]}),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_a_model_prints_nothing_private(model: Any) -> None:
    for text in (repr(model), str(model), f"{model}", repr([model]), repr({"x": model})):
        assert_private(text)


def test_a_number_is_printed_with_its_last_digits() -> None:
    text = repr(Message(**FIELDS))
    assert "destination_number='…156'" in text
    assert "source_number='…157'" in text
    assert f"content=<{len(CONTENT)} characters>" in text


@pytest.mark.parametrize("short", ["", "1", "123", "Shop"])
def test_a_short_number_is_not_printed_in_full(short: str) -> None:
    text = repr(Message(content="x", destination_number=short))
    assert not short or f"'{short}'" not in text


DETAIL = f"/messages/0/destination_number: '{NUMBERS[0]}' and 61491570157 contain invalid characters."
OUTCOMES: dict[str, Any] = {
    "400": answer(400, {"message": f"The number {NUMBERS[0]} is wrong.", "details": [DETAIL, NUMBERS[1]]}),
    "400-echo": answer(400, {"message": "no", "details": [], "messages": [ANSWER]}),
    "403": answer(403, {"message": f"Invalid account '{NUMBERS[0]}' in header Account"}),
    "404": answer(404, {"message": f"No {NUMBERS[1]}"}),
    "422": answer(422, {"message": f"TLS for {NUMBERS[0]}"}),
    "500": answer(500, f"<p>{CONTENT} {NUMBERS[0]}</p>".encode(), HTML),
    "nonsense": answer(202, f'{{"messages": [{{"content": "{CONTENT}", "to": "{NUMBERS[0]}'.encode()),
    "timeout": httpx.ReadTimeout,
    "refused": httpx.ConnectError(f"could not connect for {NUMBERS[0]}"),
}


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("check_limits", [True, False])
@pytest.mark.off_contract(answers="JSON that is cut, and a 404 to a send")
def test_an_error_prints_logs_and_pickles_nothing_private(
    face: Face, caplog: pytest.LogCaptureFixture, outcome: str, check_limits: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    client = face.client(Wire(OUTCOMES[outcome]), check_limits=check_limits)
    with pytest.raises(MessageMediaError) as caught:
        face.run(client.messages.send(**FIELDS))
    error = caught.value
    for text in (str(error), repr(error), *map(repr, error.args), *map(repr, getattr(error, "errors", ()))):
        assert_private(text)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        data = pickle.dumps(error, protocol)
        assert_private(data.decode("latin-1"))
        assert_private(repr(vars(pickle.loads(data))))
    assert_private(caplog.text)
    assert_private("".join(repr(record.args) for record in caplog.records))


@pytest.mark.parametrize("written", ["+61 491 570 156", "+61-491-570-156", "(0491) 570 156"])
@pytest.mark.off_contract(requests="limits are switched off")
def test_a_number_with_separators_is_hidden_too(face: Face, written: str) -> None:
    client = face.client(Wire(answer(400, {"message": "no", "details": [f"'{written}' is wrong"]})), check_limits=False)
    with pytest.raises(MessageMediaError) as caught:
        face.run(client.messages.send(content="x", destination_number=written))
    assert written not in str(caught.value)
    assert written not in pickle.dumps(caught.value).decode("latin-1")


NO_NUMBERS = [
    "Expired at 2026-01-15 03:04:05",
    "Expired at 2026-01-15T03:04:05Z",
    "Not between 10 and 20 (1 000 000 max)",
    "No 877c19ef-fa2e-4cec-827a-e1df9b5509f7",
    "Code 305, part 2 of 3",
]


@pytest.mark.parametrize("said", NO_NUMBERS)
@pytest.mark.off_contract(answers="400 is not documented for fetching")
def test_what_is_no_phone_number_is_said_in_full(face: Face, said: str) -> None:
    with pytest.raises(MessageMediaError) as caught:
        face.run(face.client(Wire(answer(400, {"message": said}))).messages.get("x"))
    assert said in str(caught.value)


def test_a_local_check_repeats_no_value(face: Face) -> None:
    wrong: dict[str, Any] = {
        **FIELDS,
        "content": CONTENT * 1000,
        "destination_number": NUMBERS[0] + "99999999",
        "callback_url": CONTENT,
        "subject": CONTENT * 4,
        "metadata": {CONTENT * 6: CONTENT * 20, 61491570156: 61491570157},
        "media": [61491570156],
        "format": CONTENT,
        "scheduled": CONTENT,
        "delivery_report": CONTENT,
    }
    with pytest.raises(ValidationError) as caught:
        face.run(face.client(Wire(answer(500))).messages.send(**wrong))
    error = caught.value
    assert len(error.errors) >= 9
    for text in (str(error), repr(error), repr(vars(error)), pickle.dumps(error, 0).decode("latin-1")):
        assert_private(text)
    assert error.errors[0].item is not None
    assert pickle.loads(pickle.dumps(error)).errors[0].item is None


@pytest.mark.parametrize("name", CALLS)
def test_our_logs_name_operations_and_outcomes_only(face: Face, caplog: pytest.LogCaptureFixture, name: str) -> None:
    caplog.set_level(logging.DEBUG)
    call, status, body = CALLS[name]
    face.run(call(face.client(Wire(answer(status, body)))))
    (record,) = [record for record in caplog.records if record.name == "messagemedia"]
    assert record.getMessage().endswith(f": {status}")
    assert record.levelno == logging.DEBUG
    assert "877c19ef" not in record.getMessage()


def test_what_a_flow_holds_prints_nothing_private(face: Face) -> None:
    """Calls, requests and answers are locals of frames, and tracebacks print them."""
    body = accepted(**ANSWER)
    transport = inside.FakeTransport(inside.Response(body.status_code, body.headers, body.content))
    face.run(transport.under(face.client()).messages.send(**FIELDS))
    held: list[Any] = [build(SendMessagesRequest(messages=[Message(**FIELDS)])), *transport.requests]
    held.append(transport.send(held[1]))
    assert [type(each).__name__ for each in held] == ["Call", "Request", "Response"]
    for each in held:
        assert_private(repr(each))
