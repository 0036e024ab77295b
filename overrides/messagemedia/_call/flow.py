"""What happens between a call and its result, without any input or output.

`carry_out` is a generator: it yields a request to send or a pause to make, is sent what came of it, and ends with the
result or an error. The blocking and the awaited client drive the same generator, so they can't differ.
"""

from __future__ import annotations

import contextlib
import logging
import math
import random
import re
import sys
from collections.abc import Generator, Mapping
from datetime import datetime
from time import monotonic
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from messagemedia_generated.types import Call

from messagemedia._call import checks, outcome
from messagemedia._call.body import encoded
from messagemedia._call.progress import Pause, Progress
from messagemedia._call.settings import Settings
from messagemedia._http.exchange import NoAnswer, Request, Response
from messagemedia._secret import hide
from messagemedia._version import __version__
from messagemedia.errors import (
    ConfigurationError,
    FieldError,
    MessageMediaError,
    NotFoundError,
    TransportError,
    ValidationError,
)

T = TypeVar("T")

MAX_RETRY_AFTER = 60.0
_USER_AGENT = f"messagemedia-python/{__version__} python/{sys.version_info.major}.{sys.version_info.minor}"
_logger = logging.getLogger("messagemedia")


Flow = Generator[Request | Pause, "Response | NoAnswer | None", T]


def carry_out(call: Call[T], settings: Settings, *, until: float = math.inf) -> Flow[T]:
    """Carry out a call: attempt, wait, read, raise.

    Args:
        call: What is called.
        settings: How.
        until: The moment of `time.monotonic()` at which it has to be over, if its own deadline does not end before.

    Raises:
        MessageMediaError: Whichever says what happened.
    """
    content = _content(call, settings)
    progress = Progress(until if settings.deadline is None else min(until, monotonic() + settings.deadline))
    while True:
        begun = monotonic()
        answer = yield _request(call, settings, content, progress)
        assert answer is not None  # noqa: S101  # an attempt is always followed by what came of it
        progress.attempts += 1
        _log(call, settings, progress, answer, monotonic() - begun)
        if isinstance(answer, Response):
            if 200 <= answer.status < 300:
                return outcome.result(call, answer)
            if _corrects_clock(call, answer, progress, settings):
                continue
        pause = _pause(call, answer, progress, settings)
        if pause is not None:
            progress.maybe_processed = progress.maybe_processed or not _provably_unprocessed(answer)
            progress.retries += 1
            yield pause
            if progress.left > 0:
                continue
        if progress.maybe_processed and (yield from _had_succeeded_before(call, answer, progress, settings)):
            return cast("T", None)
        raise outcome.error(call, answer, settings, progress)


def _content(call: Call[Any], settings: Settings) -> bytes | None:
    """The body's bytes, made once for all attempts.

    Raises:
        ValidationError: With everything that is wrong with the arguments.
    """
    problems = checks.counted(
        call.problems, check_limits=settings.check_limits, national_numbers=settings.national_numbers
    )
    if problems:
        tied = [each.tied_to(call.body) for each in problems]
        raise ValidationError(tied, hint=checks.hint_for(problems), operation=call.operation.id)
    try:
        return None if call.body is None else encoded(call.json)
    except (TypeError, ValueError, RecursionError) as error:  # a key that is half of a surrogate pair, for instance
        raise ValidationError([FieldError(f"can't be written as JSON: {error}")], operation=call.operation.id) from None


def _request(call: Call[Any], settings: Settings, content: bytes | None, progress: Progress) -> Request:
    url = settings.base_url + call.target
    # What is signed is what the server sees: the path of a base URL belongs to it.
    target = url[url.index("/", url.index("//") + 2) :]
    headers = {"Accept": "application/json", "User-Agent": _USER_AGENT}
    if content is not None:
        headers["Content-Type"] = "application/json; charset=utf-8"
    if settings.account:
        headers["Account"] = settings.account
    method = call.operation.method
    headers |= call.headers
    headers |= _credentials(settings, method, target, content, settings.now() + progress.clock_offset)
    if progress.until == math.inf:
        return Request(call.operation.id, method, url, target, headers, content, settings.timeout)
    timeout = min(settings.timeout, max(progress.left, 0.001))
    return Request(call.operation.id, method, url, target, headers, content, timeout, progress.until)


def _credentials(
    settings: Settings, method: str, target: str, content: bytes | None, now: datetime
) -> Mapping[str, str]:
    """The headers of the auth, which may be the caller's own: what fails in it must not look like a failed request."""
    try:
        headers = {name: hide(value) for name, value in settings.auth.headers(method, target, content, now).items()}
    except Exception as error:
        raise ConfigurationError(f"the auth object failed to make its headers: {type(error).__name__}") from error
    for name, value in headers.items():
        if not (_is_header_name(name) and isinstance(value, str) and _fits_into_header(value)):
            raise ConfigurationError(f"the auth object made a header {name!r} that can't be sent")
    return cast("Mapping[str, str]", headers)


