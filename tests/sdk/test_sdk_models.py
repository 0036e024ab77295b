"""Models as people handle them: made by name, turned into JSON, read from it, looked up with help()."""

import copy
import importlib
import inspect
import json
import pickle
import pydoc
from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import attrs
import messagemedia
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from messagemedia import (
    AsyncClient,
    CheckDeliveryReportsResponse,
    CheckRepliesResponse,
    Client,
    Credits,
    DeliveryReport,
    Message,
    MessageFormat,
    Reply,
    SendMessagesRequest,
    SendMessagesResponse,
    SentMessage,
)
from messagemedia_generated import models
from messagemedia_generated.contract import OPERATIONS
from messagemedia_generated.privacy import hidden_text
from messagemedia_generated.writing import Problems
from test_sdk_reading_anything import objects

KINDS = [kind for name in models.__all__ if attrs.has(kind := getattr(models, name))]
ANSWERS = [kind for kind in KINDS if hasattr(kind, "from_dict")]
REQUESTS = [kind for kind in KINDS if hasattr(kind, "to_json")]
answers = pytest.mark.parametrize("kind", ANSWERS, ids=lambda kind: kind.__name__)
requests = pytest.mark.parametrize("kind", REQUESTS, ids=lambda kind: kind.__name__)
models_of_all_kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)

NUMBER = "+61491570156"
EXTREMES = {
    "scheduled": "0001-01-01T00:00:00+23:59",
    "date_received": "9999-12-31T23:59:59.999999-12:00",
    "submitted_date": "2026-01-15T03:05:10.250123Z",
    "message_expiry_timestamp": "2026-01-15T03:05:10",
}


def message(**fields: Any) -> Message:
    return Message(**{"content": "Hello", "destination_number": NUMBER, **fields})


class Wordless(tzinfo):
    """What the methods of some dates do that are none, such as pandas.NaT."""

    def utcoffset(self, _: datetime | None) -> timedelta:
        raise LookupError("made up")


# --- to_dict -----------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60, database=None)
@given(kind=st.sampled_from(ANSWERS), raw=objects)
@example(kind=SentMessage, raw=EXTREMES)
@example(kind=Reply, raw=EXTREMES)
@example(kind=SendMessagesResponse, raw={"messages": [EXTREMES, 5], "replies": [EXTREMES]})
@example(kind=CheckDeliveryReportsResponse, raw={"delivery_reports": [EXTREMES, None]})
def test_an_answer_comes_back_from_its_dict(kind: Any, raw: dict[str, Any]) -> None:
    read = kind.from_dict(raw)
    written = read.to_dict()
    again = kind.from_dict(json.loads(json.dumps(written)))
    assert repr(again) == repr(read)
    assert kind.from_dict(written) == read
    assert json.dumps(kind.from_dict(written).to_dict()) == json.dumps(written)
    assert again.extra.keys() == read.extra.keys()
    assert None not in written.values() or None in read.extra.values()


def test_a_dict_has_the_apis_names_and_json_values_only() -> None:
    read = Reply.from_dict(
        {
            "reply_id": "r-1",
            "date_received": "2026-01-15T13:05:10+10:00",
            "metadata": {"order": "4711"},
            "vendor_account_id": {"vendor_id": "MessageMedia", "tier": 3},
            "attachments": [{"content_type": "image/png"}, "no attachment"],
            "content": None,
            "surprise": [1, {"deep": None}],
        }
    )
    assert read.to_dict() == {
        "reply_id": "r-1",
        "date_received": "2026-01-15T03:05:10.000Z",
        "metadata": {"order": "4711"},
        "vendor_account_id": {"vendor_id": "MessageMedia", "tier": 3},
        "attachments": [{"content_type": "image/png"}, {}],
        "surprise": [1, {"deep": None}],
    }


def test_a_dict_is_the_callers_own() -> None:
    read = SentMessage.from_dict({"message_id": "m", "metadata": {"a": "b"}, "new": {"list": [1]}})
    written = read.to_dict()
    written["metadata"]["a"] = "changed"
    written["new"]["list"].append(2)
    assert read.metadata == {"a": "b"}
    assert read.raw == {"message_id": "m", "metadata": {"a": "b"}, "new": {"list": [1]}}


