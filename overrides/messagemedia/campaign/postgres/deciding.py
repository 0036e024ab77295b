"""Decisions about rows in PostgreSQL, and evidence about them, while others send."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, LiteralString

from messagemedia.campaign.entries import Record, Settled, State, Stored, encodable
from messagemedia.campaign.oversight import undecidable
from messagemedia.campaign.postgres import row_statements, statements
from messagemedia.campaign.postgres.reading import Reading
from messagemedia.errors import FieldError

BATCH = 100  # what a request may carry
WITHDRAWN = "withdrawn before it was sent"
_DOUBTED = "its recorded outcome may have been lost"


def fitting(text: str) -> str:
    """A text as PostgreSQL can hold it."""
    return encodable(text).replace("\0", "\N{REPLACEMENT CHARACTER}")


class Deciding(Reading):
    """A journal, for those who decide."""

    def pause(self, *, paused: bool) -> None:
        """Say whether entries may be claimed from now on, by any process; claims in progress are waited for."""
        self.connection.all(statements.PAUSE, (paused, self.id))

    def decide(self, keys: Sequence[str], state: State, reason: str) -> list[FieldError]:
        """Move the unknown entries with these keys into another state, or return why none of them was."""
        if not keys:
            return []
        self.count()  # leases that ran out are noticed
        wanted = [fitting(key) for key in keys]
        with self.connection.transaction():
            before = self.connection.all(row_statements.BY_KEY, (self.id, wanted))
            batches = sorted({row[4] for row in before})
            self.connection.all(row_statements.LOCK, (batches,))
            # Only one who holds its batch moves an entry, so what is unknown in these batches is theirs until the end.
            found = {row[0]: row[1:] for row in self.connection.all(row_statements.BY_KEY, (self.id, wanted))}
            problems = [
                problem for key in keys if (problem := _undecidable(key, found.get(fitting(key)), batches, state))
            ]
            if problems:
                return problems
            ids = sorted(row[0] for row in found.values())
            asked = {"campaign": self.id, "ids": ids, "state": state, "reason": fitting(reason)}
            self.connection.all(row_statements.DECIDE, asked)
            if state == "pending":
                self._put_into_new_batches(ids)
            self.connection.all(statements.RECOUNT, (batches,))
        return []

    def _put_into_new_batches(self, ids: Sequence[int]) -> None:
        """Let pending entries be leased again, apart from those that were sent with them."""
        chunks = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
        numbers = [number for (number,) in self.connection.all(statements.NUMBERS, (len(chunks),))]
        for number, chunk in zip(numbers, chunks, strict=True):
            self.connection.all(statements.MAKE, (number, self.id, chunk[0]))
            self.connection.all(statements.PUT, (number, self.id, list(chunk)))
        self.connection.all(statements.RECOUNT, (numbers,))
        self.fill_up(numbers[-1], len(chunks[-1]))

    def fill_up(self, batch: int, rows: int) -> None:
        """Put a new batch of few rows into another one that has room, so that rows added one by one travel together."""
        for (room,) in self.connection.all(statements.ROOM, (self.id, batch, BATCH - rows)):
            self.connection.all(statements.MERGE, (room, batch))
            self.connection.all(statements.REMOVE, (batch,))
            self.connection.all(statements.RECOUNT, ([room],))

    def withdraw(self, by: Literal["key", "recipient"], values: Sequence[str]) -> int:
        """Withdraw the pending entries with these keys or recipients, and return how many they were.

        Those in flight are marked, and withdrawn if they come back.
        """
        find, change = row_statements.BATCHES_BY_KEY, row_statements.WITHDRAW_BY_KEY
        if by == "recipient":
            find, change = row_statements.BATCHES_BY_RECIPIENT, row_statements.WITHDRAW_BY_RECIPIENT
        wanted = [fitting(value) for value in values]
        while True:
            with self.connection.transaction():
                batches = self._numbers(find, wanted)
                self.connection.all(row_statements.LOCK, (batches,))
                if not set(self._numbers(find, wanted)) <= set(batches):
                    continue  # some of them moved into another batch meanwhile
                asked = {"campaign": self.id, "values": wanted, "reason": WITHDRAWN}
                done = [state for (state,) in self.connection.all(change, asked)].count("withdrawn")
                self.connection.all(statements.RECOUNT, (batches,))
                self.connection.all(statements.CLOSE, (batches,))
            self._moved("pending", "withdrawn", done)
            return done

    def _numbers(self, find: LiteralString, wanted: Sequence[str | int]) -> list[int]:
        return sorted(batch for (batch,) in self.connection.all(find, (self.id, list(wanted))))

    def prove(self, entry: int, message_id: str) -> Record | None:
        """Make an entry accepted of which there is evidence; None if there is none, or it was accepted before."""
        where = (self.id, entry)
        while (found := self.connection.all(row_statements.BATCH_OF, where)) and found[0][1] != "accepted":
            batch = found[0][0]
            with self.connection.transaction():
                self.connection.all(row_statements.LOCK, ([batch],))
                if self.connection.all(row_statements.BATCH_OF, where)[0][0] != batch:
                    continue  # it moved into another batch meanwhile
                ((*before,),) = self.connection.all(row_statements.RECORD, where)
                asked = (fitting(message_id), self.id, entry, batch)
                if not self.connection.all(row_statements.PROVE, asked):
                    return None
                self.connection.all(statements.RECOUNT, ([batch],))
                self.connection.all(statements.CLOSE, ([batch],))
                ((_, *columns),) = self.connection.all(row_statements.RECORD, where)
            self._moved(before[5], "accepted")
            return self._record(*columns)
        return None

    def doubt(self, since: datetime, batches: Sequence[int]) -> int:
        """Make unknown what of batches that were begun since then, or are named, is not known to be anything else."""
        asked = {"campaign": self.id, "since": since, "batches": list(batches)}
        with self.connection.transaction():
            doubted = [batch for (batch,) in self.connection.all(statements.DOUBTED, asked)]
            before = self.connection.all(statements.COUNT, (self.id,))[0][4]
            self.connection.all(statements.LOSE, (_DOUBTED, doubted))
            self.connection.all(statements.DOUBT, (doubted,))
            self.connection.all(statements.RECOUNT, (doubted,))
            after = self.connection.all(statements.COUNT, (self.id,))[0][4]
        self.count()
        return int(after - before)

    def attest(self, outcomes: Sequence[Settled]) -> None:
        """Take the word of a sender whose claim is gone, as after a failover that lost it."""
        for each in outcomes:
            if each.state == "accepted":
                self.prove(int(each.entry), each.message_id)
        ids = [int(each.entry) for each in outcomes]
        with self.connection.transaction():
            batches = self._numbers(row_statements.BATCHES_OF, ids)
            self.connection.all(row_statements.LOCK, (batches,))
            asked = {
                "campaign": self.id,
                "ids": ids,
                "states": [each.state for each in outcomes],
                "reasons": [fitting(each.reason) for each in outcomes],
            }
            self.connection.all(row_statements.ATTEST, asked)
            self.connection.all(statements.RECOUNT, (batches,))
            self.connection.all(statements.CLOSE, (batches,))


def _undecidable(key: str, found: Sequence[Any] | None, batches: Sequence[int], state: State) -> FieldError | None:
    """Why nothing can be decided about the row with a key; None if it can."""
    if found is None:
        return undecidable(key, None)
    entry, number, seen, batch, quiet = found
    at = f"/rows/{number}"
    if problem := undecidable(key, Stored(entry, number, "", seen, valid=True)):
        return problem
    if batch not in batches:
        return FieldError("it has just changed, try again", at)
    if state == "pending" and quiet is not None and quiet > 0:
        return FieldError(f"its request may still be in progress; it can be retried in {quiet} s", at)
    return None
