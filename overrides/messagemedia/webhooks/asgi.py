"""Pushes through ASGI: Starlette, FastAPI, Quart, or a server alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from messagemedia.webhooks.answering import TAKEN, Answer, Receiver, refused
from messagemedia.webhooks.errors import too_large
from messagemedia.webhooks.request import Request, collected

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Application:
    """Receives pushes under every path to which it is mounted or routed.

    An object, because Starlette and FastAPI take a function in a route for an endpoint of theirs.
    """

    def __init__(self, webhooks: Receiver) -> None:
        self._webhooks = webhooks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or follow the life of the server."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            if (answer := await self._answer(scope, receive)) is not None:
                await _send(send, answer)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _answer(self, scope: Scope, receive: Receive) -> Answer | None:
        """The answer to a push, after it was handled; None if nobody waits for one any more."""
        try:
            body = await _body(scope, receive, self._webhooks.max_size)
            if body is None:
                return None
            await self._webhooks.dispatch_async(self._webhooks.take(_request(scope, body)))
        except Exception as error:  # noqa: BLE001  # whatever a handler raises, the push has to come again
            return refused(error)
        return TAKEN


def _request(scope: Scope, body: bytes) -> Request:
    # Under a mount, `raw_path` has the prefix already. Some servers leave the query in it.
    raw: bytes | None = scope.get("raw_path")
    query: bytes = scope.get("query_string", b"")
    path = None if raw is None else raw.partition(b"?")[0]
    return Request(scope["method"], path, query or None, collected(scope["headers"]), body)


async def _body(scope: Scope, receive: Receive, most: int) -> bytes | None:
    """The body, without reading on if it is too large; None if the connection is gone.

    Raises:
        UnreadablePushError: It is too large.
    """
    if any(
        name == b"content-length" and value.isdigit() and int(value[:20]) > most for name, value in scope["headers"]
    ):
        raise too_large(most)
    parts: list[bytes] = []
    left = most
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            return None
        parts.append(event.get("body", b""))
        left -= len(parts[-1])
        if left < 0:
            raise too_large(most)
        if not event.get("more_body"):
            return b"".join(parts)


async def _send(send: Send, answer: Answer) -> None:
    headers = [(name.encode(), value.encode()) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        event = await receive()
        await send({"type": f"{event['type']}.complete"})
        if event["type"] == "lifespan.shutdown":
            return
