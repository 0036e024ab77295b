"""Control calls, by which another process drives the sandbox."""

import base64
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import attrs
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from messagemedia.sandbox.clock import timestamp
from messagemedia.sandbox.records import RequestRecord

if TYPE_CHECKING:
    from messagemedia.sandbox.sandbox import Sandbox

Call = Callable[..., Any]


class _Calls:
    """The control calls that change something, with what they answer."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox

    def advance(self, *, seconds: float) -> Any:
        self._sandbox.advance(seconds=seconds)
        return {"now": self._sandbox.now}

    def reply(self, **settings: Any) -> Any:
        return {"reply_id": self._sandbox.reply(**settings)}

    def outcome(self, **settings: Any) -> Any:
        self._sandbox.outcome(**settings)
        return {}

    def fault(self, **settings: Any) -> Any:
        return self._sandbox.fault(**settings)

    def clear_faults(self) -> Any:
        self._sandbox.clear_faults()
        return {}

    def reset(self) -> Any:
        self._sandbox.reset()
        return {}


def control(sandbox: "Sandbox") -> Starlette:
    """Return the application that answers the control calls of a sandbox."""
    calls = _Calls(sandbox)

    def overview(_offset: int) -> Any:
        return {"now": sandbox.now, "operations": sandbox.operations, "faults": sandbox.faults}

    return Starlette(
        routes=[
            _get("/", overview),
            _get("/ledger", lambda offset: sandbox.ledger[offset:]),
            _get("/requests", lambda offset: [_request_as_json(record) for record in sandbox.requests[offset:]]),
            _get("/pushes", lambda offset: sandbox.pushes[offset:]),
            _post("/advance", calls.advance),
            _post("/reply", calls.reply),
            _post("/outcome", calls.outcome),
            _post("/fault", calls.fault),
            _post("/reset", calls.reset),
            Route("/fault", _answering(lambda _request: _call(calls.clear_faults, b"")), methods=["DELETE"]),
        ]
    )


def _get(path: str, read: Callable[[int], Any]) -> Route:
    async def endpoint(request: Request) -> Any:
        return read(int(request.query_params.get("offset", "0")))

    return Route(path, _answering(endpoint), methods=["GET"])


def _post(path: str, call: Call) -> Route:
    async def endpoint(request: Request) -> Any:
        return await _call(call, await request.body())

    return Route(path, _answering(endpoint), methods=["POST"])


async def _call(call: Call, body: bytes) -> Any:
    settings: Any = json.loads(body) if body.strip() else {}
    if not isinstance(settings, dict):
        raise TypeError("the body must be a JSON object")
    return call(**cast("dict[str, Any]", settings))


def _answering(endpoint: Callable[[Request], Awaitable[Any]]) -> Callable[[Request], Awaitable[JSONResponse]]:
    """Answer with JSON, and with 400 if the call was wrong."""

    async def answer(request: Request) -> JSONResponse:
        try:
            result = await endpoint(request)
        except (TypeError, ValueError) as error:
            return JSONResponse({"message": str(error)}, 400)
        return JSONResponse(_as_json(result))

    return answer


def _request_as_json(record: RequestRecord) -> dict[str, Any]:
    shown = attrs.asdict(record, recurse=False)
    return {
        **shown,
        "body": record.body.decode(errors="replace"),
        "body_base64": base64.b64encode(record.body),
    }


def _as_json(node: Any) -> Any:
    if attrs.has(node.__class__):
        node = attrs.asdict(node, recurse=False)
    match node:
        case dict():
            return {name: _as_json(value) for name, value in cast("dict[str, Any]", node).items()}
        case list() | tuple():
            return [_as_json(item) for item in cast("list[Any]", node)]
        case datetime():
            return timestamp(node)
        case bytes():
            return node.decode(errors="replace")
        case _:
            return node
