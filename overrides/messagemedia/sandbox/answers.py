"""Answers of the sandbox, before they are sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import attrs

BAD_REQUEST = "Request failed to parse correctly. Please ensure input is valid and try again."
BAD_CREDENTIALS = "Invalid authentication credentials"
NOT_FOUND = "Resource not found."
NOT_ALLOWED = "Method not allowed."
NOT_SCHEDULED = "Message is not currently scheduled"
OLD_TLS = "TLS 1.3 or higher is required to send messages to this destination."
WEBHOOK_EXISTS = "A webhook with the given url and method already exists."
FEATURE_OFF = "This feature has not been enabled in your account."
NO_KEY = "Entity not found"
NO_KEY_ENABLED = "Currently no key is enabled"
NO_CRYPTOGRAPHY = "The sandbox needs 'cryptography' to make keys; install it with: pip install 'messagemedia[sandbox]'"
BROKEN = "Something went wrong. Please try again later."

Headers = tuple[tuple[str, str], ...]
JSON: Headers = (("content-type", "application/json"),)


@attrs.frozen
class Answer:
    """A status, a body and its headers."""

    status: int
    body: bytes = attrs.field(default=b"", repr=False)
    headers: Headers = ()


def json_answer(status: int, payload: Any) -> Answer:
    """An answer with a JSON body."""
    return Answer(status, json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode(), JSON)


def empty_answer(status: int, content_type: str) -> Answer:
    """An answer with no body, which has a content type all the same."""
    return Answer(status, b"", (("content-type", content_type),))


def refusal(status: int, message: str, details: Sequence[str] = ()) -> Answer:
    """An error; the real service ends the bodies of these with a line break."""
    payload: dict[str, Any] = {"message": message}
    if details:
        payload["details"] = list(details)
    answer = json_answer(status, payload)
    return attrs.evolve(answer, body=answer.body + b"\n")


def invalid(details: Sequence[str], message: str = BAD_REQUEST) -> Answer:
    """The refusal of an invalid request."""
    return refusal(400, message, details)
