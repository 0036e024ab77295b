"""The journal: what is to be sent, what was intended and what came of it, on disk before the next step is made."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from messagemedia_generated.models import Message

from messagemedia.campaign import oversight
from messagemedia.campaign.database import Database
from messagemedia.campaign.entries import STATES, Entry, Record, Settled, State, Stored, now, read

# The format of the file: raise it with any change to the tables.
VERSION = 2
_SCHEMA = (
    # One row. `entries` and the numbers of each state are kept beside the entries, so that a part of the file that is
    # older than the rest is noticed.
    f"""CREATE TABLE campaign (
        id TEXT NOT NULL,
        paused INTEGER NOT NULL DEFAULT 0,
        claims INTEGER NOT NULL DEFAULT 0,
        entries INTEGER NOT NULL DEFAULT 0,
        {", ".join(f"{state} INTEGER NOT NULL DEFAULT 0" for state in STATES)})""",
    # The ids are 1, 2, 3 and so on. Those above `campaign.entries` are not added yet.
    f"""CREATE TABLE entry (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        number INTEGER,
        message TEXT NOT NULL,
        checksum INTEGER NOT NULL,
        recipient TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ({", ".join(f"'{state}'" for state in STATES)})),
        message_id TEXT NOT NULL DEFAULT '',
        reason TEXT NOT NULL DEFAULT '',
        valid INTEGER NOT NULL,
        retried INTEGER NOT NULL DEFAULT 0,
        changed TEXT NOT NULL)""",
    "CREATE INDEX entry_by_state ON entry (state)",
    "CREATE INDEX entry_by_recipient ON entry (recipient)",
    "INSERT INTO campaign (id) VALUES (lower(hex(randomblob(6))))",
)
_TALLY = ", ".join(STATES)
_PAGE = 500
_COLUMNS = "id, key, number, message, state, message_id, reason, changed"


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
            (counted,) = self.database.all(f"SELECT {_TALLY} FROM campaign")  # noqa: S608  # no input
            self._counts = Counter(dict(zip(STATES, counted, strict=True)))
        return self.counts

    @contextmanager
    def changes(self) -> Generator[Counter[State]]:
        """A transaction, with the differences that it makes to the counts."""
        moved: Counter[State] = Counter()
        with self.database.transaction():
            yield moved
            self._tally(moved)
        with self._counting:
            for state, difference in moved.items():
                self._counts[state] += difference

    def _tally(self, moved: Counter[State]) -> None:
        changed = [state for state in STATES if moved[state]]
        if changed:
            columns = ", ".join(f"{state} = {state} + ?" for state in changed)
            self.database.change(
                f"UPDATE campaign SET entries = entries + ?, {columns}",  # noqa: S608  # no input
                (sum(moved.values()), *(moved[state] for state in changed)),
            )

    # --- sending ------------------------------------------------------------------------------------------

    def recover(self) -> int:
        """Make unknown what a process left in flight that ended before it had the answers."""
        with self.changes() as moved:
            reason = "the process that sent it ended before the answer came"
            left = self.database.change(
                "UPDATE entry SET state = 'unknown', reason = ?, changed = ? WHERE state = 'in_flight'",
                (reason, now()),
            )
            moved.update(unknown=left, in_flight=-left)
        return left

    def claim(self, size: int) -> list[tuple[int, Message]]:
        """Put up to `size` pending entries in flight, in the order in which they were added, and return them.

        There are none while the campaign is paused: nothing is claimed once `pause` has returned.
        """
        with self.changes() as moved:
            found = self.database.all(
                "SELECT id, message FROM entry WHERE state = 'pending' AND NOT (SELECT paused FROM campaign) "
                "ORDER BY id LIMIT ?",
                (size,),
            )
            self.move([Settled(entry, "in_flight") for entry, _ in found], "pending", moved)
        return [(entry, read(message)) for entry, message in found]

    def settle(self, outcomes: Iterable[Settled]) -> None:
        """Write down what became of entries; those that are not in flight any more stay as they are.

        One that was to be withdrawn meanwhile, and was not sent after all, is withdrawn.
        """
        with self.changes() as moved:
            self.move(oversight.without_withdrawn(self.database, outcomes), "in_flight", moved)

    def move(self, outcomes: Iterable[Settled], before: State, moved: Counter[State]) -> None:
        """Move entries out of a state, within `changes`; those that are in another one stay as they are."""
        changed = now()
        for each in outcomes:
            done = self.database.change(
                "UPDATE entry SET state = ?, message_id = ?, reason = ?, changed = ? WHERE id = ? AND state = ?",
                (each.state, each.message_id, each.reason, changed, each.entry, before),
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

    def insert(self, entry: Entry) -> bool:
        """Add an entry, and return whether there was none with its key."""
        added = self.database.change(
            "INSERT INTO entry (key, number, message, checksum, recipient, state, valid, reason, changed) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
            (entry.key, *_values(entry)),
        )
        return added == 1

    def stored(self, key: str) -> Stored | None:
        """The entry with a key, None if there is none."""
        found = self.database.all("SELECT id, number, message, state, valid FROM entry WHERE key = ?", (key,))
        return Stored(*found[0]) if found else None

    def replace(self, replaced: int, entry: Entry) -> None:
        """Put another entry with the same key in the place of one that was never sent."""
        self.database.change(
            "UPDATE entry SET number = ?, message = ?, checksum = ?, recipient = ?, state = ?, valid = ?, reason = ?, "
            "changed = ? WHERE id = ?",
            (*_values(entry), replaced),
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


def _values(entry: Entry) -> tuple[object, ...]:
    valid = entry.state != "invalid"
    return (
        entry.number,
        entry.message,
        entry.checksum,
        entry.recipient,
        entry.state,
        valid,
        entry.reason,
        now(),
    )
