"""Claiming batches of a journal in PostgreSQL under a lease, and saying what became of them.

A claim is committed before it returns, and no transaction is open during a request. Its token is new; only who knows it
settles the batch. Its deadline is kept on a clock of this machine that also runs while it sleeps, counted from before
the database was asked, so that it is never later than the one that the database knows.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress

from attrs import define
from messagemedia_generated.models import Message

from messagemedia.campaign.attempts import Attempts
from messagemedia.campaign.entries import Settled
from messagemedia.campaign.errors import JournalError, JournalInUseError
from messagemedia.campaign.explanations import passes
from messagemedia.campaign.postgres import statements
from messagemedia.campaign.postgres.deciding import Deciding, fitting
from messagemedia.campaign.protocol import LeaseExpiredError, Sender
from messagemedia.errors import NotSentError

_claims = logging.getLogger("messagemedia").getChild("claims")

# Seconds for which the database's word that a lease holds is believed, while it is not near its end.
_FRESH = 1.0
# A request may wait so many times for its timeout: for a connection, to connect, and for the answer.
_TIMEOUTS = 3


def clock() -> float:
    """Seconds on a clock that also runs while the machine sleeps, where there is one."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@define(eq=False)
class Lease:
    """A batch that this process took: until when it may send, and when the database last said that it is its own."""

    token: uuid.UUID
    last_start: float
    confirmed: float
    is_settled: bool = False


class Claimed(int):
    """The number of an entry, with the lease under which it was claimed: a later one may be another job's."""

    lease: Lease

    @classmethod
    def under(cls, lease: Lease, entry: int) -> Claimed:
        """Make one."""
        made = cls(entry)
        made.lease = lease
        return made


