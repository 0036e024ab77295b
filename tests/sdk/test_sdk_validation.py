"""What is refused before anything is sent."""

from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from types import MappingProxyType
from typing import Any

import attrs
import pytest
from messagemedia import Message, MessageFormat, ValidationError
from messagemedia_generated.models import SendMessagesRequest
from sdk_face import NUMBER, SMS, Face, Wire, accepted, answer

FAR = datetime(2027, 1, 1, tzinfo=UTC)


def problems(face: Face, call: Any, **options: Any) -> list[tuple[int | None, str | None, str]]:
    """What is wrong with a call, as index, field and text; nothing may have been sent."""
    wire = Wire(answer(500))
    with pytest.raises(ValidationError) as caught:
        face.run(call(face.client(wire, **options)))
    assert not wire.seen
    return [(error.index, error.field, error.message) for error in caught.value.errors]


def of_fields(face: Face, **fields: Any) -> list[tuple[int | None, str | None, str]]:
    return problems(face, lambda client: client.messages.send(**{**SMS, **fields}))


def request(*messages: Any) -> SendMessagesRequest:
    return SendMessagesRequest(messages=messages)


# Field, value that breaks a limit, words of the error. Pitfalls 58 and 61.
LIMITS: list[tuple[str, dict[str, Any], str]] = [
    ("content", {"content": ""}, "must not be empty"),
    ("content", {"content": "x" * 5001}, "1 to 5000 characters, not 5001"),
    ("destination_number", {"destination_number": ""}, "must not be empty|8 to 15 digits"),
    ("destination_number", {"destination_number": "+1234567"}, "8 to 15 digits"),
    ("destination_number", {"destination_number": "+1234567890123456"}, "8 to 15 digits"),
    ("destination_number", {"destination_number": "+61 491 570 156"}, "8 to 15 digits"),
    ("destination_number", {"destination_number": "0491-570-156"}, "8 to 15 digits"),
    ("destination_number", {"destination_number": "++61491570156"}, "8 to 15 digits"),
    ("destination_number", {"destination_number": "+61491570156\n"}, "8 to 15 digits"),
    ("destination_number", {"destination_number": "+٦١٤٩١٥٧٠١٥٦"}, "8 to 15 digits"),
    ("metadata", {"metadata": {str(n): "x" for n in range(11)}}, "at most 10 pairs, not 11"),
    ("metadata", {"metadata": {"k" * 101: "x"}}, "at most 100 characters, not 101"),
    ("metadata", {"metadata": {"k": "x" * 257}}, "at most 256 characters, not 257"),
    ("subject", {"subject": "x" * 65, "format": "MMS"}, "at most 64 characters, not 65"),
    ("source_number", {"source_number": ""}, "must not be empty"),
    ("source_number_type", {"source_number_type": "SHORTCODE"}, "needs source_number"),
    ("media", {"media": ["https://example.com/a.png"]}, "needs format='MMS'"),
    ("media", {"media": [], "format": "SMS"}, "needs format='MMS'"),
    ("subject", {"subject": "x"}, "needs format='MMS'"),
    ("media", {"media": ["ftp://example.com/a.png"], "format": "MMS"}, "http or https address"),
    ("media", {"media": ["https://example.com/a.png", "a.png"], "format": "MMS"}, "http or https address"),
]


@pytest.mark.parametrize(("field", "fields", "text"), LIMITS, ids=[f"{row[0]}-{n}" for n, row in enumerate(LIMITS)])
@pytest.mark.off_contract(requests="limits are switched off")
def test_a_broken_limit_is_found_locally_and_can_be_left_to_the_server(
    face: Face, field: str, fields: dict[str, Any], text: str
) -> None:
    ((index, found, message),) = of_fields(face, **fields)
    assert (index, found) == (0, field)
    assert any(each in message for each in text.split("|")), message
    wire = Wire(accepted(destination_number=fields.get("destination_number", NUMBER)))
    face.run(face.client(wire, check_limits=False).messages.send(**{**SMS, **fields}))
    (sent,) = wire.only.json["messages"]
    assert sent == {**SMS, **fields}


@pytest.mark.parametrize("scheduled", [FAR + timedelta(milliseconds=1), FAR + timedelta(days=1)])
def test_a_message_that_expires_before_it_is_sent_is_refused(face: Face, scheduled: datetime) -> None:
    ((index, field, message),) = of_fields(face, message_expiry_timestamp=FAR, scheduled=scheduled)
    assert (index, field, message) == (0, "message_expiry_timestamp", "must not be earlier than scheduled")
    wire = Wire(accepted())
    face.run(
        face.client(wire, check_limits=False).messages.send(**SMS, message_expiry_timestamp=FAR, scheduled=scheduled)
    )
    assert len(wire.seen) == 1


