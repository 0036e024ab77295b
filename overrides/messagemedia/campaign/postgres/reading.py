"""What is read of a journal in PostgreSQL; and leases that ran out, which whoever reads notices."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, LiteralString

from messagemedia_generated.models import Message

from messagemedia.campaign.entries import STATES, Record, State, checksum, read
from messagemedia.campaign.errors import JournalError
from messagemedia.campaign.postgres import row_statements, statements
from messagemedia.campaign.postgres.connection import Connection
from messagemedia.campaign.status import Leased, Status
from messagemedia.campaign.summary import Summary

_PAGE = 500
_LOST = "its worker did not record the outcome before its lease ran out"


class Reading:
    """A journal, for those who look."""

    def __init__(self, connection: Connection, journal_id: str) -> None:
        self.connection = connection
        self.id = journal_id
        self._counts: Counter[State] = Counter()
        self._counting = threading.Lock()

    @property
    def name(self) -> str:
        """What people call it."""
        return self.connection.name

    @property
    def place(self) -> str:
        """Where it is, without a password."""
        return f"{self.connection.address.shown}#{self.name}"

    @property
    def counts(self) -> dict[State, int]:
        """How many entries are in each state, as far as this process knows."""
        with self._counting:
            return {state: self._counts[state] for state in STATES}

    def count(self) -> dict[State, int]:
        """How many entries are in each state."""
        *counted, late = self.connection.all(statements.COUNT, (self.id,))[0]
        if late:
            self.expire()
            *counted, _ = self.connection.all(statements.COUNT, (self.id,))[0]
        with self._counting:
            self._counts = Counter(dict(zip(STATES, map(int, counted), strict=True)))
        return self.counts

    def _moved(self, before: State, after: State, rows: int = 1) -> None:
        with self._counting:
            self._counts[before] -= rows
            self._counts[after] += rows

    def expire(self) -> None:
        """Make unknown what was leased by senders that did not say in time what became of it."""
        with self.connection.transaction():
            late = [batch for (batch,) in self.connection.all(statements.LATE, (self.id,))]
            if late:
                self.connection.all(statements.LOSE, (_LOST, late))
                self.connection.all(statements.RECOUNT, (late,))

    def has_national_numbers(self) -> bool:
        """Whether a valid entry goes to a number that begins with a single zero."""
        return bool(self.connection.all(row_statements.NATIONAL, (self.id,)))

    def is_paused(self) -> bool:
        """Whether nothing is to be claimed."""
        return bool(self.asked(statements.PAUSED))

    def asked(self, statement: LiteralString) -> Any:
        """What the campaign says of itself.

        Raises:
            JournalError: It is gone.
        """
        found = self.connection.all(statement, (self.id,))
        if not found:
            raise JournalError(
                f"the campaign {self.name} was deleted from the database at {self.connection.address.shown}",
                hint="Restore the database. Do not start over with the same rows: what it said of them is lost.",
            )
        return found[0][0]

    def records(self, state: State | None = None) -> Iterator[Record]:
        """The entries, in the order in which they were added, read page by page."""
        self.count()  # leases that ran out are noticed
        last = 0
        asked = {"campaign": self.id, "state": state, "size": _PAGE}
        while page := self.connection.all(row_statements.RECORDS, {**asked, "last": last}):
            for entry, *columns in page:
                last = int(entry)
                yield self._record(*columns)

    def status(self) -> Status:
        """How it stands, over all workers."""
        summary = Summary(**self.count())
        leases = tuple(
            Leased(owner, batches, rows, until.astimezone(UTC))
            for owner, batches, rows, until in self.connection.all(statements.LEASED, (self.id,))
        )
        rate = float(self.connection.all(statements.RATE, (self.id,))[0][0])
        ((oldest,),) = self.connection.all(statements.OLDEST_UNKNOWN, (self.id,))
        oldest = oldest and oldest.astimezone(UTC)
        return Status(summary, rate, leases, oldest, self._held_up(summary, is_moving=rate > 0 or bool(leases)))

    def _held_up(self, summary: Summary, *, is_moving: bool) -> str:
        if not summary.pending:
            return ""
        if self.is_paused():
            return "it is paused"
        ((since,),) = self.connection.all(statements.BRAKED, (self.id,))
        if since is not None:
            return (
                f"the API has not been available since {since.astimezone(UTC):%H:%M:%S} UTC, and one worker is "
                "testing it"
            )
        return "" if is_moving else "no worker is running"

    def pending(self) -> Iterator[str]:
        """The messages of the pending entries, read page by page."""
        last = 0
        while page := self.connection.all(row_statements.PENDING, (self.id, last, _PAGE)):
            last = int(page[-1][0])
            yield from (message for _, message in page)

    def repeated(self) -> int:
        """How many pending entries have the recipient of an earlier one that is not invalid."""
        return int(self.connection.all(row_statements.REPEATED, (self.id,))[0][0])

    def _record(self, key: str, number: int | None, message: Any, check: Any, state: State, *rest: Any) -> Record:
        message_id, reason, changed = rest
        moment: datetime = changed
        told = "" if state in ("pending", "in_flight") else reason
        return Record(key, number, self._read(key, message, check), state, message_id, told, moment.astimezone(UTC))

    def _read(self, key: str, message: str, check: int) -> Message:
        """The message of an entry, if it is what was written down.

        Raises:
            JournalError: If it is not. It shows nothing of it.
        """
        with suppress(Exception):
            if checksum(key.encode(), message.encode()) == check:
                return read(message)
        raise self._damaged("a row differs from what was recorded")

    def _damaged(self, what: str) -> JournalError:
        return JournalError(
            f"the journal {self.name} is damaged: {what}",
            hint="Was the database restored from an older copy? Then some of the rows that it calls pending were "
            "sent. Nothing more is sent; `doubt` makes unknown what may have been.",
        )
