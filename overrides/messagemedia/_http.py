"""The one place that knows HTTP libraries: httpx, its successor httpx2, and aiohttp underneath httpx.

Exceptions are told apart by the library of the client that raised them. Of a client that was passed in only
`build_request` and `send` are used.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any, Final, Literal, Protocol

from messagemedia._connections import KEEPALIVE_EXPIRY, MAX_CONNECTIONS, AsyncDirect, AsyncPassed, Direct, Passed, Slots
from messagemedia._environment import Proxy, proxy_for, tls_for, unreadable
from messagemedia._exchange import NoAnswer, Request, Response
from messagemedia._tracing import Traced, answer_in, chain, is_about
from messagemedia.errors import ConfigurationError, FieldError, ValidationError

HttpLibrary = Literal["httpx", "httpx2"]
"""What a blocking client can stand on."""

AsyncHttpLibrary = Literal["httpx", "httpx2", "aiohttp"]
"""What an awaited client can stand on."""

_CHOICES: Final = {"Client": ("httpx", "httpx2"), "AsyncClient": ("httpx", "httpx2", "aiohttp")}
_PACKAGES: Final = {"httpx2": ("httpx2",), "aiohttp": ("httpx", "httpx_aiohttp")}

# These come before the first byte of a request leaves. They decide where nothing tells what left: over a transport that
# is not httpcore's, such as one of a test.
_NOT_SENT = ("ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol")
_NOT_SENT_BY_AIOHTTP = ("ClientConnectorError", "ConnectionTimeoutError", "ClientHttpProxyError")


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

    def send(self, request: Any, *, auth: None, follow_redirects: bool, stream: bool = False) -> Any:
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

    async def send(self, request: Any, *, auth: None, follow_redirects: bool, stream: bool = False) -> Any:
        """Send a request and read its answer."""
        ...


class Http:
    """A client of some library, how it makes requests, and what its exceptions say."""

    def __init__(self, choice: object, kind: Literal["Client", "AsyncClient"], base_url: str) -> None:
        """Take the client that was passed in, or make connections: of httpx, or of the library that is named.

        Raises:
            ConfigurationError: If it can't be used.
        """
        name = "httpx" if choice is None else choice
        self._kind = kind
        self._over_aiohttp = name == "aiohttp"
        self._passed: Any = None if isinstance(name, str) else choice
        self.connections: Any
        if isinstance(name, str):
            self._library = _library(name, kind)
            self.connections = _connections(self._library, name, kind, base_url)
        else:
            self._library = _library_of(choice, kind)
            self.connections = Passed(choice) if kind == "Client" else AsyncPassed(choice)
            self._over_aiohttp = any(each.__module__.startswith("httpx_aiohttp") for each in type(choice).__mro__)

    def message(self, request: Request) -> tuple[Any, Traced]:
        """The library's own form of a request, and what will be seen of it.

        Raises:
            ValidationError: If no request can have such an address.
            ConfigurationError: If it can't be made, or would go to another address than the one that is signed.
        """
        try:
            message = self._prepared(request) if self._passed is None else self._built(request)
        except (self._library.InvalidURL, UnicodeError) as error:  # an invalid host name raises UnicodeError
            problem = FieldError(f"base_url and arguments make an address that can't be sent: {error}")
            raise ValidationError([problem], operation=request.operation) from None
        traced = Traced(message.extensions.get("timeout", {}), request.until)
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
        message.read()  # over aiohttp, a body that has not been read is sent in chunks, against its Content-Length
        return message

    def _built(self, request: Request) -> Any:
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

    def outcome(self, error: Exception, message: Any, traced: Traced) -> Response | NoAnswer:
        """What became of a request whose sending raised an exception."""
        if answer := answer_in(error, message, traced, self._library):
            return answer
        return NoAnswer(self._reason(error, message, traced), error, self._where(error))

    def _reason(
        self, error: Exception, message: Any, traced: Traced
    ) -> Literal["not_sent", "timeout", "lost", "garbled"]:
        library = self._library
        # The exception of a hook may be about a request of its own, so it proves nothing about this one.
        proves = self._passed is None or is_about(error, message, library)
        if (aiohttp := _aiohttp_behind(error)) is not None:
            # What stands between makes a ConnectTimeout of every connection that is lost.
            if proves and isinstance(error.__cause__, tuple(getattr(aiohttp, name) for name in _NOT_SENT_BY_AIOHTTP)):
                return "not_sent"
            return "timeout" if isinstance(error.__cause__, TimeoutError) else "lost"
        by_class = proves and isinstance(error, tuple(getattr(library, name) for name in _NOT_SENT))
        if traced.ended_before_it_left(error) or (by_class and not traced.left and traced.failure is None):
            return "not_sent"
        if isinstance(error, (library.TimeoutException, TimeoutError)):
            return "timeout"
        # Whatever else is raised, by a hook or a transport of the caller's for instance, may have come after the
        # request.
        return "lost" if isinstance(error, library.TransportError | OSError) else "garbled"

    def _where(self, error: Exception) -> Literal["network", "pool", "certificate"]:
        if isinstance(error, self._library.PoolTimeout):
            return "pool"
        ssl: Any = sys.modules.get("ssl")  # whoever has met a certificate has imported it
        untrusted = ssl and any(isinstance(each, ssl.SSLCertVerificationError) for each in chain(error))
        return "certificate" if untrusted or "CERTIFICATE_VERIFY_FAILED" in str(error) else "network"


def _aiohttp_behind(error: Exception) -> Any:
    """The library aiohttp, if the cause of an exception is one of its exceptions."""
    return sys.modules.get("aiohttp") if type(error.__cause__).__module__.partition(".")[0] == "aiohttp" else None


@lru_cache(maxsize=32)
def _address(library: Any, url: str) -> tuple[Any, bytes, bytes]:
    """A URL, the host as its header has it, and the target of its request."""
    parsed = library.URL(url)
    return parsed, parsed.netloc, parsed.raw_path


def _library_of(http_client: object, kind: str) -> Any:
    """The HTTP library that a client belongs to."""
    for each in type(http_client).__mro__:
        name = each.__module__.partition(".")[0]
        if name in ("httpx", "httpx2") and isinstance(http_client, getattr(sys.modules[name], kind)):
            return sys.modules[name]
    raise ConfigurationError(f"{_wanted(kind)}, not {type(http_client).__name__}")


def _wanted(kind: str) -> str:
    names = ", ".join(repr(name) for name in _CHOICES[kind])
    return f"http_client must be one of {names}, or an httpx.{kind} or httpx2.{kind}"


def _library(name: str, kind: str) -> Any:
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


def _connections(library: Any, name: str, kind: str, base_url: str) -> Any:
    """Connections of our own. HTTP/1.1 is the default and stays it: the request line is signed with that version."""
    proxy = proxy_for(base_url)
    tls = tls_for(library, secure=base_url.lower().startswith("https:"))
    if name == "aiohttp" and proxy is None:  # httpx knows more kinds of proxies
        return AsyncDirect(library, _aiohttp_transport(tls))
    options = {"verify": tls}
    if proxy is not None:
        options["proxy"] = _proxy(library, proxy)
    if kind == "AsyncClient":
        return Slots(library, options)
    # A pooled connection that the server has closed meanwhile costs a send its certainty: idle ones must go early.
    limits = library.Limits(
        max_connections=MAX_CONNECTIONS, max_keepalive_connections=20, keepalive_expiry=KEEPALIVE_EXPIRY
    )
    return Direct(library.HTTPTransport(limits=limits, **options))


def _proxy(library: Any, proxy: Proxy) -> Any:
    """A proxy in the library's own form. One that speaks TLS itself is trusted as any server is."""
    tls = tls_for(library, secure=True) if proxy.url.lower().startswith("https:") else None
    try:
        return library.Proxy(proxy.url, ssl_context=tls)
    except Exception:  # noqa: BLE001  # whatever it is, the address is at fault
        raise proxy.unusable("must be the address of a proxy, such as http://proxy.example:3128") from None


def _aiohttp_transport(tls: Any) -> Any:
    aiohttp, asyncio = import_module("aiohttp"), import_module("asyncio")

    async def once(request: Any, handler: Any) -> Any:
        # The loop notices in its next round which connections the server has closed, and acts on it in the one after.
        for _ in range(2):
            await asyncio.sleep(0)
        try:
            return await handler(request)
        except aiohttp.ClientConnectorError:
            raise
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError, aiohttp.ClientResponseError) as error:
            said = str(error)
        # aiohttp sends again what it takes for harmless, unless another exception tells it of the lost connection. And
        # some of its exceptions hold the headers of the request, so this one must not lead to them.
        raise aiohttp.ClientConnectionError(said)

    def session() -> Any:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEPALIVE_EXPIRY, ssl=tls),
            cookie_jar=aiohttp.DummyCookieJar(),
            middlewares=(once,),
        )

    return import_module("httpx_aiohttp").AiohttpTransport(verify=tls, client=session)
