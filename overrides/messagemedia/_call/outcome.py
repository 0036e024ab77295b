"""What an answer means: a result, or an error that says what happened, what the server said and what to do."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from messagemedia_generated.types import Call

from messagemedia._call.body import decoded
from messagemedia._call.progress import Progress
from messagemedia._call.settings import Settings
from messagemedia._http.exchange import NoAnswer, Response
from messagemedia._secret import presentable
from messagemedia.errors import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    FieldError,
    InvalidResponseError,
    MessageMediaError,
    NotFoundError,
    NotSentError,
    OutcomeUnknownError,
    OutcomeUnknownServerError,
    PermissionDeniedError,
    RateLimitError,
    RequestTimeoutError,
    ServerError,
    TransportError,
    UnprocessableEntityError,
)

T = TypeVar("T")

# A signature is valid for some minutes around its date, so a smaller difference is never why it was refused.
CLOCK_TOLERANCE = timedelta(seconds=60)

# No clock is wrong by so much, and no date has room for more.
_NO_CLOCK = timedelta(days=365 * 1000)

_ERRORS: Mapping[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}
RETRY_WITH_CARE = (
    "The messages may have been sent. Do not retry blindly: look for replies and delivery reports first, or ask "
    "support whether they arrived."
)


def result(call: Call[T], answer: Response) -> T:
    """What a success says.

    Raises:
        InvalidResponseError: If it makes no sense.
        OutcomeUnknownError: If it makes no sense and the call sends something.
    """
    reader = call.operation.reader(answer.status)
    if reader is None:
        # An order is answered with nothing; a page comes from something else on the way, such as a login portal.
        if answer.content.lstrip().startswith(b"<"):
            raise _nonsense(call, answer)
        return cast("T", None)
    try:
        return reader(decoded(answer.content))
    except (ValueError, RecursionError) as error:
        raise _nonsense(call, answer) from error


def _nonsense(call: Call[Any], answer: Response) -> MessageMediaError:
    operation, kind = call.operation.id, answer.headers.get("content-type", "no content type")
    what = f"its body ({kind}, {len(answer.content)} bytes) is not the JSON that the contract describes"
    message = f"{operation} was answered with {answer.status}, but {what}"
    if call.operation.sends:
        return OutcomeUnknownError(
            message,
            status_code=answer.status,
            body=answer.content,
            operation=operation,
            hint=RETRY_WITH_CARE,
        )
    return InvalidResponseError(
        message,
        status_code=answer.status,
        body=answer.content,
        headers=dict(answer.headers),
        operation=operation,
        hint="Check that base_url is the address of the API, and not of a proxy or a login page.",
    )


def error(call: Call[Any], answer: Response | NoAnswer, settings: Settings, progress: Progress) -> MessageMediaError:
    """The error that says what became of a call; an earlier attempt of it may have been processed."""
    found: MessageMediaError
    if isinstance(answer, Response) and answer.status < 200:
        found = _nonsense(call, answer)  # another protocol is to begin, and nobody waits for what it says
    elif isinstance(answer, Response):
        found = _status_error(call, answer, settings, progress.clock_offset)
    else:
        found = _transport_error(call, answer, settings, progress)
    if progress.is_cut_short:
        found.hint = f"{found.hint} Its deadline of {settings.deadline:g} s left no time for a retry.".strip()
    return found


def _transport_error(call: Call[Any], answer: NoAnswer, settings: Settings, progress: Progress) -> MessageMediaError:
    operation, host = call.operation.id, urlsplit(settings.base_url).netloc
    found: MessageMediaError
    if answer.reason == "not_sent" and not progress.maybe_processed:
        found = NotSentError(
            f"{operation} never reached {host}: {_cause(answer)}",
            operation=operation,
            hint=_not_sent_hint(answer, host),
        )
    elif call.operation.sends:
        found = OutcomeUnknownError(
            f"{operation} left for {host}, but no usable answer came: {_cause(answer)}",
            operation=operation,
            hint=RETRY_WITH_CARE,
        )
    elif answer.reason == "timeout":
        over = progress.left <= 0
        limit = f"its deadline of {settings.deadline:g} s" if over else f"{settings.timeout:g} s"
        found = RequestTimeoutError(
            f"{operation} got no answer from {host} within {limit}: {_cause(answer)}",
            operation=operation,
            hint=f"Retry it, or allow more time with {'deadline' if over else 'timeout'}=.",
        )
    else:
        found = TransportError(f"{operation} got no usable answer from {host}: {_cause(answer)}", operation=operation)
    found.__cause__ = answer.cause
    return found


def _not_sent_hint(answer: NoAnswer, host: str) -> str:
    """What to do about a request that never left."""
    if answer.where == "pool":
        return (
            "Nothing was processed, so it is safe to retry. All connections of this client are in use, so the "
            "network is not at fault: make fewer calls at once, or allow more time with timeout=, which includes the "
            "wait for a free connection."
        )
    if answer.where == "certificate":
        return (
            f"Nothing was processed. A retry will not help: Python does not trust the certificate it got for "
            f"{host}. If a proxy of your network inspects TLS, set SSL_CERT_FILE to the file with its certificate "
            "authority, or pass http_client=httpx.Client(verify=…)."
        )
    return "Nothing was processed, so it is safe to retry. Check the network, and base_url or region."


def _cause(answer: NoAnswer) -> str:
    text = str(answer.cause)
    return f"{type(answer.cause).__name__}{f' ({text})' if text else ''}"


def _status_error(call: Call[Any], answer: Response, settings: Settings, offset: timedelta) -> APIStatusError:
    message, details = _told(answer)
    kind = _error_class(call, answer, message)
    found = kind(
        message,
        status_code=answer.status,
        details=details,
        body=answer.content,
        headers=dict(answer.headers),
        operation=call.operation.id,
        hint=_hint(kind, call, answer, message, settings, offset),
    )
    if isinstance(found, BadRequestError):
        found.errors = tuple(_field_error(detail).tied_to(call.body) for detail in details)
    return found


def _told(answer: Response) -> tuple[str, list[str]]:
    """What an error says of itself, and its details, whatever the contract says of such answers.

    Parts of the API have their own words for the same: `message`, or else `detail`, or else `title`.
    """
    try:
        body = decoded(answer.content)
    except (ValueError, RecursionError):
        return "", []
    if not isinstance(body, dict):
        return "", []
    said = cast("Mapping[str, object]", body)
    texts = (said.get(name) for name in ("message", "detail", "title"))
    details = said.get("details")
    listed = cast("list[object]", details) if isinstance(details, list) else []
    return next((each for each in texts if isinstance(each, str) and each), ""), [
        each for each in listed if isinstance(each, str)
    ]


def _error_class(call: Call[Any], answer: Response, message: str) -> type[APIStatusError]:
    if answer.status >= 500:
        return OutcomeUnknownServerError if call.operation.sends else ServerError
    if _about_credentials(answer, message):
        return AuthenticationError
    return _ERRORS.get(answer.status, APIStatusError)


def _about_credentials(answer: Response, message: str) -> bool:
    # Until 2026 the API answered wrong credentials with 403.
    return answer.status == 401 or (answer.status == 403 and "credential" in message.lower())


def _field_error(detail: str) -> FieldError:
    """One entry of `details`, which is usually a pointer, a colon and what is wrong."""
    pointer, colon, message = detail.partition(": ")
    if colon and pointer.startswith("/") and " " not in pointer:
        return FieldError(presentable(message), pointer)
    return FieldError(presentable(detail))


# How the API and its gateway begin a 404 that is about the address itself.
_NO_SUCH_ADDRESS = ("resource not found", "no route matched", "not found")

_HINTS: Mapping[type[APIStatusError], str] = {
    OutcomeUnknownServerError: RETRY_WITH_CARE,
    PermissionDeniedError: "Check the sub-account (account= or MESSAGEMEDIA_ACCOUNT), and the features of the account.",
    NotFoundError: "Check the id, and that it belongs to this account and region.",
    ConflictError: "What the request would create or change already exists, or is in a state that does not allow it.",
    UnprocessableEntityError: "Messages to Singapore (+65) need TLS 1.3: check which version of OpenSSL this Python "
    "uses.",
    RateLimitError: "Nothing was processed. Send more slowly, or wait as long as the Retry-After header says.",
}


def _hint(
    kind: type[APIStatusError], call: Call[Any], answer: Response, message: str, settings: Settings, offset: timedelta
) -> str:
    if kind is AuthenticationError:
        return _authentication_hint(answer, settings, offset)
    if kind is NotFoundError and "{" not in call.operation.path:
        if message and not message.lower().startswith(_NO_SUCH_ADDRESS):
            return ""  # the server knows the address, and has said what is not there
        return f"Check base_url: the server does not know {settings.base_url}{call.operation.path}."
    if kind is UnprocessableEntityError and not call.operation.sends:
        return ""
    hint = _HINTS.get(kind, "")
    # Of what a path can name, only messages are deleted after a while.
    expires = kind is NotFoundError and call.operation.path.startswith("/v1/messages/")
    return f"{hint} Nothing is kept beyond 45 days." if expires else hint


def _authentication_hint(answer: Response, settings: Settings, offset: timedelta) -> str:
    host = urlsplit(settings.base_url).netloc
    hint = (
        f"Check the key and the secret, that they were made for {settings.auth.scheme} authentication, and the "
        "region: keys "
        f"work in one region only, and this client talks to {host}."
    )
    if offset:
        way = "behind" if offset > timedelta() else "ahead"
        hint += f" This machine's clock is {abs(offset).total_seconds():.0f} s {way} of the server's."
    if settings.auth.signs and answer.http_version not in ("", "HTTP/1.1"):
        hint += f" The HTTP client used {answer.http_version}, but signing needs HTTP/1.1."
    return hint


def clock_offset(answer: Response, settings: Settings) -> timedelta:
    """How far the server's clock is ahead of ours, if that may be why a signature was refused; else nothing."""
    if not (settings.auth.signs and _about_credentials(answer, _told(answer)[0])):
        return timedelta()
    server = _http_date(answer.headers.get("date", ""))
    offset = server - settings.now() if server else timedelta()
    return offset if CLOCK_TOLERANCE < abs(offset) < _NO_CLOCK else timedelta()


def retry_after(answer: Response, settings: Settings) -> float | None:
    """How many seconds the server wants us to wait, None if it does not say."""
    value = answer.headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        moment = _http_date(value)
        # Both are the server's times, so that a wrong clock here does no harm.
        now = _http_date(answer.headers.get("date", "")) or settings.now()
        return max(0.0, (moment - now).total_seconds()) if moment else None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
