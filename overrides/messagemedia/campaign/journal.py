"""The journal: what is to be sent, what was intended and what came of it, on disk before the next step is made."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

from attrs import field, frozen
from messagemedia_generated.models import Message
from messagemedia_generated.privacy import hidden_number
from messagemedia_generated.reading import read_timestamp

from messagemedia.campaign.database import Database

State = Literal["pending", "in_flight", "accepted", "invalid", "unknown"]
STATES: tuple[State, ...] = get_args(State)

# The format of the file: raise it with any change to the tables.
VERSION = 1
_SCHEMA = (
    "CREATE TABLE campaign (id TEXT NOT NULL)",
    """CREATE TABLE entry (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        number INTEGER,
        message TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'in_flight', 'accepted', 'invalid', 'unknown')),
        message_id TEXT NOT NULL DEFAULT '',
        reason TEXT NOT NULL DEFAULT '',
        valid INTEGER NOT NULL,
        changed TEXT NOT NULL)""",
    "CREATE INDEX entry_by_state ON entry (state)",
    "INSERT INTO campaign VALUES (lower(hex(randomblob(6))))",
)
_PAGE = 500
_COLUMNS = "id, key, number, message, state, message_id, reason, changed"

_TIMES = {name for name, hint in get_type_hints(Message).items() if datetime in get_args(hint)}


@frozen
class Record:
    """One row of a campaign, as the journal has it.

    Attributes:
        key: The caller's key, or the one that was derived from the message.
        number: The line of the file in which the row begins, or its position in what was added, counted from 1.
        message: The message as it was added.
        state: `pending`: not sent yet. `in_flight`: being sent. `accepted`: the API took it. `invalid`: it was refused,
            nothing was sent. `unknown`: it may have been sent.
        message_id: The id that the API gave it; empty if it was not accepted, or you decided that it was.
        reason: Why it is invalid or unknown, else empty.
        changed: When it came into this state, in UTC.
    """

    key: str = field(repr=hidden_number)
    number: int | None
    message: Message
    state: State
    message_id: str
    reason: str
    changed: datetime


@frozen
class Settled:
    """What became of an entry that was in flight."""

    entry: int
    state: State
    message_id: str = ""
    reason: str = ""


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
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode(errors="replace").decode()  # half a surrogate pair makes a row invalid, and no text


def read(text: str) -> Message:
    """The message of an entry."""
    fields: dict[str, Any] = json.loads(text)
    for name in _TIMES & fields.keys():
        fields[name] = read_timestamp(fields[name])
    return Message(**fields)


class Journal:
    """The entries of a campaign on disk. Safe to use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        """Open a journal, or make one.

        Raises:
            JournalError: If that is not possible, or the file is something else.
        """
        self.database = Database(path, VERSION, _SCHEMA)
        # Kept here, because counting takes as long as the journal is; own changes alone move them between counts.
        self._counts: Counter[State] = Counter()
        self._counting = threading.Lock()
        self.id = str(self.database.all("SELECT id FROM campaign")[0][0])

    @property
    def counts(self) -> dict[State, int]:
        """How many entries are in each state, as far as this process knows."""
        with self._counting:
            return {state: self._counts[state] for state in STATES}

    def count(self) -> dict[State, int]:
        """Count the entries of each state."""
        self.database.stay()
        with self._counting:
            self._counts = Counter(dict(self.database.all("SELECT state, count(*) FROM entry GROUP BY state")))
        return self.counts

    @contextmanager
    def changes(self) -> Generator[Counter[State]]:
        """A transaction, with the differences that it makes to the counts."""
        moved: Counter[State] = Counter()
        with self.database.transaction():
            yield moved
        with self._counting:
            for state, difference in moved.items():
                self._counts[state] += difference

    # --- sending ------------------------------------------------------------------------------------------

    def recover(self) -> int:
        """Make unknown what a process left in flight that ended before it had the answers."""
        with self.changes() as moved:
            reason = "the process that sent it ended before the answer came"
            left = self.database.change(
                "UPDATE entry SET state = 'unknown', reason = ?, changed = ? WHERE state = 'in_flight'",
                (reason, _now()),
            )
            moved.update(unknown=left, in_flight=-left)
        return left

    def claim(self, size: int) -> list[tuple[int, Message]]:
        """Put up to `size` pending entries in flight, in the order in which they were added, and return them."""
        with self.changes() as moved:
            found = self.database.all(
                "SELECT id, message FROM entry WHERE state = 'pending' ORDER BY id LIMIT ?", (size,)
            )
            self.move([Settled(entry, "in_flight") for entry, _ in found], "pending", moved)
        return [(entry, read(message)) for entry, message in found]

    def settle(self, outcomes: Iterable[Settled]) -> None:
        """Write down what became of entries; those that are not in flight any more stay as they are."""
        with self.changes() as moved:
            self.move(outcomes, "in_flight", moved)

    def move(self, outcomes: Iterable[Settled], before: State, moved: Counter[State]) -> None:
        """Move entries out of a state, within `changes`; those that are in another one stay as they are."""
        now = _now()
        for each in outcomes:
            done = self.database.change(
                "UPDATE entry SET state = ?, message_id = ?, reason = ?, changed = ? WHERE id = ? AND state = ?",
                (each.state, each.message_id, each.reason, now, each.entry, before),
            )
            moved[before] -= done
            moved[each.state] += done

    # --- adding, all of it within `changes` -------------------------------------------------------------------

    def begin_occurrences(self) -> None:
        """Begin to count how often something occurs in what is added."""
        self.database.change("CREATE TEMP TABLE IF NOT EXISTS occurrence (name PRIMARY KEY, times) WITHOUT ROWID")
        self.database.change("DELETE FROM occurrence")

    def occurrence(self, name: str) -> int:
        """Which occurrence of a name this is, counted from 1."""
        if self.database.change("INSERT INTO occurrence VALUES (?, 1) ON CONFLICT DO NOTHING", (name,)):
            return 1
        self.database.change("UPDATE occurrence SET times = times + 1 WHERE name = ?", (name,))
        return int(self.database.all("SELECT times FROM occurrence WHERE name = ?", (name,))[0][0])

    def insert(self, key: str, number: int, message: str, state: State, reason: str) -> bool:
        """Add an entry, and return whether there was none with its key."""
        added = self.database.change(
            "INSERT INTO entry (key, number, message, state, valid, reason, changed) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (key) DO NOTHING",
            (key, number, message, state, state != "invalid", reason, _now()),
        )
        return added == 1

    def stored(self, key: str) -> Stored | None:
        """The entry with a key, None if there is none."""
        found = self.database.all("SELECT id, number, message, state, valid FROM entry WHERE key = ?", (key,))
        return Stored(*found[0]) if found else None

    def replace(self, entry: int, number: int, message: str, state: State, reason: str) -> None:
        """Put another message in the place of one that was never sent."""
        self.database.change(
            "UPDATE entry SET number = ?, message = ?, state = ?, valid = ?, reason = ?, changed = ? WHERE id = ?",
            (number, message, state, state != "invalid", reason, _now(), entry),
        )

    # --- reading and evidence --------------------------------------------------------------------------------

    def records(self, state: State | None = None) -> Iterator[Record]:
        """The entries, in the order in which they were added, read page by page."""
        wanted, parameters = ("", ()) if state is None else ("state = ? AND ", (state,))
        last = 0
        while page := self.database.all(
            f"SELECT {_COLUMNS} FROM entry WHERE {wanted}id > ? ORDER BY id LIMIT {_PAGE}",  # noqa: S608  # no input
            (*parameters, last),
        ):
            for entry, *columns in page:
                last = entry
                yield _record(*columns)

    def prove(self, entry: int, message_id: str) -> Record | None:
        """Make an entry accepted of which there is evidence; None if there is none, or it was accepted before."""
        with self.changes() as moved:
            found = self.database.all("SELECT state FROM entry WHERE id = ? AND state <> 'accepted'", (entry,))
            for (state,) in found:
                self.move([Settled(entry, "accepted", message_id)], state, moved)
            rows = self.database.all(f"SELECT {_COLUMNS} FROM entry WHERE id = ?", (entry,)) if found else []  # noqa: S608
        return _record(*rows[0][1:]) if rows else None


def _record(
    key: str, number: int | None, message: str, state: State, message_id: str, reason: str, changed: str
) -> Record:
    return Record(key, number, read(message), state, message_id, reason, datetime.fromisoformat(changed))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
