"""Which HTTP library a client stands on: one that is named, or that of a client that was passed in."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final, Literal, Protocol

from messagemedia._http.environment import unreadable
from messagemedia.errors import ConfigurationError

HttpLibrary = Literal["httpx", "httpx2"]
"""What a blocking client can stand on."""

AsyncHttpLibrary = Literal["httpx", "httpx2", "aiohttp"]
"""What an awaited client can stand on."""

_CHOICES: Final = {"Client": ("httpx", "httpx2"), "AsyncClient": ("httpx", "httpx2", "aiohttp")}
_PACKAGES: Final = {"httpx2": ("httpx2",), "aiohttp": ("httpx", "httpx_aiohttp")}


class _MakesRequests(Protocol):
    def build_request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        content: bytes | None,
        timeout: float | None,
    ) -> Any:
        """Make a request."""
        ...


class HttpClient(_MakesRequests, Protocol):
    """What is used of `httpx.Client` or `httpx2.Client`."""

    def send(self, request: Any, *, auth: None, follow_redirects: bool, stream: bool = False) -> Any:
        """Send a request and read its answer."""
        ...


class AsyncHttpClient(_MakesRequests, Protocol):
    """What is used of `httpx.AsyncClient` or `httpx2.AsyncClient`."""

    async def send(self, request: Any, *, auth: None, follow_redirects: bool, stream: bool = False) -> Any:
        """Send a request and read its answer."""
        ...


def library_of(http_client: object, kind: str) -> Any:
    """The HTTP library that a client belongs to."""
    for each in type(http_client).__mro__:
        name = each.__module__.partition(".")[0]
        if name in ("httpx", "httpx2") and isinstance(http_client, getattr(sys.modules[name], kind)):
            return sys.modules[name]
    raise ConfigurationError(f"{_wanted(kind)}, not {type(http_client).__name__}")


def _wanted(kind: str) -> str:
    names = ", ".join(repr(name) for name in _CHOICES[kind])
    return f"http_client must be one of {names}, or an httpx.{kind} or httpx2.{kind}"


def library_named(name: str, kind: str) -> Any:
    """The HTTP library whose clients a choice stands for."""
    if name not in _CHOICES[kind]:
        raise ConfigurationError(f"{_wanted(kind)}, not {name!r}")
    if name == "httpx":
        import httpx  # noqa: PLC0415  # in a form that tools find which freeze programs

        return httpx
    try:
        library, *_ = [import_module(package) for package in _PACKAGES[name]]
    except ImportError as error:
        raise ConfigurationError(
            f"http_client={name!r} needs a package that is not installed: {error.name}",
            hint=f"pip install 'messagemedia[{name}]'",
        ) from None
    except OSError as error:  # aiohttp makes a TLS context when it is imported
        raise unreadable("SSLKEYLOGFILE", f"names a file that can't be written: {error.strerror}") from None
    return library