@pytest.mark.parametrize("scheduled", [FAR, FAR.astimezone(timezone(timedelta(hours=9)))])
def test_a_message_may_expire_at_the_moment_at_which_it_is_sent(face: Face, scheduled: datetime) -> None:
    wire = Wire(accepted())
    face.run(face.client(wire).messages.send(**SMS, message_expiry_timestamp=FAR, scheduled=scheduled))
    assert len(wire.seen) == 1


def test_the_order_of_moments_is_judged_only_if_they_can_be_compared(face: Face) -> None:
    naive = FAR.replace(tzinfo=None)
    ((_, field, message),) = of_fields(face, message_expiry_timestamp=FAR, scheduled=naive)
    assert (field, "needs a time zone" in message) == ("scheduled", True)


@pytest.mark.off_contract(requests="limits are switched off")
def test_the_number_of_messages_is_limited(face: Face) -> None:
    """Pitfall 58."""
    for count, text in ((0, "1 to 100 items, not 0"), (101, "1 to 100 items, not 101")):
        body = request(*[Message(**SMS)] * count)
        ((index, field, message),) = problems(face, lambda client, body=body: client.api.messages.send_messages(body))
        assert (index, field) == (None, "messages")
        assert text in message
        wire = Wire(accepted())
        face.run(face.client(wire, check_limits=False).api.messages.send_messages(body))
        assert len(wire.only.json["messages"]) == count


AT_THE_LIMIT: list[dict[str, Any]] = [
    {"content": "x"},
    {"content": "é" * 5000},
    {"content": "🎉" * 5000},
    {"destination_number": "+123456789012345"},  # pitfall 59
    {"destination_number": "123456789012345"},
    {"destination_number": "12345678"},
    {"metadata": {str(n) * 100: "x" * 256 for n in range(10)}},
    {"subject": "x" * 64, "format": "MMS", "media": ["https://a.example/b.png"]},
    {"source_number": "Shop", "source_number_type": "ALPHANUMERIC"},
    {"metadata": MappingProxyType({"a": "b"})},
    {"metadata": OrderedDict(a="b")},
    {"media": ("HTTP://A.example/b?c=d",), "format": MessageFormat.MMS},
]


@pytest.mark.parametrize("fields", AT_THE_LIMIT, ids=[f"{next(iter(row))}-{n}" for n, row in enumerate(AT_THE_LIMIT)])
def test_what_just_fits_is_sent(face: Face, fields: dict[str, Any]) -> None:
    wire = Wire(accepted(destination_number=fields.get("destination_number", NUMBER)))
    face.run(face.client(wire).messages.send(**{**SMS, **fields}))
    assert len(wire.seen) == 1


def test_a_hundred_messages_are_sent(face: Face) -> None:
    wire = Wire(accepted())
    face.run(face.client(wire).api.messages.send_messages(request(*[Message(**SMS)] * 100)))
    assert len(wire.only.json["messages"]) == 100


# Wrong whatever the limits are.
WRONG: list[tuple[str, Any, str]] = [
    ("content", None, "is required"),
    ("content", 5, "must be a str, not int"),
    ("content", b"Hello", "must be a str, not bytes"),
    ("content", "half \ud83d", "surrogate"),
    ("destination_number", 61491570156, "must be a str, not int"),
    ("destination_number", [NUMBER], "must be a str, not list"),
    ("callback_url", 5, "must be a str"),
    ("delivery_report", "true", "must be True or False, not str"),
    ("delivery_report", 1, "must be True or False, not int"),
    ("format", ["SMS"], "must be one of SMS, MMS, TTS, not list"),  # pitfall 60
    ("format", "sms", "must be one of SMS, MMS, TTS"),
    ("format", "RCS", "must be one of SMS, MMS, TTS"),
    ("format", MessageFormat("RCS"), "must be one of SMS, MMS, TTS"),
    ("format", "", "must be one of SMS, MMS, TTS"),
    ("source_number_type", "international", "must be one of INTERNATIONAL"),
    ("media", "https://example.com/a.png", "must be a list, not str"),
    ("media", {"a"}, "must be a list, not set"),
    ("media", [5], "must be a str"),
    ("scheduled", "2027-01-01T00:00:00Z", "must be a datetime with a time zone, not str"),
    ("scheduled", date(2027, 1, 1), "must be a datetime"),
    ("scheduled", 1798761600, "must be a datetime"),
    ("scheduled", datetime(2027, 1, 1), "needs a time zone"),  # noqa: DTZ001  # pitfall 56
    ("message_expiry_timestamp", datetime(2027, 1, 1), "needs a time zone"),  # noqa: DTZ001
    ("scheduled", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=11))), "years"),
    ("metadata", [{"key": "a", "value": "b"}], "must be a mapping"),  # pitfall 62
    ("metadata", "a=b", "must be a mapping"),
    ("metadata", {"a": 5}, "must be a str, not int"),
    ("metadata", {"a": None}, "required|must be a str"),
    ("metadata", {5: "a"}, "must be a str, not int"),
    ("metadata", {"a": "\ud83d"}, "surrogate"),
    ("metadata", {"\udc00": "a"}, "surrogate"),
    ("subject", 5, "must be a str"),
]


