"""A push as it arrived: what of a request is signed or says how to read it, from any framework's way of giving it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast
from urllib.parse import urlsplit

from attrs import field, frozen

from messagemedia.errors import ConfigurationError
from messagemedia.webhooks.errors import InvalidSignatureError, UnreadablePushError

METHODS = ("POST", "PUT", "PATCH", "DELETE", "GET")

# Those that matter to verifying and reading, and those by which proxies tell what they changed.
_PREFIX = "x-messagemedia-"
SIGNATURE, DIGEST, CIPHER, KEY_ID = (
    f"{_PREFIX}{name}" for name in ("signature", "digest-type", "cipher-type", "key-id")
)
REWRITTEN = ("x-original-uri", "x-original-url", "x-rewrite-url", "x-envoy-original-path")
FORWARDED_PREFIX = "x-forwarded-prefix"
_SINGLE = frozenset({SIGNATURE, DIGEST, CIPHER, KEY_ID, "date", "content-type"})
_KNOWN = _SINGLE | {*REWRITTEN, FORWARDED_PREFIX, "host"}

Text = str | bytes
Headers = Mapping[str, object] | Mapping[bytes, object] | Iterable[tuple[Text, object]]


@frozen
class Request:
    """What of a request matters.

    Attributes:
        method: The method, as it arrived.
        path: The path of the request line before the query, as bytes; None where a server does not tell it.
        query: What follows the question mark; None if there is none.
        headers: The headers that matter, under lower-case names.
        body: The raw body.
    """

    method: str
    path: bytes | None = field(repr=False)
    query: bytes | None = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def header(self, name: str) -> str:
        """The value of a header, empty if it is not there."""
        return self.headers.get(name, "")

    @property
    def target(self) -> bytes | None:
        """Path and query as they stand in the request line."""
        return None if self.path is None else joined(self.path, self.query)


def request_of(method: str, target: Text, headers: Headers, body: bytes) -> Request:
    """A request from its parts.

    Raises:
        InvalidSignatureError: A header that may be there once is there twice.
        UnreadablePushError: A part is of a wrong type.
    """
    _require("method", method, str)
    _require("target", target, str, bytes)
    _require("body", body, bytes)
    path, mark, query = as_bytes(target).partition(b"?")
    return Request(method, path, query if mark else None, collected(headers), body)


def _require(name: str, value: object, *kinds: type) -> None:
    if not isinstance(value, kinds):
        raise UnreadablePushError(
            f"{name} must be {' or '.join(kind.__name__ for kind in kinds)}, not {type(value).__name__}",
            hint="A signature covers the exact bytes: pass them before they are decoded or parsed.",
        )


def collected(headers: Headers) -> dict[str, str]:
    """The headers that matter, from a mapping or pairs, in any spelling, such as `HTTP_X_MESSAGEMEDIA_KEY_ID` of WSGI.

    Raises:
        InvalidSignatureError: One that may be there once is there twice, so that two readers could read two pushes.
    """
    pairs = cast("Mapping[Text, object]", headers).items() if isinstance(headers, Mapping) else headers
    found: dict[str, str] = {}
    for name, value in pairs:
        known = _name(name)
        if known not in _KNOWN:
            continue
        for each in cast("Iterable[object]", value) if isinstance(value, list | tuple) else (value,):
            if known in _SINGLE and known in found:
                raise InvalidSignatureError(f"the header {known} occurs twice")
            found[known] = each.decode("latin-1") if isinstance(each, bytes) else str(each)
    return found


def _name(name: object) -> str:
    text = name.decode("latin-1") if isinstance(name, bytes) else name if isinstance(name, str) else ""
    return text.lower().replace("_", "-").removeprefix("http-")


def as_bytes(target: Text) -> bytes:
    """A request target as it went over the wire: servers that give it as a text decode it as Latin-1."""
    if isinstance(target, bytes):
        return target
    try:
        return target.encode("latin-1")
    except UnicodeEncodeError:
        return target.encode("utf-8", "surrogatepass")


def joined(path: bytes, query: bytes | None) -> bytes:
    """Path and query as a request line has them."""
    return path if query is None else path + b"?" + query


@frozen
class Address:
    """Path and query of the address under which the service pushes, where a proxy changes them on the way."""

    path: bytes
    query: bytes | None

    @classmethod
    def of(cls, name: str, url: object) -> Address:
        """The address that an argument gives.

        Raises:
            ConfigurationError: It is none.
        """
        if not isinstance(url, str):
            raise ConfigurationError(f"{name} must be a str, not {type(url).__name__}")
        if (path := _path(url)) is None:
            raise ConfigurationError(
                f"{name} must be the address that you gave to the API, such as https://example.com/hooks/messages"
            )
        _, mark, query = url.partition("?")
        return cls(path or b"/", query.encode() if mark else None)

    def target(self, request: Request) -> bytes:
        """The target that the service signed: this path, and the query that arrived unless this has one of its own."""
        return joined(self.path, request.query if self.query is None else self.query)


def _path(url: str) -> bytes | None:
    """The path of an address that can stand in a request line; None if it is none."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts.path.encode() if usable and url.isascii() and url.isprintable() and not {" ", "#"} & set(url) else None
