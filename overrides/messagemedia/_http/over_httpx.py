"""A client of httpx or of its successor httpx2: how it makes requests, and what its exceptions say.

Exceptions are told apart by the library of the client that raised them. Of a client that was passed in only
`build_request` and `send` are used.
"""

from __future__ import annotations

import contextlib
import sys
import time
from functools import lru_cache
from importlib import import_module
from typing import Any, Literal

from messagemedia._http.environment import Proxy, is_secure, proxy_for, tls_for
from messagemedia._http.exchange import NoAnswer, Request, Response, says_enough
from messagemedia._http.httpx_connections import AsyncPassed, Direct, Passed, Slots
from messagemedia._http.limits import KEEPALIVE_EXPIRY, MAX_CONNECTIONS, PoolTimeoutError
from messagemedia._http.seeding import seed_this_thread
from messagemedia._http.tracing import DeadlineError, Traced, answer_in, is_about, is_untrusted, strip
from messagemedia.errors import ConfigurationError, FieldError, ValidationError

# These come before the first byte of a request leaves. They decide where nothing tells what left: over a transport that
# is not httpcore's, such as one of a test.
_NOT_SENT = ("ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol")
_NOT_SENT_BY_AIOHTTP = ("ClientConnectorError", "ConnectionTimeoutError", "ClientHttpProxyError")