@pytest.mark.parametrize("check_limits", [True, False])
@pytest.mark.parametrize(("field", "value", "text"), WRONG, ids=[f"{row[0]}-{n}" for n, row in enumerate(WRONG)])
def test_a_value_of_the_wrong_kind_is_refused_before_any_request(
    face: Face, field: str, value: Any, text: str, check_limits: bool
) -> None:
    fields = {**SMS, "source_number": "x", "format": "MMS", field: value}
    found = problems(face, lambda client: client.messages.send(**fields), check_limits=check_limits)
    about = [(index, message) for index, name, message in found if name == field]
    assert [index for index, _ in about] == [0]
    assert any(each in about[0][1] for each in text.split("|")), about


def test_all_problems_of_a_batch_come_at_once_with_index_and_field(face: Face) -> None:
    """Pitfall 58."""
    messages = [
        Message(**SMS),
        Message(content="", destination_number="1"),
        Message(**SMS, scheduled=FAR),
        Message(content="x" * 5001, destination_number=NUMBER, format="sms"),  # type: ignore[arg-type]
        "not a message",
    ]
    wire = Wire(answer(500))
    with pytest.raises(ValidationError) as caught:
        face.run(face.client(wire).api.messages.send_messages(request(*messages)))
    found = caught.value.errors
    assert [(error.index, error.field) for error in found] == [
        (1, "content"),
        (1, "destination_number"),
        (3, "content"),
        (3, "format"),
        (4, "messages"),
    ]
    assert [error.item for error in found] == [messages[1], messages[1], messages[3], messages[3], messages[4]]
    assert found[0].item is messages[1]
    assert caught.value.operation == "sendMessages"
    assert not wire.seen


def test_making_a_message_checks_nothing() -> None:
    message = Message(content="", destination_number="", format="sms")  # type: ignore[arg-type]
    assert message.format == "sms"


UNKNOWN_FIELDS = [("to", ""), ("destination", "destination_number"), ("callbackUrl", "callback_url"), ("account", "")]


@pytest.mark.parametrize(("name", "meant"), UNKNOWN_FIELDS)
def test_an_unknown_keyword_is_refused_with_a_suggestion(face: Face, name: str, meant: str) -> None:
    ((_, _, message),) = problems(face, lambda client: client.messages.send(**SMS, **{name: "x"}))
    assert (f"did you mean {meant}?" if meant else "destination_number") in message


SHAPES: list[tuple[Any, set[str | None]]] = [
    (lambda client: client.messages.send(), {"content", "destination_number"}),
    (lambda client: client.messages.send(content="Hello"), {"destination_number"}),
    (lambda client: client.messages.send(None), {"content", "destination_number"}),
    (lambda client: client.messages.send(SMS), {"messages"}),
    (lambda client: client.messages.send("Hello"), {"messages"}),
    (lambda client: client.messages.send([Message(**SMS)]), {"messages"}),
    (lambda client: client.messages.send(Message(**SMS), content="Hello"), {None}),
    (lambda client: client.api.messages.send_messages(None), {None}),
    (lambda client: client.api.messages.send_messages({"messages": [SMS]}), {None}),
    (lambda client: client.api.messages.send_messages([Message(**SMS)]), {None}),
    (lambda client: client.api.messages.send_messages(request(SMS)), {"messages"}),
    (lambda client: client.api.messages.send_messages(request(Message(**SMS)).messages[0]), {None}),
    (lambda client: client.api.messages.send_messages(SendMessagesRequest(messages=iter([]))), {"messages"}),  # type: ignore[arg-type]
    (lambda client: client.api.messages.send_messages(SendMessagesRequest(messages=None)), {"messages"}),  # type: ignore[arg-type]
    (lambda client: client.api.messages.cancel_scheduled_message("x", {"status": "cancelled"}), {None}),
    (lambda client: client.api.messages.cancel_scheduled_message("x", None), {None}),
    (lambda client: client.api.replies.check_replies(account=5), {"account"}),
    (lambda client: client.api.replies.check_replies(account=""), {"account"}),
]


