"""How a run that may never end is asked to stop: by an event, or by a signal."""

from __future__ import annotations

import _thread
import contextlib
import signal
import threading
from collections.abc import Awaitable, Generator, Iterable, Iterator
from time import monotonic
from types import FrameType
from typing import Any, Protocol, cast

from messagemedia.errors import FieldError, ValidationError

# Python handles a signal that comes at the very moment in which its main thread falls asleep only when it wakes up.
_LONGEST_SLEEP = 1.0


class StopEvent(Protocol):
    """What stops a blocking run, such as a `threading.Event`."""

    def is_set(self) -> bool:
        """Whether to stop."""
        ...

    def set(self) -> object:
        """Make it stop."""
        ...

    def wait(self, timeout: float, /) -> object:
        """Wait until it is set, for a number of seconds at most."""
        ...


class AsyncStopEvent(Protocol):
    """What stops an awaited run, such as an `asyncio.Event`, or that of anyio or trio."""

    def is_set(self) -> bool:
        """Whether to stop."""
        ...

    def set(self) -> object:
        """Make it stop."""
        ...

    def wait(self) -> Awaitable[object]:
        """Wait until it is set."""
        ...


class Stop:
    """Whether to stop, for a blocking run."""

    def __init__(self, event: StopEvent | None) -> None:
        self._event: StopEvent = threading.Event() if event is None else event
        self._asked = False

    def is_set(self) -> bool:
        """Whether to stop."""
        return self._asked or self._event.is_set()

    def wait(self, seconds: float) -> None:
        """Wait, but not longer than until it is time to stop."""
        until = monotonic() + seconds
        while not self.is_set() and (left := until - monotonic()) > 0:
            self._event.wait(min(left, _LONGEST_SLEEP))

    def ask(self) -> None:
        """Make it stop, from a signal handler."""
        self._asked = True
        # The handler may have interrupted the very thread that holds the event's lock, so another one sets it.
        _thread.start_new_thread(self._event.set, ())

    def end(self) -> None:
        """If a signal asked to stop, set the event: the caller may look at it as soon as the run has ended."""
        if self._asked:
            self._event.set()


class AsyncStop:
    """Whether to stop, for an awaited run."""

    def __init__(self, event: AsyncStopEvent | None) -> None:
        self._event = event
        self._asked = False
        self._loop: Any = None

    def is_set(self) -> bool:
        """Whether to stop."""
        return self._asked or (self._event is not None and self._event.is_set())

    async def wait(self, seconds: float) -> None:
        """Wait, but not longer than until it is time to stop."""
        import anyio  # noqa: PLC0415  # httpx brings it; blocking users need not import it

        if self._event is None:
            self._event = anyio.Event()
        until = anyio.current_time() + seconds
        while not self.is_set() and (left := until - anyio.current_time()) > 0:
            with anyio.move_on_after(min(left, _LONGEST_SLEEP)):
                await self._event.wait()

    def expect_signals(self) -> None:
        """Note the event loop, which a signal handler has to wake.

        Raises:
            ValidationError: If it is not one of asyncio.
        """
        import asyncio  # noqa: PLC0415  # as above

        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            raise ValidationError([FieldError("needs an asyncio event loop; pass stop= instead", "stop_on")]) from None

    def ask(self) -> None:
        """Make it stop, from a signal handler."""
        self._asked = True
        self._loop.call_soon_threadsafe(self._wake)

    def end(self) -> None:
        """If a signal asked to stop, set the event: the caller may look at it as soon as the run has ended."""
        if self._asked:
            self._wake()

    def _wake(self) -> None:
        if self._event is not None:
            self._event.set()


def wrong_stop(stop: object) -> Iterator[FieldError]:
    """What is wrong with the event that is to stop a run, if there is one."""
    if stop is not None and not all(callable(getattr(stop, name, None)) for name in ("is_set", "set", "wait")):
        yield FieldError(f"must be an event, such as threading.Event(), not {type(stop).__name__}", "stop")


def wrong_signals(signals: object) -> Iterator[FieldError]:
    """What is wrong with the signals that are to stop a run."""
    known = {int(each) for each in signal.valid_signals()}
    several = isinstance(signals, Iterable) and not isinstance(signals, Iterator)
    if not several or not all(each in known for each in cast("Iterable[object]", signals)):
        yield FieldError("must be signals, such as (signal.SIGINT, signal.SIGTERM)", "stop_on")
    elif signals and threading.current_thread() is not threading.main_thread():
        yield FieldError("works only in the main thread; pass stop= elsewhere", "stop_on")


@contextlib.contextmanager
def stopped_by(signals: Iterable[int], stop: Stop | AsyncStop) -> Generator[None]:
    """Let signals ask to stop, for a while. The first that comes gives all of them back what they did before."""
    before: dict[int, Any] = {}

    def restore() -> None:
        while before:
            number, handler = before.popitem()
            # None stands for a handler that was not set by Python, which Python can't set again either.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        restore()
        stop.ask()

    try:
        for number in signals:
            before[number] = signal.getsignal(number)
            signal.signal(number, on_signal)
        yield
    finally:
        restore()
        stop.end()
