"""Finds messages by their fields, and says what is different about the one that comes nearest."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from attrs import fields_dict
from messagemedia_generated.hints import meant
from messagemedia_generated.models import Message, SentMessage

from messagemedia._messages.segments import segments

NAMES: Final = tuple(fields_dict(Message))
_MOST = 10
_NUMBERS = ("destination_number", "source_number")


def check_names(names: Mapping[str, object]) -> None:
    """Refuse what is not a field of a message.

    Raises:
        TypeError: One is none.
    """
    for name in names:
        if name not in NAMES:
            hint = meant(name, NAMES)
            raise TypeError(f"a message has no field {name!r}{f'; did you mean {hint}?' if hint else ''}")


def fits(message: SentMessage, wanted: Mapping[str, Any]) -> bool:
    """Whether a message has these fields."""
    return all(_equal(name, getattr(message, name), value) for name, value in wanted.items())


def same_number(one: object, other: object) -> bool:
    """Whether two phone numbers are the same one, with or without a plus sign."""
    return isinstance(one, str) and isinstance(other, str) and one.removeprefix("+") == other.removeprefix("+")


def _equal(name: str, sent: Any, wanted: Any) -> bool:
    if name in _NUMBERS and same_number(sent, wanted):
        return True
    if name == "media" and isinstance(sent, list) and hasattr(wanted, "__iter__"):
        return bool(list(wanted) == sent)
    if isinstance(wanted, datetime) and isinstance(sent, datetime):
        wanted = wanted.replace(microsecond=wanted.microsecond // 1000 * 1000)  # the API takes milliseconds
    return bool(wanted == sent)  # in this order, so that what stands for any value may decide


def told(messages: Sequence[SentMessage]) -> str:
    """Messages as lines: to whom, and what they say."""
    lines = [f"  to {message.destination_number}: {message.content!r}" for message in messages[-_MOST:]]
    if len(messages) > _MOST:
        lines.insert(0, f"  … {len(messages) - _MOST} before these")
    return "\n".join(lines)


def difference(messages: Sequence[SentMessage], wanted: Mapping[str, Any]) -> str:
    """What the message that comes nearest has instead of what was wanted."""
    nearest = max(reversed(messages), key=lambda message: _likeness(message, wanted))
    lines = [f"The nearest of {len(messages)}, to {nearest.destination_number} (- wanted, + sent):"]
    for name, value in wanted.items():
        sent = getattr(nearest, name)
        if _equal(name, sent, value):
            lines.append(f"    {name}: {sent!r}")
        else:
            lines += [f"    {name}:", *_compared(value, sent)]
    return "\n".join([*lines, f"    {_size(nearest.content or '')}"])


def _likeness(message: SentMessage, wanted: Mapping[str, Any]) -> float:
    """How near a message comes: a point for each field that fits, and a part of one for a text that is alike."""
    return sum(_likeness_of(name, getattr(message, name), value) for name, value in wanted.items())


def _likeness_of(name: str, sent: object, wanted: object) -> float:
    if _equal(name, sent, wanted):
        return 1.0
    if isinstance(sent, str) and isinstance(wanted, str):
        return difflib.SequenceMatcher(None, sent, wanted, autojunk=False).quick_ratio() / 2
    return 0.0


def _compared(wanted: object, sent: object) -> list[str]:
    """Two values line by line, with marks below the characters that differ."""
    return [f"      {line.rstrip()}" for line in difflib.ndiff(_lines(wanted), _lines(sent))]


def _lines(value: object) -> list[str]:
    """A value as lines; a text is easiest to read as it is."""
    return value.splitlines() or [""] if isinstance(value, str) else [repr(value)]


def _size(content: str) -> str:
    """How many parts a text takes, and which characters are to blame if it is more than it has to be."""
    found = segments(content)
    parts = f"{found.parts} part{'' if found.parts == 1 else 's'} of {found.encoding}"
    if not found.forcing:
        return parts
    return f"{parts} because of {', '.join(repr(each) for each in found.forcing[:_MOST])}"