def test_a_dict_tells_what_is_in_the_model_now() -> None:
    read = SentMessage.from_dict({"message_id": "m", "status": "queued"})
    read.status = models.MessageStatus.DELIVERED
    assert read.to_dict() == {"message_id": "m", "status": "delivered"}
    assert type(read.to_dict()["status"]) is str


def test_what_breaks_a_limit_or_is_of_the_wrong_kind_is_written_as_it_is() -> None:
    wrong = message(content="x" * 6000, destination_number=61, format="SMSS", scheduled=datetime(2026, 1, 15))  # noqa: DTZ001
    written = wrong.to_dict()
    assert written == {
        "content": "x" * 6000,
        "destination_number": 61,
        "format": "SMSS",
        "scheduled": "2026-01-15T00:00:00.000",
    }


@pytest.mark.parametrize(
    ("value", "where", "told"),
    [
        ({"metadata": {"a": Decimal(1)}}, "Message.metadata", "decimal.Decimal"),
        ({"metadata": {5: "a"}}, "a key of Message.metadata", "int"),
        ({"media": ["https://example.com/a.png", PurePosixPath("a")]}, "Message.media[1]", "pathlib.PurePosixPath"),
        ({"media": {"a"}}, "Message.media", "set"),
        ({"content": b"secret"}, "Message.content", "bytes"),
        ({"scheduled": datetime(2026, 1, 15, tzinfo=Wordless())}, "Message.scheduled", "datetime.datetime"),
    ],
)
def test_what_json_cannot_express_is_named_by_its_place_and_type(value: dict[str, Any], where: str, told: str) -> None:
    with pytest.raises(TypeError) as caught:
        message(**value).to_dict()
    assert str(caught.value) == f"{where} is of the type {told}, which JSON can't express"


def test_other_kinds_of_the_same_values_are_written_as_json_has_them() -> None:
    zone = timezone(timedelta(hours=10))
    made = message(
        format=MessageFormat.MMS,
        media=("https://example.com/a.png",),
        metadata=OrderedDict(a="b"),
        scheduled=datetime(2026, 1, 15, 13, 5, 10, 250999, zone),
    )
    assert made.to_dict() == {
        "content": "Hello",
        "destination_number": NUMBER,
        "format": "MMS",
        "media": ["https://example.com/a.png"],
        "metadata": {"a": "b"},
        "scheduled": "2026-01-15T03:05:10.250Z",
    }
    assert Credits(remaining_credits=date(2026, 1, 15)).to_dict() == {"remaining_credits": "2026-01-15"}


@models_of_all_kinds
def test_a_model_is_not_iterable(kind: Any) -> None:
    # An endpoint that returns one would be given its names in place of its JSON.
    made = kind.from_dict({}) if kind in ANSWERS else kind(**dict.fromkeys(attrs.fields_dict(kind)))
    with pytest.raises(TypeError):
        dict(made)
    with pytest.raises(TypeError):
        iter(made)


# --- from_dict ---------------------------------------------------------------------------------------------------


async def body() -> dict[str, Any]:
    return {}


@answers
@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "None; web frameworks give None for a body that is not JSON"),
        ('{"reply_id": "r"}', "str; decode it first, with json.loads()"),
        (b"{}", "bytes; decode it first, with json.loads()"),
        ([{"reply_id": "r"}], "list; read its items one by one"),
        (5, "int"),
        (Decimal(1), "decimal.Decimal"),
    ],
)
def test_from_dict_of_what_is_no_object_says_what_it_wants(kind: Any, value: Any, told: str) -> None:
    with pytest.raises(ValueError, match="needs a JSON object") as caught:
        kind.from_dict(value)
    assert str(caught.value) == f"{kind.__name__}.from_dict needs a JSON object (a dict), not {told}"


def test_from_dict_of_what_was_not_awaited_says_so() -> None:
    forgotten: Any = body()
    with pytest.raises(ValueError, match="not coroutine; await it first"):
        Reply.from_dict(forgotten)
    forgotten.close()


