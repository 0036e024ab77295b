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
        """Receive everything: fetch, handle, confirm, and again, for ever or until something stops it.

        With a handler, it is called with each item, one after another. Without one, the result is an iterator: handle
        each item in a loop, and it is confirmed when the loop asks for the next one. Do not collect items to save them
        after the loop, for they are confirmed by then: `consume_batches` is made for that.

            client.replies.consume(save, until_empty=True)

            for reply in client.replies.consume(until_empty=True):
                save(reply)

        What has not been confirmed comes again, so each item is handled at least once, whatever crashes: save by its
        id. An item is confirmed only after it was handled. Within a run it is not handled again, unless its id comes
        with other content, or several times in one answer of the API; it is known until 100,000 others were
        confirmed. Run one consumer at a time; two would get the same items.

        However a run ends, what was handled is confirmed first. An exception of the handler ends it, unless there is
        `dead_letter`; that of a loop, and `break`, leave the item at hand unconfirmed. An item that comes without an
        id can't be confirmed: it is handled once in a run, told by a warning, and counted.

        Args:
            handler: What handles an item; whatever it returns is ignored.
            until_empty: Whether to end as soon as there is nothing unconfirmed. Such a run also ends with the error
                when the API can't be reached, or forgets confirmations, when any other waits and goes on.
            limit: How many items to handle at most; those that go to `dead_letter` count.
            stop: A `threading.Event` that ends the run when it is set, after the item at hand; an idle run at once.
            poll_interval: Seconds to wait, at first, when there is nothing to do or the API can't be reached. Doubled
                each time until something comes; less up to a half of it, at random.
            max_poll_interval: Seconds to which that grows at most.
            confirm_every: How many handled items are confirmed together, 1 to 100. After a crash up to so many are
                handled again, so take fewer if the handler is slow.
            dead_letter: What to do, with the item and its error, when the handler has failed `max_attempts` times. The
                item is confirmed after that. Other items go on between the attempts, which are `poll_interval`,
                doubled each time, apart.
            max_attempts: How often to try, 3 if left out; counted anew in each run.
            stop_on: Signals that end the run after the item at hand, such as `(signal.SIGINT, signal.SIGTERM)`; in the
                main thread only. They set `stop`, if there is one. A second one does what it did before the run.

        Returns:
            With a handler how many items were handled; without, an iterator over them. Close it if you stop early.

        Raises:
            ValidationError: An option can't be used; nothing was fetched.
            NotConfirmedError: With `until_empty`, the same items kept coming although they were confirmed.
            APIStatusError: The API refused. A server's failure (5xx), too many requests (429) or no answer only make
                it wait, but for `until_empty`, and when at the end what was handled can't be confirmed.
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
        """Receive everything in lists: fetch, handle a list, confirm it, and again. Like `consume`, but for batches.

        A list is confirmed only after the handler has returned or the loop has asked for the next one. So collect,
        write, then confirm is what a handler or a loop does that writes the list before it goes on:

            client.replies.consume_batches(save_all, until_empty=True)

            for replies in client.replies.consume_batches(until_empty=True):
                save_all(replies)

        Make sure that what is written is on the disk or committed by then. If the handler fails, the loop is left by
        `break` or an exception, or the process dies, the whole list at hand stays unconfirmed and comes again: save by
        id. To end after a list was confirmed, use `limit`, `stop` or `until_empty`.

        Nothing waits until a list is full: it holds what has come, in order, and is never empty.

        Args:
            handler: What handles a list of items; whatever it returns is ignored.
            size: How many items a list holds at most, 1 to 100: more the API does not show before these are confirmed.
            until_empty: As for `consume`.
            limit: How many items, not lists, to handle at most. The last list is shorter if need be.
            stop: As for `consume`; the run ends after the list at hand.
            poll_interval: As for `consume`.
            max_poll_interval: As for `consume`.
            dead_letter: What to do, with an item and its error, when the handler has failed with it `max_attempts`
                times. After the handler has failed with several items, each of them comes again in a list of its own,
                so that the others go on. Only failures with such a list count. Without it, an exception of the handler
                ends the run.
            max_attempts: As for `consume`.
            stop_on: As for `consume`; the run ends after the list at hand.

        Returns:
            With a handler how many items were handled; without, an iterator over lists. Close it if you stop early.

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
        """Receive everything: fetch, handle, confirm, and again. See `Replies.consume`.

        Await it with a handler, iterate with `async for` without one. What the functions return is awaited if it can
        be. `stop` is an `asyncio.Event`, or one of anyio or trio; `stop_on` needs asyncio. A cancellation is held up
        for at most 10 seconds to confirm what was handled. If you leave a loop early, close the iterator: with
        `contextlib.aclosing`, for instance.
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
        """Receive everything in lists: fetch, handle a list, confirm it, and again. See `Replies.consume_batches`.

        It is awaited, stopped and cancelled as `consume` is.
        """
        options = BatchHandlerOptions[Item, AsyncStopEvent](
            size=size, until_empty=until_empty, limit=limit, stop=stop, poll_interval=poll_interval,
            max_poll_interval=max_poll_interval, dead_letter=dead_letter, max_attempts=max_attempts, stop_on=stop_on,
        )  # fmt: skip
        return consume_async(Job(_source_of(self, self._kind), handler, options, in_batches=True))


def _source_of(inbox: Inbox[Item] | AsyncInbox[Item], kind: type[Item]) -> Source[Item]:
    """Where items come from: the methods of an inbox, which somebody may have replaced."""
    return Source[Item](inbox.check, inbox.confirm, attrgetter(ID_NAMES[kind]), MAX_IDS[kind])
