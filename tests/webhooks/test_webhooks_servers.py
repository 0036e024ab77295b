"""Pushes through the servers and frameworks that people use: verified with every target, or refused with the advice."""

import asyncio
import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
import wsgiref.simple_server
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import django.conf
import django.urls
import flask
import hypercorn.asyncio
import hypercorn.config
import pytest
import uvicorn
import webhooks_kit as kit
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from hypercorn.middleware import DispatcherMiddleware as AsgiDispatcher
from messagemedia import Reply
from messagemedia.webhooks import Webhooks
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from waitress_kit import waitress_serving
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server

Serve = Callable[[Any], "contextlib.AbstractContextManager[int]"]

SERVICE = kit.Service()
TARGETS = [
    "/hooks/",
    "/hooks/messages",
    "/hooks/a%2Fb",
    "/hooks/%7Ea~b",
    "/hooks//a///b",
    "/hooks/a?b=c&d",
    "/hooks/a?b=%20+&c=%C3%A9",
    "/hooks/caf%C3%A9/%e9",
    "/hooks/a;b=c,d@e:f!$'()*",
    "/hooks/%41%2e%2E",
    "/hooks/a?x=?&y=/",
]
RAW = "/hooks/café"  # as UTF-8, which no client should send and some do

# --- servers ------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def uvicorn_serving(application: Any, **options: Any) -> Iterator[int]:
    config = uvicorn.Config(application, port=0, log_level="critical", lifespan="on", **options)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        _wait(lambda: server.started or not thread.is_alive())
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@contextlib.contextmanager
def hypercorn_serving(application: Any) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = hypercorn.config.Config()
    config.bind = [f"fd://{os.dup(listener.fileno())}"]  # it closes what it is given
    config.errorlog = config.accesslog = None
    loop = asyncio.new_event_loop()
    ended = asyncio.Event()

    def run() -> None:
        loop.run_until_complete(hypercorn.asyncio.serve(application, config, shutdown_trigger=ended.wait))
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        listener.close()


@contextlib.contextmanager
def wsgiref_serving(application: Any) -> Iterator[int]:
    class Quiet(wsgiref.simple_server.WSGIRequestHandler):
        def log_message(self, *_: Any) -> None: ...

    with wsgiref.simple_server.make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def werkzeug_serving(application: Any) -> Iterator[int]:
    """What `flask run` serves with."""
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


# --- frameworks ---------------------------------------------------------------------------------------------------

HANDLED: list[Reply] = []


def receiver(**options: Any) -> Webhooks:
    made = Webhooks(SERVICE.public_keys, **options)
    made.on(Reply)(HANDLED.append)
    return made


def django_urls(webhooks: Webhooks) -> None:
    if not django.conf.settings.configured:
        django.conf.settings.configure(
            ALLOWED_HOSTS=["*"],
            MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware", "django.middleware.common.CommonMiddleware"],
            ROOT_URLCONF=__name__,
            LOGGING_CONFIG=None,
        )
        django.setup()
    urlpatterns[:] = [django.urls.re_path(r"^hooks.*", webhooks.django())]


urlpatterns: list[Any] = []


def through_django(webhooks: Webhooks) -> Any:
    django_urls(webhooks)
    return get_wsgi_application()


def through_async_django(webhooks: Webhooks) -> Any:
    django_urls(webhooks)
    inner = get_asgi_application()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await inner(scope, receive, send)
        else:
            await send({"type": f"{(await receive())['type']}.complete"})

    return application


def through_starlette(webhooks: Webhooks) -> Any:
    return Starlette(routes=[Mount("/hooks", webhooks.asgi())])


def through_dispatcher(webhooks: Webhooks) -> Any:
    async def other(_scope: Any, _receive: Any, _send: Any) -> None:
        raise AssertionError("this is not where pushes go")

    return AsgiDispatcher({"/hooks": webhooks.asgi(), "": other})


def through_flask(webhooks: Webhooks) -> Any:
    app = flask.Flask(__name__)
    return DispatcherMiddleware(app.wsgi_app, {"/hooks": webhooks.wsgi()})


STACKS: dict[str, tuple[Serve, Callable[[Webhooks], Any]]] = {
    "uvicorn": (uvicorn_serving, Webhooks.asgi),
    "uvicorn-h11": (lambda app: uvicorn_serving(app, http="h11"), Webhooks.asgi),
    "hypercorn": (hypercorn_serving, Webhooks.asgi),
    "waitress": (waitress_serving, Webhooks.wsgi),
    "wsgiref": (wsgiref_serving, Webhooks.wsgi),
    "starlette-uvicorn": (uvicorn_serving, through_starlette),
    "starlette-hypercorn": (hypercorn_serving, through_starlette),
    "quart-hypercorn": (hypercorn_serving, through_dispatcher),
    "flask-waitress": (waitress_serving, through_flask),
    "flask-werkzeug": (werkzeug_serving, through_flask),
    "django-waitress": (waitress_serving, through_django),
    "django-uvicorn": (uvicorn_serving, through_async_django),
}


