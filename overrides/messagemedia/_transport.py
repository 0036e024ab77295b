"""The one place that knows an HTTP library: it sends requests of the flow and says what came of them.

A client of httpx or of its successor httpx2 will do. Exceptions are told apart by the client's own library, and of the
client only `build_request` and `send` are used.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Protocol, cast

import httpx

from messagemedia._exchange import NoAnswer, Request, Response
from messagemedia.errors import ConfigurationError, FieldError, ValidationError

# A pooled connection that the server has closed meanwhile costs a send its certainty: idle ones must go early, whatever
# the library's defaults become.
_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=5.0)

# These come before the first byte of a request leaves.
_NOT_SENT = ("ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol")


class HttpClient(Protocol):
    """What is used of `httpx.Client` or `httpx2.Client`."""

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

    def send(self, request: Any, *, auth: None, follow_redirects: bool) -> Any:
        """Send a request and read its answer."""
        ...


class AsyncHttpClient(Protocol):
    """What is used of `httpx.AsyncClient` or `httpx2.AsyncClient`."""

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

    async def send(self, request: Any, *, auth: None, follow_redirects: bool) -> Any:
        """Send a request and read its answer."""
        ...


class Transport:
    """Sends requests, blocking."""

    def __init__(self, http_client: HttpClient | None) -> None:
        self._library = _library(http_client, "Client")
        # HTTP/1.1 is httpx's default and stays it: the request line is signed with that version.
        self._owned = None if http_client is not None else httpx.Client(limits=_LIMITS, cookies=_no_cookies())
        self._client = cast("HttpClient", self._owned) if http_client is None else http_client
        self._closed = False

    def send(self, request: Request) -> Response | NoAnswer:
        """Send one request and say what came of it; Ctrl-C passes through."""
        message = _message(self._client, self._library, request, self._closed)
        try:
            answer = self._client.send(message, auth=None, follow_redirects=False)
        except BaseException as error:
            if (outcome := _no_answer(error, self._library)) is None:
                raise
            return outcome
        finally:
            _forget(message)
        return _response(answer)

    def close(self) -> None:
        """Refuse further requests, and close the connections unless they belong to a client that was passed in."""
        self._closed = True
        if self._owned is not None:
            self._owned.close()


class AsyncTransport:
    """Sends requests, awaited."""

    def __init__(self, http_client: AsyncHttpClient | None) -> None:
        self._library = _library(http_client, "AsyncClient")
        self._owned = None if http_client is not None else httpx.AsyncClient(limits=_LIMITS, cookies=_no_cookies())
        self._client = cast("AsyncHttpClient", self._owned) if http_client is None else http_client
        self._closed = False
        self._loop: object = None

    async def send(self, request: Request) -> Response | NoAnswer:
        """Send one request and say what came of it; cancellation passes through."""
        self._refuse_another_loop()
        message = _message(self._client, self._library, request, self._closed)
        try:
            answer = await self._client.send(message, auth=None, follow_redirects=False)
        except BaseException as error:
            if (outcome := _no_answer(error, self._library)) is None:
                raise
            return outcome
        finally:
            _forget(message)
        return _response(answer)

    def _refuse_another_loop(self) -> None:
        """A pooled connection of another event loop may still take a request, and then fail without its answer."""
        loop = _running_loop()
        if self._owned is not None and self._loop not in (None, loop):
            raise ConfigurationError(
                "this AsyncClient was first used in another event loop", hint="Make one in each asyncio.run()."
            )
        self._loop = loop

    async def close(self) -> None:
        """Refuse further requests, and close the connections unless they belong to a client that was passed in."""
        self._closed = True
        if self._owned is not None:
            await self._owned.aclose()


def _running_loop() -> object:
    """The event loop that runs; None under anything but asyncio."""
    asyncio: Any = sys.modules.get("asyncio")  # whoever runs a loop has imported it
    try:
        return asyncio.get_running_loop() if asyncio else None
    except RuntimeError:
        return None


def _no_cookies() -> CookieJar:
    """A jar that stays empty: the API uses no cookies, and one of a gateway must not decide over later calls."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))


def _library(http_client: object, kind: str) -> Any:
    """The HTTP library that a client belongs to."""
    if http_client is None:
        return httpx
    for each in type(http_client).__mro__:
        name = each.__module__.partition(".")[0]
        if name in ("httpx", "httpx2") and isinstance(http_client, getattr(sys.modules[name], kind)):
            return sys.modules[name]
    raise ConfigurationError(f"http_client must be an httpx.{kind} or httpx2.{kind}, not {type(http_client).__name__}")


def _message(client: HttpClient | AsyncHttpClient, library: Any, request: Request, closed: bool) -> Any:
    if closed:
        raise ConfigurationError("this client is closed, make a new one")
    try:
        message = client.build_request(
            request.method, request.url, headers=request.headers, content=request.content, timeout=request.timeout
        )
    except (library.InvalidURL, UnicodeError) as error:  # an invalid host name raises UnicodeError
        problem = FieldError(f"base_url and arguments make an address that can't be sent: {error}")
        raise ValidationError([problem], operation=request.operation) from None
    if message.url.raw_path.decode("ascii") != request.target:
        raise ConfigurationError(
            f"the HTTP client would send {request.operation} to another address than the one that is signed",
            hint="Use a base_url in its plainest form, and an http_client without parameters of its own.",
        )
    return message


def _response(answer: Any) -> Response:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Response(answer.status_code, headers, answer.content, answer.http_version)


def _no_answer(error: BaseException, library: Any) -> NoAnswer | None:
    """What an exception says of its request; None if it is Ctrl-C, a cancellation or the like."""
    _strip(error)
    if not isinstance(error, Exception):
        return None
    if isinstance(error, tuple(getattr(library, name) for name in _NOT_SENT)):
        return NoAnswer("not_sent", error)
    if isinstance(error, library.TimeoutException):
        return NoAnswer("timeout", error)
    # Whatever else is raised, by a hook or a transport of the caller's for instance, may have come after the request.
    passing = isinstance(error, library.TransportError | OSError)
    return NoAnswer("lost" if passing else "garbled", error)


def _strip(error: BaseException | None) -> None:
    """Drop the inner frames of an exception: their variables hold the headers, and so the credentials."""
    while error is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def _forget(message: Any) -> None:
    """Take the credentials out of a request that has been sent: exceptions and answers keep a reference to it."""
    message.headers.pop("Authorization", None)
