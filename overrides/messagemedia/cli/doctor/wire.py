"""Sockets on the way to a server: looking up, connecting, a proxy's tunnel, and TLS; each step says what ended it."""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from attrs import evolve, field, frozen

from messagemedia._http.environment import Proxy
from messagemedia.cli.doctor.certificates import described
from messagemedia.cli.doctor.facts import Connection, Handshake, Lookup, ProxySeen, Trouble

_MOST_HEAD = 65_536
_PORTS = {"https": 443, "http": 80, "socks5": 1080, "socks5h": 1080}

# What OpenSSL calls the commonest problems of a certificate.
_CERTIFICATE_TROUBLES: dict[int, Trouble] = {
    9: "not yet valid",
    10: "expired",
    **dict.fromkeys((2, 18, 19, 20, 21, 27), "untrusted"),
    **dict.fromkeys((62, 64), "wrong name"),
}
_OLD = ("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION", "NO_PROTOCOLS_AVAILABLE", "VERSION_TOO_LOW")
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH")


@frozen
class Place:
    """A host and a port."""

    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Place:
        """The place that an address names."""
        parts = urlsplit(url)
        return cls(parts.hostname or "", parts.port or _PORTS.get(parts.scheme.lower(), 80))

    @property
    def netloc(self) -> str:
        """Host and port as a request line has them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@frozen
class Way:
    """How a server is reached: directly, or through the tunnel of a proxy.

    Attributes:
        server: The server.
        proxy: The proxy, None if there is none.
        timeout: Seconds that each step may take.
    """

    server: Place
    proxy: Proxy | None = field(repr=False)
    timeout: float

    @property
    def first(self) -> Place:
        """What is connected to."""
        return self.server if self.proxy is None else Place.of(self.proxy.url)

    def opened(self) -> socket.socket:
        """A connection to the server, with a tunnel if a proxy is in between.

        Raises:
            OSError: It does not come up.
        """
        plain = socket.create_connection((self.first.host, self.first.port), self.timeout)
        if self.proxy is not None:
            try:
                tunnelled(plain, self.proxy, self.server)
            except BaseException:
                plain.close()
                raise
        return plain


def looked_up(place: Place, timeout: float) -> Lookup:
    """The addresses of a host; the system's own resolver knows no timeout."""
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(place.host)
        return Lookup(place.host, (place.host,))
    found: list[Lookup] = []

    def look() -> None:
        try:
            answers = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            found.append(Lookup(place.host, trouble="not found"))
        else:
            found.append(Lookup(place.host, tuple(dict.fromkeys(str(each[4][0]) for each in answers))))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(timeout)
    return found[0] if found else Lookup(place.host, trouble="timeout")


def connected(place: Place, timeout: float) -> tuple[Connection, socket.socket | None]:
    """A connection, and what came of it."""
    seen = Connection(place.host, place.port)
    begun = time.monotonic()
    plain: socket.socket | None = None
    try:
        plain = socket.create_connection((place.host, place.port), timeout)
        address = str(plain.getpeername()[0])
    except OSError as error:  # the second call fails if it was reset meanwhile
        if plain is not None:
            plain.close()
        return evolve(seen, trouble=trouble_of(error), seconds=time.monotonic() - begun), None
    return evolve(seen, address=address, seconds=time.monotonic() - begun), plain


def seen_of(proxy: Proxy) -> ProxySeen:
    """What of a proxy's address may be shown."""
    parts, place = urlsplit(proxy.url), Place.of(proxy.url)
    return ProxySeen(place.netloc, proxy.variable, parts.scheme.lower(), has_password=parts.username is not None)


def asked(plain: socket.socket, proxy: Proxy, server: Place) -> ProxySeen:
    """What a proxy answers that is asked for a tunnel."""
    seen = seen_of(proxy)
    try:
        status, asks = tunnelled(plain, proxy, server)
    except OSError as error:
        return evolve(seen, trouble=trouble_of(error))
    return evolve(seen, status=status, asks=asks)


def tunnelled(plain: socket.socket, proxy: Proxy, server: Place) -> tuple[int, tuple[str, ...]]:
    """Ask a proxy for a tunnel: the status of its answer, and the ways to authenticate that it offers.

    Raises:
        OSError: It does not answer, or with something that is not HTTP.
    """
    lines = [f"CONNECT {server.netloc} HTTP/1.1", f"Host: {server.netloc}", *_credentials(proxy)]
    plain.sendall("\r\n".join([*lines, "", ""]).encode())
    head = b""
    while b"\r\n\r\n" not in head:
        piece = plain.recv(1)  # what comes after the head belongs to TLS
        if not piece or len(head) > _MOST_HEAD:
            raise ConnectionResetError("no answer of a proxy")
        head += piece
    first, *fields = head.decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    if not version.startswith("HTTP/") or not rest[:3].isdecimal():
        raise ConnectionError("not HTTP")
    return int(rest[:3]), tuple(ways(fields))


def ways(fields: list[str]) -> Iterator[str]:
    """The ways to authenticate that the header fields of a proxy offer."""
    for each in fields:
        name, _, value = each.partition(":")
        if name.strip().lower() == "proxy-authenticate" and value.strip():
            yield value.split()[0].rstrip(",")[:20]


def _credentials(proxy: Proxy) -> list[str]:
    parts = urlsplit(proxy.url)
    if parts.username is None:
        return []
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return [f"Proxy-Authorization: Basic {base64.b64encode(pair.encode()).decode()}"]


def shaken(plain: socket.socket, way: Way, context: ssl.SSLContext) -> Handshake:
    """A TLS handshake over a connection that is open; the certificate is looked at if it is refused."""
    try:
        with context.wrap_socket(plain, server_hostname=way.server.host) as inner:
            return Handshake(version=inner.version() or "")
    except ssl.SSLCertVerificationError as error:
        trouble = _CERTIFICATE_TROUBLES.get(error.verify_code, "other certificate")
        return Handshake(certificate=described(_shown(way)), trouble=trouble, detail=error.verify_message)
    except ssl.SSLError as error:
        reason = (error.reason or "").upper()
        trouble = "other"
        if any(each in reason for each in _OLD):
            trouble = "old version"
        elif any(each in reason for each in _NO_TLS):
            trouble = "no tls"
        elif isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            trouble = "cut off"
        return Handshake(trouble=trouble, detail=reason.lower().replace("_", " "))
    except OSError as error:
        return Handshake(trouble=trouble_of(error))


def _shown(way: Way) -> bytes | None:
    """The certificate of a server that is not trusted; nothing is sent to it but the beginning of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        contextlib.suppress(OSError),
        way.opened() as plain,
        context.wrap_socket(plain, server_hostname=way.server.host) as inner,
    ):
        return inner.getpeercert(binary_form=True)
    return None


def trouble_of(error: BaseException) -> Trouble:
    """What an exception of a socket means."""
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, ConnectionResetError | BrokenPipeError | ConnectionAbortedError):
        return "cut off"
    if isinstance(error, socket.gaierror):
        return "not found"
    return "unreachable" if isinstance(error, OSError) and not isinstance(error, ConnectionError) else "other"
