"""What tells the pages that something has happened."""

from __future__ import annotations

import asyncio
import contextlib
import threading


class Changes:
    """Counts what happens, and wakes whoever waits for it. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    @property
    def count(self) -> int:
        """How often something has happened."""
        return self._count

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def note(self) -> None:
        """Something has happened. Any thread may call this."""
        with self._lock:
            self._count += 1
            waiting, self._waiting = self._waiting, []
        for loop, happened in waiting:
            with contextlib.suppress(RuntimeError):  # the loop has been closed meanwhile
                loop.call_soon_threadsafe(happened.set)

    async def wait(self, seen: int) -> None:
        """Wait until the count is another than the one that was seen."""
        happened = asyncio.Event()
        waiter = (asyncio.get_running_loop(), happened)
        with self._lock:
            if self._count != seen:
                return
            self._waiting.append(waiter)
        try:
            await happened.wait()
        finally:
            with self._lock, contextlib.suppress(ValueError):  # whoever was woken is in the list no more
                self._waiting.remove(waiter)
