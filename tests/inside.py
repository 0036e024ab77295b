"""The only place in the tests that knows where the private things of the package are, so that code can move.

A test goes through what is public. Where it can't, because it stops a clock, replaces what sends, or drives a part by
itself, it asks this module; `tests/gates` holds that no other names a private module.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal, TypeVar

import anyio
import pytest
from messagemedia._call import body as _json
from messagemedia._call import executing as _executing
from messagemedia._call.progress import Pause
from messagemedia._http import over_pyreqwest
from messagemedia._http import transport as _transport
from messagemedia._http.exchange import NoAnswer, Request, Response
from messagemedia._http.limits import MAX_CONNECTIONS
from messagemedia._http.worker import Worker
from messagemedia._inbox.options import Options
from messagemedia._inbox.steps import Bury, Check, Confirm, Handle, Run
from messagemedia._messages.batches import BatchOutcome, send_batch
from messagemedia._messages.parallel import Pace
from messagemedia._version import __version__ as version_of_the_wheel
from messagemedia.campaign.progress import ProgressLog
from messagemedia.errors import ConfigurationError, ValidationError

# What tests drive by themselves, without a client around it.
__all__ = [
    "MAX_CONNECTIONS", "BatchOutcome", "Bury", "Check", "Confirm", "Handle", "NoAnswer", "Options", "Pace", "Pause",
    "ProgressLog", "Request", "Response", "Run", "Worker", "send_batch", "version_of_the_wheel",
]  # fmt: skip

C = TypeVar("C")

# The room that is allowed to do what no other is, and files in which a test makes a mistake on purpose.
KNOWS_HTTP_LIBRARIES = "_http"
OF_THE_MESSAGES, OF_THE_SETTINGS, OF_THE_INBOX = (
    "_messages/verbs.py",
    "_call/settings.py",
    "_inbox/verbs.py",
)

# What a program does that looks whether it is inside an event loop.
LOOKS_FOR_A_LOOP = "from messagemedia._http import home; home.warn_of_blocking()"

# Modules of the package whose classes hold nothing but what a caller gave or got.
HOLD_DATA = ("messagemedia._messages.batches", "messagemedia._messages.segments")


# --- time -------------------------------------------------------------------------------------------------------


def replace_pauses(patch: pytest.MonkeyPatch, pause: Callable[[float], object]) -> None:
    """Let `pause` be called with the seconds that a client, blocking or awaited, would wait."""

    async def awaited(seconds: float) -> None:
        pause(seconds)

    patch.setattr(_executing.time, "sleep", pause)
    patch.setattr(anyio, "sleep", awaited)


CLOCKS = {
    "wait": "messagemedia._messages.wait.monotonic",
    "pace": "messagemedia._messages.parallel.time.monotonic",
    "duplicates": "messagemedia._messages.duplicates.time.monotonic",
}


def replace_clock(
    patch: pytest.MonkeyPatch, of: Literal["wait", "pace", "duplicates"], now: Callable[[], float]
) -> None:
    """Let a part of the package take `now` for its clock."""
    patch.setattr(CLOCKS[of], now)


def replace_time(patch: pytest.MonkeyPatch, clock: Any) -> None:
    """Let a clock with `monotonic` and `sleep` stand for the module `time`, under campaigns and their clients."""
    for module in ("campaign.course", "campaign.sending", "_call.executing"):
        patch.setattr(f"messagemedia.{module}.time", clock)
    replace_pauses(patch, clock.sleep)


def set_date(client: C, now: Callable[[], datetime]) -> C:
    """The same client with another clock, for the dates that it signs."""
    object.__setattr__(settings_of(client), "now", now)  # settings are frozen, and have no public clock
    return client


# --- limits and what is installed -------------------------------------------------------------------------------


def remember_at_most(patch: pytest.MonkeyPatch, number: int) -> None:
    """Let `consume` remember so many of the items that it has confirmed."""
    patch.setattr("messagemedia._inbox.memory.REMEMBERED", number)


def remembered_by(run: Run[Any]) -> tuple[int, int]:
    """How many of the items that it has confirmed a run of `consume` remembers, and how many of those that it has not."""
    memory = run._memory
    others = (memory.unconfirmed, memory._contents, memory._open, memory._done, run._failing)
    return len(memory._confirmed), max(map(len, others))


def leave_within(patch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let a cancelled `consume` take so many seconds to confirm what was handled."""
    patch.setattr("messagemedia._inbox.consume.LEAVING", seconds)


def replace_import(patch: pytest.MonkeyPatch, import_module: Callable[[str], Any]) -> None:
    """Let the HTTP libraries be imported by another function."""
    over_pyreqwest.library.cache_clear()
    for module in ("choice", "over_pyreqwest"):
        patch.setattr(f"messagemedia._http.{module}.import_module", import_module)


