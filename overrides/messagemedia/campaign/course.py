"""How a campaign is sent, without any input or output but the journal's: what is next, and what is done in trouble.

`Course.steps` is a generator: it yields a round of batches to send, a pause to make or a look at the API to take, and
ends when nothing is pending, or with an error. The blocking and the awaited client drive the same generator.

After trouble, which is a batch that was not sent or whose outcome is unknown, no other batch begins. Those under way
get their answers, and then it is felt out whether the API is well: a pause, each up to twice as long as the one before
and at most a minute; after an unknown outcome a harmless request, until it is answered; then a single message, then
ten, then a whole batch, and only then several at once. So what an outage makes unknown is the batches that met its
beginning and a message or two.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from typing import Literal

from attrs import define, field, frozen
from messagemedia_generated.models import Message

from messagemedia._call.progress import Pause
from messagemedia._messages.batches import Batch, BatchOutcome, Outcome, SendResult
from messagemedia.campaign import oversight
from messagemedia.campaign.entries import Settled
from messagemedia.campaign.errors import JournalError, StalledError
from messagemedia.campaign.explanations import passes
from messagemedia.campaign.journal import Journal
from messagemedia.campaign.marks import marked
from messagemedia.campaign.summary import Summary
from messagemedia.errors import RateLimitError

_DOUBLINGS = 6  # from a second to about a minute
_GROWTH = 10


@frozen
class Round:
    """So many messages to send, in batches of a size, some at a time."""

    messages: int
    size: int
    concurrency: int = 1


@frozen
class Look:
    """A request to make that sends nothing, by whose answer the API shows that it is well."""


Step = Round | Look | Pause


@define(eq=False)
class Job:
    """A batch on its way: how much it may take from the journal, what it took, and how far it has come."""

    size: int
    entries: list[tuple[int, Message]] = field(factory=list[tuple[int, Message]], repr=False)
    begun: bool = False
    outcome: BatchOutcome | None = field(default=None, repr=False)
    given_up: bool = False

    def __len__(self) -> int:
        return self.size

    @property
    def batch(self) -> Batch:
        """The messages to send."""
        return Batch(0, [message for _, message in self.entries])

    @property
    def settled(self) -> list[Settled]:
        """What became of its entries, as far as it is known."""
        if self.outcome is not None:
            results = self.outcome.results
            return [_settled(entry, result) for (entry, _), result in zip(self.entries, results, strict=True)]
        if self.begun:
            return [Settled(entry, "unknown", reason=_INTERRUPTED) for entry, _ in self.entries]
        return [Settled(entry, "pending") for entry, _ in self.entries]


_INTERRUPTED = "sending was interrupted before the answer came"


def _settled(entry: int, result: SendResult) -> Settled:
    if result.outcome == "accepted":
        return Settled(entry, "accepted", result.message_id)
    if result.outcome == "not_sent":
        return Settled(entry, "pending")
    # The lines after the first are a hint to whoever wrote the program.
    return Settled(entry, result.outcome, reason=result.reason.partition("\n")[0])


@frozen
class _Trouble:
    """Why a batch did not get through."""

    kind: Outcome | Literal["unwritten", "stop"]
    error: BaseException


def _weight(trouble: _Trouble) -> int:
    """The trouble that weighs most decides what is done."""
    return ("accepted", "invalid", "not_sent", "unknown", "unwritten", "stop").index(trouble.kind)


def _troubles(outcome: BatchOutcome) -> Iterator[_Trouble]:
    if outcome.stop is not None:
        yield _Trouble("stop", outcome.stop)
    for result in outcome.results:
        if result.error is not None and result.outcome not in ("accepted", "invalid"):
            yield _Trouble(result.outcome, result.error)


class Course:
    """One call of `send`. What concerns jobs may be called by several threads."""

    def __init__(self, journal: Journal, *, size: int, concurrency: int, patience: float, marks: bool) -> None:
        self._journal = journal
        self._size = size
        self._concurrency = concurrency
        self._patience = patience
        self._marks = marks
        self._lock = threading.Lock()
        self._trouble: _Trouble | None = None
        self._well = time.monotonic()

    @property
    def summary(self) -> Summary:
        """How the rows stand, as far as this process knows."""
        return Summary(**self._journal.counts)

    # --- what is next -------------------------------------------------------------------------------------

    def steps(self) -> Generator[Step, bool | None]:
        """Yield what is to be done next; a `Look` is answered with whether the API is well.

        Raises:
            StalledError: If it was not well for too long.
            JournalError: If the journal was not.
            MessageMediaError: If it refused for a reason that does not pass, such as wrong credentials.
        """
        # Counted anew each time: another process may have decided over rows, or learned of them.
        while pending := self._wanted():
            yield Round(pending, self._size, self._concurrency)
            if self._trouble is not None:
                yield from self._feel_out()

    def _wanted(self) -> int:
        """How many messages are to be sent by now; another process may have paused the campaign, or withdrawn rows."""
        self._is_drained = oversight.is_paused(self._journal.database)
        return 0 if self._is_drained else self._journal.count()["pending"]

    def _feel_out(self) -> Generator[Step, bool | None]:
        failures, size = 0, 1
        while size < self._size * _GROWTH:
            trouble = self._taken_trouble()
            if trouble is not None and trouble.kind == "stop":
                raise trouble.error
            if trouble is not None:
                failures = yield from self._wait(trouble, failures)
            if not (pending := self._wanted()):
                return
            yield Round(min(size, self._size, pending), self._size)
            size = 1 if self._trouble else size * _GROWTH

    def _taken_trouble(self) -> _Trouble | None:
        trouble, self._trouble = self._trouble, None
        return trouble

    def _wait(self, trouble: _Trouble, failures: int) -> Generator[Step, bool | None, int]:
        """Pause, until the API seems well or nothing is wanted; return how many pauses there have been by now."""
        well = False
        while not well and (trouble.kind == "unwritten" or self._wanted()):
            yield Pause(self._pause(trouble, failures))
            failures += 1
            well = self._is_paid() and (trouble.kind == "not_sent" or bool((yield Look())))
        return failures

    def _is_paid(self) -> bool:
        """Whether all that became of jobs is written down, after another try."""
        try:
            self._journal.pay()
        except JournalError as error:
            if not passes(error):
                raise
            return False
        return True

    def _pause(self, trouble: _Trouble, failures: int) -> float:
        """How many seconds to wait.

        Raises:
            StalledError: If there has been enough waiting.
        """
        left = self._well + self._patience - time.monotonic()
        if left <= 0 and trouble.kind == "unwritten":
            raise trouble.error
        if left <= 0:
            raise StalledError(
                f"no batch got through for {self._patience:g} s; {self._pending:,} rows are pending",
                summary=self.summary,
                hint="Call send again when the API is well: it goes on where it was. Why it stopped is in __cause__.",
            ) from trouble.error
        # Jitter keeps clients that failed together from coming back together.
        seconds = random.uniform(0.5, 1.0) * 2.0 ** min(failures, _DOUBLINGS)  # noqa: S311  # no secret depends on it
        return min(max(seconds, _retry_after(trouble.error)), left)

    @property
    def _pending(self) -> int:
        return self._journal.counts["pending"]

    # --- jobs ---------------------------------------------------------------------------------------------

    def jobs(self, step: Round) -> Iterator[Job]:
        """The batches of a round, up to the first trouble, or until there is nothing for one any more."""
        for start in range(0, step.messages, step.size):
            if self._trouble is not None or self._is_drained:
                return
            yield Job(min(step.size, step.messages - start))

    def begin(self, job: Job) -> bool:
        """Write down that a job is about to be sent; return whether it is to be."""
        with self._lock:
            if self._trouble is None and not job.given_up:
                claimed = self._journal.claim(job.size)
                self._is_drained = not claimed
                journal_id = self._journal.id
                job.entries = [
                    (entry, marked(message, journal_id, entry) if self._marks else message)
                    for entry, message in claimed
                ]
        return bool(job.entries)

    def record(self, job: Job) -> None:
        """Write down what became of a job.

        Raises:
            JournalError: If that is not possible. If it may be later, as on a full disk, sending pauses instead. Its
                entries stay in flight, and what became of them is kept as long as this process has the campaign open.
        """
        troubles = list(_troubles(job.outcome)) if job.outcome is not None else []
        with self._lock:
            try:
                self._journal.settle(job.settled)
            except JournalError as error:
                if not passes(error):
                    troubles.append(_Trouble("stop", error))
                    raise
                troubles.append(_Trouble("unwritten", error))
            finally:
                self._trouble = max([*troubles, *([self._trouble] if self._trouble else [])], key=_weight, default=None)
            if not troubles and job.size >= self._size:
                self._well = time.monotonic()

    def give_up(self, job: Job) -> None:
        """Write down what is known of a job that was interrupted, as far as that is still possible."""
        with self._lock, suppress(JournalError):
            job.given_up = True
            self._journal.settle(job.settled)


def _retry_after(error: BaseException) -> float:
    """How many seconds the API asked to wait, 0 if it did not say."""
    value = (error.headers or {}).get("retry-after", "") if isinstance(error, RateLimitError) else ""
    return float(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0.0