class _Httpx:
    """A client of httpx or httpx2: how it makes requests, and what its exceptions say."""

    _kind: Literal["Client", "AsyncClient"]

    def __init__(self, choice: object, library: Any, base_url: str) -> None:
        """Take the client that was passed in, or make connections if there is none.

        Raises:
            ConfigurationError: If it can't be used.
        """
        self._library = library
        self._passed: Any = choice
        self._over_aiohttp = _is_over_aiohttp(choice)
        self._secure = is_secure(base_url)
        self.connections = _connections(library, self._kind, base_url) if choice is None else self._around(choice)

    def _around(self, client: Any) -> Any:
        return Passed(client) if self._kind == "Client" else AsyncPassed(client)

    def _message(self, request: Request) -> tuple[Any, Traced]:
        """The library's own form of a request, and what will be seen of it.

        Raises:
            ValidationError: If no request can have such an address.
            ConfigurationError: If it can't be made, or would go to another address than the one that is signed.
        """
        try:
            message = self._prepared(request) if self._passed is None else self._built(request)
        except (self._library.InvalidURL, UnicodeError) as error:  # an invalid host name raises UnicodeError
            problem = FieldError(f"base_url and arguments make an address that is not valid: {error}")
            raise ValidationError([problem], operation=request.operation) from None
        traced = Traced(request.url, message.extensions.get("timeout", {}), request.until)
        message.extensions.setdefault("trace", traced.note if self._kind == "Client" else traced.anote)
        return message, traced

    def _prepared(self, request: Request) -> Any:
        """A request for own connections, which have nothing to add to it: that is why it need not be merged."""
        library, content = self._library, request.content or b""
        url, host, path = _address(library, request.url)
        self._check_target(path, request)
        headers = [(b"Host", host), (b"Accept-Encoding", b"gzip, deflate")]
        headers += [(name.encode("ascii"), value.encode("ascii")) for name, value in request.headers.items()]
        if content or request.method in ("POST", "PUT", "PATCH"):
            headers.append((b"Content-Length", b"%d" % len(content)))
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), request.timeout)
        message = library.Request(
            request.method,
            url,
            headers=headers,
            stream=library.ByteStream(content),
            extensions={"timeout": timeout},
        )
        message.headers.encoding = "ascii"
        return message

    def _built(self, request: Request) -> Any:
        if getattr(self._passed, "is_closed", False) is True:
            raise ConfigurationError("the HTTP client that was passed in is closed, create a new one")
        try:
            message = self._passed.build_request(
                request.method, request.url, headers=request.headers, content=request.content, timeout=request.timeout
            )
        except (self._library.InvalidURL, UnicodeError):
            raise
        except Exception as error:
            raise ConfigurationError(
                f"the HTTP client could not make the request: {type(error).__name__}", operation=request.operation
            ) from error
        self._check_target(message.url.raw_path, request)
        return message

    def _check_target(self, target: bytes, request: Request) -> None:
        """Refuse a request that would go to another address than the one that is signed."""
        if self._over_aiohttp and "%" in request.target:
            target = import_module("yarl").URL(request.url).raw_path_qs.encode()  # that is how aiohttp writes it
        if target != request.target.encode():
            raise ConfigurationError(
                f"the HTTP client would send {request.operation} to another address than the one that is signed",
                hint="Use a base_url in its plainest form, and an http_client without parameters of its own.",
            )

    def _outcome(self, error: BaseException, message: Any, traced: Traced) -> Response | NoAnswer:
        """What became of a request whose sending raised an exception; Ctrl-C and a cancellation pass through."""
        strip(error)
        if not isinstance(error, Exception):
            raise error
        if isinstance(error, PoolTimeoutError):
            return NoAnswer("not_sent", error, "pool")
        if isinstance(error, self._library.LocalProtocolError) and traced.ended_before_it_left(error):
            # What it says holds the header, which may be a secret.
            raise ConfigurationError(
                "the request has a header that can't be sent", hint="Check the headers of the http_client."
            ) from None
        if answer := answer_in(error, message, traced, self._library):
            return answer
        is_cut = traced.is_cut or isinstance(error, self._library.DecodingError)
        if is_cut and traced.answer and says_enough(traced.answer[0]):
            return Response(traced.answer[0], self._library.Headers(traced.answer[1]), b"")
        return NoAnswer(self._reason(error, message, traced), error, self._where(error))

    def _reason(
        self, error: Exception, message: Any, traced: Traced
    ) -> Literal["not_sent", "timeout", "lost", "garbled"]:
        library = self._library
        # The exception of a hook may be about a request of its own, so it proves nothing about this one.
        proves = self._passed is None or is_about(error, message, library)
        if _is_of(error.__cause__, "aiohttp"):
            # What stands between makes a ConnectTimeout of every connection that is lost.
            return _reason_of_aiohttp(error.__cause__, proves=proves)
        by_class = proves and isinstance(error, tuple(getattr(library, name) for name in _NOT_SENT))
        by_class = by_class and not traced.left and traced.failure is None
        if by_class or traced.ended_before_it_left(error) or self._never_left(error, traced):
            return "not_sent"
        if isinstance(error, (library.TimeoutException, TimeoutError)):
            return "timeout"
        # Whatever else is raised, by a hook or a transport of the caller's for instance, may have come after the
        # request.
        return "lost" if isinstance(error, library.TransportError | OSError) else "garbled"

    def _never_left(self, error: Exception, traced: Traced) -> bool:
        """Whether the deadline passed first. Own connections tell all that leaves, others may tell nothing."""
        tells = traced.begun or self._passed is None
        return isinstance(error, DeadlineError) and tells and not traced.left

    def _where(self, error: Exception) -> Literal["network", "pool", "certificate"]:
        if isinstance(error, self._library.PoolTimeout):
            return "pool"
        return "certificate" if is_untrusted(error) else "network"


class HttpxSender(_Httpx):
    """Sends with httpx or httpx2, blocking."""

    _kind = "Client"

    def send(self, request: Request) -> Response | NoAnswer:
        """Send a request once, and say what came of it."""
        message, traced = self._message(request)
        if self._secure:
            seed_this_thread()
        try:
            answer, content = self.connections.send(message, request.until)
        except BaseException as error:  # noqa: BLE001  # what is not about the request is raised again
            return self._outcome(error, message, traced)
        finally:
            _forget(message)
        return Response(answer.status_code, answer.headers, content, answer.http_version)

    def close(self) -> None:
        """Close the connections, unless they belong to a client that was passed in."""
        self.connections.close()


