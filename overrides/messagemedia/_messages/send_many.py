"""What `send_many` adds to sending in batches: it cuts any input into them, checks its options, and stops in time."""

from __future__ import annotations

import warnings
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Generator,
    Iterable,
    Iterator,
    Sequence,
)
from contextlib import aclosing, closing
from datetime import timedelta
from itertools import islice

from attrs import frozen
from messagemedia_generated.api.messages import AsyncMessagesApi, MessagesApi
from messagemedia_generated.models import Message, SendMessagesRequest

from messagemedia._call.numbers import is_amount, is_count, unless_number
from messagemedia._http.home import Home, LoopHome
from messagemedia._messages.arguments import require_message, require_messages
from messagemedia._messages.batches import Batch, BatchOutcome, OnInvalid, SendResult, send_batch, send_batch_async
from messagemedia._messages.duplicates import Duplicates
from messagemedia._messages.parallel import Pace, in_order, in_order_async
from messagemedia.errors import FieldError, ValidationError

MAX_CONCURRENCY = 100


@frozen(kw_only=True)
class Options:
    """How to send many messages."""

    on_invalid: OnInvalid
    concurrency: int
    batch_size: int
    max_rate: float | None
    duplicates_within: timedelta | None

    def __attrs_post_init__(self) -> None:
        """Refuse what can't be used.

        Raises:
            ValidationError: With everything that is wrong.
        """
        most = SendMessagesRequest.MAX_MESSAGES
        problems = [
            FieldError(f"must be {wanted}{'' if name == 'on_invalid' else _type_of(getattr(self, name))}", name)
            for name, fits, wanted in (
                ("on_invalid", self.on_invalid in ("skip", "raise"), "'skip' or 'raise'"),
                ("concurrency", is_count(self.concurrency, MAX_CONCURRENCY), f"1 to {MAX_CONCURRENCY} requests"),
                ("batch_size", is_count(self.batch_size, most), f"1 to {most} messages"),
                ("max_rate", self.max_rate is None or is_amount(self.max_rate), "a number of messages per second"),
                (
                    "duplicates_within",
                    self.duplicates_within is None or _is_span(self.duplicates_within),
                    "a timedelta greater than 0",
                ),
            )
            if not fits
        ]
        if problems:
            raise ValidationError(problems)

    @property
    def size(self) -> int:
        """How many messages go into a batch: with a rate, never more than may leave in a second."""
        return self.batch_size if self.max_rate is None else max(1, min(self.batch_size, int(self.max_rate)))

    @property
    def pace(self) -> Pace | None:
        """A new pace of this rate."""
        return None if self.max_rate is None else Pace(self.max_rate)


def _type_of(given: object) -> str:
    return "" if isinstance(given, timedelta) else unless_number(given)


def _is_span(value: object) -> bool:
    return isinstance(value, timedelta) and value > timedelta()


class Results(Iterator[SendResult]):
    """The results of `send_many`, in the order of the input; asking for them is what sends."""

    def __init__(self, results: Generator[SendResult]) -> None:
        self._results = results
        self._begun = False
        self._home = Home("this run of send_many")

    def __next__(self) -> SendResult:
        self._begun = True
        self._home.enter()  # or parent and child would both send what comes next
        return next(self._results)

    def close(self) -> None:
        """Send nothing more, and let the requests in progress finish."""
        self._begun = True
        self._results.close()

    def __del__(self) -> None:
        _warn_unless(self._begun, self)


class AsyncResults(AsyncIterator[SendResult]):
    """The results of an awaited `send_many`, in the order of the input; asking for them is what sends."""

    def __init__(self, results: AsyncGenerator[SendResult]) -> None:
        self._results = results
        self._begun = False
        self._home = LoopHome("this run of send_many")  # it ends with its loop, and must not seem to be complete

    async def __anext__(self) -> SendResult:
        self._begun = True
        self._home.enter()
        return await anext(self._results)

    async def aclose(self) -> None:
        """Send nothing more, and let the requests in progress finish."""
        self._begun = True
        await self._results.aclose()

    def __del__(self) -> None:
        _warn_unless(self._begun, self)


def _warn_unless(begun: bool, results: object) -> None:
    if not begun:
        warnings.warn(
            "send_many was called, but its results were never read: nothing was sent",
            RuntimeWarning,
            stacklevel=3,
            source=results,
        )


