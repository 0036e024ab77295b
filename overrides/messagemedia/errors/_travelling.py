"""What an error takes along when it travels to another process or through a store: JSON values, and nothing private."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from messagemedia_generated.errors import FieldError

from messagemedia._secret import presentable


def as_json(value: object) -> Any:
    """A value of an error as JSON has it, without full numbers."""
    if isinstance(value, str):
        return presentable(value)
    if isinstance(value, FieldError):
        return {"message": presentable(value.message), "pointer": value.pointer, "is_limit": value.is_limit}
    if isinstance(value, list | tuple):
        return [as_json(each) for each in cast("Sequence[object]", value)]
    return value


def field_errors(errors: Sequence[FieldError | Mapping[str, Any]] | str) -> tuple[FieldError, ...]:
    """Field errors as they are or as JSON has them; a single text, which somebody may pass by hand, is one."""
    if isinstance(errors, str):
        return (FieldError(errors),)
    return tuple(each if isinstance(each, FieldError) else FieldError(**each) for each in errors)
