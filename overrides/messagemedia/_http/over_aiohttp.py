"""aiohttp underneath httpx: how its connections are made, and what its exceptions say."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, Literal

from messagemedia._http.connections import KEEPALIVE_EXPIRY

# These come before the first byte of a request leaves.
_NOT_SENT = ("ClientConnectorError", "ConnectionTimeoutError", "ClientHttpProxyError")


def transport(tls: Any) -> Any:
    """Connections of aiohttp in the form of a transport of httpx. Each request leaves once."""
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


def reason(error: Exception, *, proves: bool) -> Literal["not_sent", "timeout", "lost"] | None:
    """What an exception of aiohttp says of a request, None if there is none behind an exception of httpx.

    Args:
        error: What httpx raised. What stands between makes a ConnectTimeout of every connection that is lost.
        proves: Whether it is about this very request.
    """
    cause = error.__cause__
    if type(cause).__module__.partition(".")[0] != "aiohttp":
        return None
    aiohttp = sys.modules["aiohttp"]
    if proves and isinstance(cause, tuple(getattr(aiohttp, name) for name in _NOT_SENT)):
        return "not_sent"
    return "timeout" if isinstance(cause, TimeoutError) else "lost"
