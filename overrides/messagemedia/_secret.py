"""Keeping secrets and phone numbers out of what is printed.

What the reprs of models hide, the generated `privacy` says; what pickled errors hide, `errors/_travelling`.
"""

from __future__ import annotations

import re
from typing import NoReturn, Self

from messagemedia_generated.numbers import EXAMPLE

# The example in our own errors stays. Else eight digits or more; with separators between them only if they begin like a
# phone number, not like a date.
_NUMBER = re.compile(
    rf"(?P<example>{re.escape(EXAMPLE)})"
    r"|\+?\d{8,}"
    r"|(?<!\d)(?:0|[+(]\d)(?:[ \u00a0()./\u2010-\u2015-]{0,2}\d){7,}"
)

# What stands behind the scheme of an Authorization header, or is the signature in one.
_CREDENTIALS = re.compile(r"""((?:basic|bearer)\s+|signature=\\?["']?)[A-Za-z0-9+/=._~-]{16,}""", re.IGNORECASE)


class Secret(str):
    """A text that its repr hides, and so every traceback and container that prints it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'<secret>'"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled: pickles are stored and sent where secrets do not belong."""
        raise TypeError("secrets can't be pickled, make a new client where one is needed")


def hide(value: object) -> object:
    """A value that no traceback shows: a text stays usable, anything else is reduced to its type's name."""
    if value is None or isinstance(value, Secret):
        return value
    # An enum of texts, and other subclasses, may print something else than what they are.
    return Secret(str.__str__(value)) if isinstance(value, str) else f"<{type(value).__name__}>".encode()


def presentable(text: str) -> str:
    """A text without credentials, and with every phone number in it cut down to its last three digits.

    Servers sometimes repeat in an error what they were sent.
    """
    if not text.isascii():  # half of a surrogate pair could neither be printed nor stored
        text = text.encode(errors="replace").decode()
    text = _CREDENTIALS.sub(r"\g<1><secret>", text)
    return _NUMBER.sub(lambda number: number["example"] or f"…{number[0][-3:]}", text)
