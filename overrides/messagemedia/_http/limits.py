"""How many own connections there are at most, and how long an idle one is kept."""

from __future__ import annotations

import threading
from typing import Any

MAX_CONNECTIONS = 100

KEEPALIVE_EXPIRY = 5.0
"""Seconds after which an idle connection is not used again.

A send over a connection that the server has closed meanwhile loses its certainty, so idle ones go early.
"""


class PoolTimeoutError(TimeoutError):
    """No connection became free in time."""

    def __init__(self) -> None:
        super().__init__(f"{MAX_CONNECTIONS} connections are in use")


class Places:
    """A place for each request in progress: so many at a time, and the others wait."""

    def __init__(self) -> None:
        self._semaphore = threading.BoundedSemaphore(MAX_CONNECTIONS)

    def take(self, timeout: float) -> None:
        """Wait for a place, which `release` gives back.

        Raises:
            PoolTimeoutError: If none became free in time.
        """
        if not self._semaphore.acquire(timeout=timeout):
            raise PoolTimeoutError

    def release(self) -> None:
        """Give a place back."""
        self._semaphore.release()


class AsyncPlaces:
    """The same, awaited. It belongs to the event loop of the first request."""

    def __init__(self) -> None:
        self._semaphore: Any = None

    async def take(self, timeout: float) -> None:  # noqa: ASYNC109  # raises an error of its own
        """Wait for a place, which `release` gives back.

        Raises:
            PoolTimeoutError: If none became free in time.
        """
        import anyio  # noqa: PLC0415  # blocking users need not import it

        if self._semaphore is None:
            self._semaphore = anyio.Semaphore(MAX_CONNECTIONS)
        try:
            self._semaphore.acquire_nowait()
        except anyio.WouldBlock:
            try:
                with anyio.fail_after(timeout):
                    await self._semaphore.acquire()
            except TimeoutError:
                raise PoolTimeoutError from None

    def release(self) -> None:
        """Give a place back."""
        self._semaphore.release()
