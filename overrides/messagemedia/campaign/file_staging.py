"""Rows on their way into a file: written down piece by piece, and part of the campaign by one small last commit.

Until then their ids are above `campaign.entries`, and nothing else sees them. So others can write in between, however
many they are; and what a process leaves that ends on the way is taken away by the next that adds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from messagemedia.campaign import staging
from messagemedia.campaign.entries import Entry, State, Stored, now
from messagemedia.campaign.errors import JournalError
from messagemedia.campaign.oversight import Overseen
from messagemedia.campaign.tables import numbers_of

_LOOKED_UP = 500

_VALUES = "number, message, checksum, state, valid, reason, changed"
_OWN_TABLES = (
    "PRAGMA temp.cache_size = -32768",  # KiB
    "CREATE TEMP TABLE IF NOT EXISTS new_key (key PRIMARY KEY, entry) WITHOUT ROWID",
    "CREATE TEMP TABLE IF NOT EXISTS new_recipient (recipient, entry, PRIMARY KEY (recipient, entry)) WITHOUT ROWID",
    f"CREATE TEMP TABLE IF NOT EXISTS correction (id INTEGER PRIMARY KEY, recipient, {_VALUES})",
    "CREATE INDEX IF NOT EXISTS temp.correction_by_recipient ON correction (recipient)",
    "DELETE FROM new_key",
    "DELETE FROM new_recipient",
    "DELETE FROM correction",
)


class FileStaging(staging.Staging):
    """The rows of one `add`, while nobody else adds or sends. A piece is one commit, for which others wait."""

    def __init__(self, journal: Overseen) -> None:
        """Look at what is there, and take away what was left on the way.

        Raises:
            JournalError: It can't be used, or its campaign is in a database now.
        """
        self._database = journal.database
        self._journal = journal
        entries, moved = numbers_of(self._database, "entries", "moved")
        if moved:  # else a program that does not know of it would send what is added in both places
            raise JournalError(
                f"the campaign in {journal.name} was moved to PostgreSQL, so nothing can be added to the file",
                hint="If the move was interrupted, call move again. Then add the rows there: "
                "Campaign(address, name=…, begin=False).",
            )
        super().__init__(journal.id, entries)
        if self._before:
            journal.verify()
        self.clear()
        with self._database.transaction():
            for statement in _OWN_TABLES:
                self._database.change(statement)
        self._corrections = 0
        self._new: list[tuple[Any, ...]] = []
        self._recipients: list[tuple[str, int]] = []
        self._changed = ""

    def clear(self) -> None:
        """Take away the rows that are not part of the campaign, and before them what leads to them."""
        if self._end() > self._before:
            with self._database.transaction():
                for table in ("entry_by_key", "entry_by_recipient"):
                    self._database.change(f"DELETE FROM {table} WHERE entry > ?", (self._before,))  # noqa: S608
        while (end := self._end()) > self._before:
            with self._database.transaction():
                self._database.change("DELETE FROM entry WHERE id > ?", (max(self._before, end - staging.PIECE),))

    def _end(self) -> int:
        return int(self._database.all("SELECT coalesce(max(id), 0) FROM entry")[0][0])

    def show(self) -> None:
        """Make the rows part of the campaign."""
        self._put_in_order("entry_by_key", "new_key", "key")
        self._put_in_order("entry_by_recipient", "new_recipient", "recipient")
        if not self._moved:
            return
        with self._journal.changes() as moved:
            moved.update(self._moved)
            if self._corrections:
                self._leave_withdrawn(moved)
                self._correct()

    def _put_in_order(self, table: str, new: str, column: str) -> None:
        """Put what is new into an index, from its beginning to its end."""
        last: tuple[str, int] = ("", 0)
        order = f"{column}, entry"
        while page := self._database.all(
            f"SELECT {order} FROM {new} WHERE ({order}) > (?, ?) ORDER BY {order} LIMIT {staging.PIECE}",  # noqa: S608  # no input
            last,
        ):
            with self._database.transaction():
                self._database.many(f"INSERT INTO {table} VALUES (?, ?)", page)  # noqa: S608  # no input
            last = page[-1]

    def _correct(self) -> None:
        self._database.change(
            f"UPDATE entry SET ({_VALUES}, attempt) = (SELECT {_VALUES}, entry.attempt + 1 FROM correction "  # noqa: S608  # no input
            "WHERE correction.id = entry.id) WHERE id IN (SELECT id FROM correction)"
        )
        self._database.change("DELETE FROM entry_by_recipient WHERE entry IN (SELECT id FROM correction)")
        self._database.change("INSERT INTO entry_by_recipient SELECT recipient, id FROM correction")

    def _leave_withdrawn(self, moved: Counter[State]) -> None:
        """Drop what would take the place of rows that were withdrawn meanwhile."""
        withdrawn = "id IN (SELECT entry.id FROM entry JOIN correction USING (id) WHERE entry.state = 'withdrawn')"
        for state, count in self._database.all(
            f"SELECT state, count(*) FROM correction WHERE {withdrawn} GROUP BY state"  # noqa: S608  # no input
        ):
            moved[state] -= count
            moved["pending"] += count
        self._database.change(f"DELETE FROM correction WHERE {withdrawn}")  # noqa: S608  # no input

    # --- a piece ------------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Generator[None]:
        self._changed = now()
        with self._database.transaction():
            yield
            marks = ", ".join("?" * 9)
            self._database.many(f"INSERT INTO entry (id, key, {_VALUES}) VALUES ({marks})", self._new)  # noqa: S608
            self._database.many("INSERT INTO new_key VALUES (?, ?)", [(key, entry) for entry, key, *_ in self._new])
            self._database.many("INSERT INTO new_recipient VALUES (?, ?)", self._recipients)
            self._new, self._recipients = [], []

    def _write(self, at: int, entry: Entry) -> None:
        self._new.append((at, entry.key, *self._values(entry)))
        self._recipients.append((entry.recipient, at))

    def _write_over(self, stored: Stored, entry: Entry) -> None:
        self._corrections += 1
        self._database.change(
            f"INSERT INTO correction (id, recipient, {_VALUES}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  # no input
            (stored.entry, entry.recipient, *self._values(entry)),
        )

    def _values(self, entry: Entry) -> tuple[object, ...]:
        valid = entry.state != "invalid"
        return (
            entry.number,
            entry.message,
            entry.checksum,
            entry.state,
            valid,
            entry.reason,
            self._changed,
        )

    def _look_up(self, keys: list[str]) -> None:
        for start in range(0, len(keys), _LOOKED_UP):
            self._look_up_some(keys[start : start + _LOOKED_UP])

    def _look_up_some(self, keys: list[str]) -> None:
        self._stored.update(dict.fromkeys(keys))
        marks = ", ".join("?" * len(keys))
        columns = "id, number, message, state, valid"
        for found in (
            f"SELECT entry_by_key.key, {columns} FROM entry_by_key JOIN entry ON id = entry WHERE entry_by_key.key",  # noqa: S608
            f"SELECT new_key.key, {columns} FROM new_key JOIN entry ON id = entry WHERE new_key.key",  # noqa: S608
            f"SELECT key, {columns} FROM correction JOIN entry_by_key ON id = entry WHERE key",  # noqa: S608
        ):
            for key, *stored in self._database.all(f"{found} IN ({marks})", tuple(keys)):
                self._stored[key] = Stored(*stored)

    def _look_up_earlier(self, recipients: list[str]) -> None:
        for start in range(0, len(recipients), _LOOKED_UP):
            self._look_up_some_earlier(recipients[start : start + _LOOKED_UP])

    def _look_up_some_earlier(self, recipients: list[str]) -> None:
        marks = ", ".join("?" * len(recipients))
        wanted = f"recipient IN ({marks}) AND recipient <> '' AND state <> 'invalid'"
        for table in ("entry_by_recipient", "new_recipient"):
            for recipient, number, _ in self._database.all(
                f"SELECT recipient, number, min(entry) FROM {table} JOIN entry ON id = entry WHERE {wanted} "  # noqa: S608
                "AND NOT EXISTS (SELECT 1 FROM correction WHERE correction.id = entry) GROUP BY recipient",
                tuple(recipients),
            ):
                self._earlier.setdefault(recipient, number)
        if self._corrections:
            statement = f"SELECT recipient, number FROM correction WHERE {wanted}"  # noqa: S608  # no input
            for recipient, number in self._database.all(statement, tuple(recipients)):
                self._earlier.setdefault(recipient, number)
