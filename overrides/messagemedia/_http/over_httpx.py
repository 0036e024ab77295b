"""A client of httpx or of its successor httpx2: how it makes requests, and what its exceptions say.

Exceptions are told apart by the library of the client that raised them. Of a client that was passed in only
`build_request` and `send` are used.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib import import_module
from typing import Any, Literal

from messagemedia._http import over_aiohttp
from messagemedia._http.choice import library_named, library_of
from messagemedia._http.connections import (
    KEEPALIVE_EXPIRY,
    MAX_CONNECTIONS,
    AsyncDirect,
    AsyncPassed,
    Direct,
    Passed,
    Slots,
)
from messagemedia._http.environment import Proxy, proxy_for, tls_for
from messagemedia._http.exchange import NoAnswer, Request, Response
from messagemedia._http.tracing import Traced, answer_in, chain, is_about
from messagemedia.errors import ConfigurationError, FieldError, ValidationError

# These come before the first byte of a request leaves. They decide where nothing tells what left: over a transport that
# is not httpcore's, such as one of a test.
_NOT_SENT = ("ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol")


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
            self._library = library_named(name, kind)
            self.connections = _connections(self._library, name, kind, base_url)
        else:
            self._library = library_of(choice, kind)
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
        if reason := over_aiohttp.reason(error, proves=proves):
            return reason
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


@lru_cache(maxsize=32)
def _address(library: Any, url: str) -> tuple[Any, bytes, bytes]:
    """A URL, the host as its header has it, and the target of its request."""
    parsed = library.URL(url)
    return parsed, parsed.netloc, parsed.raw_path


def _connections(library: Any, name: str, kind: str, base_url: str) -> Any:
    """Connections of our own. HTTP/1.1 is the default and stays it: the request line is signed with that version."""
    proxy = proxy_for(base_url)
    tls = tls_for(library, secure=base_url.lower().startswith("https:"))
    if name == "aiohttp" and proxy is None:  # httpx knows more kinds of proxies
        return AsyncDirect(library, over_aiohttp.transport(tls))
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