def send_many(api: MessagesApi, messages: Iterable[Message], options: Options) -> Results:
    """Send any number of messages."""
    require_messages(messages, Iterable)
    return Results(_send(api, iter(messages), options))


def _send(api: MessagesApi, messages: Iterator[Message], options: Options) -> Generator[SendResult]:
    run = _Run(options)

    def work(batch: Batch) -> BatchOutcome:
        return run.noted(send_batch(api, batch, on_invalid=options.on_invalid))

    jobs = run.batches(messages)
    with closing(in_order(jobs, work, concurrency=options.concurrency, pace=options.pace)) as outcomes:
        for outcome in outcomes:
            yield from run.results(outcome)
    run.end()


def send_many_async(
    api: AsyncMessagesApi, messages: AsyncIterable[Message] | Iterable[Message], options: Options
) -> AsyncResults:
    """Send any number of messages, awaited."""
    require_messages(messages, Iterable, AsyncIterable)
    source = aiter(messages) if isinstance(messages, AsyncIterable) else _awaited(messages)
    return AsyncResults(_send_async(api, source, options))


async def _awaited(messages: Iterable[Message]) -> AsyncIterator[Message]:
    for message in messages:
        yield message


async def _send_async(
    api: AsyncMessagesApi, messages: AsyncIterator[Message], options: Options
) -> AsyncGenerator[SendResult]:
    run = _Run(options)

    async def work(batch: Batch) -> BatchOutcome:
        return run.noted(await send_batch_async(api, batch, on_invalid=options.on_invalid))

    jobs = run.batches_async(messages)
    async with aclosing(in_order_async(jobs, work, concurrency=options.concurrency, pace=options.pace)) as outcomes:
        async for outcome in outcomes:
            for result in run.results(outcome):
                yield result
    run.end()


class _Run:
    """What one run knows: where it is in its input, what it has seen, and whether it is to stop."""

    def __init__(self, options: Options) -> None:
        self._size = options.size
        self._duplicates = Duplicates(options.duplicates_within) if options.duplicates_within else None
        self._position = 0
        self._error: BaseException | None = None
        self._is_stopping = False
        self._home = Home("this run of send_many")

    def noted(self, outcome: BatchOutcome) -> BatchOutcome:
        """The outcome itself; if it says to stop, no other batch begins from now on, before its results are read."""
        self._is_stopping = self._is_stopping or outcome.stop is not None
        return outcome

    def results(self, outcome: BatchOutcome) -> Sequence[SendResult]:
        """The results of a batch; the first error that comes with any is raised when all are told."""
        self._error = outcome.stop if self._error is None else self._error
        return outcome.results

    def batches(self, messages: Iterator[Message]) -> Iterator[Batch]:
        """The input in batches, as long as nothing stops the run. If the input fails, what came before is sent."""
        while not self._is_stopping:
            taken: list[Message] = []
            try:
                for message in islice(messages, self._size):
                    self._take(message, taken)
            except Exception as error:  # noqa: BLE001  # raised when all results are told
                self._fail(error)
            if not taken:
                break
            yield self._batch(taken)

    async def batches_async(self, messages: AsyncIterator[Message]) -> AsyncIterator[Batch]:
        """The input in batches, awaited. See `batches`."""
        while not self._is_stopping:
            taken: list[Message] = []
            try:
                async for message in messages:
                    self._take(message, taken)
                    if len(taken) == self._size:
                        break
            except Exception as error:  # noqa: BLE001  # raised when all results are told
                self._fail(error)
            if not taken:
                break
            yield self._batch(taken)

    def end(self) -> None:
        """Raise what stopped the run, if anything did."""
        if self._error is not None:
            raise self._error

    def _take(self, message: object, taken: list[Message]) -> None:
        """Put what the input gave behind the others.

        Raises:
            ValidationError: If it is not a message. That is a mistake in the program, not in its data.
        """
        taken.append(require_message(message, self._position + len(taken)))

    def _fail(self, error: Exception) -> None:
        self._error = error if self._error is None else self._error
        self._is_stopping = True

    def _batch(self, messages: Sequence[Message]) -> Batch:
        self._home.enter()  # the input may have forked, and parent and child would both send
        first = self._position
        self._position += len(messages)
        refused = self._duplicates.among(messages, first) if self._duplicates else {}
        return Batch(first, messages, refused)