class AsyncHttpxSender(_Httpx):
    """Sends with httpx or httpx2, awaited; it differs in `await` alone."""

    _kind = "AsyncClient"

    async def send(self, request: Request) -> Response | NoAnswer:
        """Send a request once, and say what came of it."""
        message, traced = self._message(request)
        if self._secure:
            seed_this_thread()
        try:
            answer, content = await self._exchange(message, request.until)
        except BaseException as error:  # noqa: BLE001  # what is not about the request is raised again
            return self._outcome(error, message, traced)
        finally:
            _forget(message)
        return Response(answer.status_code, answer.headers, content, answer.http_version)

    async def _exchange(self, message: Any, until: float | None) -> tuple[Any, bytes]:
        if until is None:
            return await self.connections.send(message, None)  # type: ignore[no-any-return]
        import anyio  # noqa: PLC0415  # httpx brings it; blocking users need not import it

        try:
            # Headers that come in pieces, which `until` does not reach, end with it as well.
            with anyio.fail_after(max(until - time.monotonic(), 0)):
                return await self.connections.send(message, until)  # type: ignore[no-any-return]
        except TimeoutError as error:
            raise (error if isinstance(error, DeadlineError) else DeadlineError("the deadline passed")) from None

    async def close(self) -> None:
        """Close the connections, unless they belong to a client that was passed in."""
        await self.connections.close()


def _forget(message: Any) -> None:
    """Take the credentials out of a request that has been sent: exceptions and answers keep a reference to it."""
    with contextlib.suppress(KeyError):
        del message.headers["Authorization"]


def _is_of(thing: object, library: str) -> bool:
    return type(thing).__module__.partition(".")[0] == library


def _is_over_aiohttp(client: object) -> bool:
    """Whether a client that was passed in uses aiohttp, by the adapter httpx-aiohttp, which rewrites addresses."""
    return any(each.__module__.startswith("httpx_aiohttp") for each in type(client).__mro__)


def _reason_of_aiohttp(cause: BaseException | None, *, proves: bool) -> Literal["not_sent", "timeout", "lost"]:
    """What an exception of aiohttp says, below a client that was passed in; it proves nothing of another request."""
    aiohttp = sys.modules["aiohttp"]
    if proves and isinstance(cause, tuple(getattr(aiohttp, name) for name in _NOT_SENT_BY_AIOHTTP)):
        return "not_sent"
    return "timeout" if isinstance(cause, TimeoutError) else "lost"


@lru_cache(maxsize=32)
def _address(library: Any, url: str) -> tuple[Any, bytes, bytes]:
    """A URL, the host as its header has it, and the target of its request."""
    parsed = library.URL(url)
    return parsed, parsed.netloc, parsed.raw_path


def _connections(library: Any, kind: str, base_url: str) -> Any:
    """Connections of our own. HTTP/1.1 is the default and stays it: the request line is signed with that version."""
    proxy = proxy_for(base_url)
    tls = tls_for(library, secure=is_secure(base_url))
    options = {"verify": tls}
    if proxy is not None:
        options["proxy"] = _proxy(library, proxy)
    if kind == "AsyncClient":
        return Slots(library, options)
    limits = library.Limits(
        max_connections=MAX_CONNECTIONS, max_keepalive_connections=20, keepalive_expiry=KEEPALIVE_EXPIRY
    )
    return Direct(library.HTTPTransport(limits=limits, **options))


def _proxy(library: Any, proxy: Proxy) -> Any:
    """A proxy in the library's own form. One that speaks TLS itself is trusted as any server is."""
    tls = tls_for(library, secure=True) if is_secure(proxy.url) else None
    try:
        return library.Proxy(proxy.url, ssl_context=tls)
    except Exception:  # noqa: BLE001  # whatever it is, the address is at fault
        raise proxy.unusable("must be the address of a proxy, such as http://proxy.example:3128") from None
