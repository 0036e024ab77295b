"""Sends requests of the flow and says what came of them, blocking and awaited."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

from messagemedia._exchange import NoAnswer, Request, Response
from messagemedia._http import AsyncHttpClient, AsyncHttpLibrary, Http, HttpClient, HttpLibrary
from messagemedia.errors import ConfigurationError


class Transport:
    """Sends requests, blocking."""

    def __init__(self, http_client: HttpClient | HttpLibrary | None) -> None:
        self._http = Http(http_client, "Client")
        self._client = self._http.client
        self._closed = False

    def send(self, request: Request) -> Response | NoAnswer:
        """Send one request and say what came of it; Ctrl-C passes through."""
        _refuse_if(self._closed)
        message = self._http.message(request)
        try:
            answer = self._client.send(message, auth=None, follow_redirects=False)
        except BaseException as error:
            _strip(error)
            if not isinstance(error, Exception):
                raise
            return self._http.no_answer(error)
        finally:
            _forget(message)
        return _response(answer)

    def close(self) -> None:
        """Refuse further requests, and close the connections unless they belong to a client that was passed in."""
        self._closed = True
        if self._http.owned:
            self._client.close()


class AsyncTransport:
    """Sends requests, awaited."""

    def __init__(self, http_client: AsyncHttpClient | AsyncHttpLibrary | None) -> None:
        self._http = Http(http_client, "AsyncClient")
        self._client = self._http.client
        self._closed = False
        self._loop: object = None

    async def send(self, request: Request) -> Response | NoAnswer:
        """Send one request and say what came of it; cancellation passes through."""
        self._refuse_another_loop()
        _refuse_if(self._closed)
        message = self._http.message(request)
        try:
            answer = await self._client.send(message, auth=None, follow_redirects=False)
        except BaseException as error:
            _strip(error)
            if not isinstance(error, Exception):
                raise
            return self._http.no_answer(error)
        finally:
            _forget(message)
        return _response(answer)

    def _refuse_another_loop(self) -> None:
        """A pooled connection of another event loop may still take a request, and then fail without its answer."""
        loop = _running_loop()
        if self._http.owned and self._loop not in (None, loop):
            raise ConfigurationError(
                "this AsyncClient was first used in another event loop", hint="Make one in each asyncio.run()."
            )
        self._loop = loop

    async def close(self) -> None:
        """Refuse further requests, and close the connections unless they belong to a client that was passed in."""
        self._closed = True
        if self._http.owned:
            await self._client.aclose()


def _running_loop() -> object:
    """The event loop that runs; None under anything but asyncio."""
    asyncio: Any = sys.modules.get("asyncio")  # whoever runs a loop has imported it
    try:
        return asyncio.get_running_loop() if asyncio else None
    except RuntimeError:
        return None


def _refuse_if(closed: bool) -> None:
    if closed:
        raise ConfigurationError("this client is closed, make a new one")


def _response(answer: Any) -> Response:
    return Response(answer.status_code, answer.headers, answer.content, answer.http_version)


def _strip(error: BaseException | None) -> None:
    """Drop the inner frames of an exception: their variables hold the headers, and so the credentials."""
    while error is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def _forget(message: Any) -> None:
    """Take the credentials out of a request that has been sent: exceptions and answers keep a reference to it."""
    with contextlib.suppress(KeyError):
        del message.headers["Authorization"]