class Leases(Deciding):
    """A journal, for those who send."""

    cuts = False
    retries = False  # before each request it is asked whether the lease still holds
    _who = Sender(b"", timeout=30.0, lease=300.0)
    _sender_id = uuid.UUID(int=0)

    def _begin(self) -> None:
        self._came_back_empty = False
        self._attempts = Attempts()
        self._owed: list[tuple[Lease, list[Settled]]] = []
        self._owing = threading.RLock()
        self._sending = threading.Lock()

    @contextmanager
    def sending(self, sender: Sender) -> Generator[None]:
        """Let entries be claimed and settled within, as any number of processes may at once."""
        if not self._sending.acquire(blocking=False):
            raise JournalInUseError(
                f"another thread is sending from the journal {self.name} with the same Campaign",
                hint="Open a Campaign for each thread.",
            )
        try:
            self._who, self._sender_id = sender, uuid.uuid4()
            self.pay()
            self.count()
            try:
                yield
            finally:
                with suppress(JournalError):  # else the next scout waits for a while
                    self.connection.all(statements.RETIRE, (sender.account, self._sender_id))
        finally:
            self._sending.release()

    def claim(self, size: int) -> list[tuple[int, Message]]:
        """Lease a batch of up to `size` pending entries, and return them.

        There are none while the campaign is paused, or somebody else tests the API.

        Raises:
            JournalError: If what it says can't be true, or it can't be asked.
        """
        now = clock()
        lease = Lease(uuid.uuid4(), now + self._who.lease - self._who.timeout, now)
        with self._orphaned(lease):
            asked = {
                "campaign": self.id,
                "account": self._who.account,
                "sender": self._sender_id,
                "token": lease.token,
                "owner": f"{socket.gethostname()}:{os.getpid()}",
                "lease": self._who.lease,
                "quiet": self._who.lease + _TIMEOUTS * self._who.timeout,
            }
            claimed = self.connection.all(statements.CLAIM, asked)
            self._came_back_empty = not claimed
            if not claimed:
                if self.connection.all(statements.STUCK, (self.id,)):
                    raise self._damaged("rows are pending in batches that are done")
                return []
            ((batch, pending, _),) = claimed
            # Only now, in a statement of its own: nobody but the holder of the lease changes what is pending in it. By
            # the token: a server that took over from another one may not know of the claim, and then there is none.
            found = self.connection.all(statements.CLAIMED, (lease.token,))
            if len(found) != pending:
                held = self.connection.all(statements.HELD, (lease.token,))
                if held and held != [(len(found),)]:
                    raise self._damaged("a batch has more or fewer rows than it says")
                found = found if held else []
            if not found:  # or evidence came for the last of them at this moment
                self._write_down(lease.token, [])
                return []
            entries = [(Claimed.under(lease, entry), self._read(*columns)) for entry, _, *columns in found]
            if not all(attempt > self._attempts.last(entry) for entry, attempt, *_ in found):
                raise self._damaged("rows are pending that this process has sent")
            if len(entries) > size:
                self._split(batch, [int(entry) for entry, _ in entries[size:]])
                entries = entries[:size]
        for entry, attempt, *_ in found[: len(entries)]:
            self._attempts.record(entry, attempt)
        self._moved("pending", "in_flight", len(entries))
        _claims.info("%s: batch %d begins, rows %d to %d", self.name, batch, entries[0][0], entries[-1][0])
        return list(entries)

    @contextmanager
    def _orphaned(self, lease: Lease) -> Generator[None]:
        """A claim that fails on its way may have been made: then it is given back, for nothing of it is sent."""
        try:
            yield
        except BaseException:
            with self._owing, suppress(JournalError):
                self._owed.append((lease, []))
                self.pay()
            raise

    def _split(self, batch: int, rest: list[int]) -> None:
        """Leave a part of a leased batch to others."""
        with self.connection.transaction():
            ((number,),) = self.connection.all(statements.NUMBERS, (1,))
            self.connection.all(statements.MAKE, (number, self.id, rest[0]))
            self.connection.all(statements.PUT, (number, self.id, rest))
            self.connection.all(statements.WITHDRAW_MARKED, (number,))
            self.connection.all(statements.RECOUNT, ([batch, number],))
            self.connection.all(statements.CLOSE, ([number],))

    def is_fresh(self, entry: int) -> bool:
        """Whether a claimed entry is surely still this process's to send, as far as that is known without asking."""
        lease, now = _lease_of(entry), clock()
        return now < lease.last_start and now < lease.confirmed + _FRESH

    def confirm(self, entry: int) -> None:
        """Make sure that a claimed entry is still this process's to send.

        Raises:
            LeaseExpiredError: If it is not, as after the machine slept.
            NotSentError: If the database can't be asked now.
        """
        lease, now = _lease_of(entry), clock()
        try:
            is_ours = now < lease.last_start and bool(self.connection.all(statements.CONFIRM, (lease.token,)))
        except JournalError as error:
            if not passes(error):
                raise
            raise NotSentError(
                "the journal could not be read before this message was sent", "", "sendMessages"
            ) from error
        if not is_ours:
            raise LeaseExpiredError("the lease ran out before this message was sent", "", "sendMessages")
        lease.confirmed = now

    def settle(self, outcomes: Iterable[Settled]) -> None:
        """Write down what became of the entries of a claim; those that are not in flight any more stay as they are.

        If the lease has run out, it is evidence: what is unknown becomes accepted or invalid, and nothing pending.

        Raises:
            JournalError: If that is not possible now. `pay` does it later.
        """
        with self._owing:
            found = list(outcomes)
            if found and not (lease := _lease_of(found[0].entry)).is_settled:
                self._owed.append((lease, found))
            self.pay()

    def pay(self) -> None:
        """Write down what could not be before.

        Raises:
            JournalError: If that is still not possible.
        """
        with self._owing:
            while self._owed:
                lease, outcomes = self._owed[0]
                was_ours = self._write_down(lease.token, outcomes)
                lease.is_settled = True
                for each in outcomes:
                    if each.state == "pending" and was_ours:
                        self._attempts.undo(each.entry)
                    self._moved("in_flight", each.state)
                self._owed.pop(0)

    def _write_down(self, token: uuid.UUID, outcomes: list[Settled]) -> bool:
        """Write down what became of a claim, and return whether its lease still held."""
        with self.connection.transaction():
            held = self.connection.all(statements.HOLD, (token,))
            if held:
                self._settle(held[0][0], held[0][1], outcomes)
        if not held and outcomes:
            self.attest(outcomes)
        return bool(held) and held[0][1] == "leased"

    def _settle(self, batch: int, state: str, outcomes: list[Settled]) -> None:
        known = [each for each in outcomes if each.state in ("accepted", "invalid", "unknown")]
        if state != "leased":  # it ran out, and all that is not known to be something else is unknown
            known = [each for each in known if each.state != "unknown"]
        asked = {
            "campaign": self.id,
            "batch": batch,
            "before": "pending" if state == "leased" else "unknown",
            "ids": [int(each.entry) for each in known],
            "states": [each.state for each in known],
            "message_ids": [fitting(each.message_id) for each in known],
            "reasons": [fitting(each.reason) for each in known],
        }
        self.connection.all(statements.SETTLE, asked)
        if state == "leased":
            self.connection.all(statements.WITHDRAW_MARKED, (batch,))
        self.connection.all(statements.RECOUNT, ([batch],))
        self.connection.all(statements.FREE, (batch,))


def _lease_of(entry: int) -> Lease:
    if not isinstance(entry, Claimed):
        raise TypeError("what is settled is what was claimed")
    return entry.lease
