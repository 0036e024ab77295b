"""What people pass for a message: one to send, in any of its forms, or one that was sent, by whatever names it."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterable, Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias, TypeGuard, TypeVar, cast
from uuid import UUID

import attrs
from messagemedia_generated.hints import meant
from messagemedia_generated.models import DeliveryReport, Message, Reply, SendMessagesRequest, SentMessage
from messagemedia_generated.wording import type_name

from messagemedia._messages.batches import SendResult
from messagemedia.errors import FieldError, ValidationError

FunctionT = TypeVar("FunctionT", bound=Callable[..., object])

# What has the id of a message that was sent.
Known: TypeAlias = SentMessage | SendResult | DeliveryReport | Reply


def without_others(send: FunctionT) -> FunctionT:
    """`send` with the signature that is meant: it takes other arguments only to say what is wrong with them."""
    signature = inspect.signature(send)
    meant = [each for each in signature.parameters.values() if each.kind != each.VAR_POSITIONAL]
    vars(send)["__signature__"] = signature.replace(parameters=meant)
    return send


def one_message(message: object, others: tuple[object, ...], fields: dict[str, Any]) -> SendMessagesRequest:
    """The request that sends one message.

    Raises:
        ValidationError: If it is not a message, the keywords are not fields of one, or required ones are missing.
    """
    if others:
        raise ValidationError([FieldError(_too_many(message, *others))])
    if message is not None:
        if fields:
            raise ValidationError([FieldError("pass either a Message or its fields, not both")])
        if not _is_message(message):
            raise ValidationError([FieldError(_no_message(message), "/messages/0")])
        return SendMessagesRequest(messages=[message])
    known = attrs.fields_dict(Message)
    problems = [_unknown_field(name, known) for name in fields if name not in known]
    problems += [
        FieldError("is required", f"/messages/0/{name}")
        for name, attribute in known.items()
        if attribute.default is attrs.NOTHING and name not in fields
    ]
    if problems:
        raise ValidationError(problems)
    return SendMessagesRequest(messages=[Message(**fields)])


def _unknown_field(name: str, known: Iterable[str]) -> FieldError:
    close = meant(name, list(known))
    suggestion = f", did you mean {close}?" if close else f"; there are {', '.join(known)}"
    return FieldError(f"is not a field of a message{suggestion}", f"/messages/0/{name}")


def _too_many(*given: object) -> str:
    """That more than one thing was passed by position."""
    if any(isinstance(each, Message) for each in given):
        return "send takes one Message; for several use send_many"
    return "send takes the fields of a message by name: send(content=…, destination_number=…)"


def _no_message(value: object) -> str:
    """The error for a value that is not a message, with what to call instead."""
    said = f"must be a Message, not {type(value).__name__}"
    if _is_a(value, Mapping):
        return f"{said}; for a dict use send(**fields)"
    if _is_a(value, str, bytes):
        return f"{said}; name the fields: send(content=…, destination_number=…)"
    if _is_a(value, type):
        name = cast("type", value).__name__
        return f"must be a Message, not the class {name}; make one: Message(content=…, destination_number=…)"
    return f"{said}; for several messages use send_many" if _is_a(value, Iterable, AsyncIterable) else said


def _is_message(value: object) -> TypeGuard[Message]:
    try:
        return isinstance(value, Message)
    except Exception:  # noqa: BLE001  # of something that stands for another thing, such as a context variable
        return False


def _is_a(value: object, *kinds: type[Any]) -> bool:
    """Whether a value is of one of these kinds, without asking the value itself, which may raise."""
    return issubclass(type(value), kinds)


def require_messages(messages: object, *kinds: type[Any]) -> None:
    """Refuse what can't be many messages. What other iterables than a list hold is seen when they are read.

    Raises:
        ValidationError: If it is none of these kinds, or a list with something else in it.
    """
    if not _is_a(messages, *kinds) or _is_a(messages, str, bytes, Mapping):
        raise ValidationError([FieldError(_no_messages(messages), "messages")])
    if isinstance(messages, list | tuple):
        given = cast("Sequence[object]", messages)
        problems = [_no_message_of_many(each, index) for index, each in enumerate(given) if not _is_message(each)]
        if problems:
            raise ValidationError(problems)


def require_message(message: object, index: int) -> Message:
    """The message itself, one of many.

    Raises:
        ValidationError: If it is something else: a mistake of the program, and not one of its data.
    """
    if not _is_message(message):
        raise ValidationError([_no_message_of_many(message, index)])
    return message


def _no_messages(value: object) -> str:
    said = f"must be an iterable of Message, not {type(value).__name__}"
    if _is_message(value):
        return f"{said}; for a single one use send(message)"
    if _is_a(value, Mapping):
        return f"{said}; for the fields of a single one use send(**fields)"
    return f"{said}; AsyncClient takes an asynchronous one" if _is_a(value, AsyncIterable) else said


def _no_message_of_many(value: object, index: int) -> FieldError:
    said = f"must be a Message, not {type_name(value)}"
    made = ": make one, Message(**fields)" if _is_a(value, Mapping) else ""
    return FieldError(f"{said}{made}", f"/messages/{index}", item=value)


def id_of(message: object) -> str:
    """The id of a message that was sent. A text is taken for one, and checked with the call.

    Raises:
        ValidationError: If it names no message.
    """
    if isinstance(message, str):
        return message
    if not isinstance(message, Known):
        raise ValidationError([FieldError(_no_sent_message(message), "message_id")])
    if not message.message_id:
        raise ValidationError([FieldError(_no_id(message), "message_id")])
    return message.message_id


def _no_sent_message(value: object) -> str:
    said = f"must be a SentMessage or its id, not {type(value).__name__}"
    if isinstance(value, Message):
        return f"{said}; pass the message that send returned"
    if isinstance(value, Iterable) and not isinstance(value, Mapping | bytes):
        return f"{said}; ask for one at a time"
    return f"{said}; use str(…)" if isinstance(value, UUID) else said


def _no_id(message: Known) -> str:
    """Why a message can't be asked for."""
    if isinstance(message, SendResult) and message.outcome != "accepted":
        return f"has no message_id, because its outcome is {message.outcome}"
    if isinstance(message, SentMessage | SendResult):
        return "has an empty message_id: the API accepted the message without an id"
    return f"has no message_id: the {type(message).__name__} does not say which message it is about"
