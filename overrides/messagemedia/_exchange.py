"""What the flow and the transports hand each other: data, without any HTTP library's types.

These are dataclasses, like `Settings` and `FieldError`: attrs, which the models use, is imported with them, by the
first call, and not with a client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
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


@dataclass(frozen=True, slots=True)
class Pause:
    """That nothing is to be done for a while."""

    seconds: float


@dataclass(slots=True)
class Progress:
    """How far a call has come.

    Attributes:
        until: The moment of `time.monotonic()` at which it has to be over; endless without a deadline.
        attempts: How many requests were made.
        retries: How many retries were made.
        clock_offset: How far the server's clock is ahead of this one, once that is known and corrected.
        maybe_processed: Whether an earlier attempt may have been processed.
        is_cut_short: Whether it ends because the deadline leaves no time for a retry.
    """

    until: float
    attempts: int = 0
    retries: int = 0
    clock_offset: timedelta = timedelta()
    maybe_processed: bool = False
    is_cut_short: bool = False

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.until - monotonic()
