"""Control calls, by which another process drives the sandbox."""

from __future__ import annotations

import base64
import inspect
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

import attrs
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from messagemedia.sandbox.checks import check_names
from messagemedia.sandbox.clock import timestamp
from messagemedia.sandbox.events import Events
from messagemedia.sandbox.guard import ControlGuard
from messagemedia.sandbox.records import LedgerEntry, PushAttempt, RequestRecord
from messagemedia.sandbox.world import World

Settings = dict[str, Any]
Control = Callable[[Settings], Any]

T = TypeVar("T")
Since = Callable[[int], list[T]]

_OFFSET_DIGITS = 18


class _Controls:
    """The calls that change something, with what they answer. Each takes the names of its method of `Sandbox`."""

    def __init__(self, sandbox: World) -> None:
        self._sandbox = sandbox

    def advance(self, settings: Settings) -> Any:
        self._sandbox.advance(**settings)
        return {"now": self._sandbox.now}

    def next(self, settings: Settings) -> Any:
        self._sandbox.advance_to_next_event(**settings)
        return {"now": self._sandbox.now}

    def pause(self, settings: Settings) -> Any:
        self._sandbox.pause(**settings)
        return {"now": self._sandbox.now}

    def resume(self, settings: Settings) -> Any:
        self._sandbox.resume(**settings)
        return {"now": self._sandbox.now}

    def reply(self, settings: Settings) -> Any:
        return {"reply_id": self._sandbox.reply(**settings)}

    def outcome(self, settings: Settings) -> Any:
        self._sandbox.outcome(**settings)
        return {}

    def fault(self, settings: Settings) -> Any:
        return self._sandbox.fault(**settings)

    def clear_faults(self, settings: Settings) -> Any:
        self._sandbox.clear_faults(**settings)
        return {}

    def reset(self, settings: Settings) -> Any:
        self._sandbox.reset(**settings)
        return {}


def control(sandbox: World, routes: Sequence[Route]) -> ASGIApp:
    """The application that answers the control calls of a sandbox."""
    return ControlGuard(Starlette(routes=routes), sandbox.options.allowed_origins)


def control_routes(
    sandbox: World,
    events: Events,
    ledger: Since[LedgerEntry],
    requests: Since[RequestRecord],
    pushes: Since[PushAttempt],
) -> list[Route]:
    """Every control call of a sandbox.

    Args:
        sandbox: The sandbox.
        events: What tells that something has happened.
        ledger: The messages, without the first so many.
        requests: The requests, likewise.
        pushes: The attempts to push, likewise.
    """
    controls = _Controls(sandbox)

    def overview(_offset: int) -> Any:
        return {"now": sandbox.now, "operations": sandbox.operations, "faults": sandbox.faults}

    async def changes(request: Request) -> Any:
        return {"changes": await events.next(_number(request, "after"), request.receive)}

    return [
        _get("/", overview),
        Route("/events", _answering(changes), methods=["GET"]),
        _get("/ledger", ledger),
        _get("/requests", lambda offset: [_request_as_json(record) for record in requests(offset)]),
        _get("/pushes", pushes),
        _get("/signing_key", lambda _offset: sandbox.signing_key()),
        _change("/advance", controls.advance, sandbox.advance),
        _change("/next", controls.next, sandbox.advance_to_next_event),
        _change("/pause", controls.pause, sandbox.pause),
        _change("/resume", controls.resume, sandbox.resume),
        _change("/reply", controls.reply, sandbox.reply),
        _change("/outcome", controls.outcome, sandbox.outcome),
        _change("/fault", controls.fault, sandbox.fault),
        _change("/fault", controls.clear_faults, sandbox.clear_faults, http_method="DELETE"),
        _change("/reset", controls.reset, sandbox.reset),
    ]


def _get(path: str, read: Callable[[int], Any]) -> Route:
    async def endpoint(request: Request) -> Any:
        return read(_number(request, "offset") or 0)

    return Route(path, _answering(endpoint), methods=["GET"])


def _number(request: Request, name: str) -> int | None:
    """A whole number of the query, if it is there."""
    text = request.query_params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= _OFFSET_DIGITS):
        raise ValueError(f"{name} must be a whole number, 0 or more")
    return int(text)


def _change(path: str, control: Control, method: Callable[..., Any], *, http_method: str = "POST") -> Route:
    """The route of a call, whose body has the names that a method of `Sandbox` takes."""
    parameters = inspect.signature(method).parameters.values()
    known = [each.name for each in parameters if each.kind is not each.VAR_KEYWORD]
    needed = [each.name for each in parameters if each.default is each.empty and each.name in known]
    is_open = len(known) < len(parameters)  # the method itself looks at further names

    async def endpoint(request: Request) -> Any:
        settings = _settings(await request.body())
        check_names(method.__name__, settings, [*known, *settings] if is_open else known, needed)
        return control(settings)

    return Route(path, _answering(endpoint), methods=[http_method])


def _settings(body: bytes) -> Settings:
    try:
        settings: Any = json.loads(body, parse_constant=_no_constant) if body.strip() else {}
    except (ValueError, RecursionError):
        raise ValueError("the body is not JSON") from None
    if not isinstance(settings, dict):
        raise TypeError("the body must be a JSON object")
    return cast("Settings", settings)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


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
