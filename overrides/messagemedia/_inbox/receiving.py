"""The verbs that receive everything, item by item or in batches.

The signatures stand twice: they are what editors and `help` show, and what stops a run is of another type where it is
awaited.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from operator import attrgetter
from typing import Any, Generic, Unpack, overload

from messagemedia._inbox.confirm_requests import ID_NAMES, MAX_CONFIRMS, MAX_IDS
from messagemedia._inbox.consume import Job, Source, consume, consume_async
from messagemedia._inbox.options import (
    DEFAULTS,
    BatchHandlerOptions,
    BatchOptions,
    ConsumeOptions,
    HandlerOptions,
    Item,
)
from messagemedia._inbox.steps import Consumed
from messagemedia._inbox.stopping import AsyncStopEvent, StopEvent


class Inbox(ABC, Generic[Item]):
    """What comes back of one kind."""

    _kind: type[Item]

    @abstractmethod
    def check(self) -> list[Item]:
        """Fetch the oldest unconfirmed ones."""

    @abstractmethod
    def confirm(self, items: Iterable[str], /) -> None:
        """Confirm by ids."""

    @overload
    def consume(self, /, **options: Unpack[ConsumeOptions[StopEvent]]) -> Generator[Item]: ...
    @overload
    def consume(
        self, handler: Callable[[Item], object], /, **options: Unpack[HandlerOptions[Item, StopEvent]]
    ) -> Consumed: ...
    def consume(
        self,
        handler: Callable[[Item], object] | None = None,
        /,
        *,
        until_empty: bool = DEFAULTS.until_empty,
        limit: int | None = DEFAULTS.limit,
        stop: StopEvent | None = None,
        poll_interval: float = DEFAULTS.poll_interval,
        max_poll_interval: float = DEFAULTS.max_poll_interval,
        confirm_every: int = MAX_CONFIRMS,
        dead_letter: Callable[[Item, Exception], object] | None = None,
        max_attempts: int = DEFAULTS.max_attempts,
        stop_on: Iterable[int] = (),
    ) -> Any:
        """Receive everything: fetch, handle, confirm, and repeat, for ever or until something stops it.

        With a handler, each item is passed to it, one after another. Without one, the result is an iterator: handle
        each item in a loop, and it is confirmed when the loop asks for the next one. Do not collect items to save them
        after the loop, because they are confirmed by then: use `consume_batches` for that.

            client.replies.consume(save, until_empty=True)

            for reply in client.replies.consume(until_empty=True):
                save(reply)

        Unconfirmed items come again, so each item is handled at least once, whatever crashes: save it by its id. An
        item is confirmed only after it was handled. Within a run it is not handled again, unless its id comes with
        other content, or several times in one answer of the API; it is remembered until 100,000 others were confirmed.
        Run one consumer at a time; two would get the same items.

        However a run ends, handled items are confirmed first. An exception in the handler ends the run, unless there is
        a `dead_letter`; an exception in a loop, or `break`, leaves the current item unconfirmed. An item without an id
        can't be confirmed: it is handled once in a run, logged as a warning, and counted.

        Args:
            handler: A function that handles an item; its return value is ignored.
            until_empty: Whether to end as soon as there is nothing unconfirmed. Such a run also ends, with the error,
                if the API can't be reached or forgets confirmations; any other run waits and continues.
            limit: The maximum number of items to handle; those that go to `dead_letter` count.
            stop: A `threading.Event` that ends the run when it is set: after the current item, or at once if the run is
                idle.
            poll_interval: Seconds to wait, at first, when there is nothing to do or the API can't be reached. Doubled
                each time until something comes, and shortened at random by up to a half.
            max_poll_interval: The longest wait in seconds.
            confirm_every: How many handled items are confirmed together, 1 to 100. After a crash, up to this many are
                handled again, so use fewer if the handler is slow.
            dead_letter: A function that gets the item and its error when the handler has failed `max_attempts` times.
                The item is then confirmed. Between the attempts, which are `poll_interval` apart, doubled each time,
                other items are handled.
            max_attempts: How often to try, 3 if left out; counted afresh in each run.
            stop_on: Signals that end the run after the current item, such as `(signal.SIGINT, signal.SIGTERM)`; in the
                main thread only. They set `stop`, if there is one. A second signal does what it did before the run.

        Returns:
            With a handler, how many items were handled; without one, an iterator over them. Close it if you stop early.

        Raises:
            ValidationError: An option can't be used; nothing was fetched.
            NotConfirmedError: With `until_empty`, the same items kept coming although they were confirmed.
            APIStatusError: The API refused. A server failure (5xx), too many requests (429) or a missing answer only
                make it wait, except with `until_empty`, and if handled items can't be confirmed at the end.
        """
        options = HandlerOptions[Item, StopEvent](
            until_empty=until_empty, limit=limit, stop=stop, poll_interval=poll_interval,
            max_poll_interval=max_poll_interval, confirm_every=confirm_every,
            dead_letter=dead_letter, max_attempts=max_attempts, stop_on=stop_on,
        )  # fmt: skip
        return consume(Job(_source_of(self, self._kind), handler, options))

    @overload
    def consume_batches(self, /, **options: Unpack[BatchOptions[StopEvent]]) -> Generator[list[Item]]: ...
    @overload
    def consume_batches(
        self, handler: Callable[[list[Item]], object], /, **options: Unpack[BatchHandlerOptions[Item, StopEvent]]
    ) -> Consumed: ...
    def consume_batches(
        self,
        handler: Callable[[list[Item]], object] | None = None,
        /,
        *,
        size: int = MAX_CONFIRMS,
        until_empty: bool = DEFAULTS.until_empty,
        limit: int | None = DEFAULTS.limit,
        stop: StopEvent | None = None,
        poll_interval: float = DEFAULTS.poll_interval,
        max_poll_interval: float = DEFAULTS.max_poll_interval,
        dead_letter: Callable[[Item, Exception], object] | None = None,
        max_attempts: int = DEFAULTS.max_attempts,
        stop_on: Iterable[int] = (),
    ) -> Any:
        """Receive everything in lists: fetch, handle a list, confirm it, and repeat. Like `consume`, but for batches.

        A list is confirmed only after the handler has returned, or the loop has asked for the next one. So a handler or
        loop that writes the list before it continues collects, writes and then confirms:

            client.replies.consume_batches(save_all, until_empty=True)

            for replies in client.replies.consume_batches(until_empty=True):
                save_all(replies)

        Make sure that the data is on disk or committed by then. If the handler fails, the loop ends by `break` or an
        exception, or the process dies, the whole current list stays unconfirmed and comes again: save items by id. To
        end after a list was confirmed, use `limit`, `stop` or `until_empty`.

        A list is not held back until it is full: it holds what has come, in order, and is never empty.

        Args:
            handler: A function that handles a list of items; its return value is ignored.
            size: The maximum number of items in a list, 1 to 100: the API shows no more before these are confirmed.
            until_empty: As for `consume`.
            limit: The maximum number of items, not lists, to handle. The last list is shorter if necessary.
            stop: As for `consume`; the run ends after the current list.
            poll_interval: As for `consume`.
            max_poll_interval: As for `consume`.
            dead_letter: A function that gets an item and its error when the handler has failed with that item
                `max_attempts` times. If the handler fails with a list of several items, each of them comes again in a
                list of its own, so that the others are not held up; only failures with such a list count. Without
                `dead_letter`, an exception in the handler ends the run.
            max_attempts: As for `consume`.
            stop_on: As for `consume`; the run ends after the current list.

        Returns:
            With a handler, how many items were handled; without one, an iterator over lists. Close it if you stop
            early.

        Raises:
            ValidationError: An option can't be used; nothing was fetched.
            NotConfirmedError: As for `consume`.
            APIStatusError: As for `consume`.
        """
        options = BatchHandlerOptions[Item, StopEvent](
            size=size, until_empty=until_empty, limit=limit, stop=stop, poll_interval=poll_interval,
            max_poll_interval=max_poll_interval, dead_letter=dead_letter, max_attempts=max_attempts, stop_on=stop_on,
        )  # fmt: skip
        return consume(Job(_source_of(self, self._kind), handler, options, in_batches=True))


class AsyncInbox(ABC, Generic[Item]):
    """What comes back of one kind."""

    _kind: type[Item]

    @abstractmethod
    async def check(self) -> list[Item]:
        """Fetch the oldest unconfirmed ones."""

    @abstractmethod
    async def confirm(self, items: Iterable[str], /) -> None:
        """Confirm by ids."""

    @overload
    def consume(self, /, **options: Unpack[ConsumeOptions[AsyncStopEvent]]) -> AsyncGenerator[Item]: ...
    @overload
    async def consume(
        self, handler: Callable[[Item], object], /, **options: Unpack[HandlerOptions[Item, AsyncStopEvent]]
    ) -> Consumed: ...
    def consume(
        self,
        handler: Callable[[Item], object] | None = None,
        /,
        *,
        until_empty: bool = DEFAULTS.until_empty,
        limit: int | None = DEFAULTS.limit,
        stop: AsyncStopEvent | None = None,
        poll_interval: float = DEFAULTS.poll_interval,
        max_poll_interval: float = DEFAULTS.max_poll_interval,
        confirm_every: int = MAX_CONFIRMS,
        dead_letter: Callable[[Item, Exception], object] | None = None,
        max_attempts: int = DEFAULTS.max_attempts,
        stop_on: Iterable[int] = (),
    ) -> Any:
        """Receive everything: fetch, handle, confirm, and repeat. See `Replies.consume`.

        Await it with a handler, iterate with `async for` without one. If the functions return awaitables, these are
        awaited. `stop` is an `asyncio.Event`, or one of anyio or trio; `stop_on` needs asyncio. A cancellation is
        delayed by at most 10 seconds to confirm handled items. If you leave a loop early, close the iterator, for
        instance with `contextlib.aclosing`.
        """
        options = HandlerOptions[Item, AsyncStopEvent](
            until_empty=until_empty, limit=limit, stop=stop, poll_interval=poll_interval,
            max_poll_interval=max_poll_interval, confirm_every=confirm_every,
            dead_letter=dead_letter, max_attempts=max_attempts, stop_on=stop_on,
        )  # fmt: skip
        return consume_async(Job(_source_of(self, self._kind), handler, options))

    @overload
    def consume_batches(self, /, **options: Unpack[BatchOptions[AsyncStopEvent]]) -> AsyncGenerator[list[Item]]: ...
    @overload
    async def consume_batches(
        self, handler: Callable[[list[Item]], object], /, **options: Unpack[BatchHandlerOptions[Item, AsyncStopEvent]]
    ) -> Consumed: ...
    def consume_batches(
        self,
        handler: Callable[[list[Item]], object] | None = None,
        /,
        *,
        size: int = MAX_CONFIRMS,
        until_empty: bool = DEFAULTS.until_empty,
        limit: int | None = DEFAULTS.limit,
        stop: AsyncStopEvent | None = None,
        poll_interval: float = DEFAULTS.poll_interval,
        max_poll_interval: float = DEFAULTS.max_poll_interval,
        dead_letter: Callable[[Item, Exception], object] | None = None,
        max_attempts: int = DEFAULTS.max_attempts,
        stop_on: Iterable[int] = (),
    ) -> Any:
        """Receive everything in lists: fetch, handle a list, confirm it, and repeat. See `Replies.consume_batches`.

        It is awaited, stopped and cancelled like `consume`.
        """
        options = BatchHandlerOptions[Item, AsyncStopEvent](
            size=size, until_empty=until_empty, limit=limit, stop=stop, poll_interval=poll_interval,
            max_poll_interval=max_poll_interval, dead_letter=dead_letter, max_attempts=max_attempts, stop_on=stop_on,
        )  # fmt: skip
        return consume_async(Job(_source_of(self, self._kind), handler, options, in_batches=True))


def _source_of(inbox: Inbox[Item] | AsyncInbox[Item], kind: type[Item]) -> Source[Item]:
    """Where items come from: the methods of an inbox, which somebody may have replaced."""
    return Source[Item](inbox.check, inbox.confirm, attrgetter(ID_NAMES[kind]), MAX_IDS[kind])
