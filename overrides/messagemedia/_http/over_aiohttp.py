"""Sends with aiohttp, which takes a fraction of the time of httpx with many calls at once; awaited only.

Four things of aiohttp are left out: it sends a request again whose connection was lost, if it takes it for harmless; it
takes what came over an idle connection for the answer to the next request; it reads `~/.netrc` with `trust_env`; and it
rewrites addresses, unless they are marked as encoded.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from messagemedia._http.announcing import announce
from messagemedia._http.environment import is_secure, tls_for
from messagemedia._http.exchange import NoAnswer, Request, Response, says_enough
from messagemedia._http.home import refuse_trio
from messagemedia._http.limits import KEEPALIVE_EXPIRY, AsyncPlaces, PoolTimeoutError
from messagemedia._http.seeding import seed_this_thread
from messagemedia._http.tracing import is_untrusted, strip


class AiohttpSender:
    """Sends with aiohttp, awaited."""

    def __init__(self, aiohttp: Any, base_url: str) -> None:
        """Make a sender; its connections are made in the event loop of the first request.

        Raises:
            ConfigurationError: If the certificates of the environment can't be used.
        """
        import httpx  # noqa: PLC0415  # whose certificates are trusted, as everywhere
        import yarl  # noqa: PLC0415  # aiohttp brings it

        self._aiohttp, self._url = aiohttp, yarl.URL
        self._secure = is_secure(base_url)
        self._tls = tls_for(httpx, secure=self._secure)
        self._places = AsyncPlaces()
        self._session: Any = None

    async def send(self, request: Request) -> Response | NoAnswer:
        """Send a request once, and say what came of it."""
        if self._session is None:
            refuse_trio("aiohttp")
            self._session = self._new_session()
        if self._secure:
            seed_this_thread()
        attempt = _Attempt(self._aiohttp)
        try:
            await self._places.take(request.timeout)
        except PoolTimeoutError as error:
            return NoAnswer("not_sent", error, "pool")
        try:
            return await self._exchange(request, attempt)
        except BaseException as error:
            strip(error)
            if not isinstance(error, Exception):
                raise
            return attempt.outcome(error)
        finally:
            self._places.release()

    async def _exchange(self, request: Request, attempt: _Attempt) -> Response:
        left = None if request.until is None else request.until - time.monotonic()
        timeout = self._aiohttp.ClientTimeout(
            total=left, connect=request.timeout, sock_connect=request.timeout, sock_read=request.timeout
        )
        async with self._session.request(
            request.method,
            self._url(request.url, encoded=True),
            headers=request.headers,
            data=request.content,
            allow_redirects=False,
            timeout=timeout,
            middlewares=(attempt,),
        ) as answer:
            content = b""
            try:
                content = await answer.read()
            except Exception:
                if not says_enough(answer.status):
                    raise
        version = f"HTTP/{answer.version.major}.{answer.version.minor}" if answer.version else ""
        return Response(answer.status, _headers(answer.raw_headers), content, version)

    def _new_session(self) -> Any:
        return self._aiohttp.ClientSession(
            connector=_connector_class(self._aiohttp)(limit=0, keepalive_timeout=KEEPALIVE_EXPIRY, ssl=self._tls),
            cookie_jar=self._aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


class _Attempt:
    """One request on its way: as a middleware it stands around connecting and sending."""

    def __init__(self, aiohttp: Any) -> None:
        self._aiohttp = aiohttp
        self.is_connected = False

    async def __call__(self, request: Any, handler: Any) -> Any:
        """Let the request leave once."""
        announce(str(request.url))
        _on_its_way.set(self)
        aiohttp = self._aiohttp
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

    def outcome(self, error: Exception) -> NoAnswer:
        """What became of the request: before it has a connection, its first byte can't leave."""
        aiohttp = self._aiohttp
        if not self.is_connected:
            return NoAnswer("not_sent", error, "certificate" if is_untrusted(error) else "network")
        if isinstance(error, TimeoutError):
            return NoAnswer("timeout", error)
        return NoAnswer("lost" if isinstance(error, aiohttp.ClientError | OSError) else "garbled", error)


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers with lower-case names; aiohttp's own texts may hold what can't be printed."""
    found: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


_on_its_way: ContextVar[_Attempt] = ContextVar("messagemedia_attempt")


@lru_cache(maxsize=1)
def _connector_class(aiohttp: Any) -> Any:
    class Connector(aiohttp.TCPConnector):  # type: ignore[misc]  # of a package that may not be there
        """Says when a request has its connection, and gives none over which something came that nobody asked for."""

        async def connect(self, *args: Any, **options: Any) -> Any:
            parent: Any = super()
            while True:
                connection: Any = await parent.connect(*args, **options)
                if not connection.protocol.should_close:
                    _on_its_way.get().is_connected = True
                    return connection
                connection.close()

    return Connector
