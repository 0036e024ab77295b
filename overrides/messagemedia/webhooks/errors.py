"""The errors of pushes, and how each is answered.

    MessageMediaError
    └─ WebhookError
       ├─ InvalidSignatureError     403: not signed by the service, or changed on the way
       ├─ StalePushError            503: correctly signed, but too long ago, or in the future
       ├─ UnreadablePushError       400, 405, 413 or 415: not a readable push
       └─ PushInProgressError       503: the same push is being handled right now

No error shows what was pushed.
"""

from __future__ import annotations

from typing import ClassVar

from messagemedia.errors import MessageMediaError

__all__ = [
    "InvalidSignatureError",
    "PushInProgressError",
    "StalePushError",
    "UnreadablePushError",
    "WebhookError",
]


class WebhookError(MessageMediaError):
    """A push was not accepted.

    Attributes:
        status_code: The HTTP status to answer it with. Unless it is a 2xx, the service pushes again later; whether a
            4xx stops it is not known.
    """

    _travelling: ClassVar[tuple[str, ...]] = ("message", "status_code", "hint")

    def __init__(self, message: str, status_code: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status_code = status_code


class InvalidSignatureError(WebhookError):
    """A push was not signed with one of your keys, or it was changed after it was signed. Nothing was handled."""

    def __init__(self, message: str, status_code: int = 403, hint: str = "") -> None:
        super().__init__(message, status_code, hint)


class StalePushError(WebhookError):
    """A push is correctly signed, but its `Date` is older than `max_age` or in the future. It may be a replay."""

    def __init__(self, message: str, status_code: int = 503, hint: str = "") -> None:
        super().__init__(message, status_code, hint)


class UnreadablePushError(WebhookError):
    """A request can't be read as a push, because of its method, size, type or content."""

    def __init__(self, message: str, status_code: int = 400, hint: str = "") -> None:
        super().__init__(message, status_code, hint)


def too_large(most: int) -> UnreadablePushError:
    """The error of a body that is larger than what is read."""
    return UnreadablePushError(f"the body has more than {most:,} bytes", 413)


class PushInProgressError(WebhookError):
    """The same push arrived before, and its handler has not returned yet."""

    def __init__(self, message: str, status_code: int = 503, hint: str = "") -> None:
        super().__init__(message, status_code, hint)
