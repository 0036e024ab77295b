"""Keeping secrets and phone numbers out of what is printed."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"\+?\d{8,}")


class Secret(str):
    """A text that its repr hides, and so every traceback and container that prints it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'<secret>'"


def hide(value: object) -> object:
    """A value that no traceback shows: a text stays usable, anything else is reduced to its type's name."""
    if value is None or isinstance(value, Secret):
        return value
    return Secret(value) if isinstance(value, str) else f"<{type(value).__name__}>".encode()


def mask_numbers(text: str) -> str:
    """A text with every phone number in it cut down to its last three digits."""
    return _NUMBER.sub(lambda number: f"…{number[0][-3:]}", text)
