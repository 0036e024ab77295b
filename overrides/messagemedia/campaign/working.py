"""A campaign as one of many senders has it: it works until there is nothing left, or it is told to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Literal, Protocol, TypeVar, cast

from messagemedia._call.numbers import is_count
from messagemedia.campaign import moving, sending
from messagemedia.campaign.journal import FileJournal
from messagemedia.campaign.operating import Operated
from messagemedia.campaign.progress import Progress
from messagemedia.campaign.protocol import Journal
from messagemedia.campaign.starting import Start, say_interrupted, setting_out
from messagemedia.campaign.status import Status
from messagemedia.client import AsyncClient, Client, settings_of
from messagemedia.errors import ConfigurationError, FieldError, ValidationError

Why = Literal["done", "stopped", "max_batches"]

DEFAULT_PATIENCE = 900.0
_MOST_BATCHES = 10**12

C = TypeVar("C", Client, AsyncClient)


class Event(Protocol):
    """What can be set by another thread or a signal: an event of threading, multiprocessing, asyncio or anyio."""

    def is_set(self) -> bool:
        """Whether it was set."""
        ...


Stop = Event | Callable[[], bool]


class Until:
    """Says between batches whether to end, and remembers why."""

    def __init__(self, stop: Stop | None, max_batches: int | None) -> None:
        """Take the caller's reasons to end.

        Raises:
            ValidationError: They can't be any.
        """
        asked = cast("Callable[[], bool] | None", getattr(stop, "is_set", stop))
        problems: list[FieldError] = []
        if stop is not None and not callable(asked):
            problems.append(FieldError("must be an event, or a function that returns whether to stop", "stop"))
        if max_batches is not None and not is_count(max_batches, _MOST_BATCHES):
            problems.append(FieldError("must be a whole number of batches, 1 or more", "max_batches"))
        if problems:
            raise ValidationError(problems)
        self._stop: Callable[[], bool] = asked or (lambda: False)
        self._max_batches = max_batches
        self.why: Why = "done"

    def __call__(self, begun: int) -> bool:
        """Whether to end, now that so many batches have begun."""
        if self.why == "done" and self._stop():
            self.why = "stopped"
        elif self.why == "done" and self._max_batches is not None and begun >= self._max_batches:
            self.why = "max_batches"
        return self.why != "done"


class Worked(Operated):
    """A campaign that many processes send at once."""

    _marks: bool

    def work(
        self,
        client: Client,
        *,
        stop: Stop | None = None,
        max_batches: int | None = None,
        lease: float | None = None,
        concurrency: int = 1,
        max_rate: float | None = None,
        patience: float = DEFAULT_PATIENCE,
        progress: Progress = None,
    ) -> Why:
        """Send pending rows as one of any number of workers, until none is left or it is told to stop.

            stop = threading.Event()
            signal.signal(signal.SIGTERM, lambda *_: stop.set())  # finishes the batches in progress, and exits
            with Client() as client, Campaign("postgresql://db/app", name="spring") as campaign:
                print(campaign.work(client, stop=stop))

        A worker takes a batch of up to 100 rows under a lease. If it does not record their outcome before the lease
        runs out, because it was killed or cut off, they are unknown: nobody else sends them. What it learns later
        counts as evidence.

        Workers with the same credentials and sub-account, of whatever campaign, share one rate and one brake: if one of
        them gets a 429, a 5xx or an unknown outcome, all of them wait while one tests the API with single messages. A
        permanent refusal, such as wrong credentials, ends the worker that gets it, and its batch goes back to pending.
        While the campaign is paused, workers wait until it is resumed.

        It also works with a journal in a file, where no other process may add or send meanwhile.

        Args:
            client: The client to send with. It makes no retries of its own: rows that were not sent are pending again.
            stop: An event, or a function that is called between batches from any thread, and returns whether to stop.
            max_batches: Stop after this many batches.
            lease: Seconds within which a batch has to be sent and recorded, at least twice the timeout of the client.
                If left out, 5 minutes or 4 timeouts, whichever is more.
            concurrency: How many requests of up to 100 messages are made at the same time.
            max_rate: The maximum number of messages per second, for all workers with these credentials that set it.
            patience: Give up after this many seconds without a batch getting through.
            progress: As for `send`; the counts of other workers are refreshed from time to time.

        Returns:
            Why it ended: `done` (nothing is pending or in flight), `stopped` or `max_batches`.

        Raises:
            ValidationError: An argument is wrong.
            StalledError: Nothing got through for longer than `patience`.
            APIStatusError: The API refused for a permanent reason, such as wrong credentials.
            JournalInUseError: The journal is a file, and another process or thread is adding or sending.
            JournalError: The journal can't be used; if that may be temporary, for longer than `patience`.
        """
        require("client", client, "a Client (with an AsyncClient, await work_async)", Client)
        until = Until(stop, max_batches)
        start = Start(concurrency, max_rate, patience, progress, self._marks, lease, until)
        try:
            with setting_out(self._journal, start, settings_of(client)) as (course, pace, tell):
                sending.send(prepared(client, self._journal).api.messages, course, pace, tell)
        except KeyboardInterrupt as interrupt:
            say_interrupted(self._journal, progress)
            raise interrupt.with_traceback(None) from None
        return until.why

    async def work_async(
        self,
        client: AsyncClient,
        *,
        stop: Stop | None = None,
        max_batches: int | None = None,
        lease: float | None = None,
        concurrency: int = 1,
        max_rate: float | None = None,
        patience: float = DEFAULT_PATIENCE,
        progress: Progress = None,
    ) -> Why:
        """Send pending rows as one of any number of workers, awaited. See `work`.

        A cancellation ends the requests in progress: their rows are then unknown.
        """
        require("client", client, "an AsyncClient (with a Client, call work)", AsyncClient)
        until = Until(stop, max_batches)
        start = Start(concurrency, max_rate, patience, progress, self._marks, lease, until)
        try:
            with setting_out(self._journal, start, settings_of(client)) as (course, pace, tell):
                await sending.send_async(prepared(client, self._journal).api.messages, course, pace, tell)
        except (KeyboardInterrupt, sending.cancellation()) as interrupt:
            say_interrupted(self._journal, progress)
            raise interrupt.with_traceback(None) from None
        return until.why

    def doubt(self, since: datetime, *, batches: Iterable[int] = ()) -> int:
        """Make unknown the rows that may have been sent, after a PostgreSQL failover that may have lost commits.

        A batch is sent only after the intent to send it was recorded. A standby that is not synchronous may lack that
        record when it takes over, and would let the batch be sent again. So pause the campaign, find the batch numbers
        in the logs of the workers (the logger `messagemedia.claims` logs each at INFO), and call this with them and
        with a time before the failover. `observe` and `accept` settle what was sent, `retry` the rest.

        Args:
            since: An aware datetime: rows of batches that started since then become unknown, unless their outcome is
                known.
            batches: The numbers of further batches.

        Returns:
            How many rows became unknown.

        Raises:
            ValidationError: `since` is not aware, or `batches` has something that is not a batch number.
            ConfigurationError: The journal is a file, which loses nothing that was recorded.
            JournalError: The journal can't be written; nothing was changed.
        """
        problems: list[FieldError] = []
        numbers = list(batches)
        if not _is_aware(since):
            problems.append(FieldError("must be a datetime with a UTC offset, such as datetime.now(UTC)", "since"))
        if not all(is_count(number, _MOST_BATCHES) for number in numbers):
            problems.append(FieldError("must be batch numbers, as they appear in the logs of the workers", "batches"))
        if problems:
            raise ValidationError(problems)
        return self._journal.doubt(since, numbers)

    def move(self, address: str, *, name: str) -> int:
        """Move a campaign from a file to PostgreSQL, even if it is partly sent, with its keys and marks.

            with Campaign("spring.journal") as campaign:
                campaign.move("postgresql://db/app", name="spring")

        From then on, open it as `Campaign(address, name=name)`: replies and delivery reports for what the file sent
        count there. The file keeps the rows that are final; those that were pending or unknown are withdrawn in it, and
        nothing can be added to it any more, so that no row is sent from both. If it is interrupted, call it again:
        nothing is sent from either before it is done.

        Returns:
            How many rows the campaign has.

        Raises:
            ValidationError: The address or the name can't be used, or another campaign has this name.
            ConfigurationError: What PostgreSQL needs is not installed, or the journal is not in a file.
            JournalInUseError: Another process or thread adds or sends.
            JournalError: One of the two can't be used.
        """
        if not isinstance(self._journal, FileJournal):
            raise ConfigurationError("only a campaign in a file can be moved")
        return moving.move(self._journal, address, name)

    def status(self) -> Status:
        """The state of the campaign: rows by state, rate, leases by worker, what is holding it up, and the time left.

        Raises:
            JournalError: The journal can't be read.
        """
        return self._journal.status()


def _is_aware(moment: object) -> bool:
    return isinstance(moment, datetime) and moment.utcoffset() is not None


def prepared(client: C, journal: Journal) -> C:
    """The client as the journal lets it send."""
    return client if journal.retries else client.with_options(max_retries=0)


def require(name: str, value: object, wanted: str, kind: type[Any], *, but_no: tuple[type[Any], ...] = ()) -> None:
    """Refuse an argument of another kind.

    Raises:
        ValidationError: If it is.
    """
    if not isinstance(value, kind) or isinstance(value, but_no):
        raise ValidationError([FieldError(f"must be {wanted}, not {type(value).__name__}", name)])
