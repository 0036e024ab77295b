"""What carries requests of httpx and httpx2: own connections, or a client that was passed in. None follows a redirect.

Each sends a request and returns its answer with the whole body. A body that continues beyond the moment `until` is
given up between two of its pieces. A connection over which more came than the answer is closed (`leftovers`). None
follows a redirect, which would carry message and credentials elsewhere: a redirect is an answer, and `_call/outcome`
makes an error of it.
"""

from __future__ import annotations

import time
from collections import deque
from typing import Any

from messagemedia._http.leftovers import aclose_if_more_came, close_if_more_came, end_with
from messagemedia._http.limits import KEEPALIVE_EXPIRY, AsyncPlaces
from messagemedia._http.tracing import DeadlineError

Answer = tuple[Any, bytes]


class Passed:
    """A client that was passed in, which is its owner's to close."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def send(self, request: Any, until: float | None) -> Answer:
        """Send a request and read its answer."""
        if until is None:
            answer = self._client.send(request, auth=None, follow_redirects=False)
            close_if_more_came(answer)
            return answer, answer.content
        answer = self._client.send(request, auth=None, follow_redirects=False, stream=True)
        end_with(answer)
        return answer, _read(answer, until)

    def close(self) -> None:
        """Leave the client open."""


class AsyncPassed:
    """The same, awaited."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def send(self, request: Any, until: float | None) -> Answer:
        """Send a request and read its answer."""
        if until is None:
            answer = await self._client.send(request, auth=None, follow_redirects=False)
            await aclose_if_more_came(answer)
            return answer, answer.content
        answer = await self._client.send(request, auth=None, follow_redirects=False, stream=True)
        end_with(answer)
        return answer, await _aread(answer, until)

    async def close(self) -> None:
        """Leave the client open."""


class Direct:
    """Own connections: a transport alone, for the API has no use for the cookies, redirects and hooks of a client."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    def send(self, request: Any, until: float | None) -> Answer:
        """Send a request and read its answer."""
        answer = self._transport.handle_request(request)
        end_with(answer)
        return answer, _read(answer, until)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()


class Slots:
    """Own connections, awaited: a transport with a single connection for each request in progress.

    The pool of httpx looks at all its connections and requests, twice for each request, and with more than 20
    connections in use it closes each one as soon as it is idle. Here the connection that was used last is taken.
    """

    def __init__(self, library: Any, options: dict[str, Any]) -> None:
        self._places = AsyncPlaces()
        self._library = library
        limits = library.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEEPALIVE_EXPIRY)
        self._options = {**options, "limits": limits}
        self._free: deque[tuple[float, Any]] = deque()
        self._closed = False

    async def send(self, request: Any, until: float | None) -> Answer:
        """Send a request and read its answer, when a connection may be used."""
        await self._places.take(request.extensions["timeout"]["pool"])
        try:
            return await self._exchange(request, until)
        finally:
            self._places.release()

    async def _exchange(self, request: Any, until: float | None) -> Answer:
        await self._close_idle(time.monotonic() - KEEPALIVE_EXPIRY)
        slot = self._free.pop()[1] if self._free else self._library.AsyncHTTPTransport(**self._options)
        try:
            answer = await slot.handle_async_request(request)
            end_with(answer)
            content = await _aread(answer, until)
        except BaseException:
            # One that was cancelled before its connection was begun would count as busy for ever.
            await slot.aclose()
            raise
        self._free.append((time.monotonic(), slot))
        if self._closed:
            await self.close()
        return answer, content

    async def _close_idle(self, until: float) -> None:
        while self._free and self._free[0][0] <= until:
            await self._free.popleft()[1].aclose()

    async def close(self) -> None:
        """Close all connections, those in use as soon as they are not."""
        self._closed = True
        await self._close_idle(time.monotonic())


def _read(answer: Any, until: float | None) -> bytes:
    """The body of an answer; one that can't be read gives its connection back, too."""
    try:
        if until is None:
            return answer.read()  # type: ignore[no-any-return]  # of whichever library
        pieces: list[bytes] = []
        for piece in answer.iter_bytes():
            pieces.append(piece)
            _check(answer, until)
        return b"".join(pieces)
    except BaseException:
        answer.close()
        raise


async def _aread(answer: Any, until: float | None) -> bytes:
    """The same, awaited."""
    try:
        if until is None:
            return await answer.aread()  # type: ignore[no-any-return]  # of whichever library
        pieces: list[bytes] = []
        async for piece in answer.aiter_bytes():
            pieces.append(piece)
            _check(answer, until)
        return b"".join(pieces)
    except BaseException:
        await answer.aclose()
        raise


def _check(answer: Any, until: float) -> None:
    length = answer.headers.get("content-length", "")
    is_complete = length.isdecimal() and answer.num_bytes_downloaded >= int(length)
    if time.monotonic() > until and not is_complete:
        raise DeadlineError("the deadline passed while the answer was read")
