"""The short verbs around what comes back, replies and delivery reports: fetch, handle, confirm.

The signature of `consume` stands twice: it is what editors and `help` show, and what stops a run is of another type
where it is awaited.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from operator import attrgetter
from typing import Any, Generic, Unpack, overload

from messagemedia_generated.api.delivery_reports import AsyncDeliveryReportsApi, DeliveryReportsApi
from messagemedia_generated.api.replies import AsyncRepliesApi, RepliesApi
from messagemedia_generated.models import (
    DeliveryReport,
    Reply,
)

from messagemedia._inbox.confirm_requests import ID_NAMES, MAX_CONFIRMS, MAX_IDS, reply_requests, report_requests
from messagemedia._inbox.consume import Source, consume, consume_async
from messagemedia._inbox.options import DEFAULTS, ConsumeOptions, HandlerOptions, Item
from messagemedia._inbox.steps import Consumed
from messagemedia._inbox.stopping import AsyncStopEvent, StopEvent


class _Inbox(ABC, Generic[Item]):
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
        each item in a loop, and it is confirmed when the loop asks for the next one.

            client.replies.consume(save, until_empty=True)

            for reply in client.replies.consume(until_empty=True):
                save(reply)

        What has not been confirmed comes again, so each item is handled at least once, whatever crashes: save by its
        id. An item is confirmed only after it was handled, and within a run none is handled twice: its id is known
        again until 100,000 others were confirmed. Run one consumer at a time; two would get the same items.

        However a run ends, what was handled is confirmed first. An exception of the handler ends it, unless there is
        `dead_letter`; that of a loop, and `break`, leave the item at hand unconfirmed. An item that comes without an
        id can't be confirmed: it is handled once in a run, told by a warning, and counted.

        Args:
            handler: What handles an item; whatever it returns is ignored.
            until_empty: Whether to end as soon as there is nothing unconfirmed. Such a run also ends with the error
                when the API can't be reached, when any other waits and goes on.
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
            APIStatusError: The API refused. A server's failure (5xx), too many requests (429) or no answer only make
                it wait, but for `until_empty`, and when at the end what was handled can't be confirmed.
        """
        source = Source[Item](self.check, self.confirm, attrgetter(ID_NAMES[self._kind]), MAX_IDS[self._kind])
        options = HandlerOptions[Item, StopEvent](
            until_empty=until_empty, limit=limit, stop=stop, poll_interval=poll_interval,
            max_poll_interval=max_poll_interval, confirm_every=confirm_every,
            dead_letter=dead_letter, max_attempts=max_attempts, stop_on=stop_on,
        )  # fmt: skip
        return consume(source, handler, options)


class _AsyncInbox(ABC, Generic[Item]):
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
        source = Source[Item](self.check, self.confirm, attrgetter(ID_NAMES[self._kind]), MAX_IDS[self._kind])
        options = HandlerOptions[Item, AsyncStopEvent](
            until_empty=until_empty, limit=limit, stop=stop, poll_interval=poll_interval,
            max_poll_interval=max_poll_interval, confirm_every=confirm_every,
            dead_letter=dead_letter, max_attempts=max_attempts, stop_on=stop_on,
        )  # fmt: skip
        return consume_async(source, handler, options)


class Replies(_Inbox[Reply]):
    """Fetch and confirm what people answered."""

    _kind = Reply

    def __init__(self, api: RepliesApi) -> None:
        self._api = api

    def check(self) -> list[Reply]:
        """Fetch the oldest unconfirmed replies, at most 100. They come again until they are confirmed.

        Raises:
            APIStatusError: The API refused.
            TransportError: No answer came.
        """
        return self._api.check_replies().replies

    def confirm(self, replies: Iterable[Reply | str] | Reply | str) -> None:
        """Confirm replies, so that they do not come again. Confirm what has been handled, not before.

        Args:
            replies: Replies or their ids, one or many; more than 100 are confirmed in several requests, in order.

        Raises:
            ValidationError: Something is no reply and no id; nothing was confirmed.
            TransportError: No answer came. Confirming again does no harm.
        """
        for request in reply_requests(replies):
            self._api.confirm_replies_as_received(request)


class AsyncReplies(_AsyncInbox[Reply]):
    """Fetch and confirm what people answered."""

    _kind = Reply

    def __init__(self, api: AsyncRepliesApi) -> None:
        self._api = api

    async def check(self) -> list[Reply]:
        """Fetch the oldest unconfirmed replies, at most 100. See `Replies.check`."""
        return (await self._api.check_replies()).replies

    async def confirm(self, replies: Iterable[Reply | str] | Reply | str) -> None:
        """Confirm replies, so that they do not come again. See `Replies.confirm`."""
        for request in reply_requests(replies):
            await self._api.confirm_replies_as_received(request)


class DeliveryReports(_Inbox[DeliveryReport]):
    """Fetch and confirm what became of messages."""

    _kind = DeliveryReport

    def __init__(self, api: DeliveryReportsApi) -> None:
        self._api = api

    def check(self) -> list[DeliveryReport]:
        """Fetch the oldest unconfirmed delivery reports, at most 100. They come again until they are confirmed.

        Raises:
            APIStatusError: The API refused.
            TransportError: No answer came.
        """
        return self._api.check_delivery_reports().delivery_reports

    def confirm(self, reports: Iterable[DeliveryReport | str] | DeliveryReport | str) -> None:
        """Confirm delivery reports, so that they do not come again. Confirm what has been handled, not before.

        Args:
            reports: Reports or their ids, one or many; more than 100 are confirmed in several requests, in order.

        Raises:
            ValidationError: Something is no delivery report and no id; nothing was confirmed.
            TransportError: No answer came. Confirming again does no harm.
        """
        for request in report_requests(reports):
            self._api.confirm_delivery_reports_as_received(request)


class AsyncDeliveryReports(_AsyncInbox[DeliveryReport]):
    """Fetch and confirm what became of messages."""

    _kind = DeliveryReport

    def __init__(self, api: AsyncDeliveryReportsApi) -> None:
        self._api = api

    async def check(self) -> list[DeliveryReport]:
        """Fetch the oldest unconfirmed delivery reports, at most 100. See `DeliveryReports.check`."""
        return (await self._api.check_delivery_reports()).delivery_reports

    async def confirm(self, reports: Iterable[DeliveryReport | str] | DeliveryReport | str) -> None:
        """Confirm delivery reports, so that they do not come again. See `DeliveryReports.confirm`."""
        for request in report_requests(reports):
            await self._api.confirm_delivery_reports_as_received(request)
