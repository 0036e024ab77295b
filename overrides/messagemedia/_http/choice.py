"""Which HTTP library a client uses: one that is named, or that of a client that was passed in.

A new library gets a module of its own, a name here, and an extra of that name in `pyproject.toml`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final, Literal, Protocol, get_args

from messagemedia_generated.wording import type_name

from messagemedia._http import over_pyreqwest
from messagemedia._http.environment import is_secure, proxy_for, tls_for, unreadable
from messagemedia._http.protocol import AsyncSender, Sender
from messagemedia.errors import ConfigurationError

HttpLibrary = Literal["httpx", "httpx2", "pyreqwest"]
"""The HTTP libraries of a blocking client."""

AsyncHttpLibrary = Literal["httpx", "httpx2", "aiohttp", "pyreqwest"]
"""The HTTP libraries of an async client."""

_CHOICES: Final = {"Client": get_args(HttpLibrary), "AsyncClient": get_args(AsyncHttpLibrary)}


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
    """The part of `httpx.Client` or `httpx2.Client` that is used."""

    def send(self, request: Any, *, auth: None, follow_redirects: bool, stream: bool = False) -> Any:
        """Send a request and read its answer."""
        ...


class AsyncHttpClient(_MakesRequests, Protocol):
    """The part of `httpx.AsyncClient` or `httpx2.AsyncClient` that is used."""

    async def send(self, request: Any, *, auth: None, follow_redirects: bool, stream: bool = False) -> Any:
        """Send a request and read its answer."""
        ...


def sender(http_client: object, base_url: str) -> Sender:
    """What sends for a blocking client.

    Raises:
        ConfigurationError: If it can't be used.
    """
    if _chosen(http_client, "Client", base_url) == "pyreqwest":
        return over_pyreqwest.PyreqwestSender(base_url)
    from messagemedia._http.over_httpx import HttpxSender  # noqa: PLC0415

    return HttpxSender(*_httpx(http_client, "Client"), base_url)


def async_sender(http_client: object, base_url: str) -> AsyncSender:
    """What sends for an awaited client.

    Raises:
        ConfigurationError: If it can't be used.
    """
    name = _chosen(http_client, "AsyncClient", base_url)
    if name == "pyreqwest":
        return over_pyreqwest.AsyncPyreqwestSender(base_url)
    if name == "aiohttp":
        from messagemedia._http.over_aiohttp import AiohttpSender  # noqa: PLC0415

        return AiohttpSender(_package(name), base_url)
    from messagemedia._http.over_httpx import AsyncHttpxSender  # noqa: PLC0415

    return AsyncHttpxSender(*_httpx(http_client, "AsyncClient"), base_url)


def client_without_proxy(base_url: str) -> Any:
    """A client for an address on this machine, to which no proxy leads whatever the environment says.

    Raises:
        ConfigurationError: If a variable names certificates that can't be read.
    """
    import httpx  # noqa: PLC0415

    return httpx.Client(trust_env=False, verify=tls_for(httpx, secure=is_secure(base_url)))


def _chosen(http_client: object, kind: str, base_url: str) -> str:
    """The name of the library to import, empty for a client that was passed in."""
    if http_client is None:
        return "httpx"
    if not isinstance(http_client, str):
        return ""
    if http_client not in _CHOICES[kind]:
        raise ConfigurationError(f"{_wanted(kind)}, not {http_client!r}")
    if http_client not in ("httpx", "httpx2"):
        _package(http_client)
        if proxy_for(base_url) is not None:
            return "httpx"  # it knows more kinds of proxies, and tells what became of a request behind one
    return http_client


def _wanted(kind: str) -> str:
    names = ", ".join(repr(name) for name in _CHOICES[kind])
    return f"http_client must be one of {names}, or an httpx.{kind} or httpx2.{kind}"


def _httpx(http_client: object, kind: str) -> tuple[Any, Any]:
    """A client of httpx or httpx2 that was passed in, None if there is none, and its library."""
    if http_client in (None, "httpx", "aiohttp", "pyreqwest"):
        import httpx  # noqa: PLC0415  # in a form that tools find which freeze programs

        return None, httpx
    if isinstance(http_client, str):
        return None, _package(http_client)
    for each in type(http_client).__mro__:
        name = each.__module__.partition(".")[0]
        if name in ("httpx", "httpx2") and isinstance(http_client, getattr(sys.modules[name], kind)):
            return http_client, sys.modules[name]
    raise ConfigurationError(f"{_wanted(kind)}, not {type_name(http_client)}")


def _package(name: str) -> Any:
    """The package of a library that an extra brings."""
    try:
        return over_pyreqwest.library() if name == "pyreqwest" else import_module(name)
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"http_client={name!r} needs a package that is not installed: {error.name}",
            hint=f"pip install 'messagemedia[{name}]'",
        ) from None
    except (ImportError, RuntimeError) as error:  # there are no threads in some subinterpreters
        raise ConfigurationError(
            f"http_client={name!r} needs a package that can't be imported: {error}",
            hint=f"pip install --force-reinstall 'messagemedia[{name}]'",
        ) from None
    except OSError as error:  # aiohttp makes a TLS context when it is imported
        raise unreadable("SSLKEYLOGFILE", f"names a file that can't be written: {error.strerror}") from None
