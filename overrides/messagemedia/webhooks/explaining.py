"""Why a signature does not verify: which change on the way would explain it. For a log, never for acceptance."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import product
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

from messagemedia.webhooks.errors import InvalidSignatureError, StalePushError
from messagemedia.webhooks.request import (
    DIGEST,
    FORWARDED_PREFIX,
    KEY_ID,
    REWRITTEN,
    SIGNATURE,
    Request,
    as_bytes,
    joined,
)
from messagemedia.webhooks.signature import DIGESTS, Verifier, decoded, is_signed, signed

_ASIS = "as it arrived"
_LARGE = 65_536  # bytes; trying changes of larger bodies would keep a server busy
_PUBLIC_URL = "Set public_url= to the address that you gave to the API."


def explain(verifier: Verifier, request: Request) -> str:
    """What is wrong with the signature of a push, in a sentence or two."""
    try:
        verifier.verify(request)
    except StalePushError as error:
        return f"The signature is good, but {error.message}."
    except InvalidSignatureError as error:
        return _found(verifier, request) or f"Not explained: {error.message}. It may be a forgery."
    return "The signature is good."


def _found(verifier: Verifier, request: Request) -> str:
    """The first change that would have led to what arrived, empty if none is known."""
    signature, date = decoded(request.header(SIGNATURE)), request.header("date")
    if signature is None or not date.isascii():
        return ""
    told_id, told_size = request.header(KEY_ID), DIGESTS.get(request.header(DIGEST))
    for data, changes in _signed(verifier, request):
        for (key_id, key), size in product(verifier.keys.items(), sorted(set(DIGESTS.values()))):
            if is_signed(key, signature, size, data):
                told = [change for change in changes if change != _ASIS]
                told += [f"with the key {key_id}"] if key_id != told_id else []
                told += [f"with SHA{size}"] if size != told_size else []
                return f"It would verify {' and '.join(told)}."
    return ""


def _signed(verifier: Verifier, request: Request) -> Iterator[tuple[bytes, tuple[str, ...]]]:
    """What may have been signed, with the changes after which it arrived like this; one at a time is in memory."""
    date, body = request.header("date"), request.body
    for (target, how), (method, by) in product(_targets(verifier, request), _methods(request)):
        yield signed(method, target, date, body), (how, by)
    target, _ = next(_targets(verifier, request))
    for changed, how in _bodies(request) if len(body) <= _LARGE else ():
        yield signed(request.method, target, date, changed), (how,)
    for version in ("HTTP/1.0", "HTTP/2", "HTTP/2.0"):
        line = signed(request.method, target, date, body, version=version.encode())
        yield line, (f"with {version} in the line: it was not the service that signed it",)
    lines = signed(request.method, target, date, body, glue=b"\n")
    yield lines, ("with line breaks between the parts: it was not the service that signed it",)
    yield body, ("if only the body were signed: it was not the service that signed it",)


def _methods(request: Request) -> Iterator[tuple[str, str]]:
    yield request.method, _ASIS
    if request.method.upper() != request.method:
        yield request.method.upper(), "with the method in upper case"
    if request.method != "POST":
        yield "POST", "with the method POST, which something changed"


def _targets(verifier: Verifier, request: Request) -> Iterator[tuple[bytes, str]]:
    """Targets that a proxy or server may have changed into the one that arrived."""
    path, query = request.path or b"", request.query
    if verifier.address is not None:
        yield verifier.address.target(request), _ASIS
        yield joined(verifier.address.path, request.query), "with the query that arrived, not that of public_url"
    yield joined(path, query), _ASIS if verifier.address is None else "with the target that arrived, without public_url"
    for name in REWRITTEN:
        if original := request.header(name):
            parts = urlsplit(original)
            yield (
                as_bytes(parts.path + (f"?{parts.query}" if parts.query else "")),
                f"with the target that the proxy gives in {name}. {_PUBLIC_URL}",
            )
    if prefix := request.header(FORWARDED_PREFIX):
        yield (
            joined(as_bytes(prefix).rstrip(b"/") + path, query),
            f"with the prefix {prefix}, which the proxy stripped. {_PUBLIC_URL}",
        )
    if host := request.header("host"):
        for scheme in ("https", "http"):
            yield (
                joined(f"{scheme}://{host}".encode() + path, query),
                f"with the host in the request line. {_PUBLIC_URL}",
            )
    for changed, how in _paths(path):
        yield joined(changed, query), f"{how}. {_PUBLIC_URL}"
    if query is None:
        yield path + b"?", f"with a question mark at its end, which the server dropped. {_PUBLIC_URL}"
    else:
        for changed, how in _queries(query):
            yield joined(path, changed), f"{how}. {_PUBLIC_URL}"
        yield path, f"without its query, which something added. {_PUBLIC_URL}"


def _paths(path: bytes) -> Iterator[tuple[bytes, str]]:
    plain = unquote_to_bytes(path)
    yield plain, "with the path decoded, which something encoded"
    for safe in ("/", "/!$&'()*+,;=:@", ""):
        encoded = quote_from_bytes(plain, safe).encode()
        for each in (encoded, encoded.replace(b"~", b"%7E")):
            yield each, "with the path encoded, which something decoded"
    yield re.sub(rb"%[0-9a-f]{2}", lambda code: code[0].upper(), path), "with upper-case letters in the path's encoding"
    yield re.sub(rb"%[0-9A-F]{2}", lambda code: code[0].lower(), path), "with lower-case letters in the path's encoding"
    yield path + b"/", "with a slash at the path's end, which something stripped"
    yield path.rstrip(b"/"), "without the slash at the path's end, which something added"
    yield b"/" + path, "with two slashes at the path's beginning, which something merged"
    yield re.sub(rb"/+", b"/", path), "with single slashes, which something doubled"


def _queries(query: bytes) -> Iterator[tuple[bytes, str]]:
    plain = unquote_to_bytes(query)
    yield plain, "with the query decoded, which something encoded"
    yield quote_from_bytes(plain, "/?&=+~").encode(), "with the query encoded, which something decoded"
    yield quote_from_bytes(plain, "&=").encode(), "with the query encoded, which something decoded"
    yield query.replace(b"%20", b"+"), "with plus signs for spaces in the query"
    yield query.replace(b"+", b"%20"), "with %20 for spaces in the query"
    yield re.sub(rb"=(?=&|$)", b"", query), "without equals signs after empty parameters, which something added"
    yield b"&".join(sorted(query.split(b"&"))), "with the parameters in their order, which something changed"


def _bodies(request: Request) -> Iterator[tuple[bytes, str]]:
    """Bodies that may have been changed into the one that arrived."""
    body = request.body
    yield body.rstrip(b"\r\n"), "without the line break at the body's end, which something added"
    yield body + b"\n", "with a line break at the body's end, which something stripped"
    yield body.replace(b"\r\n", b"\n"), "with single line breaks in the body, which something doubled"
    yield body.removeprefix(b"\xef\xbb\xbf"), "without the byte order mark, which something added"
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return
    for pretty in ((",", ":"), (", ", ": ")):
        for plain in (False, True):
            text = json.dumps(value, separators=pretty, ensure_ascii=plain)
            yield (
                text.encode("utf-8", "replace"),
                "with the JSON serialized again: pass the raw bytes, not the parsed body",
            )
