"""How private values appear in a repr: that they are there, never what they are."""

from __future__ import annotations

from collections.abc import Sized

from .wording import counted


def hidden_text(value: object) -> str:
    """The length of a text or collection instead of its content."""
    if value is None or value == "":
        return repr(value)
    if not isinstance(value, Sized):
        return "<hidden>"
    return f"<{counted(len(value), 'character' if isinstance(value, str) else 'item')}>"


def hidden_number(value: object) -> str:
    """The last three characters of a phone number or sender ID, enough to tell two apart."""
    if value is None or value == "":
        return repr(value)
    return f"'…{value[-3:]}'" if isinstance(value, str) and len(value) > 3 else "<hidden>"
