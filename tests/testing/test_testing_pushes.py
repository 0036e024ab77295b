"""What the service pushes arrives at the application of a test: signed, in its thread, and however it is made."""

import asyncio
import threading
import wsgiref.simple_server
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import fastapi
import flask
import pytest
from messagemedia import Client, DeliveryReport, OptOut, Reply
from messagemedia.testing import Outbox
from messagemedia.webhooks import Webhooks
from werkzeug.middleware.dispatcher import DispatcherMiddleware

ANN = "+61491570156"


def notify(**fields: Any) -> None:
    with Client() as client:
        client.messages.send(content="Hello", destination_number=ANN, **fields)


class Received:
    """What the handlers of an application got, and in which thread."""

    def __init__(self, **options: Any) -> None:
        self.events: list[Any] = []
        self.threads: set[threading.Thread] = set()
        self.webhooks = Webhooks(**options)
        for kind in (Reply, DeliveryReport, OptOut):
            self.webhooks.on(kind)(self.take)

    def take(self, event: Any) -> None:
        self.events.append(event)
        self.threads.add(threading.current_thread())

    @property
    def told(self) -> list[str]:
        return [getattr(event, "status", None) or f"{type(event).__name__} {event.content}" for event in self.events]


def in_flask(webhooks: Webhooks) -> Any:
    app = flask.Flask("app")
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/hooks": webhooks.wsgi()})  # type: ignore[method-assign]
    return app


def in_fastapi(webhooks: Webhooks) -> Any:
    app = fastapi.FastAPI()
    app.mount("/hooks", webhooks.asgi())
    return app


APPLICATIONS: dict[str, Callable[[Webhooks], Any]] = {
    "wsgi": lambda webhooks: webhooks.wsgi(),
    "asgi": lambda webhooks: webhooks.asgi(),
    "flask": in_flask,
    "fastapi": in_fastapi,
}


@pytest.mark.parametrize("kind", APPLICATIONS)
def test_an_application_gets_everything_signed(messagemedia_outbox: Outbox, kind: str) -> None:
    outbox = messagemedia_outbox
    received = Received(public_keys=outbox.public_keys)
    outbox.push_to(APPLICATIONS[kind](received.webhooks), "/hooks/a%2Fb?from=mm")
    notify(delivery_report=True, metadata={"order": "4711"})
    assert received.events == []
    reply_id = outbox.reply("STOP")
    assert received.told == ["Reply STOP", "OptOut STOP"]
    assert (received.events[0].reply_id, received.events[0].metadata) == (reply_id, {"order": "4711"})
    outbox.deliver()
    assert received.told[2:] == ["enroute", "submitted", "delivered"]
    notify(delivery_report=True)
    outbox.fail("rejected")
    assert received.told[5:] == ["rejected"]
    if "wsgi" in kind or kind == "flask":
        assert received.threads == {threading.current_thread()}
    # What belongs to nobody's message is pushed as well, and what time brings.
    outbox.sandbox.reply("Who are you?", source_number=ANN)
    assert len(received.told) == 6
    outbox.push()
    assert received.told[6:] == ["Reply Who are you?"]


def test_a_message_says_where_its_own_pushes_go(messagemedia_outbox: Outbox) -> None:
    """Without a path, an application gets what belongs to its callback addresses."""
    received, seen = Received(public_keys=messagemedia_outbox.public_keys), []
    application = received.webhooks.wsgi()

    def looking(environ: dict[str, Any], start: Any) -> Any:
        seen.append((environ["PATH_INFO"], environ["QUERY_STRING"]))
        return application(environ, start)

    messagemedia_outbox.push_to(looking)
    notify()
    messagemedia_outbox.reply("No callback address")
    notify(callback_url="https://shop.example/hooks/a%20b?order=1")
    messagemedia_outbox.reply("STOP")
    assert received.told == ["Reply STOP"]  # opt-outs come to webhooks of the account only
    assert seen == [("/hooks/a b", "order=1")]


def test_what_is_pushed_to_an_account_is_not_pushed_twice_for_a_callback_url(messagemedia_outbox: Outbox) -> None:
    received = Received(unsigned=True)
    messagemedia_outbox.push_to(received.webhooks.wsgi(), "/")
    notify(callback_url="https://shop.example/hooks")
    messagemedia_outbox.reply("Hi")
    assert received.told == ["Reply Hi"]


