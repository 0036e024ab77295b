"""Sends with pyreqwest, which uses Rust's reqwest and hyper: the fastest there is, blocking and awaited.

What it does differently, and what is done about it:

- Its exceptions are named after something else than what happened: a request that was read in full and never answered
  is a `ConnectTimeoutError`. Only the causes that it names tell, and only `_NOT_SENT` proves that nothing left.
- A blocking call does not notice Ctrl-C, so the main thread waits for another thread that makes it.
- A cancelled request runs on, and one that waits for a place would still be sent: the places are our own.
- After a fork no client of it works in the child, neither an old nor a new one.
- It crashes if it is used after the thread that imported it has ended.
- A thread of its own that is still at work when the interpreter ends aborts the process, in every third program that
  ends just after an awaited call.
- What comes over an idle connection is noticed by a thread of its own, and so perhaps after the next request has left.
- It has one timeout for a whole request, and writes addresses by the rules of browsers.
"""

from __future__ import annotations

import atexit
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import lru_cache
from importlib import import_module
from typing import Any, Literal

from messagemedia._http.announcing import announce
from messagemedia._http.environment import is_secure, trusted_certificates
from messagemedia._http.exchange import NoAnswer, Request, Response
from messagemedia._http.home import Home, refuse_gevent, refuse_trio
from messagemedia._http.limits import KEEPALIVE_EXPIRY, MAX_CONNECTIONS, AsyncPlaces, Places, PoolTimeoutError
from messagemedia._http.tracing import DeadlineError, strip
from messagemedia._http.worker import Worker
from messagemedia.errors import ConfigurationError, FieldError, ValidationError

# What hyper says if a request was never written, because no connection was made for it.
_NOT_SENT = "client error (Connect)"

# Of the process, because the runtime of Rust is.
_runtime = Home("pyreqwest", "Create its clients only in the child processes, or start those with 'spawn'.")
_importing = Worker("messagemedia-pyreqwest-import")
_blocking = Worker("messagemedia-pyreqwest")


@lru_cache(maxsize=1)
def library() -> Any:
    """The package with all its parts that are used, imported by a thread that lives as long as the process."""

    def load() -> Any:
        atexit.register(time.sleep, 0.02)  # so that its threads are done
        for part in ("client", "exceptions", "http", "request", "response"):
            import_module(f"pyreqwest.{part}")
        return import_module("pyreqwest")

    _runtime.enter()  # the thread that imports it is of this process, too
    return _importing.do(load)


class _Pyreqwest:
    """A client of pyreqwest: how it makes requests, and what its exceptions say."""

    def __init__(self, builder: str, base_url: str) -> None:
        """Make connections.

        Raises:
            ConfigurationError: If pyreqwest can't be used in this process, or with the certificates of the environment.
        """
        refuse_gevent("pyreqwest")
        _runtime.enter()
        self._errors = library().exceptions
        made = (
            getattr(library().client, builder)()
            .http1_only()
            .follow_redirects(enable=False)
            .referer(enable=False)
            .no_proxy()
            .brotli(enable=False)
            .zstd(enable=False)
            .pool_idle_timeout(timedelta(seconds=KEEPALIVE_EXPIRY))
            .pool_max_idle_per_host(MAX_CONNECTIONS)
        )
        if is_secure(base_url):
            for certificate in trusted_certificates():
                made = made.add_root_certificate_der(certificate)
        else:
            # Without TLS nothing is to be trusted; otherwise it would fail where the system has no certificates.
            made = made.danger_accept_invalid_certs(enable=True)
        self._client: Any = made.build()

    def _message(self, request: Request, until: float) -> Any:
        """The library's own form of a request that has to be over at a moment of `time.monotonic()`.

        Raises:
            ValidationError: If no request can have such an address.
            ConfigurationError: If it would go to another address than the one that is signed, or the client is closed.
            DeadlineError: If its deadline has passed.
        """
        client = self._client
        if client is None:
            raise ConfigurationError("this client is closed, make a new one")
        _check_target(request)
        announce(request.url)
        seconds = until - time.monotonic()
        if seconds <= 0:
            raise DeadlineError("the time was over before the request left")
        message = client.request(request.method, request.url).headers(request.headers)
        if request.content is not None:
            message = message.body_bytes(request.content)
        return message.timeout(timedelta(seconds=seconds)).build()

    def _outcome(self, error: Exception) -> NoAnswer:
        """What became of a request whose sending raised an exception."""
        strip(error)
        if isinstance(error, PoolTimeoutError):
            return NoAnswer("not_sent", error, "pool")
        if isinstance(error, DeadlineError):
            return NoAnswer("not_sent", error)
        causes = list(_causes(error))
        where: Literal["network", "certificate"] = "certificate" if "certificate" in " ".join(causes) else "network"
        if _NOT_SENT in causes:
            return NoAnswer("not_sent", _told(ConnectionError, causes, error), where)
        if isinstance(error, TimeoutError):
            return NoAnswer("timeout", _told(TimeoutError, causes, error))
        if isinstance(error, self._errors.PyreqwestError):
            return NoAnswer("lost", _told(ConnectionError, causes, error), where)
        return NoAnswer("garbled", error)