def test_an_item_of_the_wrong_kind_keeps_its_place() -> None:
    read = SendMessagesResponse.from_dict({"messages": [None, {"message_id": "m"}, [], "x"]})
    assert [each.message_id for each in read.messages] == ["", "m", "", ""]
    assert CheckRepliesResponse.from_dict({"replies": None}).replies == []


def test_from_dict_takes_any_mapping() -> None:
    assert Reply.from_dict(OrderedDict(reply_id="r")).reply_id == "r"


# --- names of fields ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"destination_numbr": NUMBER}, "has no field 'destination_numbr' (did you mean destination_number?)"),
        ({"destinationNumber": NUMBER}, "has no field 'destinationNumber' (did you mean destination_number?)"),
        ({"to": NUMBER}, "has no field 'to' (did you mean destination_number?)"),
        ({"destination_number": NUMBER, "from": "x"}, "has no field 'from' (did you mean source_number?)"),
        ({}, "needs destination_number"),
    ],
)
def test_a_wrong_name_of_a_field_is_told_with_the_right_one(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(TypeError) as caught:
        Message(content="Hello", **fields)
    assert str(caught.value) == f"Message {told}"


def test_all_wrong_names_are_told_at_once() -> None:
    make: Any = Message
    with pytest.raises(TypeError) as caught:
        make(to=NUMBER, text="Hello")
    assert str(caught.value) == (
        "Message has no field 'to' (did you mean destination_number?); it has no field 'text' (did you mean content?)"
    )
    with pytest.raises(
        TypeError, match=r"it has the fields content, destination_number, callback_url,.*; it needs content"
    ):
        make(colour="red")


def test_values_without_names_are_refused_with_an_example_and_without_the_values() -> None:
    make: Any = Message
    wanted = "Message takes its fields by name, as in Message(content=..., destination_number=...)"
    for values in (("Hello", NUMBER), (message(),)):
        with pytest.raises(TypeError) as caught:
            make(*values)
        assert str(caught.value) == wanted
    with pytest.raises(TypeError) as caught:
        make({"content": "Hello"})
    assert str(caught.value) == f"{wanted}, or Message(**fields) for a dict"


@requests
def test_every_model_that_is_sent_names_its_fields(kind: Any) -> None:
    with pytest.raises(TypeError, match=f"^{kind.__name__} has no field 'surprise'; it has the fields "):
        kind(surprise=1)
    with pytest.raises(TypeError, match=f"^{kind.__name__} takes its fields by name"):
        kind(1)


@requests
def test_naming_its_fields_changes_nothing_else_of_a_model(kind: Any) -> None:
    plain = attrs.define(kw_only=True)(type(kind.__name__, (), {"__annotations__": kind.__annotations__}))
    assert list(inspect.signature(kind).parameters) == list(inspect.signature(plain).parameters)
    fields = {name: f"the {name}" for name in attrs.fields_dict(kind) if name != "raw"}
    made = kind(**fields)
    assert {name: getattr(made, name) for name in fields} == fields
    assert pickle.loads(pickle.dumps(made)) == copy.deepcopy(made) == attrs.evolve(made) == made
    defaults = {
        name: each.default
        for name, each in attrs.fields_dict(kind).items()
        if name in fields and each.default is not attrs.NOTHING
    }
    needed = {name: value for name, value in fields.items() if name not in defaults}
    assert {name: getattr(kind(**needed), name) for name in defaults} == defaults


def test_a_model_of_the_callers_own_may_add_fields() -> None:
    @attrs.define(kw_only=True)
    class Tagged(Message):
        tag: str = "none"

    made = Tagged(content="Hello", destination_number=NUMBER, tag="spring")
    assert (made.content, made.tag) == ("Hello", "spring")


def test_a_dict_in_place_of_a_model_is_refused_with_the_way_to_make_one() -> None:
    bad: Any = {"content": "Hello", "destination_number": NUMBER}
    problems: Problems = []
    SendMessagesRequest(messages=[bad]).to_json(problems)
    assert [str(each) for each in problems] == ["/messages/0: must be a Message, not dict: make one, Message(**fields)"]


# --- words of errors and reprs -----------------------------------------------------------------------------------


def test_one_item_is_no_plural() -> None:
    assert [hidden_text(value) for value in (["a"], ["a", "b"], {}, "a", "ab", 5)] == [
        "<1 item>",
        "<2 items>",
        "<0 items>",
        "<1 character>",
        "<2 characters>",
        "<hidden>",
    ]
    assert "media=<1 item>" in repr(message(media=["https://example.com/a.png"]))


def test_a_type_is_named_with_its_package_unless_it_is_pythons_own() -> None:
    class Misleading:
        """As numpy.bool is named."""

    Misleading.__name__, Misleading.__module__ = "bool", "numpy"
    problems: Problems = []
    for value in (Misleading(), Decimal(1), "true", message(), [None]):
        message(delivery_report=value).to_json(problems)
    assert [each.message for each in problems] == [
        f"must be True or False, not {told}" for told in ("numpy.bool", "decimal.Decimal", "str", "Message", "list")
    ]


def test_a_moment_whose_time_zone_raises_is_a_problem_and_no_exception() -> None:
    problems: Problems = []
    message(scheduled=datetime(2026, 1, 15, tzinfo=Wordless()), message_expiry_timestamp=datetime.now(UTC)).to_json(
        problems
    )
    assert [str(each) for each in problems] == [
        "/scheduled: has no usable time zone: datetime.datetime raises LookupError"
    ]


# --- what help() shows -------------------------------------------------------------------------------------------


def shown(thing: object) -> str:
    return " ".join(pydoc.render_doc(thing, renderer=pydoc.plaintext).replace("|", " ").split())


@models_of_all_kinds
def test_help_tells_what_each_field_means(kind: Any) -> None:
    text = shown(kind)
    for field in attrs.fields(kind):
        assert f" {field.name}: " in text.partition("Attributes:")[2], field.name


LIMITS = (
    "content: The text. Required. 1 to 5000 characters.",
    "destination_number: The recipient, in E.164 form. Required. 8 to 15 digits, with or without a leading '+', beginning with a country code.",
    "format: How the message is delivered. One of `SMS`, `MMS`, `TTS`.",
    "Each an http or https address without spaces. Needs `format='MMS'`.",
    "Not earlier than `scheduled`.",
    "At most 10 pairs, keys of at most 100 characters, values of at most 256 characters.",
    "Needs `source_number`.",
)


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("kind", ["Message", "send", "awaited send"])
def test_help_tells_the_limits_of_a_message(kind: str, limit: str) -> None:
    client: Any = AsyncClient("k", "s") if kind.startswith("awaited") else Client("k", "s")
    assert limit in shown(Message if kind == "Message" else client.messages.send)


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_help_tells_the_resources_of_the_api_and_their_operations(kind: Any) -> None:
    api = kind("k", "s").api
    text = shown(api)
    for name, resource in vars(api).items():
        assert f" {name}: {' '.join((inspect.getdoc(resource) or '').split())}" in text
        for method, function in inspect.getmembers(resource, inspect.ismethod):
            if not method.startswith("_"):
                assert f"`{method}`: {(inspect.getdoc(function) or '').splitlines()[0]}" in text
                assert f" {method}(" in shown(resource)


@answers
def test_an_answer_says_how_to_make_json_of_it(kind: Any) -> None:
    assert "Use `to_dict()` to convert it to JSON; `raw` is what the API answered." in shown(kind)


# --- where models are imported from ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", models.__all__)
def test_every_model_of_the_contract_is_importable_from_the_package(name: str) -> None:
    assert getattr(importlib.import_module("messagemedia"), name) is getattr(models, name)


def test_what_operations_return_is_listed() -> None:
    assert {SendMessagesResponse, CheckRepliesResponse, CheckDeliveryReportsResponse, DeliveryReport} <= {
        getattr(messagemedia, name) for name in messagemedia.__all__
    }
    assert len(OPERATIONS) >= 8


@pytest.mark.parametrize("name", ["Nothing", "nothing", "_Nothing", "OpenEnum", "NothingError"])
def test_what_is_no_model_is_not_there(name: str) -> None:
    with pytest.raises(AttributeError, match=f"^module 'messagemedia' has no attribute '{name}'$"):
        getattr(messagemedia, name)
