"""The SDK's whole surface, for the judges to look at: each operation and each short verb, in every way to call it."""

import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs
import httpx
import messagemedia
from messagemedia import BasicAuth, HmacAuth

from tests.contract.contract_kit import OPERATIONS, Json, Operation, examples, like, made, parameter_example
from tests.sdk.sdk_face import Face

KEY, SECRET = "SANDBOX_KEY", "SANDBOX_SECRET"
AUTHS: Mapping[str, Callable[[str, str], Any]] = {"basic": BasicAuth, "hmac": HmacAuth}
WAYS = [(kind, scheme) for kind in ("sync", "async") for scheme in AUTHS]
WAY_NAMES = ["-".join(way) for way in WAYS]

ANY_ID = "877c19ef-fa2e-4cec-827a-e1df9b5509f7"
NUMBER = "+61491570156"
MESSAGE = messagemedia.Message(content="Hello", destination_number=NUMBER)

# The short verbs, each with the operation that it calls.
VERBS: Mapping[str, tuple[str, Callable[..., Any]]] = {
    "messages.send": (
        "sendMessages",
        lambda client, _: client.messages.send(content="Hello", destination_number=NUMBER),
    ),
    "messages.get": ("getMessageStatus", lambda client, which: client.messages.get(which)),
    "messages.cancel": ("cancelScheduledMessage", lambda client, which: client.messages.cancel(which)),
    "messages.credits": ("checkCreditsRemaining", lambda client, _: client.messages.credits()),
    "replies.check": ("checkReplies", lambda client, _: client.replies.check()),
    "replies.confirm": ("confirmRepliesAsReceived", lambda client, which: client.replies.confirm([which])),
    "delivery_reports.check": ("checkDeliveryReports", lambda client, _: client.delivery_reports.check()),
    "delivery_reports.confirm": (
        "confirmDeliveryReportsAsReceived",
        lambda client, which: client.delivery_reports.confirm([which]),
    ),
}

# The verbs that call several operations, or one several times, each with what it calls.
LONG_VERBS: Mapping[str, tuple[list[str], Callable[..., Any]]] = {
    "messages.send_many": (
        ["sendMessages", "sendMessages"],
        lambda client, _: _all(client.messages.send_many([MESSAGE, MESSAGE], batch_size=1)),
    ),
    "messages.wait": (["getMessageStatus"], lambda client, which: client.messages.wait(which, until="delivered")),
    "replies.consume": (
        ["checkReplies", "confirmRepliesAsReceived"],
        lambda client, _: client.replies.consume(str, limit=1),
    ),
    "delivery_reports.consume": (
        ["checkDeliveryReports", "confirmDeliveryReportsAsReceived"],
        lambda client, _: client.delivery_reports.consume(str, limit=1),
    ),
    "replies.consume_batches": (
        ["checkReplies", "confirmRepliesAsReceived"],
        lambda client, _: client.replies.consume_batches(len, limit=1),
    ),
    "delivery_reports.consume_batches": (
        ["checkDeliveryReports", "confirmDeliveryReportsAsReceived"],
        lambda client, _: client.delivery_reports.consume_batches(len, limit=1),
    ),
}


def _all(results: Any) -> Any:
    async def wait() -> list[Any]:
        return [each async for each in results]

    return wait() if hasattr(results, "__aiter__") else list(results)


ERRORS: Mapping[str, type[Exception]] = {
    "400": messagemedia.BadRequestError,
    "401": messagemedia.AuthenticationError,
    "403": messagemedia.PermissionDeniedError,
    "404": messagemedia.NotFoundError,
    "409": messagemedia.ConflictError,
    "422": messagemedia.UnprocessableEntityError,
    "429": messagemedia.RateLimitError,
}


