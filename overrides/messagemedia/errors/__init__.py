"""Everything that the package raises.

    MessageMediaError
    ├─ ConfigurationError              the client is configured wrongly; no request was made
    ├─ ValidationError (ValueError)    the arguments are wrong; no request was made
    ├─ APIStatusError                  the API answered with an error
    │  ├─ BadRequestError              400
    │  ├─ AuthenticationError          401, or 403 about the credentials
    │  ├─ PermissionDeniedError        403
    │  ├─ NotFoundError                404
    │  ├─ ConflictError                409
    │  ├─ UnprocessableEntityError     422
    │  ├─ RateLimitError               429
    │  └─ ServerError                  5xx
    ├─ InvalidResponseError            an answer that makes no sense, to a call that sends nothing
    ├─ TransportError                  no answer, to a call that sends nothing
    │  ├─ RequestTimeoutError (TimeoutError)
    │  └─ NotSentError                 any call that provably never reached the API
    ├─ WaitTimeoutError (TimeoutError) a message did not reach a status in time; it may still do so
    ├─ NotConfirmedError               the API keeps returning what was handled and confirmed
    └─ OutcomeUnknownError             a send left, but whether it was processed is unknown
       └─ OutcomeUnknownServerError    the same after a 5xx (ServerError)

For a send, only `OutcomeUnknownError` means that somebody may have received something; after every other error, nobody
has. No error shows a secret, and what an error prints or pickles holds no message content and no full number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from messagemedia_generated.errors import FieldError

from messagemedia._secret import presentable
from messagemedia.errors._travelling import TravellingError, field_errors

if TYPE_CHECKING:
    from messagemedia_generated.models import SentMessage

__all__ = [
    "APIStatusError",
    "AuthenticationError",
    "BadRequestError",
    "ConfigurationError",
    "ConflictError",
    "FieldError",
    "InvalidResponseError",
    "MessageMediaError",
    "NotConfirmedError",
    "NotFoundError",
    "NotSentError",
    "OutcomeUnknownError",
    "OutcomeUnknownServerError",
    "PermissionDeniedError",
    "RateLimitError",
    "RequestTimeoutError",
    "ServerError",
    "TransportError",
    "UnprocessableEntityError",
    "ValidationError",
    "WaitTimeoutError",
]


class MessageMediaError(TravellingError):
    """Base class of everything that the package raises.

    Errors can be serialized: `type(error)(*error.args)` makes an equal one, and `args` holds only JSON values, so that
    the result backends of task queues can store them. Neither `args` nor a pickled error holds message content or full
    numbers.

    Attributes:
        message: What happened; for an `APIStatusError`, what the server said.
        hint: What to do about it; empty if there is nothing to add.
        operation: The operationId of the call; empty outside of a call.
    """

    def __init__(self, message: str, hint: str = "", operation: str = "") -> None:
        super().__init__(presentable(message))
        self.message = message
        self.hint = hint
        self.operation = operation

    def _lines(self) -> list[str]:
        """What `str()` says, line by line, before the hint."""
        return [self.message]

    def __str__(self) -> str:
        lines = [*self._lines(), f"Hint: {self.hint}" if self.hint else ""]
        return presentable("\n".join(line for line in lines if line))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class ConfigurationError(MessageMediaError):
    """The arguments or environment variables of a client can't work; nothing was sent."""


class ValidationError(MessageMediaError, ValueError):
    """The arguments of a call are wrong; nothing was sent.

    Attributes:
        errors: All problems, each with index, field and your own object.
    """

    _travelling: ClassVar[tuple[str, ...]] = ("errors", "hint", "operation")

    def __init__(
        self, errors: Sequence[FieldError | Mapping[str, Any]] | str, hint: str = "", operation: str = ""
    ) -> None:
        self.errors = field_errors(errors)
        count = f"{len(self.errors)} problems" if len(self.errors) != 1 else "1 problem"
        super().__init__(f"Nothing was sent: {count}", hint=hint, operation=operation)

    def _lines(self) -> list[str]:
        return [self.message, *(f"  {error}" for error in self.errors)]


