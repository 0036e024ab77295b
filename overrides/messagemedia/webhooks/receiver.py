"""`Webhooks`: receives pushes, whatever framework they come through."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from messagemedia_generated.models import DeliveryReport, OptOut, Reply

from messagemedia._call.numbers import is_amount
from messagemedia.errors import ConfigurationError
from messagemedia.webhooks.errors import UnreadablePushError, too_large
from messagemedia.webhooks.explaining import explain
from messagemedia.webhooks.reading import Event, Unknown, key_of, read
from messagemedia.webhooks.request import Headers, Request, Text, request_of
from messagemedia.webhooks.seen import MemorySeen, Seen, Underway
from messagemedia.webhooks.signature import Verifier

if TYPE_CHECKING:
    from messagemedia.webhooks.asgi import Application as AsgiApplication
    from messagemedia.webhooks.django import View
    from messagemedia.webhooks.wsgi import Application as WsgiApplication

KINDS = (Reply, DeliveryReport, OptOut, Unknown)
DEFAULT_MAX_AGE = 86_400.0
DEFAULT_MAX_SIZE = 1_048_576

Handler = TypeVar("Handler", bound=Callable[..., object])


class Webhooks:
    """Receives what the service pushes: verified, typed, and each push handled once.

        from messagemedia.webhooks import DeliveryReport, Reply, Webhooks

        webhooks = Webhooks(public_keys={"KEY-ID": "MIIBIjANBg…"})

        @webhooks.on(Reply)
        def answer(reply):
            print(reply.source_number, reply.content)

        app.mount("/hooks", webhooks.asgi())    # Starlette, FastAPI; or webhooks.wsgi(), webhooks.django()

    A push is answered with a 2xx only after its handlers have returned, so one that fails comes again. Any number of
    threads and tasks can share one object.

    Pushes are signed only for accounts that have the feature and an enabled signature key (see
    `client.api.signature_keys`). Without it, `Webhooks(unsigned=True)` accepts whatever arrives: keep its address
    secret.
    """

    def __init__(
        self,
        public_keys: Mapping[str, Any] | None = None,
        *,
        unsigned: bool = False,
        public_url: str | None = None,
        max_age: float | None = DEFAULT_MAX_AGE,
        seen: Seen | None = None,
        max_size: int = DEFAULT_MAX_SIZE,
    ) -> None:
        """Make a receiver.

        Args:
            public_keys: The public key of each signature key by its id: base64 as the API gives it, DER or PEM. Pass
                several during a rotation. This needs `messagemedia[webhooks]`.
            unsigned: Accept pushes without verification: anybody who knows the address can make one up.
            public_url: The address as you gave it to the API; needed if a proxy changes the path, or if the server does
                not pass it on unchanged. If it has no query, that of the push is used.
            max_age: How old a signature may be, in seconds; None for any age. Whether the service signs a retried push
                again is not known, so the default is a day, and `seen` is what stops replays.
            seen: Remembers what was handled; by default, the newest 100,000 pushes in memory.
            max_size: The largest body that is read, in bytes; 1 MiB if left out.

        Raises:
            ConfigurationError: Neither `public_keys` nor `unsigned=True` is given, or both; or one of them is wrong.
        """
        if unsigned is bool(public_keys):
            raise ConfigurationError(
                "give either public_keys or unsigned=True, not both"
                if unsigned
                else "it is not configured who may push",
                hint="public_keys={key_id: public_key} verifies that the service pushed; unsigned=True accepts "
                "anything.",
            )
        if max_age is not None:
            _require_amount("max_age", max_age, "seconds")
        _require_amount("max_size", max_size, "bytes")
        _require_seen(seen)
        self._verifier = None if unsigned else Verifier(public_keys, public_url, max_age)
        self._seen: Seen = MemorySeen() if seen is None else seen
        self._underway = Underway()
        self._handlers: dict[type[Any], list[Callable[..., object]]] = {kind: [] for kind in KINDS}
        self._blocking = False
        self.max_size = max_size

    def receive(self, *, method: str, target: Text, headers: Headers, body: bytes) -> Event:
        """Verify and read a push, in a route of your own. Answer an error with its `status_code`.

        This does not check whether the push was handled before: `dispatch` does.

        Args:
            method: The HTTP method.
            target: Path and query exactly as they arrived, such as `/hooks?src=mm`, not decoded.
            headers: All headers, as a mapping or as pairs, in upper or lower case.
            body: The raw body, before it is decoded or parsed.

        Returns:
            A `Reply`, a `DeliveryReport` or an `OptOut`; `Unknown` if it is none of them.

        Raises:
            InvalidSignatureError: The service did not sign this.
            StalePushError: The service signed it too long ago.
            UnreadablePushError: It is not a push.
        """
        return self.take(request_of(method, target, headers, body))

    def take(self, request: Request) -> Event:
        """Verify and read a request; what `receive` and the applications do."""
        if len(request.body) > self.max_size:
            raise too_large(self.max_size)
        if self._verifier is not None:
            self._verifier.verify(request)
        return read(request)

    def explain(self, *, method: str, target: Text, headers: Headers, body: bytes) -> str:
        """Why a signature does not verify, for a log: the change by a proxy or server that would explain it.

        This tries several hundred changes, which takes about 20 ms. Never accept a push because of the explanation.
        """
        if self._verifier is None:
            return "Nothing is verified, because of unsigned=True."
        return explain(self._verifier, request_of(method, target, headers, body))

    # --- handling -----------------------------------------------------------------------------------------

    def on(self, kind: type[Any], /) -> Callable[[Handler], Handler]:
        """Register a handler for one kind of event: `Reply`, `DeliveryReport`, `OptOut` or `Unknown`.

        Several handlers of one kind are called in their order. If one raises, those after it are not called, and the
        push comes again to all of them. An `async` one needs `asgi()` or `dispatch_async`.

        Raises:
            ConfigurationError: There is no such kind, or an `async` handler is used with `wsgi()` or `django()`.
        """
        if kind not in self._handlers:
            raise ConfigurationError(f"on() takes {', '.join(each.__name__ for each in KINDS)}, not {kind!r}")

        def register(handler: Handler) -> Handler:
            if self._blocking:
                self._require_blocking(handler)
            self._handlers[kind].append(handler)
            return handler

        return register

    def dispatch(self, event: Event) -> bool:
        """Call the handlers of an event, unless the same event was handled before.

        Returns:
            Whether they were called: False for an event that was handled before.

        Raises:
            UnreadablePushError: It is `Unknown`, and there is no handler for that.
            PushInProgressError: Another thread or task is handling the same one.
            ConfigurationError: A handler is `async`.
        """
        handlers, key = self._handlers_of(event), key_of(event)
        with self._underway.entered(key):
            if key in self._seen:
                return False
            for handler in handlers:
                self._require_blocking(handler)
                handler(event)
            self._seen.add(key)
        return True

    async def dispatch_async(self, event: Event) -> bool:
        """Like `dispatch`, but awaited: async handlers are awaited, others run in a thread, and so does `seen`."""
        from anyio.to_thread import run_sync  # noqa: PLC0415  # httpx brings it; blocking users need not import it

        handlers, key = self._handlers_of(event), key_of(event)
        with self._underway.entered(key):
            if await run_sync(self._seen.__contains__, key):
                return False
            for handler in handlers:
                result = handler(event) if _is_async(handler) else await run_sync(handler, event)
                if inspect.isawaitable(result):
                    await result
            await run_sync(self._seen.add, key)
        return True

    def _handlers_of(self, event: Event) -> Iterable[Callable[..., object]]:
        handlers = self._handlers[type(event)]
        if isinstance(event, Unknown) and not handlers:
            raise UnreadablePushError(
                "the push is neither a reply nor a delivery report nor an opt-out",
                hint="Let the webhook's template write the id of the item, or register a handler for Unknown.",
            )
        return tuple(handlers)

    def _require_blocking(self, handler: Callable[..., object]) -> None:
        if _is_async(handler):
            raise ConfigurationError(
                f"the handler {getattr(handler, '__name__', handler)!r} is async, but its caller is not",
                hint="Make it a plain function, or use asgi().",
            )

    # --- applications -------------------------------------------------------------------------------------

    def asgi(self) -> AsgiApplication:
        """An ASGI application that receives pushes: for Starlette, FastAPI, Quart, or a server alone.

        Under `app.mount("/hooks", …)` the address to push to is `/hooks/`: Starlette and FastAPI redirect `/hooks`, and
        whether the service follows is not known. `app.add_route("/hooks", …)` accepts `/hooks` itself.
        """
        from messagemedia.webhooks.asgi import Application  # noqa: PLC0415

        return Application(self)

    def wsgi(self) -> WsgiApplication:
        """A WSGI application that receives pushes: mount it in Flask or Bottle, or serve it alone.

        Raises:
            ConfigurationError: A handler is `async`.
        """
        from messagemedia.webhooks.wsgi import application  # noqa: PLC0415

        self._require_all_blocking()
        return application(self)

    def django(self) -> View:
        """A Django view that receives pushes, exempt from CSRF protection.

        Raises:
            ConfigurationError: A handler is `async`.
        """
        from messagemedia.webhooks.django import view  # noqa: PLC0415

        self._require_all_blocking()
        return view(self)

    def _require_all_blocking(self) -> None:
        self._blocking = True
        for handlers in self._handlers.values():
            for handler in handlers:
                self._require_blocking(handler)

    def __repr__(self) -> str:
        keys = "unsigned=True" if self._verifier is None else f"keys={sorted(self._verifier.keys)}"
        return f"{type(self).__name__}({keys})"


def _require_amount(name: str, value: object, unit: str) -> None:
    if not is_amount(value):
        raise ConfigurationError(f"{name} must be a number of {unit} greater than 0")


def _require_seen(seen: object) -> None:
    if seen is not None and not isinstance(seen, Seen):
        raise ConfigurationError("seen must have the methods __contains__ and add, see Seen")


def _is_async(handler: Callable[..., object]) -> bool:
    return inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(getattr(handler, "__call__", None))  # noqa: B004
