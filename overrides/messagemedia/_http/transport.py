"""What both clients send with: it is closed once, and belongs to a process, and to an event loop if it is awaited."""

from __future__ import annotations

import time
from functools import partial

from messagemedia._http.choice import AsyncHttpClient, AsyncHttpLibrary, HttpClient, HttpLibrary, async_sender, sender
from messagemedia._http.exchange import NoAnswer, Request, Response
from messagemedia._http.home import LoopHome, PerProcess, home_of, warn_of_blocking
from messagemedia._http.protocol import AsyncSender, Sender
from messagemedia._http.tracing import DeadlineError
from messagemedia.errors import ConfigurationError


class Transport:
    """Sends requests, blocking."""

    def __init__(self, http_client: HttpClient | HttpLibrary | None, base_url: str) -> None:
        # Own connections are made anew in a forked child; a client that was passed in is one for all, so it must not be
        # used by a second process.
        self._sender: PerProcess[Sender] = PerProcess(partial(sender, http_client, base_url))
        self._home = None if _is_own(http_client) else home_of(http_client)
        self._closed = False

    def send(self, request: Request) -> Response | NoAnswer:
        """Send one request and say what came of it; Ctrl-C passes through."""
        _refuse_if(self._closed)
        if self._home is not None:
            self._home.enter()
        warn_of_blocking()
        return _too_late(request) or self._sender.get().send(request)

    def close(self) -> None:
        """Refuse further requests, and close the connections unless they belong to a client that was passed in."""
        if self._closed:
            return
        self._closed = True
        if made := self._sender.here():
            made.close()


class AsyncTransport:
    """Sends requests, awaited."""

    def __init__(self, http_client: AsyncHttpClient | AsyncHttpLibrary | None, base_url: str) -> None:
        self._sender: PerProcess[AsyncSender] = PerProcess(partial(async_sender, http_client, base_url))
        self._home = LoopHome("this AsyncClient") if _is_own(http_client) else home_of(http_client, LoopHome)
        self._closes = _is_own(http_client)
        self._closed = False

    async def send(self, request: Request) -> Response | NoAnswer:
        """Send one request and say what came of it; cancellation passes through."""
        _refuse_if(self._closed)
        self._home.enter()
        return _too_late(request) or await self._sender.get().send(request)

    async def close(self) -> None:
        """Refuse further requests, and close the connections unless they belong to a client that was passed in.

        Raises:
            ConfigurationError: If the connections belong to another event loop or process, which alone can close them.
        """
        if self._closed:
            return
        self._closed = True
        if not self._closes:
            return
        self._home.enter()
        if made := self._sender.here():
            await made.close()


def _is_own(http_client: object) -> bool:
    return http_client is None or isinstance(http_client, str)


def _refuse_if(closed: bool) -> None:
    if closed:
        raise ConfigurationError("this client is closed, create a new one")


def _too_late(request: Request) -> NoAnswer | None:
    """The answer to a request whose deadline passed before anything was done for it; None if it is to be sent."""
    if request.until is None or time.monotonic() < request.until:
        return None
    return NoAnswer("not_sent", DeadlineError("the deadline passed before the request left"))
