"""How a campaign is sent, without any input or output but the journal's: what is next, and what is done in trouble.

`Course.steps` is a generator: it yields a round of batches to send, a pause to make or a look at the API to take, and
ends when nothing is pending, or with an error. The blocking and the awaited client drive the same generator.

After trouble, which is a batch that was not sent or whose outcome is unknown, no other batch begins. Those in progress
get their answers, and then the API is tested: a pause, each up to twice as long as the one before and at most a minute;
after an unknown outcome a harmless request, until it is answered; then a single message, then ten, then a whole batch,
and only then several at once. So what an outage makes unknown is the batches that met its beginning and a message or
two. Where several processes send from one journal, one of them does that for all.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from typing import TypeVar

from messagemedia_generated.models import Message

from messagemedia._call.progress import Pause
from messagemedia.campaign.errors import JournalError, StalledError
from messagemedia.campaign.explanations import passes
from messagemedia.campaign.jobs import Job, Look, Round, Step, Trouble, troubles_of, weight
from messagemedia.campaign.marks import marked
from messagemedia.campaign.protocol import Brake, Journal
from messagemedia.campaign.summary import Summary
from messagemedia.errors import RateLimitError

T = TypeVar("T")

# Seconds between two looks at what others do.
_IDLE = 0.5
_DOUBLINGS = 6  # from a second to about a minute
_GROWTH = 10


class Course:
    """One call of `send` or `work`. What concerns jobs may be called by several threads."""

    def __init__(
        self,
        journal: Journal,
        *,
        size: int,
        concurrency: int,
        patience: float,
        marks: bool,
        until: Callable[[int], bool] | None = None,
    ) -> None:
        """Prepare to send.

        Args:
            journal: What to send from, and where to write down what became of it.
            size: How many messages a batch has at most.
            concurrency: How many batches may be in progress.
            patience: Seconds that may pass without one that gets through.
            marks: Whether messages get a mark.
            until: Asked between batches whether to end, with how many have begun. With it the course also waits for
                rows that others have in flight: they may come back.
        """
        self._journal = journal
        self._size = size
        self._concurrency = concurrency
        self._patience = patience
        self._marks = marks
        self._until = until
        self._lock = threading.Lock()
        self._trouble: Trouble | None = None
        self._well = time.monotonic()
        self._begun = 0
        self._stands_by = False

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
        while (brake := self._brake(pending := self._wanted())) is not None:
            if brake.seconds:
                yield from self._stand_by(brake.seconds, is_idle=not pending)
                continue
            self._end_standing_by()
            if not brake.scouts:
                # Of batches that are ready none is cut because it happens to meet the job for the rest.
                whole = pending if self._journal.cuts else -(-pending // self._size) * self._size
                yield Round(whole, self._size, self._concurrency)
            if brake.scouts or self._trouble is not None:
                yield from self._feel_out()

    def _wanted(self) -> int:
        """How many messages are to be sent by now.

        Counted again each time: another process may have paused the campaign, decided about rows, or withdrawn them.
        """
        self._is_drained = self._is_ended or self._ask(self._journal.is_paused, otherwise=False)
        return 0 if self._is_drained else self._ask(self._journal.count, self._journal.counts)["pending"]

    def _brake(self, pending: int) -> Brake | None:
        """Whether batches may begin, None if there is nothing more to do."""
        if self._trouble is not None:
            return Brake(scouts=True)
        if pending:
            return self._ask(self._journal.brake, Brake(scouts=True))
        # Rows that others have in flight may come back, and a pause ends one day.
        counts = self._journal.counts
        waits = self._until is not None and not self._is_ended and counts["in_flight"] + counts["pending"]
        return Brake(_IDLE) if waits else None

    @property
    def _is_ended(self) -> bool:
        return self._until is not None and self._until(self._begun)

    def _stand_by(self, seconds: float, *, is_idle: bool) -> Generator[Step, bool | None]:
        """Wait for the word of others."""
        self._stands_by = True
        if is_idle:
            self._well = time.monotonic()
        elif self._well + self._patience <= time.monotonic():
            raise self._stalled()
        yield from self._pauses(seconds)

    def _end_standing_by(self) -> None:
        if self._stands_by:
            self._stands_by, self._well = False, time.monotonic()

    def _pauses(self, seconds: float) -> Generator[Step, bool | None]:
        """A pause, in pieces if it may have to end early."""
        until = time.monotonic() + seconds
        yield Pause(seconds if self._until is None else min(seconds, _IDLE))
        while self._until is not None and not self._is_ended and (left := until - time.monotonic()) > 0:
            yield Pause(min(left, _IDLE))

    def _feel_out(self) -> Generator[Step, bool | None]:
        failures, size = 0, 1
        while size < self._size * _GROWTH:
            trouble = self._taken_trouble()
            if trouble is not None and trouble.kind == "stop":
                raise trouble.error
            if trouble is not None:
                failures = yield from self._wait(trouble, failures)
            if not (pending := self._wanted()) or not self._scouts(0.0):
                return
            yield Round(min(size, self._size, pending), self._size)
            size = 1 if self._trouble else size * _GROWTH
        self._ask(self._journal.release, None)

    def _scouts(self, seconds: float) -> bool:
        """Whether this process is the one that tests the API; then others wait for at least this long."""
        return self._ask(lambda: self._journal.scout(seconds), otherwise=True)

    def _taken_trouble(self) -> Trouble | None:
        trouble, self._trouble = self._trouble, None
        return trouble

    def _wait(self, trouble: Trouble, failures: int) -> Generator[Step, bool | None, int]:
        """Pause, until the API seems well or nothing is wanted; return how many pauses there have been by now."""
        well = False
        while not well and (trouble.kind == "unwritten" or self._wanted()):
            seconds = self._pause(trouble, failures)
            if trouble.kind != "unwritten" and not self._scouts(seconds):
                break
            yield from self._pauses(seconds)
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

    def _pause(self, trouble: Trouble, failures: int) -> float:
        """How many seconds to wait.

        Raises:
            StalledError: If there has been enough waiting.
        """
        left = self._well + self._patience - time.monotonic()
        if left <= 0 and trouble.kind == "unwritten":
            raise trouble.error
        if left <= 0:
            raise self._stalled() from trouble.error
        # Jitter keeps clients that failed together from coming back together.
        seconds = random.uniform(0.5, 1.0) * 2.0 ** min(failures, _DOUBLINGS)  # noqa: S311  # no secret depends on it
        return min(max(seconds, _retry_after(trouble.error)), left)

    def _stalled(self) -> StalledError:
        pending = self._journal.counts["pending"]
        rows = "1 row is" if pending == 1 else f"{pending:,} rows are"
        return StalledError(
            f"no batch got through for {self._patience:g} s; {rows} pending",
            summary=self.summary,
            hint="Call send again later: it continues where it stopped. __cause__ has the reason.",
        )

    def _ask(self, question: Callable[[], T], otherwise: T) -> T:
        """What the journal answers; if it can't now and may later, that is trouble like any other."""
        try:
            return question()
        except JournalError as error:
            if not passes(error):
                raise
            self._trouble = max(Trouble("unwritten", error), self._trouble or Trouble("unwritten", error), key=weight)
            return otherwise

    # --- jobs ---------------------------------------------------------------------------------------------

    def jobs(self, step: Round) -> Iterator[Job]:
        """The batches of a round, up to the first trouble, or until there is nothing for one any more."""
        for start in range(0, step.messages, step.size):
            if self._trouble is not None or self._is_drained or self._is_ended:
                return
            yield Job(min(step.size, step.messages - start))

    def begin(self, job: Job) -> bool:
        """Write down that a job is about to be sent; return whether it is to be."""
        with self._lock:
            if self._trouble is None and not job.given_up and not self._is_ended:
                claimed = self._ask(lambda: self._journal.claim(job.size), list[tuple[int, Message]]())
                self._is_drained = not claimed
                self._begun += bool(claimed)
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
        troubles = list(troubles_of(job.outcome)) if job.outcome is not None else []
        with self._lock:
            try:
                try:
                    if any(each.kind in ("not_sent", "unknown") for each in troubles):
                        self._journal.scout(0.0)  # first of all: others are to begin nothing
                finally:
                    self._journal.settle(job.settled)
            except JournalError as error:
                if not passes(error):
                    troubles.append(Trouble("stop", error))
                    raise
                troubles.append(Trouble("unwritten", error))
            finally:
                self._trouble = max([*troubles, *([self._trouble] if self._trouble else [])], key=weight, default=None)
            if not troubles and job.size >= self._size:
                self._well = time.monotonic()

    def is_fresh(self, job: Job) -> bool:
        """Whether a job is surely still this process's to send; if not, `confirm` it."""
        return self._journal.is_fresh(job.entries[0][0])

    def confirm(self, job: Job) -> None:
        """Make sure that a job is still this process's to send.

        Raises:
            NotSentError: If it is not.
        """
        self._journal.confirm(job.entries[0][0])

    def give_up(self, job: Job) -> None:
        """Write down what is known of a job that was interrupted, as far as that is still possible."""
        with self._lock, suppress(JournalError):
            job.given_up = True
            self._journal.settle(job.settled)


def _retry_after(error: BaseException) -> float:
    """How many seconds the API asked to wait, 0 if it did not say."""
    value = (error.headers or {}).get("retry-after", "") if isinstance(error, RateLimitError) else ""
    return float(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0.0
