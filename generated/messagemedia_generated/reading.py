"""Tolerant reading of answers.

A value of the wrong kind reads as None, "not there": whoever gets an exception for a message that was accepted sends
it again. What came stays reachable as `raw` of the model.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, TypeGuard, TypeVar, cast

from .errors import UnexpectedShapeError
from .types import OpenEnum
from .wording import type_name

T = TypeVar("T")
E = TypeVar("E", bound=OpenEnum)


def require_object(value: object) -> dict[str, Any]:
    """The value itself, a JSON object.

    Raises:
        UnexpectedShapeError: If it is anything else.
    """
    if not _is_object(value):
        raise UnexpectedShapeError(f"expected a JSON object, got {type_name(value)}")
    return value


def require_list(value: object) -> list[Any]:
    """The value itself, a JSON array.

    Raises:
        UnexpectedShapeError: If it is anything else.
    """
    if not _is_list(value):
        raise UnexpectedShapeError(f"expected a JSON array, got {type_name(value)}")
    return value


def no_object(kind: type, value: object) -> UnexpectedShapeError:
    """The error of a `from_dict` that was given anything but a JSON object."""
    given = type_name(value)
    if value is None:
        hint = "; web frameworks give None for a body that is not JSON"
    elif isinstance(value, str | bytes | bytearray):
        hint = "; decode it first, with json.loads()"
    elif isinstance(value, list | tuple):
        hint = "; read its items one by one"
    else:
        hint = "; await it first" if hasattr(value, "__await__") else ""
    return UnexpectedShapeError(f"{kind.__name__}.from_dict needs a JSON object (a dict), not {given}{hint}")


def _is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def read_text(value: object) -> str | None:
    """A text."""
    return value if isinstance(value, str) else None


def read_integer(value: object) -> int | None:
    """A whole number, also one written as text: some pushes do that."""
    if value is None or type(value) is int:  # true and false are of a type of their own
        return value
    if isinstance(value, str) and value.isdecimal() and value.isascii() and len(value) <= 18:
        return int(value)
    return None


def read_number(value: object) -> float | None:
    """A number."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def read_boolean(value: object) -> bool | None:
    """True or false."""
    return value if isinstance(value, bool) else None


def read_base64(value: str | None) -> bytes | None:
    """What a text in base64 stands for."""
    if value is None:
        return None
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        return None


def read_timestamp(value: object) -> datetime | None:
    """A date with time, aware; one without a zone is taken for UTC, which the API always uses."""
    if value is None or not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def read_date(value: object) -> date | None:
    """A date without time."""
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def read_enum(value: object, kind: type[E]) -> E | None:
    """A value of an open enum, known or not."""
    if value is None:
        return None
    try:
        return cast("E", _members[kind][value])
    except (KeyError, TypeError):
        _members[kind] = {str(member): member for member in kind}
    return kind(value) if isinstance(value, str) else None


_members: dict[type[OpenEnum], dict[object, OpenEnum]] = {}
"""The members of enums by their texts: looking one up takes a tenth of the time that making it from a text does."""


def read_object(value: object, from_dict: Callable[[dict[str, Any]], T]) -> T | None:
    """A model."""
    return from_dict(value) if _is_object(value) else None


def read_objects(value: object, from_dict: Callable[[dict[str, Any]], T]) -> list[T] | None:
    """A list of models; one of the wrong kind reads as a model without content, so that all keep their places."""
    if not _is_list(value):
        return None
    return [from_dict(item if _is_object(item) else {}) for item in value]


def read_list(value: object, read_item: Callable[[Any], T | None]) -> list[T] | None:
    """A list, without the items that are of the wrong kind."""
    if value is None or not _is_list(value):
        return None
    items = [read_item(item) for item in value]
    return [item for item in items if item is not None]


def read_map(value: object, read_item: Callable[[Any], T | None]) -> dict[str, T] | None:
    """A map from texts, without the entries that are of the wrong kind."""
    if not _is_object(value):
        return None
    return {key: item for key, each in value.items() if (item := read_item(each)) is not None}


def read_texts(value: object) -> dict[str, str] | None:
    """A map from texts to texts, without the entries that are of the wrong kind."""
    if not _is_object(value):
        return None
    for item in value.values():
        if not isinstance(item, str):
            return read_map(value, read_text)
    return value.copy()
