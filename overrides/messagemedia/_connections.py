"""What the clients' own connections are, whichever HTTP library makes them."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

KEEPALIVE_EXPIRY = 5.0
"""Seconds after which an idle connection is not used again."""

MAX_CONNECTIONS = 100


class Direct:
    """Sends requests by a transport alone: the API has no use for the cookies, redirects and hooks of a client."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    def send(self, request: Any, **_: object) -> Any:
        """Send a request and read its answer."""
        answer = self._transport.handle_request(request)
        try:
            answer.read()
        except BaseException:
            answer.close()
            raise
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()


class AsyncDirect:
    """The same, awaited, for a transport with a pool of its own that does not mind many requests."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    async def send(self, request: Any, **_: object) -> Any:
        """Send a request and read its answer."""
        return await _read(await self._transport.handle_async_request(request))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()


class Slots:
    """The same for httpx and httpx2: a transport with a single connection for each request under way.

    The pool of httpx looks at all its connections and requests, twice for each request, and with more than 20
    connections in use it closes each one as soon as it is idle. Here the connection that was used last is taken.
    """

    def __init__(self, library: Any, tls: Any) -> None:
        self._library = library
        self._options = {
            "verify": tls,
            "limits": library.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEEPALIVE_EXPIRY),
        }
        self._free: deque[tuple[float, Any]] = deque()
        self._places: Any = None
        self._closed = False

    async def send(self, request: Any, **_: object) -> Any:
        """Send a request and read its answer, when a connection may be used."""
        places = await self._place(request.extensions["timeout"]["pool"])
        try:
            return await self._exchange(request)
        finally:
            places.release()

    async def _place(self, seconds: float) -> Any:
        import anyio  # noqa: PLC0415  # blocking users need not import it

        if self._places is None:  # it belongs to the event loop
            self._places = anyio.Semaphore(MAX_CONNECTIONS)
        try:
            self._places.acquire_nowait()
        except anyio.WouldBlock:
            try:
                with anyio.fail_after(seconds):
                    await self._places.acquire()
            except TimeoutError:
                raise self._library.PoolTimeout(f"{MAX_CONNECTIONS} connections are in use") from None
        return self._places

    async def _exchange(self, request: Any) -> Any:
        await self._close_idle(time.monotonic() - KEEPALIVE_EXPIRY)
        slot = self._free.pop()[1] if self._free else self._library.AsyncHTTPTransport(**self._options)
        try:
            answer = await _read(await slot.handle_async_request(request))
        except BaseException:
            # One that was cancelled before its connection was begun would count as busy for ever.
            await slot.aclose()
            raise
        self._free.append((time.monotonic(), slot))
        if self._closed:
            await self.aclose()
        return answer

    async def _close_idle(self, until: float) -> None:
        while self._free and self._free[0][0] <= until:
            await self._free.popleft()[1].aclose()

    async def aclose(self) -> None:
        """Close all connections, those in use as soon as they are not."""
        self._closed = True
        await self._close_idle(time.monotonic())


async def _read(answer: Any) -> Any:
    """An answer that has been read to its end; one that can't be read gives its connection back, too."""
    try:
        await answer.aread()
    except BaseException:
        await answer.aclose()
        raise
    return answer
