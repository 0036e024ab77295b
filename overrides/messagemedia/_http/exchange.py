"""What a call and a transport hand each other: data, without any HTTP library's types.

These are dataclasses, like `Settings` and `FieldError`: attrs, which the models use, is imported with them, by the
first call, and not with a client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Request:
    """One attempt, ready to be sent as it is.

    Attributes:
        timeout: Seconds that each wait may take: for a connection, to send a piece, to receive one.
        until: The moment of `time.monotonic()` at which the whole call has to be over; None if it has no deadline.
    """

    operation: str
    method: str
    url: str
    target: str
    headers: Mapping[str, str]
    content: bytes | None = field(repr=False)
    timeout: float
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """What the server answered; the names of headers may be asked for in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    http_version: str = ""


def says_enough(status: int) -> bool:
    """Whether a status alone says what became of a request, though the rest of its answer was lost: a refusal."""
    return 400 <= status < 500


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """That nothing usable came back, and what is known of the request.

    Attributes:
        reason: Whether the request may have been processed: only `not_sent` proves that it was not.
        cause: The exception of the HTTP library.
        where: What failed, as far as it decides what to do about it: `network`, a full `pool` of connections, or a
            `certificate` that is not trusted, which no retry changes.
    """

    reason: Literal["not_sent", "timeout", "lost", "garbled"]
    cause: Exception
    where: Literal["network", "pool", "certificate"] = "network"


_LIBRARIES = frozenset({"httpx", "httpx2", "httpcore", "httpcore2", "aiohttp", "pyreqwest", "messagemedia"})


def is_of_network(error: BaseException) -> bool:
    """Whether an exception is one of an HTTP library or the system, and not of somebody who interrupted them."""
    return isinstance(error, OSError) or type(error).__module__.partition(".")[0] in _LIBRARIES