class Tap(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport around another one, blocking or awaited, that shows every request and answer to a judge."""

    def __init__(
        self,
        inner: Any,
        *,
        before: Callable[[httpx.Request], None] = lambda _: None,
        after: Callable[[httpx.Request, httpx.Response], None] = lambda *_: None,
    ) -> None:
        self.inner = inner
        self._before = before
        self._after = after

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self._before(request)
        response: httpx.Response = self.inner.handle_request(request)
        response.read()
        self._after(request, response)
        return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self._before(request)
        response: httpx.Response = await self.inner.handle_async_request(request)
        await response.aread()
        self._after(request, response)
        return response

    def close(self) -> None:
        self.inner.close()

    async def aclose(self) -> None:
        await self.inner.aclose()


def network(face: Face) -> Any:
    """The transport that a client of this kind has by itself; `verify` costs time and loopback has no TLS."""
    return httpx.HTTPTransport(verify=False) if face.blocking else httpx.AsyncHTTPTransport(verify=False)


@attrs.frozen
class Caller:
    """A client whose requests and answers a judge sees."""

    face: Face
    client: Any

    def operation(self, operation: Operation, body: Any = None, **replaced: Any) -> Any:
        """Call an operation under its own name, with the contract's examples for all that is not replaced."""
        method = method_of(self.client, operation)
        return self.face.run(method(**{**arguments(method, operation, body), **replaced}))

    def verb(self, name: str, which: str = ANY_ID) -> Any:
        """Call a verb."""
        return self.face.run({**VERBS, **LONG_VERBS}[name][1](self.client, which))

    def outcome(self, call: Callable[[], Any]) -> Any:
        """What a call returns, or the error it raises."""
        try:
            return call()
        except messagemedia.MessageMediaError as error:
            return error

    def changed(self, **options: Any) -> "Caller":
        return attrs.evolve(self, client=self.client.with_options(**options))


def caller(face: Face, scheme: str, http_client: Any, base_url: str, *, secret: str = SECRET, **options: Any) -> Caller:
    """A client that never repeats a call, because a judge looks at each answer."""
    face._open.append(http_client)  # the SDK leaves a client that was passed in open
    made_client = face.client(
        **{"auth": AUTHS[scheme](KEY, secret), "http_client": http_client, "base_url": base_url, "max_retries": 0}
        | options
    )
    return Caller(face, made_client)


def method_of(client: Any, operation: Operation) -> Any:
    """The method of `client.api` for an operation."""
    resource = getattr(
        client.api, next(name for name in vars(client.api) if like(name) == like(operation.raw["tags"][0]))
    )
    return getattr(resource, next(name for name in dir(resource) if like(name) == like(operation.id)))


def arguments(method: Any, operation: Operation, body: Any = None) -> dict[str, Any]:
    """The contract's examples as arguments; `body` is JSON, the first example if it is left out."""
    given = {like(each["name"]): parameter_example(each) for each in operation.parameters}
    if operation.body is not None:
        given["body"] = bodies(operation)[0] if body is None else body
    hints = typing.get_type_hints(method)
    return {name: made(hints[name], given[like(name)]) for name in inspect.signature(method).parameters}


def bodies(operation: Operation) -> list[Any]:
    """The examples of an operation's body."""
    if operation.body is None:
        return [None]
    return examples(operation.body) or examples(operation.body["schema"])


def expected_error(operation: Operation, status: str, body: Any = None) -> type[Exception]:
    """The class that a documented refusal has to become."""
    if status == "403" and isinstance(body, dict) and "credential" in body.get("message", ""):
        return messagemedia.AuthenticationError
    if status.startswith("5"):
        sends = operation.raw.get("x-sends-messages", False)
        return messagemedia.OutcomeUnknownServerError if sends else messagemedia.ServerError
    return ERRORS.get(status, messagemedia.APIStatusError)


def number_of(status: str) -> int:
    """A code that a documented status stands for: 502 for `5XX`, say."""
    return 418 if status == "default" else int(status.replace("XX", "02"))


@attrs.frozen
class Documented:
    """One answer that the contract shows: an example of a status in a media type."""

    operation: Operation
    status: str
    kind: str | None = None
    name: str | None = None
    value: Any = None

    def __str__(self) -> str:
        return "-".join(filter(None, [self.operation.id, self.status, self.kind, self.name]))


def documented() -> Iterator[Documented]:
    """Every answer that the contract shows, of every operation."""
    for operation in OPERATIONS.values():
        for status, response in operation.responses():
            if not response.get("content"):
                yield Documented(operation, status)
            for kind, media in response.get("content", {}).items():
                yield from _shown(operation, status, kind, media)


def _shown(operation: Operation, status: str, kind: str, media: Json) -> Iterator[Documented]:
    if not isinstance(media.get("examples"), dict):
        yield Documented(operation, status, kind, None, (examples(media) or [None])[0])
        return
    for name, value in zip(media["examples"], examples(media), strict=True):
        yield Documented(operation, status, kind, name, value)
