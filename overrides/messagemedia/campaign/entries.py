"""The entries of a journal: what is kept of a row, the states it goes through, and how its message becomes text."""

from __future__ import annotations

import json
import re
import zlib
from datetime import UTC, datetime
from typing import Any, Literal, get_args, get_type_hints

from attrs import field, frozen
from messagemedia_generated.models import Message
from messagemedia_generated.privacy import hidden_number
from messagemedia_generated.reading import read_timestamp

State = Literal["pending", "in_flight", "accepted", "invalid", "unknown", "withdrawn"]
STATES: tuple[State, ...] = get_args(State)

# More than any number has, and few enough for every index: a cell with thousands of digits is an invalid row.
_MOST_DIGITS = 100
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_TIMES = {name for name, hint in get_type_hints(Message).items() if datetime in get_args(hint)}


@frozen
class Record:
    """One row of a campaign, as it is in the journal.

    Attributes:
        key: The caller's key, or the one that was derived from the message.
        number: The line of the file in which the row begins, or its position in what was added, counted from 1.
        message: The message as it was added.
        state: `pending`: not sent yet. `in_flight`: being sent. `accepted`: accepted by the API. `invalid`: refused,
            nothing was sent. `unknown`: it may have been sent. `withdrawn`: withdrawn before it was sent.
        message_id: The id from the API; empty if it was not accepted, or if you accepted it yourself.
        reason: Why it is invalid, unknown or withdrawn; otherwise empty.
        changed: When it entered this state, in UTC.
    """

    key: str = field(repr=hidden_number)
    number: int | None
    message: Message
    state: State
    message_id: str
    reason: str
    changed: datetime


@frozen
class Entry:
    """A row as it is written down when it is added."""

    key: str
    number: int
    message: str
    recipient: str
    state: State
    reason: str

    @property
    def checksum(self) -> int:
        """What tells that key and message are still those that were written down."""
        return checksum(self.key.encode(), self.message.encode())


@frozen
class Settled:
    """What became of an entry; `again`: the caller wants another attempt to send it."""

    entry: int
    state: State
    message_id: str = ""
    reason: str = ""
    again: bool = False


@frozen
class Stored:
    """An entry as far as it matters to a row with the same key; `valid` is whether the API was to judge it."""

    entry: int
    number: int | None
    message: str
    state: State
    valid: bool


def written(json_object: dict[str, Any]) -> str:
    """The text under which the journal keeps a message: the same for the same message, whatever it holds."""
    whole = {"content": "", "destination_number": "", **json_object}  # what an invalid row may lack
    return encodable(_encode(whole))  # half a surrogate pair makes a row invalid


def encodable(text: str) -> str:
    """A text as a database can hold it: the API may answer with half of a surrogate pair."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def read(text: str) -> Message:
    """The message of an entry."""
    fields: dict[str, Any] = json.loads(text)
    for name in _TIMES & fields.keys():
        fields[name] = read_timestamp(fields[name])
    return Message(**fields)


def recipient(json_object: dict[str, Any]) -> str:
    """The digits of the number that a message goes to, by which the same recipient is known however it is written."""
    number = json_object.get("destination_number")
    return digits(number) if isinstance(number, str) else ""


def digits(number: str) -> str:
    """A number without `+` and punctuation; of a text with more digits than any number has, the first ones."""
    return re.sub(r"[^0-9]", "", number)[:_MOST_DIGITS]


def checksum(key: bytes, message: bytes) -> int:
    """A number that is another one if a bit of an entry flips."""
    return zlib.crc32(message, zlib.crc32(key))


def now() -> str:
    """This moment, as entries have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
