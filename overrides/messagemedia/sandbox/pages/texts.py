"""Times, sizes and hostile texts, written so that a person can read them."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

# Everything that can't be seen but changes how the rest is seen: controls, marks of direction, separators of lines.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\uffff]")
_SPACE = re.compile(r"[\x00-\x20]")
_UNITS = (("day", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def visible(text: object) -> str:
    """A text in which nothing is hidden: what can't be seen, or turns other characters round, is named."""
    return _UNSEEN.sub(_named, str(text))


def _named(found: re.Match[str]) -> str:
    return f"⟨U+{ord(found[0]):04X}⟩"


def as_json(value: Any) -> str:
    """JSON to be read and copied, in which nothing is hidden either."""
    # None of what is escaped here means anything in JSON itself, so it is all within strings.
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def named(text: str) -> str:
    """What the characters of a short text are called, for a tooltip."""
    shown = [f"U+{ord(character):04X} {unicodedata.name(character, 'no name')}" for character in text[:4]]
    return ", ".join(shown) + (" …" if len(text) > 4 else "")


def moment(when: datetime, now: datetime) -> str:
    """A time as a person would say it: without the day if it is today, without the year if it is this one."""
    if when.date() == now.date():
        return f"{when:%H:%M:%S}"
    day = f"{when.day} {when:%b}"
    return f"{day}, {when:%H:%M}" if when.year == now.year else f"{day} {when.year}, {when:%H:%M}"


def distance(seconds: float) -> str:
    """A span of time in its largest unit, such as `in 2 h` or `5 min ago`."""
    size = abs(seconds)
    name, length = next((unit for unit in _UNITS if size >= unit[1]), _UNITS[-1])
    count = round(size / length)
    span = f"{count} {name}{'s' if name == 'day' and count != 1 else ''}"
    return f"in {span}" if seconds >= 0 else f"{span} ago"


def until(when: datetime, now: datetime) -> str:
    """How far away a time is."""
    return distance((when - now) / timedelta(seconds=1))


def size(count: int) -> str:
    """A number of bytes."""
    return f"{count} bytes" if count < 1000 else f"{count / 1000:.1f} kB"


def bytes_of_base64(text: str) -> int:
    """How many bytes a text in base64 stands for."""
    return len(text.rstrip("=")) * 3 // 4


def is_link(address: str) -> bool:
    """Whether an address may become a link: none that could run a script, or that leads nowhere."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if _SPACE.search(address):  # which browsers and urlsplit leave out, each in its own way
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