class APIStatusError(MessageMediaError):
    """The API answered with an error.

    Attributes:
        status_code: The HTTP status.
        message: The server's `message`, or else its `detail` or `title`; empty if it sent none.
        details: The server's `details`; empty if it sent none.
        body: The body of the answer, unchanged; None after unpickling, because it may hold message content.
        headers: The headers of the answer, with lower-case names; None after unpickling.
    """

    _travelling: ClassVar[tuple[str, ...]] = ("message", "status_code", "details", "hint", "operation")
    _private: ClassVar[tuple[str, ...]] = ("body", "headers")

    def __init__(
        self,
        message: str,
        status_code: int,
        details: Sequence[str] = (),
        hint: str = "",
        operation: str = "",
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, hint=hint, operation=operation)
        self.status_code = status_code
        self.details = list(details)
        self.body = body
        self.headers = headers

    def _lines(self) -> list[str]:
        said = f"The server said: “{self.message}”" if self.message else "The server gave no reason."
        head = f"{self.operation or 'The call'} was answered with {self.status_code}. {said}"
        return [head, *(f"  {detail}" for detail in self.details)]

    def _picklable(self) -> dict[str, Any]:
        return {**super()._picklable(), "details": [presentable(detail) for detail in self.details]}


class BadRequestError(APIStatusError):
    """400: the API refused the request, and processed nothing of it.

    Attributes:
        errors: The server's details, each tied to the field and to your own object.
    """

    _travelling: ClassVar[tuple[str, ...]] = (*APIStatusError._travelling, "errors")  # noqa: SLF001  # of its base

    def __init__(
        self,
        message: str,
        status_code: int,
        details: Sequence[str] = (),
        hint: str = "",
        operation: str = "",
        errors: Sequence[FieldError | Mapping[str, Any]] = (),
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, status_code, details, hint, operation, body=body, headers=headers)
        self.errors = field_errors(errors)


class AuthenticationError(APIStatusError):
    """401, or 403 about the credentials: key, secret, region or signature is wrong."""


class PermissionDeniedError(APIStatusError):
    """403: the sub-account does not exist, or the account lacks a feature."""


class NotFoundError(APIStatusError):
    """404: there is nothing at this address, or no longer."""


class ConflictError(APIStatusError):
    """409: what the call would create or change already exists, or is in a state that does not allow it."""


class UnprocessableEntityError(APIStatusError):
    """422: the API understood the request and can't process it."""


class RateLimitError(APIStatusError):
    """429: too many requests; this one was not processed."""


class ServerError(APIStatusError):
    """5xx: the API or a gateway before it failed."""


class InvalidResponseError(MessageMediaError):
    """An answer that makes no sense, such as HTML for JSON, to a call that sends nothing.

    Attributes:
        status_code: The HTTP status.
        body: The body of the answer, unchanged; None after unpickling.
        headers: The headers of the answer, with lower-case names; None after unpickling.
    """

    _travelling: ClassVar[tuple[str, ...]] = ("message", "status_code", "hint", "operation")
    _private: ClassVar[tuple[str, ...]] = ("body", "headers")

    def __init__(
        self,
        message: str,
        status_code: int,
        hint: str = "",
        operation: str = "",
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, hint=hint, operation=operation)
        self.status_code = status_code
        self.body = body
        self.headers = headers


class TransportError(MessageMediaError):
    """No answer came to a call that sends nothing; the exception of the HTTP library is `__cause__`."""


class RequestTimeoutError(TransportError, TimeoutError):
    """The answer took longer than the timeout."""


class NotSentError(TransportError):
    """The request provably never reached the API, whatever it was; it is safe to retry."""


class WaitTimeoutError(MessageMediaError, TimeoutError):
    """A message did not reach a status in time, but may still do so; if it could not be read, `__cause__` says why.

    Attributes:
        last: The message as it was last read; None if that never succeeded, and after unpickling.
    """

    _private: ClassVar[tuple[str, ...]] = ("last",)

    def __init__(self, message: str, hint: str = "", operation: str = "", *, last: SentMessage | None = None) -> None:
        super().__init__(message, hint=hint, operation=operation)
        self.last = last


class NotConfirmedError(MessageMediaError):
    """The API keeps returning items that were handled and confirmed; nothing newer comes while they are the oldest."""


class OutcomeUnknownError(MessageMediaError):
    """A send left, but whether it was processed is unknown: sending again may send everything twice.

    Attributes:
        status_code: The HTTP status of an answer that made no sense; None if there was no answer.
        body: The body of that answer; None if there was none, and after unpickling.
    """

    _travelling: ClassVar[tuple[str, ...]] = ("message", "status_code", "hint", "operation")
    _private: ClassVar[tuple[str, ...]] = ("body",)

    def __init__(
        self,
        message: str,
        status_code: int | None = None,
        hint: str = "",
        operation: str = "",
        *,
        body: bytes | None = None,
    ) -> None:
        super().__init__(message, hint=hint, operation=operation)
        self.status_code = status_code
        self.body = body


class OutcomeUnknownServerError(ServerError, OutcomeUnknownError):
    """A send was answered with a 5xx: whether it was processed is unknown."""

    status_code: int