class PyreqwestSender(_Pyreqwest):
    """Sends with pyreqwest, blocking."""

    def __init__(self, base_url: str) -> None:
        super().__init__("SyncClientBuilder", base_url)
        self._places = Places()

    def send(self, request: Request) -> Response | NoAnswer:
        """Send a request once, and say what came of it."""
        until = _end(request)
        try:
            self._places.take(request.timeout)
        except PoolTimeoutError as error:
            return self._outcome(error)
        try:
            # No variable holds the library's request: it has no repr after it was sent, so that tracebacks would fail.
            send = _blocking.do if _is_main_thread() else _at_once
            answer = send(self._message(request, until).send)
            return Response(answer.status, _headers(answer.headers), bytes(answer.bytes()), answer.version)
        except (ConfigurationError, ValidationError):
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, it is told as a missing answer
            return self._outcome(error)
        finally:
            self._places.release()

    def close(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None  # idle ones are closed when nobody refers to the client any more
        client.close()


class AsyncPyreqwestSender(_Pyreqwest):
    """Sends with pyreqwest, awaited; it differs in `await`, and needs no other thread."""

    def __init__(self, base_url: str) -> None:
        super().__init__("ClientBuilder", base_url)
        self._places = AsyncPlaces()

    async def send(self, request: Request) -> Response | NoAnswer:
        """Send a request once, and say what came of it. One that is cancelled on its way may still be processed."""
        refuse_trio("pyreqwest")
        until = _end(request)
        try:
            await self._places.take(request.timeout)
        except PoolTimeoutError as error:
            return self._outcome(error)
        try:
            answer = await self._message(request, until).send()
            return Response(answer.status, _headers(answer.headers), bytes(await answer.bytes()), answer.version)
        except (ConfigurationError, ValidationError):
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, it is told as a missing answer
            return self._outcome(error)
        finally:
            self._places.release()

    async def close(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None  # as above
        await client.close()


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _at_once(send: Callable[[], Any]) -> Any:
    return send()


def _end(request: Request) -> float:
    """When a request has to be over: its timeout limits the whole attempt here, and its deadline the call."""
    end = time.monotonic() + request.timeout
    return end if request.until is None else min(end, request.until)


def _check_target(request: Request) -> None:
    """Refuse a request that would go to another address than the one that is signed."""
    try:
        written = _written(request.url)
    except ValueError as error:
        problem = FieldError(f"base_url and arguments make an address that is not valid: {error}")
        raise ValidationError([problem], operation=request.operation) from None
    if written != request.target:
        raise ConfigurationError(
            f"pyreqwest would send {request.operation} to another address than the one that is signed",
            hint="Use a base_url in its plainest form, or leave http_client out.",
        )


@lru_cache(maxsize=32)
def _written(url: str) -> str:
    """The target of a request as it would be sent."""
    text = str(library().http.Url(url))
    return text[text.index("/", text.index("//") + 2) :]


def _headers(told: Any) -> dict[str, str]:
    """Headers with lower-case names; pyreqwest can't read one with other characters than ASCII, so it is left out."""
    found: dict[str, str] = {}
    for name in told:
        with contextlib.suppress(ValueError):
            found[name.lower()] = ", ".join(told.getall(name))
    return found


def _causes(error: Exception) -> Iterator[str]:
    """What an exception of pyreqwest gives as its causes; the first one, which names the address, is left out."""
    details: Any = getattr(error, "details", None) or {}
    for cause in details.get("causes") or ():
        if not cause["message"].startswith("error sending request for url"):
            yield cause["message"]


def _told(kind: type[OSError], causes: list[str], error: Exception) -> OSError:
    """An exception that is named after what happened, with the library's own behind it."""
    told = kind(": ".join(causes) or str(error))
    told.__cause__ = error
    return told
