"""What the flow and the transports hand each other: data, without any HTTP library's types.

These are dataclasses, like `Settings` and `FieldError`: attrs, which the models stand on, is imported with them, by the
first call, and not with a client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Request:
    """One attempt, ready to be sent as it is."""

    operation: str
    method: str
    url: str
    target: str
    headers: Mapping[str, str]
    content: bytes | None = field(repr=False)
    timeout: float


@dataclass(frozen=True, slots=True)
class Response:
    """What the server answered; the names of headers may be asked for in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    http_version: str = ""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """That nothing usable came back, and what is known of the request: whether it may have been processed."""

    reason: Literal["not_sent", "timeout", "lost", "garbled"]
    cause: Exception


@dataclass(frozen=True, slots=True)
class Pause:
    """That nothing is to be done for a while."""

    seconds: float
