"""What people pass for a message: one to send, in any of its forms, or one that was sent, by whatever names it."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

import attrs
from messagemedia_generated.hints import meant
from messagemedia_generated.models import DeliveryReport, Message, Reply, SendMessagesRequest, SentMessage

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
        ValidationError: If it is no message, the keywords are not fields of one, or needed ones are missing.
    """
    if others:
        raise ValidationError([FieldError(_too_many(message, *others))])
    if message is not None:
        if fields:
            raise ValidationError([FieldError("pass either a Message or its fields, not both")])
        if not isinstance(message, Message):
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
    """That a value is no message, and what to call for it."""
    said = f"must be a Message, not {type(value).__name__}"
    if isinstance(value, Mapping):
        return f"{said}; for a dict use send(**fields)"
    if isinstance(value, str | bytes):
        return f"{said}; name the fields: send(content=…, destination_number=…)"
    if isinstance(value, type):
        return f"must be a Message, not the class {value.__name__}; make one: Message(content=…, destination_number=…)"
    return f"{said}; for several messages use send_many" if isinstance(value, Iterable | AsyncIterable) else said


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
        return f"{said}; what send returns for it has the id"
    if isinstance(value, Iterable) and not isinstance(value, Mapping | bytes):
        return f"{said}; ask for one at a time"
    return f"{said}; use str(…)" if isinstance(value, UUID) else said


def _no_id(message: Known) -> str:
    """Why a message can't be asked for."""
    if isinstance(message, SendResult) and message.outcome != "accepted":
        return f"has no message_id, because its outcome is {message.outcome}"
    if isinstance(message, SentMessage | SendResult):
        return "has an empty message_id: the API accepted the message and did not say under which id"
    return f"has no message_id: the {type(message).__name__} does not say which message it is about"
