"""What the flow and the transports hand each other: data, without any HTTP library's types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen


@frozen
class Request:
    """One attempt, ready to be sent as it is."""

    operation: str
    method: str
    url: str
    target: str
    headers: Mapping[str, str]
    content: bytes | None = field(repr=False)
    timeout: float


@frozen
class Response:
    """What the server answered; the names of headers may be asked for in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    http_version: str = ""


@frozen
class NoAnswer:
    """That nothing usable came back, and what is known of the request: whether it may have been processed."""

    reason: Literal["not_sent", "timeout", "lost", "garbled"]
    cause: Exception


@frozen
class Pause:
    """That nothing is to be done for a while."""

    seconds: float
