"""What all errors have: how they print, travel and are copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from messagemedia._secret import presentable
from messagemedia.errors._travelling import as_json


def _rebuild(kind: type[MessageMediaError], state: dict[str, Any]) -> MessageMediaError:
    error = kind.__new__(kind)
    error.__dict__.update(state)
    return error


class MessageMediaError(Exception):
    """Base of everything that the package raises.

    Errors travel: `type(error)(*error.args)` makes an equal one, and `args` holds JSON values only, so that result
    backends of task queues can carry them. Neither `args` nor a pickled error holds message content or full numbers.

    Attributes:
        message: What happened; for an `APIStatusError`, what the server said.
        hint: What to do about it, empty if there is nothing to add.
        operation: The operationId of the call, empty outside of a call.
    """

    # What makes the error again: the positional arguments of its class, in order.
    _travelling: ClassVar[tuple[str, ...]] = ("message", "hint", "operation")
    # What neither travels nor is pickled: it stays with this very object and its copies.
    _private: ClassVar[tuple[str, ...]] = ()

    def __init__(self, message: str, hint: str = "", operation: str = "") -> None:
        super().__init__(presentable(message))
        self.message = message
        self.hint = hint
        self.operation = operation

    if not TYPE_CHECKING:  # to a type checker, it is the attribute that every exception has

        @property
        def args(self) -> tuple[Any, ...]:
            """What makes the error again, as JSON has it. Derived, so that it is never out of date."""
            args = [as_json(getattr(self, name)) for name in self._travelling]
            while len(args) > 1 and args[-1] in ("", None, []):
                args.pop()
            return tuple(args)

    def _lines(self) -> list[str]:
        """What `str()` says, line by line, before the hint."""
        return [self.message]

    def __str__(self) -> str:
        lines = [*self._lines(), f"Hint: {self.hint}" if self.hint else ""]
        return presentable("\n".join(line for line in lines if line))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

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
