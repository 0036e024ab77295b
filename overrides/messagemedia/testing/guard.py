"""Keeps tests from reaching a real host of the API, and remembers that they tried.

It imports nothing but the standard library, because pytest loads it before anything is measured.
"""

from __future__ import annotations

import contextlib
import functools
import os
import socket
from collections.abc import Callable, Generator
from typing import Any

_RESOLVERS = ("getaddrinfo", "gethostbyname", "gethostbyname_ex")


class Guard:
    """Refuses, while it is started, to look up a real host of the API, of any region.

    It replaces the lookup of host names (`socket.getaddrinfo`, which event loops use as well), and sees every request
    of this package's own clients, even through a proxy, over an open connection, or with a library that looks up names
    by itself. So it does not interfere with anything that names a real host but never reaches it, such as
    `httpx.MockTransport`, respx, pytest-httpx or vcrpy. It can't see other processes, nor requests of other clients
    through a proxy or a resolver of their own.

    Attributes:
        reached: A sentence about each request that was refused.
    """

    def __init__(
        self,
        *,
        error: Callable[[str], BaseException] = AssertionError,
        hint: str = "",
        allowed: Callable[[], bool] = bool,
    ) -> None:
        """Make a guard that is not started.

        Args:
            error: Makes the exception that ends the request.
            hint: What the sentence says last.
            allowed: Returns whether real hosts may be reached right now; if left out, never.
        """
        self.reached: list[str] = []
        self._error = error
        self._hint = hint
        self._allowed = allowed
        self._replaced: dict[str, tuple[Any, Any]] = {}
        self._watches = False

    def start(self) -> None:
        """Refuse real hosts from now on."""
        self._watches = True
        for name in _RESOLVERS:
            original = getattr(socket, name)
            guarded = self._guarded(original)
            self._replaced[name] = (original, guarded)
            setattr(socket, name, guarded)

    def stop(self) -> None:
        """Stop refusing real hosts."""
        self._watches = False
        for name, (original, guarded) in self._replaced.items():
            if getattr(socket, name) is guarded:  # else somebody has replaced it meanwhile, with this one below it
                setattr(socket, name, original)
        self._replaced.clear()

    @contextlib.contextmanager
    def watching(self) -> Generator[None]:
        """Refuse real hosts within a block, and raise an `AssertionError` at its end if any was requested."""
        self.start()
        try:
            yield
        finally:
            self.stop()
        if self.reached:
            raise AssertionError("\n".join(dict.fromkeys(self.reached)))

    def _guarded(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def resolve(host: object, *arguments: Any, **options: Any) -> Any:
            __tracebackhide__ = True
            self._check(host)
            return original(host, *arguments, **options)

        vars(resolve)["announce"] = functools.partial(self._announced, getattr(original, "announce", None))
        return resolve

    def _announced(self, below: Callable[[str], object] | None, url: str) -> None:
        """Look at a request of this package's own clients; see `_http/announcing`."""
        __tracebackhide__ = True
        self._check(_host_of(url))
        if below is not None:
            below(url)

    def _check(self, host: object) -> None:
        __tracebackhide__ = True
        if not self._watches or not (name := _real(host)) or self._allowed():
            return
        told = f"A test was about to reach {name}, a real host of the API{_caller()}. It was stopped, nothing was sent."
        sentence = f"{told} {self._hint}".rstrip()
        self.reached.append(sentence)
        raise self._error(sentence)


def _real(host: object) -> str:
    """The name of a host, if it is one of the API; else empty."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if not isinstance(name, str) or name == "localhost" or ":" in name or name[-1:].isdigit():
        return ""  # nothing that is looked up
    name = name.rstrip(".").lower()
    return name if name in _hosts() else ""


@functools.cache
def _hosts() -> frozenset[str]:
    from messagemedia_generated.servers import SERVERS  # noqa: PLC0415  # only if a name is looked up at all

    return frozenset(map(_host_of, SERVERS.values()))


def _host_of(url: str) -> str:
    from urllib.parse import urlsplit  # noqa: PLC0415  # whoever has an address has imported it

    return urlsplit(url).hostname or ""


def _caller() -> str:
    """The place in the caller's own code from which a host is reached, as far as the stack of this thread tells."""
    import inspect  # noqa: PLC0415  # needed after a mistake only
    import sysconfig  # noqa: PLC0415

    import messagemedia_generated  # noqa: PLC0415

    ours = (os.path.dirname(os.path.dirname(__file__)), os.path.dirname(messagemedia_generated.__file__))  # noqa: PTH120
    of_others = ("<", *ours, *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")))
    frame = inspect.currentframe()
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(of_others):
            return f" (at {file}:{frame.f_lineno})"
        frame = frame.f_back
    return ""