# One of each way to tell the target; the others take turns in `make check`.
_FAST = {"uvicorn", "waitress", "starlette-uvicorn", "django-waitress"}
_STACKS = [pytest.param(name, marks=() if name in _FAST else pytest.mark.slow) for name in STACKS if name != "wsgiref"]


@pytest.fixture(scope="module", params=_STACKS)
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    serve, framework = STACKS[request.param]
    with serve(framework(receiver())) as port:
        yield port


def posted(
    port: int, target: str | bytes, body: bytes, headers: dict[str, str], *, method: str = "POST"
) -> tuple[int, str]:
    """Status and text of the answer to exactly these bytes."""
    line = b"%s %s HTTP/1.1\r\n" % (method.encode(), target if isinstance(target, bytes) else target.encode())
    told = {"host": "127.0.0.1", "connection": "close", "content-length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items() if value).encode("latin-1")
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(line + head + b"\r\n" + body)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while data := connection.recv(65536):
                answer += data
    head, _, text = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), text.decode()


def new_body() -> bytes:
    new_body.count += 1  # type: ignore[attr-defined]
    return json.dumps({"reply_id": f"id-{new_body.count}", "content": "Hi é"}).encode()  # type: ignore[attr-defined]


new_body.count = 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_verifies(port: int, target: str) -> None:
    body = new_body()
    assert posted(port, target, body, dict(SERVICE.headers(target, body))) == (204, "")
    assert HANDLED[-1].raw == json.loads(body)


@pytest.mark.parametrize("target", TARGETS[:6])
def test_no_other_target_does(port: int, target: str) -> None:
    body = new_body()
    status, text = posted(port, f"{target}x", body, dict(SERVICE.headers(target, body)))
    assert (status, "does not match this request" in text) == (403, True)


def test_a_target_of_raw_utf_8_is_verified_or_refused(port: int) -> None:
    body = new_body()
    status, _ = posted(port, RAW, body, dict(SERVICE.headers(RAW, body)))
    assert status in (204, 400, 403)


def test_what_is_no_push_is_refused_with_its_status(port: int) -> None:
    body = new_body()
    assert posted(port, "/hooks/", body, {})[0] == 403
    xml = b"<reply/>"
    typed = {**SERVICE.headers("/hooks/", xml), "content-type": "text/xml"}
    assert posted(port, "/hooks/", xml, typed)[0] == 415
    asked = dict(SERVICE.headers("/hooks/", b"", method="OPTIONS"))
    assert posted(port, "/hooks/", b"", asked, method="OPTIONS")[0] == 405


@pytest.mark.slow
def test_a_body_that_is_too_large_is_refused_before_it_is_read(port: int) -> None:
    head = f"POST /hooks/ HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {2**21}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(head.encode())
        answered, _, _ = select.select([connection], [], [], 2)
        if not answered:  # Waitress takes all of it before it calls an application
            connection.sendall(b"x" * 2**21)
        assert connection.recv(12).split()[1] == b"413"


def test_a_route_takes_an_address_without_a_slash() -> None:
    body = new_body()
    with uvicorn_serving(Starlette(routes=[Route("/hooks", receiver().asgi())])) as port:
        assert posted(port, "/hooks", body, dict(SERVICE.headers("/hooks", body))) == (204, "")


def test_a_server_that_hides_the_target_is_told_and_a_public_url_helps(caplog: pytest.LogCaptureFixture) -> None:
    body = new_body()
    with wsgiref_serving(receiver().wsgi()) as port:
        status, text = posted(port, "/hooks", body, dict(SERVICE.headers("/hooks", body)))
    assert (status, "log" in text) == (500, True)
    assert "public_url=" in caplog.text
    with wsgiref_serving(receiver(public_url="https://example.com/hooks/%7Ea").wsgi()) as port:
        made = dict(SERVICE.headers("/hooks/%7Ea?b=c", body))
        assert posted(port, "/hooks/~a?b=c", body, made) == (204, "")


GUNICORN = """
import sys
sys.path.insert(0, {folder!r})
from messagemedia import Reply
from messagemedia.webhooks import Webhooks
webhooks = Webhooks({keys!r})
webhooks.on(Reply)(print)
application = webhooks.wsgi()
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="platform: gunicorn needs fork")
def test_gunicorn_tells_the_target(tmp_path: Path) -> None:
    (tmp_path / "hooks_app.py").write_text(GUNICORN.format(folder=str(tmp_path), keys=SERVICE.public_keys))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "--bind",
            f"fd://{listener.fileno()}",
            "--chdir",
            str(tmp_path),
            "hooks_app",
        ]
        with subprocess.Popen(
            command, pass_fds=[listener.fileno()], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
        ) as server:
            try:
                for target in TARGETS:
                    body = new_body()
                    assert posted(port, target, body, dict(SERVICE.headers(target, body))) == (204, ""), target
            finally:
                server.terminate()
