"""Sends requests of the flow and says what came of them, blocking and awaited.

`send` stands twice because one of the two has to `await`; all that is decided, `Http` decides.
"""

from __future__ import annotations

import contextlib
from functools import partial
from typing import Any

from messagemedia._http.choice import AsyncHttpClient, AsyncHttpLibrary, HttpClient, HttpLibrary
from messagemedia._http.exchange import NoAnswer, Request, Response
from messagemedia._http.home import LoopHome, PerProcess, home_of, warn_of_blocking
from messagemedia._http.over_httpx import Http
from messagemedia._http.tracing import chain
from messagemedia.errors import ConfigurationError


class Transport:
    """Sends requests, blocking."""

    def __init__(self, http_client: HttpClient | HttpLibrary | None, base_url: str) -> None:
        # Own connections are made anew in a forked child; a client that was passed in is one for all, so it must not be
        # used by a second process.
        self._http = PerProcess(partial(Http, http_client, "Client", base_url))
        self._home = None if _is_own(http_client) else home_of(http_client)
        self._closed = False

    def send(self, request: Request) -> Response | NoAnswer:
        """Send one request and say what came of it; Ctrl-C passes through."""
        _refuse_if(self._closed)
        if self._home is not None:
            self._home.enter()
        warn_of_blocking()
        http = self._http.get()
        message, traced = http.message(request)
        try:
            answer, content = http.connections.send(message, request.until)
        except BaseException as error:
            _strip(error)
            if not isinstance(error, Exception):
                raise
            return http.outcome(error, message, traced)
        finally:
            _forget(message)
        return _response(answer, content)

    def close(self) -> None:
        """Refuse further requests, and close the connections unless they belong to a client that was passed in."""
        self._closed = True
        if http := self._http.here():
            http.connections.close()


class AsyncTransport:
    """Sends requests, awaited."""

    def __init__(self, http_client: AsyncHttpClient | AsyncHttpLibrary | None, base_url: str) -> None:
        self._http = PerProcess(partial(Http, http_client, "AsyncClient", base_url))
        self._home = LoopHome("this AsyncClient") if _is_own(http_client) else home_of(http_client, LoopHome)
        self._closes = _is_own(http_client)
        self._closed = False

    async def send(self, request: Request) -> Response | NoAnswer:
        """Send one request and say what came of it; cancellation passes through."""
        _refuse_if(self._closed)
        self._home.enter()
        http = self._http.get()
        message, traced = http.message(request)
        try:
            answer, content = await http.connections.send(message, request.until)
        except BaseException as error:
            _strip(error)
            if not isinstance(error, Exception):
                raise
            return http.outcome(error, message, traced)
        finally:
            _forget(message)
        return _response(answer, content)

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
        if http := self._http.here():
            await http.connections.close()


def _is_own(http_client: object) -> bool:
    return http_client is None or isinstance(http_client, str)


def _refuse_if(closed: bool) -> None:
    if closed:
        raise ConfigurationError("this client is closed, make a new one")


def _response(answer: Any, content: bytes) -> Response:
    return Response(answer.status_code, answer.headers, content, answer.http_version)


def _strip(error: BaseException) -> None:
    """Drop the inner frames of an exception: their variables hold the headers, and so the credentials."""
    for each in chain(error):
        each.__traceback__ = None


def _forget(message: Any) -> None:
    """Take the credentials out of a request that has been sent: exceptions and answers keep a reference to it."""
    with contextlib.suppress(KeyError):
        del message.headers["Authorization"]
