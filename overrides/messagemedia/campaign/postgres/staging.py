"""Rows on their way into a journal in PostgreSQL: one transaction, on a connection of its own.

Others read, decide and send meanwhile, and see nothing of it. Batches are made here, of at most 100 rows each.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from messagemedia.campaign.entries import Entry, Stored
from messagemedia.campaign.errors import JournalError, JournalInUseError
from messagemedia.campaign.postgres import row_statements, statements
from messagemedia.campaign.postgres.deciding import BATCH, Deciding, fitting
from messagemedia.campaign.protocol import MAX_KEY
from messagemedia.campaign.staging import Staging

# "MMad" in ASCII: whoever adds to a campaign has this lock, with the campaign's id.
_LOCK = 0x4D4D6164
_NUMBERS = 50  # so many numbers for batches are drawn at once


class PostgresStaging(Staging):
    """The rows of one `add`, while nobody else adds."""

    def __init__(self, journal: Deciding) -> None:
        """Begin, within a transaction."""
        self._journal = journal
        self._connection = journal.connection
        if not self._connection.all(row_statements.ADD_ALONE, (_LOCK, journal.id))[0][0]:
            raise JournalInUseError(
                f"another process or thread is adding to the journal {journal.name}",
                hint="Wait until it is done, or stop it; meanwhile, everything else works.",
            )
        self._connection.all(statements.UNHURRIED)
        super().__init__(journal.id, int(journal.asked(row_statements.ENTRIES)))
        self._new: list[tuple[object, ...]] = []
        self._batches: list[list[object]] = []  # id, campaign, first, state, pending, invalid
        self._room = 0
        self._numbers: list[int] = []
        self._has_corrections = False

    @contextmanager
    def _writing(self) -> Generator[None]:
        yield
        self._connection.copy(row_statements.COPY_ENTRIES, self._new)
        self._new = []

    def _write(self, at: int, entry: Entry) -> None:
        batch = self._batch_for(at, entry)
        columns = (entry.recipient, entry.message, entry.checksum, entry.state, entry.state != "invalid", entry.reason)
        if "\0" in entry.key:
            raise JournalError("a key has a NUL character, which PostgreSQL can't hold", hint="Choose other keys.")
        if len(entry.key.encode()) > MAX_KEY:
            raise JournalError(f"a key has more than {MAX_KEY:,} bytes, which is too long", hint="Choose other keys.")
        self._new.append((self._journal.id, at, batch, entry.key, entry.number, *columns))

    def _write_over(self, stored: Stored, entry: Entry) -> None:
        if not self._has_corrections:
            self._connection.all(row_statements.MAKE_CORRECTIONS)
            self._has_corrections = True
        batch = self._batch_for(stored.entry, entry) if entry.state == "pending" else None
        columns = (entry.message, entry.checksum, entry.state, entry.state != "invalid", entry.reason)
        self._connection.all(
            row_statements.CORRECT_LATER,
            (stored.entry, stored.state, batch, entry.key, entry.number, entry.recipient, *columns),
        )

    def _batch_for(self, at: int, entry: Entry) -> int:
        """The batch that a row travels with."""
        if self._room == 0:
            if not self._numbers:
                drawn = self._connection.all(statements.NUMBERS, (_NUMBERS,))
                self._numbers = [number for (number,) in reversed(drawn)]
            self._batches.append([self._numbers.pop(), self._journal.id, at, "pending", 0, 0])
            self._room = BATCH
        self._room -= 1
        batch = self._batches[-1]
        column = 4 if entry.state == "pending" else 5
        batch[column] = int(str(batch[column])) + 1
        batch[2] = min(int(str(batch[2])), at)
        return int(str(batch[0]))

    def show(self) -> None:
        """Make the rows part of the campaign."""
        numbers = [int(str(batch[0])) for batch in self._batches]
        self._connection.copy(row_statements.COPY_BATCHES, (tuple(batch) for batch in self._batches))
        if self._has_corrections:
            self._correct()
            self._connection.all(statements.RECOUNT, (numbers,))
        self._connection.all(statements.CLOSE, (numbers,))
        if numbers and self._room:
            self._journal.fill_up(numbers[-1], BATCH - self._room)
        if self._last > self._before:
            self._connection.all(row_statements.ADDED, (self._last, self._journal.id))

    def _correct(self) -> None:
        """Put rows in the place of others, if these are still what they were."""
        asked = (self._journal.id,)
        batches = sorted(batch for (batch,) in self._connection.all(row_statements.CORRECTED_BATCHES, asked))
        self._connection.all(row_statements.LOCK, (batches,))
        overtaken = self._connection.all(row_statements.OVERTAKEN, asked)
        if any(state != "withdrawn" for _, _, state in overtaken):
            raise JournalInUseError(
                "rows that were to be replaced were sent meanwhile, and nothing was added",
                hint="Add the same rows again.",
            )
        self._connection.all(row_statements.FORGET, ([entry for entry, _, _ in overtaken],))
        self._connection.all(row_statements.CORRECT, asked)
        self._connection.all(statements.RECOUNT, (batches,))
        self._connection.all(statements.CLOSE, (batches,))

    def _look_up(self, keys: list[str]) -> None:
        self._stored.update(dict.fromkeys(keys))
        wanted = [fitting(key) for key in keys]
        found = self._connection.all(row_statements.KNOWN, (self._journal.id, wanted))
        if self._has_corrections:
            found += self._connection.all(row_statements.KNOWN_CORRECTED, (wanted,))
        for key, *stored in found:
            self._stored[key] = Stored(*stored)

    def _look_up_earlier(self, recipients: list[str]) -> None:
        statement, asked = row_statements.EARLIER, [self._journal.id, recipients]
        if self._has_corrections:
            statement, asked = row_statements.EARLIER_CORRECTED, [*asked, recipients]
        for recipient, number in self._connection.all(statement, asked):
            self._earlier.setdefault(recipient, number)