def allow_connections(patch: pytest.MonkeyPatch, number: int) -> None:
    """Let own connections be so many at most."""
    for module in ("limits", "over_httpx", "over_pyreqwest"):
        patch.setattr(f"messagemedia._http.{module}.MAX_CONNECTIONS", number)


def forget_seeds(patch: pytest.MonkeyPatch) -> None:
    """Let each thread draw its first random numbers for TLS again."""
    patch.setattr("messagemedia._http.seeding._threads", threading.local())


def keep_connections(patch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let own connections be used again within so many seconds."""
    for module in ("httpx_connections", "over_aiohttp", "over_httpx", "over_pyreqwest"):
        patch.setattr(f"messagemedia._http.{module}.KEEPALIVE_EXPIRY", seconds)


def warn_again(patch: pytest.MonkeyPatch) -> None:
    """Let the next blocking call in a loop be the first one of its process."""
    patch.setattr("messagemedia._http.home._warned", set())


encoded, decoded = _json.encoded, _json.decoded


def has_fast_json() -> bool:
    """Whether JSON is read and written with msgspec."""
    return _json._fast_decode is not None and _json._fast_encode is not None


def without_fast_json(patch: pytest.MonkeyPatch) -> None:
    """Read and write JSON as if msgspec were not installed."""
    patch.setattr(_json, "_fast_decode", None)
    patch.setattr(_json, "_fast_encode", None)


def replace_servers(patch: pytest.MonkeyPatch, servers: Mapping[Any, str]) -> None:
    """Let each region lead to another server."""
    patch.setattr("messagemedia._call.settings.SERVERS", servers)


# --- what is inside a client ------------------------------------------------------------------------------------


def settings_of(client: Any) -> Any:
    """What a client was made with."""
    return client._settings


def transport_of(client: Any) -> Any:
    """What sends for a client."""
    return client._transport


def connections_of(client: Any) -> Any:
    """What carries the requests of a client in this process."""
    sender = transport_of(client)._sender.get()
    return getattr(sender, "connections", sender)


def execute(client: Any, call: Any) -> Any:
    """Carry out a call that no operation of the contract builds; to be awaited if the client is."""
    return client.api.messages._executor.execute(call)


async def drop_connections(client: Any) -> None:
    """Close the connections of an awaited client, which stays open."""
    await connections_of(client).close()


# --- the transport ----------------------------------------------------------------------------------------------

Reaction = Response | NoAnswer | BaseException | Callable[[Request], Response | NoAnswer]


class FakeTransport:
    """What sends for a client, without an HTTP library: it answers in turn, the last answer for ever.

    An exception passes through, as Ctrl-C and a cancellation do; a function is called with the request.
    """

    def __init__(self, *reactions: Reaction) -> None:
        self._reactions = list(reactions)
        self.requests: list[Request] = []
        self.closed = False

    def under(self, client: C) -> C:
        """The same client, blocking or awaited, with this below it."""
        awaited = isinstance(transport_of(client), _transport.AsyncTransport)
        vars(client)["_transport"] = _Awaited(self) if awaited else self
        return client

    def send(self, request: Request) -> Response | NoAnswer:
        self.requests.append(request)
        reaction = self._reactions.pop(0) if len(self._reactions) > 1 else self._reactions[0]
        if isinstance(reaction, BaseException):
            raise reaction
        return reaction if isinstance(reaction, Response | NoAnswer) else reaction(request)

    def close(self) -> None:
        self.closed = True


class _Awaited:
    def __init__(self, fake: FakeTransport) -> None:
        self._fake = fake

    async def send(self, request: Request) -> Response | NoAnswer:
        return self._fake.send(request)

    async def close(self) -> None:
        self._fake.close()


Look = Callable[[Request, Response | None], None]


def watch_exchanges(look: Look) -> None:
    """Show each request that a client sends from now on, and its answer if one came."""
    blocking: Callable[[Any, Request], Any] = _transport.Transport.send
    awaited: Callable[[Any, Request], Awaitable[Any]] = _transport.AsyncTransport.send

    def send(transport: Any, request: Request) -> Any:
        with _shown(look, request) as seen:
            answer = seen["answer"] = blocking(transport, request)
        return answer

    async def send_awaited(transport: Any, request: Request) -> Any:
        with _shown(look, request) as seen:
            answer = seen["answer"] = await awaited(transport, request)
        return answer

    _transport.Transport.send = send  # type: ignore[method-assign]
    _transport.AsyncTransport.send = send_awaited  # type: ignore[method-assign]


@contextmanager
def _shown(look: Look, request: Request) -> Iterator[dict[str, Any]]:
    seen: dict[str, Any] = {}
    try:
        yield seen
    except (ConfigurationError, ValidationError):
        raise  # it was refused before it could be sent
    except BaseException:
        look(request, None)
        raise
    answer = seen["answer"]
    look(request, answer if isinstance(answer, Response) else None)
