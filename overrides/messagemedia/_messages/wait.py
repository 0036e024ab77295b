"""Waiting for a message to reach a status: what was asked for, what was seen, and when it is over."""

from __future__ import annotations

import difflib
import math
import time
from collections.abc import Awaitable, Callable, Iterable
from time import monotonic
from typing import cast

from messagemedia_generated.models import MessageStatus, SentMessage

from messagemedia._call.numbers import is_amount, unless_number
from messagemedia._call.polling import TRANSIENT, Backoff, raise_if_foreign
from messagemedia.errors import FieldError, MessageMediaError, ValidationError, WaitTimeoutError

# Seconds between two looks at a message, at first and at most.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 15.0
DEFAULT_TIMEOUT = 300.0


class Watch:
    """A message that is being waited for, without any input or output."""

    def __init__(self, until: str | Iterable[str] | None, timeout: float | None) -> None:
        """Begin to wait.

        Raises:
            ValidationError: If there is no such status, or the timeout is not a number of seconds.
        """
        problems: list[FieldError] = []
        self._until = _statuses(until, problems)
        if timeout is not None and not is_amount(timeout):
            wanted = "a number of seconds greater than 0, or None to wait for ever"
            problems.append(FieldError(f"must be {wanted}{unless_number(timeout)}", "timeout"))
        if problems:
            raise ValidationError(problems, operation="getMessageStatus")
        self._timeout = timeout
        self._deadline = math.inf if timeout is None else monotonic() + timeout
        self._backoff = Backoff(FIRST_PAUSE, LONGEST_PAUSE)
        self._last: SentMessage | None = None
        self._failure: MessageMediaError | None = None

    def see(self, message: SentMessage) -> None:
        """Take note of the message. What is older than a terminal status that was seen before does not count."""
        before = self._last.status if self._last else None
        if self._last is None or MessageStatus.latest(before, message.status) == message.status:
            self._last = message
        self._failure = None

    def miss(self, failure: MessageMediaError) -> None:
        """Take note that the message could not be read this time."""
        self._failure = failure

    @property
    def result(self) -> SentMessage | None:
        """The message, if it is as wanted or can't become so any more; else None."""
        status = self._last.status if self._last else None
        if status is None:
            return None
        over = status in self._until or not any(status.may_become(each) for each in self._until)
        return self._last if over else None

    def pause(self) -> float:
        """How many seconds to wait before the next look.

        Raises:
            WaitTimeoutError: If the time is up.
        """
        left = self._deadline - monotonic()
        if left > 0:
            return min(self._backoff.next(), left)
        status = self._last.status if self._last else None
        seen = "its status could not be read" if status is None else f"it is still {status}"
        raise WaitTimeoutError(
            f"the message did not become {' or '.join(sorted(self._until))} within {self._timeout:g} s, {seen}",
            last=self._last,
            operation="getMessageStatus",
            hint="Wait longer, or consume the delivery reports: they give every status as it changes.",
        ) from self._failure


def wait(get: Callable[[str], SentMessage], message_id: str, watch: Watch) -> SentMessage:
    """Look at a message until the watch is over."""
    while True:
        try:
            watch.see(get(message_id))
        except TRANSIENT as error:
            raise_if_foreign(error)
            watch.miss(error)
        if result := watch.result:
            return result
        time.sleep(watch.pause())


async def wait_async(get: Callable[[str], Awaitable[SentMessage]], message_id: str, watch: Watch) -> SentMessage:
    """Look at a message until the watch is over, awaited."""
    import anyio  # noqa: PLC0415  # httpx brings it; blocking users need not import it

    while True:
        try:
            watch.see(await get(message_id))
        except TRANSIENT as error:
            raise_if_foreign(error)
            watch.miss(error)
        if result := watch.result:
            return result
        await anyio.sleep(watch.pause())


def _statuses(until: object, problems: list[FieldError]) -> frozenset[str]:
    """The statuses to wait for, all terminal ones if none is given; what is wrong is added to `problems`."""
    if until is None:
        return frozenset(status for status in MessageStatus if status.is_terminal)
    many = isinstance(until, Iterable) and not isinstance(until, str | bytes)
    found = list(cast("Iterable[object]", until if many else [until]))
    known = [status.value for status in MessageStatus]
    if not found:
        problems.append(FieldError("must name at least one status", "until"))
    for each in found:
        if not isinstance(each, str):
            problems.append(FieldError(f"must be a status or several, not {type(each).__name__}", "until"))
        elif each not in known:
            close = difflib.get_close_matches(each.lower(), known, n=1)
            suggestion = f"did you mean {close[0]!r}?" if close else f"the statuses are {', '.join(known)}"
            problems.append(FieldError(f"{str(each)!r} is not a status of a message; {suggestion}", "until"))
    return frozenset(str(each) for each in found)
