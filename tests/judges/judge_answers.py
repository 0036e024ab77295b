"""Answers as no service should give them: any status, headers and bytes, up to what is no HTTP at all."""

import gzip
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import attrs
import httpx
from hypothesis import strategies as st

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=10,
)
NAMES = [
    "messages",
    "message_id",
    "status",
    "replies",
    "delivery_reports",
    "scheduled",
    "metadata",
    "message",
    "details",
]
OBJECTS = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=6), JSON_VALUES, max_size=5)

WORDS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=12)
ADDRESSES = st.sampled_from(
    [
        "/",
        "//",
        "?",
        "https://[",
        "https://a.example:99999999/",
        "mailto:x",
        "javascript:x",
        "http://xn--/",
        "é",
        "http://",
    ]
) | st.builds("{}:{}{}".format, st.sampled_from(["http", "x", "data"]), st.sampled_from(["", "/", "//"]), WORDS)
DATES = [
    "Thu, 99 Foo",
    "Mon, 01 Jan 99999 00:00:00 GMT",
    "Mon, 01 Jan 0001 00:00:00 +2359",
    "Thu, 15 Jan 2026 03:04:05 GMT",
]
NUMBERS = ["nan", "inf", "-1", "1e999", "60", "0", "9" * 5000]

# What a client looks at, with values that it may trip over.
HEADERS: dict[str, st.SearchStrategy[str]] = {
    "content-type": WORDS | st.sampled_from(["application/json; charset=utf-32", "text/html; charset=rot13", "\xff"]),
    "location": ADDRESSES,
    "retry-after": WORDS | st.sampled_from([*DATES, *NUMBERS]),
    "date": WORDS | st.sampled_from(DATES),
    "set-cookie": WORDS
    | st.sampled_from(["a=b; version=x; max-age=" + "9" * 30, "=;;=", 'a=b; domain="["; expires=' + DATES[1]]),
    "www-authenticate": WORDS,
    "x-any": WORDS,
}
HARMLESS = st.lists(
    st.sampled_from(sorted(HEADERS)).flatmap(lambda name: HEADERS[name].map(lambda value: (name, value))), max_size=4
)
ENCODING = st.sampled_from(["gzip", "deflate", "br", "zstd", "identity", "gzip, gzip", "\xff"]).map(
    lambda value: ("content-encoding", value)
)

BODIES = (
    st.binary(max_size=40)
    | JSON_VALUES.map(lambda value: json.dumps(value).encode())
    | OBJECTS.map(lambda value: json.dumps(value).encode())
)


class Bytes(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that is decoded only when a client reads it, as one that comes over the wire."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self.content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.content


@attrs.frozen
class Answer:
    """An answer, before a library makes something of it."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def response(self, _: httpx.Request) -> httpx.Response:
        headers = [(name.encode(), value.encode("latin-1")) for name, value in self.headers]
        return httpx.Response(self.status, headers=headers, stream=Bytes(self.body))


def answers() -> st.SearchStrategy[Answer]:
    """Any answer."""
    statuses = st.sampled_from([200, 202, 204, 301, 302, 307, 400, 401, 403, 404, 422, 429, 500, 503]) | st.integers(
        200, 999
    )
    headers = st.tuples(HARMLESS, st.lists(ENCODING, max_size=1)).map(lambda parts: [*parts[0], *parts[1]])
    return st.builds(Answer, statuses, headers, BODIES)


def _packed(content: bytes) -> tuple[list[tuple[str, str]], bytes]:
    return [("content-encoding", "gzip")], gzip.compress(content)


def successes() -> st.SearchStrategy[Answer]:
    """Any success with a JSON object, whatever it says beside: its bytes can be read, so it has to be."""
    bodies = st.tuples(
        OBJECTS.map(json.dumps), st.sampled_from(["utf-8", "utf-8-sig"]), st.sampled_from(["", "\n", " \r\n"])
    )
    written = bodies.map(lambda parts: (parts[0] + parts[2]).encode(parts[1]))
    packed = written.map(_packed) | written.map(lambda content: ([], content))
    return st.tuples(st.sampled_from([200, 202]) | st.integers(200, 299), HARMLESS, packed).map(
        lambda parts: Answer(parts[0], [*parts[1], *parts[2][0]], parts[2][1])
    )


# Pieces that look like HTTP, so that what they make up gets some way into the libraries that read it.
PIECES: list[Any] = [
    b"HTTP/1.1 ", b"HTTP/2 ", b"200 OK", b"202", b"-1", b"302 Found", b"\r\n", b"\n", b"\r\n\r\n", b"Content-Length: ", b"5", b"-5",
    b"9" * 30, b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n", b"zz\r\n", b"0\r\n\r\n", b": ", b"\x00", b"\xff",
    b"Location: mailto:x\r\n", b"Content-Encoding: gzip\r\n", b"{}", b'{"messages": []}', b"Connection: close\r\n", b"Upgrade: x\r\n",
]  # fmt: skip
HEAD = b"HTTP/1.1 200 OK\r\n"


def no_http() -> st.SearchStrategy[bytes]:
    """Bytes in place of an answer."""
    made = st.lists(st.sampled_from(PIECES) | st.binary(max_size=6), max_size=12).map(b"".join)
    return made | made.map(lambda rest: HEAD + rest) | st.binary(max_size=60)
