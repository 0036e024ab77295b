"""Doing many jobs side by side: some at a time, results in order, at a bounded pace.

Jobs begin only while a result is asked for. Whatever is raised, by a job, by their source or by a signal, is raised
when all that had begun is told: an exception in its place would take the results of the others with it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterable, Sized
from concurrent.futures import CancelledError
from typing import Any, Generic, TypeVar

from messagemedia._http.home import Home, spawn, warn_of_blocking
from messagemedia._http.worker import SIGNAL_INTERVAL
from messagemedia._messages.window import Begun, Window

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


class _Threads(Generic[J, R]):
    """Does jobs in a thread each, or in the caller's own if no other one can be started.

    A pool would not do: none can start a thread while the interpreter shuts down, and a job that it failed to start a
    thread for may be done all the same, by another of its threads.
    """

    def __init__(self, window: Window[R], work: Callable[[J], R], pace: Pace | None) -> None:
        self._window = window
        self._work = work
        self._pace = pace
        self._changed = threading.Condition()

    def begin(self, job: J) -> None:
        """Begin a job."""
        begun = self._window.begin()
        thread = threading.Thread(target=self._carry_out, args=(begun, job), name="messagemedia", daemon=False)
        try:
            thread.start()
        except RuntimeError:  # there are too many threads, or the interpreter shuts down
            self._carry_out(begun, job)
        except BaseException:  # of a signal: the thread may have been started, and may not
            if begun.is_mine():
                begun.is_over = True
            raise

    def _carry_out(self, begun: Begun[R], job: J) -> None:
        if not begun.is_mine():
            return
        try:
            if self._waited(job):
                begun.results = (self._work(job),)
        except BaseException as error:  # noqa: BLE001  # raised at the end
            self.stop(error)
        finally:
            with self._changed:
                begun.is_over = True
                self._changed.notify_all()

    def _waited(self, job: J) -> bool:
        """Wait for the job's place in time, and return whether it is still to be done."""
        try:
            if self._pace is not None:
                self._pace.wait(len(job))
        except CancelledError:
            return False
        return True

    def wait(self) -> None:
        """Wait until there is something to do."""
        with self._changed:
            while self._window.is_waiting:
                self._changed.wait(SIGNAL_INTERVAL)

    def stop(self, error: BaseException) -> None:
        """Let nothing begin any more, not even what waits for its place in time."""
        self._window.fail(error)
        if self._pace is not None:
            self._pace.stop()

    def end(self) -> None:
        """Wait until nothing is in progress."""
        with self._changed:
            while self._window.under_way:
                self._changed.wait(SIGNAL_INTERVAL)


def in_order(jobs: Iterable[J], work: Callable[[J], R], *, concurrency: int, pace: Pace | None = None) -> Generator[R]:
    """Do jobs in threads, and yield their results in the order of the jobs.

    What is raised, Ctrl-C included, lets those in progress finish, and is raised after their results; a second Ctrl-C
    is raised without waiting for them. Closing the generator lets them end as well.
    """
    warn_of_blocking()
    window: Window[R] = Window(concurrency)
    threads, source, home = _Threads(window, work, pace), iter(jobs), Home("what is being sent")
    is_interrupted = False
    try:
        while not window.is_done:
            home.enter()
            try:
                while window.has_room:
                    if (job := next(source, None)) is None:
                        window.is_exhausted = True
                    else:
                        threads.begin(job)
                threads.wait()
            except BaseException as error:
                if is_interrupted or home.is_elsewhere:
                    raise
                is_interrupted = True
                threads.stop(error)
            yield from window.take()
        window.end()
    except BaseException as error:
        if not home.is_elsewhere:  # a forked child has none of these threads
            threads.stop(error)
            threads.end()
        raise


class _Tasks(Generic[J, R]):
    """Does jobs in a task each."""

    def __init__(self, window: Window[R], work: Callable[[J], Awaitable[R]], pace: Pace | None) -> None:
        self._window = window
        self._work = work
        self._pace = pace
        self._changed: Any = None

    def begin(self, job: J) -> None:
        """Begin a job."""
        import anyio  # noqa: PLC0415  # httpx brings it; blocking users need not import it

        begun = self._window.begin()
        begun.scope = anyio.CancelScope()
        begun.task = spawn(lambda: self._carry_out(begun, job))

    async def _carry_out(self, begun: Begun[R], job: J) -> None:
        import anyio  # noqa: PLC0415

        try:
            with begun.scope:
                if self._pace is not None:
                    await anyio.sleep(self._pace.delay(len(job)))
                if not begun.scope.cancel_called:
                    begun.waits = False
                    begun.results = (await self._work(job),)
        except GeneratorExit:
            raise
        except BaseException as error:  # noqa: BLE001  # raised at the end
            self.stop(error)
        finally:
            begun.is_over = True
            if self._changed is not None:
                self._changed.set()

    async def wait(self) -> None:
        """Wait until there is something to do."""
        while self._window.is_waiting:
            await self._change()

    def stop(self, error: BaseException, *, cancel: bool = False) -> None:
        """Let nothing begin any more, not even what waits for its place in time, or cancel everything in progress."""
        self._window.fail(error)
        for each in self._window.under_way:
            if cancel or each.waits:
                each.scope.cancel()

    async def end(self) -> None:
        """Wait until nothing is in progress. A cancellation reaches what is, and does not end the waiting."""
        import anyio  # noqa: PLC0415

        try:
            while self._window.under_way:
                await self._change()
        except BaseException as error:
            self.stop(error, cancel=True)
            with anyio.CancelScope(shield=True):
                while self._window.under_way:
                    await self._change()
            raise

    async def _change(self) -> None:
        """Wait until a job is over."""
        import anyio  # noqa: PLC0415

        self._changed = anyio.Event()
        await self._changed.wait()


async def in_order_async(
    jobs: AsyncIterator[J], work: Callable[[J], Awaitable[R]], *, concurrency: int, pace: Pace | None = None
) -> AsyncGenerator[R]:
    """Do jobs in tasks, and yield their results in the order of the jobs. See `in_order`.

    A cancellation reaches those in progress, and is raised when they have ended, without their results.
    """
    import anyio  # noqa: PLC0415

    window: Window[R] = Window(concurrency)
    tasks = _Tasks(window, work, pace)
    try:
        while not window.is_done:
            try:
                while window.has_room:
                    if (job := await anext(jobs, None)) is None:
                        window.is_exhausted = True
                    else:
                        tasks.begin(job)
                await tasks.wait()
            except (GeneratorExit, anyio.get_cancelled_exc_class()):
                raise
            except BaseException as error:  # noqa: BLE001  # raised at the end
                tasks.stop(error)
            for result in window.take():
                yield result
        window.end()
    except BaseException as error:
        tasks.stop(error, cancel=not isinstance(error, GeneratorExit))
        await tasks.end()
        raise