def _is_header_name(name: object) -> bool:
    return isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name) is not None


def _fits_into_header(value: str) -> bool:
    return value.isascii() and value.isprintable() and value == value.strip()


def _provably_unprocessed(answer: Response | NoAnswer) -> bool:
    """Whether the API did nothing with the request, so that even a send may be retried."""
    return answer.reason == "not_sent" if isinstance(answer, NoAnswer) else answer.status == 429


def _transient(answer: Response | NoAnswer) -> bool:
    """Whether the same request may fare better soon."""
    if isinstance(answer, NoAnswer):
        return answer.reason != "garbled" and answer.where != "certificate"
    return answer.status in (408, 429, 500, 502, 503, 504) or answer.status > 505


def _corrects_clock(call: Call[Any], answer: Response, progress: Progress, settings: Settings) -> bool:
    """Whether the next attempt is made at once, with the server's time, because this clock is why it was refused."""
    if progress.clock_offset or progress.left <= 0:
        return False
    progress.clock_offset = outcome.clock_offset(answer, settings)
    if progress.clock_offset:
        _say(
            logging.INFO,
            "%s: retrying at once with the server's time, which is %+.0f s from this clock, after %s",
            call.operation.id,
            progress.clock_offset.total_seconds(),
            _told(answer),
        )
    return bool(progress.clock_offset)


def _pause(call: Call[Any], answer: Response | NoAnswer, progress: Progress, settings: Settings) -> Pause | None:
    """How long to wait before the next attempt; None if there must not be one."""
    if progress.retries >= settings.max_retries or not _transient(answer):
        return None
    harmless = call.operation.repeatable and not call.operation.sends
    if not (harmless or _provably_unprocessed(answer)):
        return None
    # Jitter keeps clients that failed together from coming back together.
    seconds = random.uniform(0.5, 2.0 ** min(progress.retries, 3))  # noqa: S311  # no secret depends on it
    if isinstance(answer, Response) and (wanted := outcome.retry_after(answer, settings)) is not None:
        if wanted > MAX_RETRY_AFTER:
            return None
        seconds = max(seconds, wanted)
    if seconds >= progress.left:
        progress.is_cut_short = True
        return None
    _say(
        logging.INFO,
        "%s: retry %d of %d in %.1f s, after %s",
        call.operation.id,
        progress.retries + 1,
        settings.max_retries,
        seconds,
        _told(answer),
    )
    return Pause(seconds)


def _had_succeeded_before(
    call: Call[Any], answer: Response | NoAnswer, progress: Progress, settings: Settings
) -> Flow[bool]:
    """Whether a call that was refused now had succeeded before, when its answer was lost.

    A cancelled message can't be cancelled again, so the refusal of a retried cancel may mean success.
    """
    if call.operation.gone and isinstance(answer, Response) and answer.status in (404, 410):
        return True  # what was to be deleted is not there any more
    settlement = call.operation.settlement
    if settlement is None or isinstance(answer, NoAnswer) or answer.status not in (400, 409, 422):
        return False
    look = Call(operation=settlement.operation, target=call.target, headers=call.headers)
    try:
        found = yield from carry_out(look, settings, until=progress.until)
    except NotFoundError:
        return False
    except MessageMediaError as error:
        raise TransportError(
            f"{call.operation.id} was retried after its first answer was lost, and was then refused; whether it had "
            f"succeeded could not be read: {type(error).__name__}",
            operation=call.operation.id,
            hint="Check the status before you do it again.",
        ) from error
    return bool(getattr(found, settlement.property, None) == settlement.equals)


def _log(call: Call[Any], settings: Settings, progress: Progress, answer: Response | NoAnswer, seconds: float) -> None:
    if _logger.isEnabledFor(logging.DEBUG):
        # The path as the contract has it: an id could be private.
        method, path, host = call.operation.method, call.operation.path, urlsplit(settings.base_url).netloc
        text = "%s %s at %s, attempt %d, %.3f s: %s"
        _say(logging.DEBUG, text, method, path, host, progress.attempts, seconds, _told(answer))


def _say(level: int, text: str, *args: object) -> None:
    """Log something. What a handler raises must not hide what became of the call."""
    with contextlib.suppress(Exception):
        _logger.log(level, text, *args)


def _told(answer: Response | NoAnswer) -> str:
    """What came of an attempt, in a few words that hold nothing private."""
    if isinstance(answer, Response):
        return str(answer.status)
    return f"{answer.reason} ({type(answer.cause).__name__})"
