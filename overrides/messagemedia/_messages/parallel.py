"""Doing many jobs side by side: some at a time, results in order, at a bounded pace.

Jobs run in waves: while a result is with the caller, none is under way. So a caller that stops leaves nothing behind,
and a crash or an exception meets at most one wave.
"""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence, Sized
from concurrent.futures import CancelledError, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from messagemedia._http.home import warn_of_blocking

J = TypeVar("J", bound=Sized)
R = TypeVar("R")


class Pace:
    """Spaces jobs out, so that together they do no more than so many things in a second."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._next = time.monotonic()
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def delay(self, count: int) -> float:
        """Take the next place in time for `count` things, and return how many seconds away it is."""
        with self._lock:
            now = time.monotonic()
            start = max(now, self._next)
            self._next = start + count / self._rate
        return start - now

    def wait(self, count: int) -> None:
        """Wait for the next place in time.

        Raises:
            CancelledError: If the pace was stopped meanwhile.
        """
        if self._stopped.wait(self.delay(count)):
            raise CancelledError

    def stop(self) -> None:
        """Let nothing that waits begin any more."""
        self._stopped.set()


def in_order(jobs: Iterable[J], work: Callable[[J], R], *, concurrency: int, pace: Pace | None = None) -> Iterator[R]:
    """Do jobs in threads, and yield their results in the order of the jobs.

    Ctrl-C lets those under way end; no other begins.
    """
    warn_of_blocking()

    def paced(job: J) -> R:
        if pace is not None:
            pace.wait(len(job))
        return work(job)

    source = iter(jobs)
    with ThreadPoolExecutor(concurrency, thread_name_prefix="messagemedia") as pool:
        while wave := list(islice(source, concurrency)):
            try:
                results = list(pool.map(paced, wave))
            except BaseException:
                if pace is not None:
                    pace.stop()
                raise
            yield from results


async def in_order_async(
    jobs: AsyncIterable[J], work: Callable[[J], Awaitable[R]], *, concurrency: int, pace: Pace | None = None
) -> AsyncIterator[R]:
    """Do jobs in tasks, and yield their results in the order of the jobs. A cancellation reaches those under way."""
    import anyio  # noqa: PLC0415  # httpx brings it; blocking users need not import it

    async def paced(job: J) -> R:
        if pace is not None:
            await anyio.sleep(pace.delay(len(job)))
        return await work(job)

    wave: list[J] = []
    async for job in jobs:
        wave.append(job)
        if len(wave) == concurrency:
            for result in await _together(paced, wave):
                yield result
            wave = []
    for result in await _together(paced, wave):
        yield result


async def _together(work: Callable[[J], Awaitable[R]], jobs: Sequence[J]) -> list[R]:
    import anyio  # noqa: PLC0415

    results: dict[int, R] = {}
    failures: list[Exception] = []

    async def one(position: int, job: J) -> None:
        try:
            results[position] = await work(job)
        except Exception as error:  # noqa: BLE001  # raised below, alone and after the others have ended
            failures.append(error)

    async with anyio.create_task_group() as group:
        for position, job in enumerate(jobs):
            group.start_soon(one, position, job)
    if failures:
        raise failures[0]
    return [results[position] for position in range(len(jobs))]
