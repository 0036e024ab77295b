"""Where connections, runs and journals are at home: in one process, and what is awaited in one event loop.

A fork is noticed here, for requests and for all else: it is in this room because connections need it most.

A forked child inherits them all, and an answer that it reads from an inherited connection may be another one's.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary, WeakSet

from messagemedia.errors import ConfigurationError

T = TypeVar("T")

# What a forked child must neither use nor close. Things that nobody refers to any more would be closed, so it refers to
# them as long as it lives.
_inherited: list[object] = []
_shielded: WeakSet[object] = WeakSet()


def shield_in_children(thing: object) -> None:
    """Let no forked child close something that belongs to this process."""
    _shielded.add(thing)


_token = object()


def this_process() -> tuple[object, int]:
    """What tells this process from every other one, from a parent too whose id it got after that had ended."""
    return _token, os.getpid()  # the id alone where a fork went past Python


def _inherit() -> None:
    global _token  # noqa: PLW0603  # it is the process that changes
    _token = object()
    _inherited.extend(_shielded)


if hasattr(os, "register_at_fork"):  # there is no fork on Windows
    os.register_at_fork(after_in_child=_inherit)


class Home:
    """The process that something belongs to: the one that first used it."""

    __slots__ = ("_hint", "_process", "_what")

    def __init__(self, what: str, hint: str = "Create one in each child process.") -> None:
        """Belong to nobody yet.

        Args:
            what: What has this home, as an error says it, such as `this client`.
            hint: What to do instead of using it in a forked child.
        """
        self._what = what
        self._hint = hint
        self._process: tuple[object, int] | None = None

    @property
    def is_elsewhere(self) -> bool:
        """Whether this is a forked child of the process that it belongs to."""
        return self._process not in (None, this_process())

    def enter(self) -> None:
        """Belong to this process from now on.

        Raises:
            ConfigurationError: If this is a forked child of the process that it belongs to.
        """
        if self.is_elsewhere:
            raise ConfigurationError(
                f"{self._what} was used before the process was forked, and belongs to the parent process",
                hint=self._hint,
            )
        self._process = this_process()


class LoopHome(Home):
    """The process and the event loop that a client belongs to."""

    __slots__ = ("_loop",)

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self._loop: object = None

    def enter(self) -> None:
        """Belong to this process and this event loop from now on.

        Raises:
            ConfigurationError: If it belongs to others. A pooled connection of another loop may still take a request,
                and then fail without its answer.
        """
        super().enter()
        loop = running_loop()
        if self._loop not in (None, loop):
            raise ConfigurationError(
                f"{self._what} was first used in another event loop",
                hint="Create one in each asyncio.run(), and close it there.",
            )
        self._loop = loop


_homes: WeakKeyDictionary[Any, Home] = WeakKeyDictionary()


def home_of(http_client: object, kind: type[Home] = Home) -> Home:
    """The home of an HTTP client that was passed in, whichever of our clients uses it."""
    home = kind("the HTTP client that was passed in")
    try:
        return _homes.setdefault(http_client, home)
    except TypeError:  # one that has no hash
        return home


class PerProcess(Generic[T]):
    """Something that each process makes for itself: a forked child makes its own, and keeps the parent's untouched."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made = {this_process(): make()}
        shield_in_children(self)

    def get(self) -> T:
        """The one of this process, made if it is not there yet."""
        process = this_process()
        made = self._made.get(process)
        if made is None:
            # No lock: it may have been held by a thread of the parent, which the child does not have.
            made = self._made.setdefault(process, self._make())
        return made

    def here(self) -> T | None:
        """The one that this process has made, None if it has made none."""
        return self._made.get(this_process())


def running_loop() -> object:
    """The event loop that runs in this thread, of asyncio or trio; None if there is none."""
    # Whoever runs a loop has imported it.
    if (asyncio := sys.modules.get("asyncio")) and (loop := asyncio._get_running_loop()) is not None:  # noqa: SLF001  # the form that raises nothing
        return loop
    trio: Any = sys.modules.get("trio")
    return trio.lowlevel.current_trio_token() if trio and trio.lowlevel.in_trio_run() else None


def refuse_trio(library: str) -> None:
    """Refuse an HTTP library that needs asyncio in any other event loop.

    Raises:
        ConfigurationError: If there is another one.
    """
    asyncio = sys.modules.get("asyncio")
    if asyncio is None or asyncio._get_running_loop() is None:  # noqa: SLF001  # the form that raises nothing
        raise ConfigurationError(f"http_client={library!r} needs asyncio", hint="Leave http_client out.")


def refuse_gevent(library: str) -> None:
    """Refuse an HTTP library that blocks the whole process where gevent has made everything else cooperative.

    Raises:
        ConfigurationError: If gevent has.
    """
    monkey: Any = sys.modules.get("gevent.monkey")
    if monkey is not None and monkey.is_module_patched("socket"):
        raise ConfigurationError(f"http_client={library!r} can't be used with gevent", hint="Leave http_client out.")


def spawn(work: Callable[[], Coroutine[Any, Any, None]]) -> object:
    """Begin something beside the task that calls this, in the event loop that runs; return what keeps it alive.

    A task group would have to be left by the task that entered it, and before what that task entered earlier. So a
    generator can't hand out a result while it has one open.
    """
    if (asyncio := sys.modules.get("asyncio")) and asyncio._get_running_loop() is not None:  # noqa: SLF001  # as above
        return asyncio.create_task(work())
    trio: Any = sys.modules["trio"]
    return trio.lowlevel.spawn_system_task(work)


_warned: set[object] = set()


def warn_of_blocking() -> None:
    """Warn once in a process, before anything leaves, that a blocking call stops the event loop it is made in.

    Whoever awaits what a blocking call returns gets an exception after the message was sent, and might send it again.
    """
    if running_loop() is None or this_process() in _warned or _is_notebook():
        return
    _warned.add(this_process())
    warnings.warn(
        "a blocking call of messagemedia.Client inside a running event loop blocks everything else in the loop; "
        "nothing has been sent yet. Use messagemedia.AsyncClient and await its calls",
        RuntimeWarning,
        stacklevel=_depth_of_caller(),
    )


def _is_notebook() -> bool:
    """Whether IPython or marimo runs, whose cells run inside an event loop, blocking or not."""
    ipython: Any = sys.modules.get("IPython")
    marimo: Any = sys.modules.get("marimo")
    asked = (getattr(ipython, "get_ipython", None), getattr(marimo, "running_in_notebook", None))
    return any(ask() for ask in asked if ask is not None)


def _depth_of_caller() -> int:
    """How many frames above a warning the first one is that is not of this package."""
    import inspect  # noqa: PLC0415  # takes a while

    depth, frame = 0, inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0].startswith("messagemedia"):
        depth, frame = depth + 1, frame.f_back
    return depth
