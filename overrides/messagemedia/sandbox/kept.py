"""Records of which the newest are kept."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """What was added, in its order; with a limit, only the newest."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._items: deque[T] = deque()
        self._added = 0

    @property
    def added(self) -> int:
        """How many were added, those that are no longer kept included."""
        return self._added

    def add(self, item: T) -> T | None:
        """Append an item, and return the one that is no longer kept for it, if there is one."""
        self._items.append(item)
        self._added += 1
        return self._items.popleft() if self._limit is not None and len(self._items) > self._limit else None

    def since(self, offset: int) -> list[T]:
        """What was added after the first `offset` items and is still kept."""
        # From the end, because a deque has no short way to its middle.
        return self.newest(max(0, self._added - offset))[::-1]

    def newest(self, count: int) -> list[T]:
        """The newest items, the last one first."""
        return list(islice(reversed(self._items), count))

    def at(self, order: int) -> T | None:
        """The item that was added at this place, counted from 0, if there is one and it is still kept."""
        index = order - self._added + len(self._items)
        return self._items[index] if 0 <= index < len(self._items) else None
