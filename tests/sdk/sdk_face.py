"""What the tests of the SDK share: both clients behind one face, and a wire whose answers a test decides."""

import asyncio
import inspect
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import attrs
import httpx
from messagemedia import AsyncClient, Client

from tests import inside

# The key, secret and moment of the signature vectors. They are global so that no frame of a test holds them.
KEY = "AbCdEfGhIjKlMnOpQrSt"
SECRET = "0123456789abcdefghijABCDEFGHIJ"
MOMENT = datetime(2026, 1, 15, 3, 4, 5, tzinfo=UTC)
DATE = "Thu, 15 Jan 2026 03:04:05 GMT"

MESSAGE_ID = "877c19ef-fa2e-4cec-827a-e1df9b5509f7"
REPLY_ID = "a175e797-2b54-468b-9850-41a3eab32f74"
REPORT_ID = "01e1fa0a-6e27-4945-9cdb-18644b4de043"
NUMBER = "+61491570156"
SMS: dict[str, Any] = {"content": "Hello", "destination_number": NUMBER}

JSON = {"content-type": "application/json"}
HTML = {"content-type": "text/html"}
PAGE = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


@attrs.frozen
class Seen:
    """A request as it went over the wire."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    timeout: float | None

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Reaction = Any  # an httpx.Response, an exception (or its class), or a function of the request that gives one of them


class Wire:
    """Answers in turn, the last one for ever, and what was asked."""

    def __init__(self, *reactions: Reaction, library: Any = httpx) -> None:
        self._reactions = list(reactions)
        self._library = library
        self.seen: list[Seen] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(
            Seen(
                request.method,
                request.url.raw_path.decode("ascii"),
                {name.lower(): value for name, value in request.headers.items()},
                request.read(),
                request.extensions["timeout"]["read"],
            )
        )
        reaction = self._reactions.pop(0) if len(self._reactions) > 1 else self._reactions[0]
        if callable(reaction) and not isinstance(reaction, type):
            reaction = reaction(request)
        if isinstance(reaction, type | BaseException):
            raise reaction if isinstance(reaction, BaseException) else reaction("made up")
        return self._library.Response(reaction.status_code, headers=reaction.headers, content=reaction.content)

    @property
    def only(self) -> Seen:
        assert len(self.seen) == 1
        return self.seen[0]

    @property
    def transport(self) -> Any:
        return self._library.MockTransport(self)


def answer(status: int, body: object = None, headers: Mapping[str, str] = JSON) -> httpx.Response:
    """An answer; a body that is no bytes is sent as JSON, with the line break that the gateway adds.

    A refusal has a body of the documented form, unless another one is given.
    """
    body = {"message": "Something went wrong."} if body is None and status >= 400 else body
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode() + b"\n"
    return httpx.Response(status, headers={**({} if isinstance(body, bytes) else JSON), **headers}, content=content)


def accepted(**fields: Any) -> httpx.Response:
    return answer(202, {"messages": [{**SMS, "message_id": MESSAGE_ID, "status": "queued", **fields}]})


KINDS = ["sync", "async"]
OF_EVERY_LIBRARY = [*KINDS, "sync-httpx2", "async-httpx2", "async-aiohttp", "sync-pyreqwest", "async-pyreqwest"]


class Face:
    """The blocking or the awaited client, used in the same way; on the library that the kind may name behind a dash."""

    def __init__(self, kind: str) -> None:
        self.kind, _, self.library = kind.partition("-")
        self.blocking = self.kind == "sync"
        self.client_class: type[Any] = Client if self.blocking else AsyncClient
        self._runner: asyncio.Runner | None = None
        self._open: list[Any] = []

    def http_client(self, library: Any = httpx, **options: Any) -> Any:
        return getattr(library, "Client" if self.blocking else "AsyncClient")(**options)

    def client(self, wire: Wire | None = None, *, now: Callable[[], datetime] | None = None, **options: Any) -> Any:
        """A client that talks to a wire, or to the network without one."""
        if not options.keys() & {"auth", "api_key"}:
            options |= {"api_key": KEY, "api_secret": SECRET}
        if wire is not None:
            http_client = self.http_client(transport=wire.transport)
            self._open.append(http_client)
            options["http_client"] = http_client
        elif self.library:
            options.setdefault("http_client", self.library)
        made = self.client_class(**options)
        self._open.append(made)
        return inside.set_date(made, now) if now else made

    def run(self, result: Any) -> Any:
        """The result of a call, awaited where it has to be."""
        if not inspect.isawaitable(result):
            return result

        async def wait() -> Any:
            return await result

        return self.runner.run(wait())

    @property
    def runner(self) -> asyncio.Runner:
        if self._runner is None:
            self._runner = asyncio.Runner()
        return self._runner

    def close(self, closable: Any) -> None:
        self.run(closable.aclose() if hasattr(closable, "aclose") else closable.close())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        while self._open:
            self.close(self._open.pop())
        if self._runner is not None:
            self._runner.close()


# Every operation by the short verb that calls it, with the status and body of its usual success.
CALLS: Mapping[str, tuple[Callable[[Any], Any], int, object]] = {
    "send": (lambda client: client.messages.send(**SMS), 202, {"messages": [{**SMS, "message_id": MESSAGE_ID}]}),
    "get": (lambda client: client.messages.get(MESSAGE_ID), 200, {"message_id": MESSAGE_ID, "status": "queued"}),
    "cancel": (lambda client: client.messages.cancel(MESSAGE_ID), 200, b""),
    "credits": (lambda client: client.messages.credits(), 200, {"remaining_credits": 500}),
    "replies.check": (lambda client: client.replies.check(), 200, {"replies": []}),
    "replies.confirm": (lambda client: client.replies.confirm([REPLY_ID]), 202, b""),
    "reports.check": (lambda client: client.delivery_reports.check(), 200, {"delivery_reports": []}),
    "reports.confirm": (lambda client: client.delivery_reports.confirm([REPORT_ID]), 202, b""),
}
SENDS = ["send"]
READS = ["get", "credits", "replies.check", "reports.check"]
ORDERS = ["cancel", "replies.confirm", "reports.confirm"]  # repeatable, without a body in the answer
TYPICAL = ["send", "get", "cancel", "replies.confirm"]  # one of each kind, where all would be too many


def success(name: str) -> httpx.Response:
    _, status, body = CALLS[name]
    return answer(status, body)


def call(client: Any, name: str) -> Any:
    return CALLS[name][0](client)