@pytest.mark.parametrize(("call", "fields"), SHAPES, ids=[str(n) for n in range(len(SHAPES))])
def test_arguments_of_the_wrong_kind_are_refused_before_any_request(face: Face, call: Any, fields: set[str]) -> None:
    assert {field for _, field, _ in problems(face, call)} == fields


@pytest.mark.parametrize("message_id", ["", ".", "..", None, 5, b"x", "\ud83d", ["x"]], ids=ascii)
@pytest.mark.parametrize("name", ["get", "cancel"])
@pytest.mark.parametrize("check_limits", [True, False])
def test_an_id_that_would_change_the_path_is_refused(
    face: Face, name: str, message_id: object, check_limits: bool
) -> None:
    found = problems(face, lambda client: getattr(client.messages, name)(message_id), check_limits=check_limits)
    assert {field for _, field, _ in found} == {"message_id"}


# --- values whose own methods raise ---------------------------------------------------------------------------


class Lost:
    """Stands for something that is not there, as a proxy for the current request does outside of one."""

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        raise LookupError


class Zone(tzinfo):
    def utcoffset(self, _: datetime | None) -> timedelta:
        raise LookupError


class NoMoment(datetime):
    """A datetime in name only, as pandas.NaT is."""

    def utcoffset(self) -> timedelta:
        raise LookupError

    astimezone = utcoffset  # type: ignore[assignment]


class Text(str):
    __slots__ = ()

    def isascii(self) -> bool:
        raise LookupError


class Pairs(dict[str, str]):
    def items(self) -> Any:
        raise LookupError


class Items(list[str]):
    def __len__(self) -> int:
        raise LookupError

    __iter__ = __len__  # type: ignore[assignment]


class Elements(list[str]):
    """What numpy makes of a comparison: as many answers as there are elements."""

    def __eq__(self, _: object) -> Any:
        return self

    __ne__ = __eq__

    def __bool__(self) -> bool:
        raise LookupError

    __hash__ = None  # type: ignore[assignment]


RAISING: list[tuple[str, Any]] = [
    *((name, Lost()) for name in attrs.fields_dict(Message)),
    ("content", Text("x")),
    ("format", Elements()),
    ("metadata", Pairs()),
    ("metadata", {"a": Lost()}),
    ("metadata", {"a": Text("b")}),
    ("media", Items()),
    ("media", [Lost()]),
    ("scheduled", NoMoment(2027, 1, 1, tzinfo=UTC)),
    ("scheduled", datetime(2027, 1, 1, tzinfo=Zone())),
    ("message_expiry_timestamp", NoMoment(2027, 1, 1, tzinfo=UTC)),
]


@pytest.mark.parametrize("check_limits", [True, False])
@pytest.mark.parametrize(("field", "value"), RAISING, ids=[f"{row[0]}-{n}" for n, row in enumerate(RAISING)])
def test_a_value_whose_own_methods_raise_is_a_problem_of_its_field(
    face: Face, field: str, value: Any, check_limits: bool
) -> None:
    rest = {"source_number": "x", "format": "MMS", "scheduled": FAR, "media": ["https://example.com/a.png"]}
    messages = [Message(**SMS), Message(**{**SMS, **rest, field: value})]
    body = request(*messages)
    found = problems(face, lambda client: client.api.messages.send_messages(body), check_limits=check_limits)
    assert {(index, name) for index, name, _ in found} <= {(1, field), (1, "media")}
    assert (1, field) in {(index, name) for index, name, _ in found}


def test_the_problem_of_such_a_value_names_its_type_and_what_is_raised(face: Face) -> None:
    ((_, _, message),) = of_fields(face, content=Lost())
    assert message == f"can't be read: {Lost.__module__}.Lost raises LookupError"


def test_what_can_not_even_say_whether_it_is_a_message_is_refused(face: Face) -> None:
    for message in (Lost(), [Lost()]):
        ((index, field, said),) = problems(face, lambda client, message=message: client.messages.send(message))
        assert (index, field, "must be a Message" in said) == (0, "messages", True)
    ((index, field, _),) = problems(face, lambda client: client.api.messages.send_messages(request(Lost())))
    assert (index, field) == (0, "messages")
