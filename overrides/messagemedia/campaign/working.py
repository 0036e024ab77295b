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
            problems.append(FieldError("must be an event, or a function that says whether to stop", "stop"))
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
        """Send what is pending, as one of any number of workers, until nothing is left or it is told to stop.

            stop = threading.Event()
            signal.signal(signal.SIGTERM, lambda *_: stop.set())  # ends the batches under way, and exits
            with Client() as client, Campaign("postgresql://db/app", name="spring") as campaign:
                print(campaign.work(client, stop=stop))

        A worker takes a batch of up to 100 rows under a lease. If it does not say in time what became of them, because
        it was killed or cut off, they are unknown: nobody else sends them. What it learns later counts as evidence.

        Workers with the same credentials and sub-account, of whatever campaign, share one rate, and one brake: a 429,
        a 5xx or an unknown outcome that one of them meets makes all of them wait, while one feels out the API with
        single messages. A refusal that does not pass, such as wrong credentials, ends the worker that meets it, and
        gives its batch back. While the campaign is paused, workers wait until it is resumed.

        It works with a journal in a file as well, where it is the only one that may add or send.

        Args:
            client: What to send with. It makes no retries of its own: what was not sent is pending again.
            stop: An event, or a function that is called between batches from whatever thread, that says to stop.
            max_batches: After how many batches to stop.
            lease: Seconds within which a batch has to be sent and written down: twice the timeout of the client at
                least. Left out, 5 minutes or 4 timeouts, whichever is more.
            concurrency: How many requests of up to 100 messages are made at the same time.
            max_rate: How many messages are sent per second at most, by all who say so with these credentials.
            patience: How many seconds no batch may get through before the worker gives up.
            progress: As for `send`; the counts of other workers are seen now and then.

        Returns:
            Why it ended: `done` (nothing is pending or in flight), `stopped` or `max_batches`.

        Raises:
            ValidationError: An argument is wrong.
            StalledError: The API was not well for longer than `patience`.
            APIStatusError: The API refused for a reason that does not pass, such as wrong credentials.
            JournalInUseError: The journal is a file, and another process or thread adds or sends.
            JournalError: The journal can't be used, for longer than `patience` if that may pass.
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
        """Send what is pending as one of any number of workers, awaited. See `work`.

        A cancellation ends the requests under way: their rows are unknown then.
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
        """Make unknown what may have been sent after a failover of PostgreSQL that may have lost commits.

        A batch is sent only after it was written down that it is going to be. A standby that was not synchronous may
        know nothing of it when it takes over, and would have it sent again. So pause the campaign, find the numbers of
        batches in the logs of the workers (the logger `messagemedia.claims` tells each at INFO), and call this with
        them and with a moment before the failover. `observe` and `accept` settle what was sent, `retry` the rest.

        Args:
            since: An aware moment: rows of batches begun since then are unknown, unless it is known what became of
                them.
            batches: The numbers of further batches.

        Returns:
            How many rows are unknown that were not before.

        Raises:
            ValidationError: `since` is not aware, or a number is none.
            ConfigurationError: The journal is a file, which loses nothing that was written down.
            JournalError: The journal can't be written; nothing was changed.
        """
        problems: list[FieldError] = []
        numbers = list(batches)
        if not _is_aware(since):
            problems.append(FieldError("must be a datetime with an offset, such as datetime.now(UTC)", "since"))
        if not all(is_count(number, _MOST_BATCHES) for number in numbers):
            problems.append(FieldError("must be numbers of batches, as the logs of workers have them", "batches"))
        if problems:
            raise ValidationError(problems)
        return self._journal.doubt(since, numbers)

    def move(self, address: str, *, name: str) -> int:
        """Let PostgreSQL take over a campaign in a file, in the middle of being sent, with keys and marks.

            with Campaign("spring.journal") as campaign:
                campaign.move("postgresql://db/app", name="spring")

        From then on it is `Campaign(address, name=name)`: replies and delivery reports of what the file sent count
        there. The file keeps what was settled; what was pending or unknown is withdrawn in it, so that no row is sent
        from both. If it is interrupted, call it again: nothing is sent from either before it is done.

        Returns:
            How many rows there are now.

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
        """How the campaign stands: rows by state, rate, leases by worker, what holds it up, and the time left.

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
