"""Pushes of replies, delivery reports and opt-outs, to callback addresses and webhooks, on loopback only."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import ipaddress
import itertools
import threading
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import attrs
import httpx

from messagemedia.sandbox.changes import Changes
from messagemedia.sandbox.clock import Clock
from messagemedia.sandbox.deliveries import Delivery
from messagemedia.sandbox.kept import Kept
from messagemedia.sandbox.options import Options
from messagemedia.sandbox.records import PushAttempt
from messagemedia.sandbox.state import State

SKIPPED = "skipped: the address is not on loopback"
"""The `error` of an attempt that was none, because nothing else is ever connected to."""

_LEAST_PAUSE = 0.01  # so that steps a few microseconds apart are taken together


@attrs.define(eq=False)
class _Push:
    delivery: Delivery
    failures: int = 0
    headers: Mapping[str, str] | None = attrs.field(default=None, repr=False)


def is_loopback(url: str) -> bool:
    """Whether an address leads to this machine."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Pusher:
    """Pushes what is due, and retries what was not answered with a 2xx.

    What belongs to one address goes out in its order, and different addresses do not wait for each other.
    """

    def __init__(self, options: Options, clock: Clock, changes: Changes) -> None:
        self._options = options
        self._clock = clock
        self._changes = changes
        self._changed = threading.Condition()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.reset()

    def reset(self) -> None:
        """Forget what was pushed and what is still to be pushed, and break off what is being pushed."""
        with self._changed:
            self._attempts: Kept[PushAttempt] = Kept(self._options.keep)
            self._due: list[tuple[datetime, int, _Push]] = []
            self._order = itertools.count()
            self._lanes: dict[str, deque[_Push]] = {}
            self._changed.notify_all()
        self._in_loop(self._break_off)

    def enqueue(self, delivery: Delivery) -> None:
        """Push something as soon as possible. Any thread may call this."""
        now = self._clock.now()
        error = delivery.error or ("" if is_loopback(delivery.url) else SKIPPED)
        with self._changed:
            if error:
                self._attempts.add(_attempt(_Push(delivery), now, {}, error=error))
            else:
                heapq.heappush(self._due, (now, next(self._order), _Push(delivery)))
        self._changes.note()
        self.wake()

    def wake(self) -> None:
        """Look again whether something is due. Any thread may call this."""
        self._in_loop(lambda: self._wake.set())  # noqa: PLW0108  # there is none before the loop runs

    def _in_loop(self, act: Callable[[], object]) -> None:
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has been closed meanwhile
                loop.call_soon_threadsafe(act)

    def _break_off(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()

    def attempts(self, offset: int = 0) -> list[PushAttempt]:
        """What was pushed or skipped."""
        with self._changed:
            return self._attempts.since(offset)

    def attempts_for(self, message_id: str, among: int) -> list[PushAttempt]:
        """What was pushed or skipped that belongs to a message, if it is among so many of the newest attempts."""
        with self._changed:
            return [each for each in self._attempts.newest(among) if each.message_id == message_id][::-1]

    def next_due(self) -> datetime | None:
        """When something is to be pushed again."""
        with self._changed:
            return self._due[0][0] if self._due else None

    def wait(self, timeout: float) -> bool:
        """Wait until nothing is due; return False if that took too long."""
        with self._changed:
            return self._changed.wait_for(self._is_idle, timeout)

    def _is_idle(self) -> bool:
        return not self._lanes and (not self._due or self._due[0][0] > self._clock.now())

    # --- in the server's event loop -----------------------------------------------------------------------

    async def run(self, state: State) -> None:
        """Push until cancelled."""
        self._wake = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        # Whoever tests a callback over TLS has a certificate that nobody knows; no proxy leads to loopback.
        client = httpx.AsyncClient(
            verify=False,  # noqa: S501  never connects to anything but loopback
            trust_env=False,
            limits=httpx.Limits(max_connections=20, max_keepalive_connections=0),
        )
        try:
            async with client, asyncio.TaskGroup() as lanes:
                while True:
                    self._wake.clear()
                    state.settle()
                    for url in self._take_due():
                        task = lanes.create_task(self._push_all(client, url))
                        self._tasks.add(task)
                        task.add_done_callback(self._tasks.discard)
                    await self._pause(state.next_push())
        finally:
            self._loop = None

    async def _pause(self, next_step: datetime | None) -> None:
        """Wait until something could be due, or until woken."""
        with self._changed:
            moments = [due for due in (next_step, self._due[0][0] if self._due else None) if due is not None]
        seconds = None
        if moments and self._clock.runs:
            seconds = max(_LEAST_PAUSE, (min(moments) - self._clock.now()).total_seconds())
        # Not wait_for: on Python 3.11 it loses a cancellation that comes in the same turn of the loop as the event.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    def _take_due(self) -> list[str]:
        """Move what is due into the lanes of its addresses, and return the addresses that had none."""
        now = self._clock.now()
        opened: list[str] = []
        with self._changed:
            while self._due and self._due[0][0] <= now:
                _, _, push = heapq.heappop(self._due)
                if push.delivery.url not in self._lanes:
                    self._lanes[push.delivery.url] = deque()
                    opened.append(push.delivery.url)
                self._lanes[push.delivery.url].append(push)
        return opened

    async def _push_all(self, client: httpx.AsyncClient, url: str) -> None:
        with self._changed:
            lane = self._lanes.get(url)
        while lane:
            push = lane[0]
            attempt = await self._push(client, push)
            with self._changed:
                if self._lanes.get(url) is not lane:
                    return  # the sandbox was reset meanwhile
                self._attempts.add(attempt)
                lane.popleft()
                self._repeat_later(push, attempt)
                if not lane:
                    del self._lanes[url]
                    self._changed.notify_all()
            self._changes.note()

    async def _push(self, client: httpx.AsyncClient, push: _Push) -> PushAttempt:
        delivery, now = push.delivery, self._clock.now()
        timeout = httpx.Timeout(delivery.timeout, pool=None)
        try:
            request = client.build_request(
                delivery.method, delivery.url, content=delivery.content, headers=delivery.headers, timeout=timeout
            )
            signed = self._signature(push, request.url.raw_path, now)
            request.headers.update(signed)
            response = await client.send(request)
        except Exception as error:  # noqa: BLE001  whatever is wrong with one push, the others go on
            return _attempt(push, now, {}, error=f"{type(error).__name__}: {error}")
        return _attempt(push, now, signed, status=response.status_code)

    def _signature(self, push: _Push, target: bytes, now: datetime) -> Mapping[str, str]:
        """The headers that sign a push with the key that is enabled now, or those of its first attempt."""
        key = push.delivery.keys.enabled() if self._options.signed_pushes else None
        if push.headers is None or self._options.retries_signed_anew:
            push.headers = {} if key is None else key.headers(push.delivery.method, target, push.delivery.content, now)
        return push.headers

    def _repeat_later(self, push: _Push, attempt: PushAttempt) -> None:
        succeeded = attempt.status is not None and 200 <= attempt.status < 300
        retries = self._options.push_retries if push.delivery.retries is None else push.delivery.retries
        if succeeded or push.failures >= retries:
            return
        delay = push.delivery.delay
        try:
            due = self._clock.now() + timedelta(
                seconds=self._options.push_backoff * 2**push.failures if delay is None else delay
            )
        except OverflowError:
            return  # so late that there is no such time
        push.failures += 1
        heapq.heappush(self._due, (due, next(self._order), push))
        self._wake.set()


def _attempt(
    push: _Push,
    now: datetime,
    headers: Mapping[str, str],
    *,
    status: int | None = None,
    error: str | None = None,
) -> PushAttempt:
    delivery = push.delivery
    return PushAttempt(
        delivery.kind,
        delivery.url,
        delivery.body,
        now,
        status,
        error,
        method=delivery.method,
        webhook_id=delivery.webhook_id,
        headers={**delivery.headers, **headers},
        message_id=delivery.message_id,
        attempt=push.failures + 1,
    )
