"""The resources of a client: made when they are first used, and known to its class."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from typing import Any, TypeVar

T = TypeVar("T")

# A resource is imported when it is first used. A fork waits for that: the child would wait for ever for an import that
# a thread of the parent has begun.
_importing = threading.RLock()
if hasattr(os, "register_at_fork"):  # there is no fork on Windows
    os.register_at_fork(
        before=_importing.acquire, after_in_parent=_importing.release, after_in_child=_importing.release
    )


class _Resource(cached_property[T]):
    """A cached property that shows, where the class is asked for it, what its objects have.

    `help` and `unittest.mock` ask the class: `create_autospec(Client)` knows the methods of `messages` by this, and
    `patch.object(Client.messages, "send")` reaches every client, and the copies that `with_options` makes.
    """

    def __init__(self, make: Callable[[Any], T], home: str, show: Callable[[Any], object]) -> None:
        super().__init__(make)
        self._home = home
        self._show = show

    def __get__(self, instance: object, owner: type[Any] | None = None) -> Any:
        if instance is not None:
            # Not by the base: in Python 3.11 that holds a lock, which a thread of the parent may hold when it forks.
            with _importing:
                return instance.__dict__.setdefault(self.func.__name__, self.func(instance))
        return self._show(getattr(import_module(self._home), self.func.__annotations__["return"]))


def resource(
    home: str, *, show: Callable[[Any], object] = lambda kind: kind
) -> Callable[[Callable[[Any], T]], cached_property[T]]:
    """Make a method a cached property of what it returns.

    Args:
        home: The module of the class that the method says to return. It is imported when it is needed.
        show: What the class shows, made of that class; the class itself if left out.
    """
    return lambda make: _Resource(make, home, show)
