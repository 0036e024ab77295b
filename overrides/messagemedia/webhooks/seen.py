"""What was handled before, so that nothing is handled twice."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Generator
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

from messagemedia.webhooks.errors import PushInProgressError


@runtime_checkable
class Seen(Protocol):
    """Remembers what was handled. It has just two methods, so a table of your own, a set or a cache is easily one.

    Keys are short strings such as `reply:a175e797-…`, made from ids in the body. With several processes, store them in
    a table that all of them share. With `Webhooks.asgi`, the methods are called in a thread. With an SQLite table:

        class SeenTable:
            def __init__(self, path):
                self.database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
                self.database.execute("CREATE TABLE IF NOT EXISTS seen (key TEXT PRIMARY KEY)")

            def __contains__(self, key):
                return self.database.execute("SELECT 1 FROM seen WHERE key = ?", (key,)).fetchone() is not None

            def add(self, key):
                self.database.execute("INSERT OR IGNORE INTO seen VALUES (?)", (key,))
    """

    def __contains__(self, key: str, /) -> bool:
        """Whether it was handled."""
        ...

    def add(self, key: str, /) -> None:
        """Remember that it was handled; called when the handlers have returned."""
        ...


class MemorySeen:
    """Remembers the newest keys, in the memory of this process."""

    def __init__(self, size: int = 100_000) -> None:
        """Remember at most this many keys, about 150 bytes each."""
        self._size = size
        self._keys: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, key: object) -> bool:
        with self._lock:
            return key in self._keys

    def add(self, key: str) -> None:
        """Remember a key, and forget the oldest ones beyond the size."""
        with self._lock:
            self._keys[key] = None
            self._keys.move_to_end(key)
            while len(self._keys) > self._size:
                self._keys.popitem(last=False)


class Underway:
    """What is being handled at this moment, in this process."""

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def entered(self, key: str) -> Generator[None]:
        """Handle one thing once at a time.

        Raises:
            PushInProgressError: It is being handled.
        """
        with self._lock:
            if key in self._keys:
                raise PushInProgressError("the same push is being handled right now")
            self._keys.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(key)
