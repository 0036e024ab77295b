"""What can be wrong with the arguments of a call, and with an answer."""

from __future__ import annotations

import dataclasses
import re
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class FieldError:
    """One problem with one field.

    Attributes:
        message: What is wrong, such as `must be 1 to 5000 characters, not 6000`.
        pointer: Where, such as `/messages/0/content`; empty if it is not about a single field.
        is_limit: Whether only a limit of the contract is broken, which a client may be told not to check.
        item: The caller's own object that holds the field, such as the `Message`; not pickled.
        rule: Which rule is broken that a client may be told not to check by itself: `e164`, which
            `national_numbers=True` switches off. Empty for everything else.
    """

    message: str
    pointer: str = ""
    is_limit: bool = dataclasses.field(default=False, repr=False, compare=False)
    item: Any = dataclasses.field(default=None, repr=False, compare=False)
    rule: str = dataclasses.field(default="", repr=False, compare=False)

    @property
    def index(self) -> int | None:
        """Position in the list that was sent, counted from 0; None if the field is not in a list."""
        return next((position for part in self._parts if (position := _position(part)) is not None), None)

    @property
    def field(self) -> str | None:
        """Name of the field in the spelling of this package, such as `callback_url` for `callbackUrl`."""
        parts = self._parts
        index = next((at for at, part in enumerate(parts) if _position(part) is not None), -1)
        names = [part for part in parts[index + 1 :] or parts[:index] if _position(part) is None]
        return re.sub(r"(?<=[a-z0-9])[A-Z]", r"_\g<0>", names[0]).lower() if names else None

    def tied_to(self, body: object) -> FieldError:
        """This error with the object in `body` that its pointer leads to as `item`."""
        value: Any = body
        for part in self._parts:
            position = _position(part)
            if position is None:
                value = getattr(value, part, None)
                continue
            try:
                return dataclasses.replace(self, item=value[position])
            except (LookupError, TypeError):
                break
        return self

    @property
    def _parts(self) -> list[str]:
        return [part for part in self.pointer.split("/") if part]

    def __str__(self) -> str:
        return f"{self.pointer}: {self.message}" if self.pointer else self.message

    def __reduce__(self) -> tuple[type[FieldError], tuple[str, str, bool, None, str]]:
        """Leave out the item: pickled errors hold no message content."""
        return FieldError, (self.message, self.pointer, self.is_limit, None, self.rule)


def _position(part: str) -> int | None:
    """A part of a pointer as a position in a list, None if it is a name."""
    return int(part) if part.isdecimal() and part.isascii() and len(part) < 10 else None


class UnexpectedShapeError(ValueError):
    """An answer is JSON, but its top level is not of the type that the contract gives."""
