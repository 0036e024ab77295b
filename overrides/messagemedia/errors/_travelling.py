"""What an error takes along when it travels to another process or through a store: JSON values, and nothing private."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from messagemedia_generated.errors import FieldError

from messagemedia._secret import presentable


def as_json(value: object) -> Any:
    """A value of an error as JSON has it, without full numbers."""
    if isinstance(value, str):
        return presentable(value)
    if isinstance(value, FieldError):
        told = {"message": presentable(value.message), "pointer": value.pointer, "is_limit": value.is_limit}
        return {**told, "rule": value.rule} if value.rule else told
    if isinstance(value, list | tuple):
        return [as_json(each) for each in cast("Sequence[object]", value)]
    return value


def field_errors(errors: Sequence[FieldError | Mapping[str, Any]] | str) -> tuple[FieldError, ...]:
    """Field errors as they are or as JSON has them; a single text, which somebody may pass by hand, is one."""
    if isinstance(errors, str):
        return (FieldError(errors),)
    return tuple(each if isinstance(each, FieldError) else FieldError(**each) for each in errors)


def _rebuild(kind: type[TravellingError], state: dict[str, Any]) -> TravellingError:
    error = kind.__new__(kind)
    error.__dict__.update(state)
    return error


class TravellingError(Exception):
    """An exception that is copied and pickled with its attributes, and made again from its `args`."""

    # What makes the error again: the positional arguments of its class, in order.
    _travelling: ClassVar[tuple[str, ...]] = ("message", "hint", "operation")
    # What neither travels nor is pickled: it stays with this very object and its copies.
    _private: ClassVar[tuple[str, ...]] = ()

    if not TYPE_CHECKING:  # to a type checker, it is the attribute that every exception has

        @property
        def args(self) -> tuple[Any, ...]:
            """What makes the error again, as JSON has it. Derived, so that it is never out of date."""
            args = [as_json(getattr(self, name)) for name in self._travelling]
            while len(args) > 1 and args[-1] in ("", None, []):
                args.pop()
            return tuple(args)

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave out what may hold message content, and mask numbers in the rest."""
        return _rebuild, (type(self), self._picklable())

    def _picklable(self) -> dict[str, Any]:
        masked = {name: presentable(value) if isinstance(value, str) else value for name, value in vars(self).items()}
        return {**masked, **dict.fromkeys(self._private)}

    def __copy__(self) -> Self:
        twin = type(self).__new__(type(self))
        twin.__dict__.update(vars(self))
        twin.__cause__, twin.__context__ = self.__cause__, self.__context__
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        del memo  # what an error holds is never changed
        return self.__copy__()