@contextmanager
def served(application: Any) -> Iterator[str]:
    class Quiet(wsgiref.simple_server.WSGIRequestHandler):
        def log_message(self, *_arguments: Any) -> None: ...

    with wsgiref.simple_server.make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hooks"
        finally:
            server.shutdown()
            thread.join()


def test_a_server_has_an_address(messagemedia_outbox: Outbox) -> None:
    received = Received(unsigned=True)
    with served(received.webhooks.wsgi()) as url:
        messagemedia_outbox.push_to(url)
        notify()
        messagemedia_outbox.reply("Hi")
        assert received.told == ["Reply Hi"]


def test_a_callback_address_on_this_machine_is_pushed_to_by_the_sandbox(messagemedia_outbox: Outbox) -> None:
    received, other = Received(unsigned=True), Received(unsigned=True)
    messagemedia_outbox.push_to(other.webhooks.wsgi())
    with served(received.webhooks.wsgi()) as url:
        notify(callback_url=url)
        messagemedia_outbox.reply("Hi")  # has waited for it
        assert received.told == ["Reply Hi"]
    assert other.told == []


def test_a_push_that_is_refused_fails_the_test(messagemedia_outbox: Outbox) -> None:
    received = Received(public_keys={"another": next(iter(messagemedia_outbox.public_keys.values()))})
    messagemedia_outbox.push_to(received.webhooks.wsgi(), "/hooks")
    notify()
    with pytest.raises(
        AssertionError, match=r"a reply was pushed to /hooks, and answered with 403: x-messagemedia-key-id names"
    ):
        messagemedia_outbox.reply("Hi")


@pytest.mark.parametrize("awaited", [False, True])
def test_an_exception_of_the_application_reaches_the_test(messagemedia_outbox: Outbox, awaited: bool) -> None:
    def wsgi(_environ: object, _start: object) -> Any:
        raise LookupError("no such order")

    async def asgi(_scope: object, _receive: object, _send: object) -> None:
        raise LookupError("no such order")

    messagemedia_outbox.push_to(asgi if awaited else wsgi, "/hooks")
    notify()
    with pytest.raises(LookupError, match="no such order"):
        messagemedia_outbox.reply("Hi")


@pytest.mark.parametrize("fails", [False, True])
def test_an_application_is_pushed_to_from_within_an_event_loop(messagemedia_outbox: Outbox, fails: bool) -> None:
    received = Received(unsigned=True)

    async def failing(_scope: object, _receive: object, _send: object) -> None:
        raise LookupError

    async def within() -> None:
        messagemedia_outbox.reply("Hi")

    messagemedia_outbox.push_to(failing if fails else received.webhooks.asgi(), "/hooks")
    notify()
    with pytest.raises(LookupError) if fails else nullcontext():
        asyncio.run(within())
    assert received.told == ([] if fails else ["Reply Hi"])


def test_pushes_that_push_something_end(messagemedia_outbox: Outbox) -> None:
    received = Received(unsigned=True)

    def answering(environ: dict[str, Any], start: Any) -> Any:
        answer = received.webhooks.wsgi()(environ, start)
        if received.told == ["Reply Hi"]:
            messagemedia_outbox.reply("And?")
        return answer

    messagemedia_outbox.push_to(answering, "/hooks")
    notify()
    messagemedia_outbox.reply("Hi")
    assert received.told == ["Reply Hi", "Reply And?"]


def test_the_date_of_a_push_is_that_of_the_test(messagemedia_outbox: Outbox) -> None:
    received = Received(public_keys=messagemedia_outbox.public_keys)
    messagemedia_outbox.push_to(received.webhooks.wsgi(), "/hooks")
    notify()
    messagemedia_outbox.sandbox.advance(40 * 86_400)  # no receiver takes what was signed in the future
    messagemedia_outbox.reply("Hi")
    assert received.told == ["Reply Hi"]


@pytest.mark.parametrize(
    ("target", "path", "error"),
    [
        ("http://127.0.0.1/hooks", "/hooks", "leave path out"),
        (lambda _environ, _start: [], "hooks", "path must begin with a slash, unlike 'hooks'"),
        (17, None, "an ASGI or WSGI application or an address, not int"),
        (Webhooks(unsigned=True).django(), "/hooks", "not a view of Django: pass get_wsgi_application"),
    ],
)
def test_what_can_not_be_pushed_to_is_refused(
    messagemedia_outbox: Outbox, target: Any, path: str | None, error: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=error):
        messagemedia_outbox.push_to(target, path)
