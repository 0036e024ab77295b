"""Pushes into an application of the test's own, signed, and in the thread of the test."""

from __future__ import annotations

import asyncio
import inspect
import json
import threading
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx

from messagemedia.sandbox import PushAttempt
from messagemedia.webhooks import SigningKey

_HOST = "http://testserver"


@cache
def signing_key() -> SigningKey:
    """The key of all pushes of this process; making one takes a while."""
    return SigningKey()


class View:
    """An ASGI or WSGI application, or the address of a server, and where in it pushes arrive."""

    def __init__(self, target: Any, path: str | None) -> None:
        """Take an application with a path, or an address.

        Args:
            target: The application, or an address such as `http://127.0.0.1:5000/hooks`.
            path: Path and query to which is pushed; None for those of the `callback_url` of each message.

        Raises:
            ValueError: The path has no slash at its front, or is given with an address.
            TypeError: The target is nothing that can be pushed to.
        """
        if path is not None and not path.startswith("/"):
            raise ValueError(f"path must begin with a slash, unlike {path!r}")
        self._path = path
        self._url = ""
        if isinstance(target, str):
            if path is not None:
                raise ValueError("an address contains its path; leave path out")
            self._url = target
        elif not callable(target):
            raise TypeError(f"push_to takes an ASGI or WSGI application or an address, not {type(target).__name__}")
        elif getattr(target, "csrf_exempt", False):
            raise TypeError(
                "push_to takes an application, not a view of Django: pass get_wsgi_application() and the view's path"
            )
        self._send = _sender(target)

    @property
    def takes_all(self) -> bool:
        """Whether everything is pushed to it, as to a webhook of the account, or only what has a `callback_url`."""
        return self._path is not None or bool(self._url)

    def push(self, attempt: PushAttempt) -> None:
        """Push what the sandbox could not, because the address is not on this machine.

        Raises:
            AssertionError: It was answered with anything but a 2xx.
        """
        url = self._url or _HOST + (self._path or _target(attempt.url))
        content = attempt.body.encode() if isinstance(attempt.body, str) else json.dumps(attempt.body).encode()
        request = httpx.Request(attempt.method, url, content=content, headers={"Content-Type": "application/json"})
        target = request.url.raw_path
        request.headers.update(signing_key().headers(attempt.method, target, content))
        answer = self._send(request)
        if not answer.is_success:
            what, said = attempt.kind.replace("_", " "), answer.text.strip()[:500]
            raise AssertionError(
                f"a {what} was pushed to {target.decode()}, and answered with {answer.status_code}: {said}"
            )


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


Send = Callable[[httpx.Request], httpx.Response]


def _sender(target: Any) -> Send:
    """What carries a request to an application or server, and returns its answer."""
    if isinstance(target, str):
        return _over_network
    if any(inspect.iscoroutinefunction(each) for each in (target, getattr(target, "__call__", None))):  # noqa: B004
        return lambda request: _outside_of_loops(lambda: _through_asgi(target, request))
    return lambda request: _through_wsgi(target, request)


def _over_network(request: httpx.Request) -> httpx.Response:
    with httpx.Client(trust_env=False, verify=False, timeout=30) as client:  # noqa: S501  # a server of the test
        return client.send(request)


def _through_wsgi(application: Any, request: httpx.Request) -> httpx.Response:
    def told(environ: Mapping[str, Any], start_response: Any) -> Any:
        # What servers tell beside the decoded path, because signatures are made of it as it was sent.
        return application({**environ, "REQUEST_URI": request.url.raw_path.decode("ascii")}, start_response)

    with httpx.Client(transport=httpx.WSGITransport(told)) as client:
        return client.send(request)


async def _through_asgi(application: Any, request: httpx.Request) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application)) as client:
        return await client.send(request)


def _outside_of_loops(make: Callable[[], Any]) -> httpx.Response:
    """Run a coroutine in a loop of its own, in another thread if this one has a loop that runs."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(make())  # type: ignore[no-any-return]
    answers: list[httpx.Response | BaseException] = []

    def run() -> None:
        try:
            answers.append(asyncio.run(make()))
        except BaseException as error:  # noqa: BLE001  # it is raised in the thread of the test
            answers.append(error)

    thread = threading.Thread(target=run, name="messagemedia-push")
    thread.start()
    thread.join()
    [answer] = answers
    if isinstance(answer, BaseException):
        raise answer
    return answer
