"""Sending a batch: how it is carried out, how it is split if it is refused, and the result of each message.

A batch is all or nothing at the server. `_attempts` decides, without any input or output, which messages go into which
request and what became of each; the blocking and the awaited client drive the same generator. Whatever is raised on the
way becomes the outcome of the messages that it may have met, because an exception would take the results with it.
"""

from __future__ import annotations

import copy
import dataclasses
import re
from collections.abc import Generator, Sequence
from typing import Any, Literal, TypeGuard, cast

from attrs import field, frozen
from messagemedia_generated.api.messages import AsyncMessagesApi, MessagesApi
from messagemedia_generated.models import Message, SendMessagesRequest, SendMessagesResponse, SentMessage

from messagemedia._call.outcome import RETRY_WITH_CARE
from messagemedia._messages.proof import proven
from messagemedia._secret import presentable
from messagemedia.errors import (
    APIStatusError,
    BadRequestError,
    FieldError,
    MessageMediaError,
    NotSentError,
    OutcomeUnknownError,
    RateLimitError,
    ValidationError,
)

Outcome = Literal["accepted", "invalid", "not_sent", "unknown"]
OnInvalid = Literal["skip", "raise"]


@frozen
class SendResult:
    """The outcome of one of many messages.

    Attributes:
        index: Its position in the input, counted from 0.
        message: The message itself, your own object.
        outcome: `accepted`: the API's answer lists it with an id. `invalid`: it was refused, nothing was sent.
            `not_sent`: it provably was not sent, and can be retried. `unknown`: it may have been sent; do not retry it
            blindly.
        sent: The message as the API returned it, with its `message_id`, if it was accepted.
        errors: Which fields are wrong and why, if it is invalid; their pointers count like `index`.
        error: The refusal, or the missing answer, behind any other outcome than `accepted`.
    """

    index: int
    message: Message
    outcome: Outcome
    sent: SentMessage | None = None
    errors: tuple[FieldError, ...] = ()
    error: MessageMediaError | None = field(default=None, eq=False)

    @property
    def message_id(self) -> str:
        """The id of an accepted message; empty if it was not accepted."""
        return self.sent.message_id if self.sent is not None else ""

    @property
    def reason(self) -> str:
        """Why it was not accepted, in one text without content and full numbers; empty if it was."""
        if self.errors:
            told = (f"{each.field}: {each.message}" if each.field else each.message for each in self.errors)
            return presentable("; ".join(told))
        return str(self.error) if self.error is not None else ""


@frozen
class BatchOutcome:
    """What became of a batch: a result for each message, in order, and why more sending is to stop, if it is."""

    results: tuple[SendResult, ...]
    stop: BaseException | None = None


@frozen
class Batch:
    """Messages that go out together.

    Attributes:
        first: The position of the first one in the whole input.
        messages: The messages.
        refused: What is known to be wrong before the API is asked, by position in this batch.
    """

    first: int
    messages: Sequence[Message]
    refused: dict[int, FieldError] = field(factory=dict[int, FieldError])

    def __len__(self) -> int:
        return len(self.messages)


def send_batch(api: MessagesApi, batch: Batch, *, on_invalid: OnInvalid = "skip") -> BatchOutcome:
    """Send a batch, in as many requests as it takes to save the good messages from the bad ones.

    No message is ever in two requests that may both have been processed. Nothing is raised: it is why to stop.
    """
    attempts = _attempts(batch, on_invalid)
    answer: SendMessagesResponse | BaseException | None = None
    while True:
        try:
            request = attempts.send(answer)
        except StopIteration as end:
            return cast("BatchOutcome", end.value)
        try:
            answer = api.send_messages(request)
        except BaseException as error:  # noqa: BLE001  # it is told with the results
            answer = error


async def send_batch_async(api: AsyncMessagesApi, batch: Batch, *, on_invalid: OnInvalid = "skip") -> BatchOutcome:
    """Send a batch, awaited. See `send_batch`; a cancellation is why to stop, too."""
    attempts = _attempts(batch, on_invalid)
    answer: SendMessagesResponse | BaseException | None = None
    while True:
        try:
            request = attempts.send(answer)
        except StopIteration as end:
            return cast("BatchOutcome", end.value)
        try:
            answer = await api.send_messages(request)
        except GeneratorExit:  # there is nobody any more who could be told
            raise
        except BaseException as error:  # noqa: BLE001  # it is told with the results
            answer = error


_Attempts = Generator[SendMessagesRequest, "SendMessagesResponse | BaseException | None", BatchOutcome]


def _attempts(batch: Batch, on_invalid: OnInvalid) -> _Attempts:
    """Yield each request of a batch, be sent its answer, and end with what became of every message."""
    tally = _Tally(batch)
    if batch.refused and on_invalid == "raise":
        return tally.refused_as_a_whole(ValidationError(list(batch.refused.values())))
    # Groups of positions; each message is in one of them, or has its result.
    groups = [tally.without_refused()]
    while groups:
        if not (group := groups.pop()):
            continue
        answer = yield SendMessagesRequest(messages=[batch.messages[position] for position in group])
        if isinstance(answer, SendMessagesResponse):
            tally.take(group, answer)
        elif isinstance(answer, OutcomeUnknownError):
            tally.settle(group, "unknown", answer)
        elif not isinstance(answer, MessageMediaError):
            return tally.interrupted(group, cast("BaseException", answer))
        elif not _may_be_about_messages(answer):
            return tally.ended(answer)
        elif on_invalid == "raise":
            return tally.refused_as_a_whole(answer)
        else:
            groups += tally.refuse(group, answer)
    return tally.outcome()


_Refusal = ValidationError | APIStatusError


def _may_be_about_messages(answer: MessageMediaError) -> TypeGuard[_Refusal]:
    """Whether a refusal may be the fault of some messages, so that the others can be saved."""
    return isinstance(answer, ValidationError) or (
        isinstance(answer, APIStatusError) and answer.status_code in (400, 413, 422)
    )


class _Tally:
    """What is known of the messages of a batch so far, by position."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._results: dict[int, SendResult] = {}
        self._unnamed: dict[int, _Refusal] = {}

    def without_refused(self) -> list[int]:
        """Settle what is known to be wrong beforehand, and return the other positions."""
        for position, error in self._batch.refused.items():
            self._settle(position, "invalid", errors=(error,), error=ValidationError([error]))
        return self._open()

    def take(self, group: Sequence[int], answer: SendMessagesResponse) -> None:
        """Settle a group to which the API said yes: accepted is what its answer proves."""
        messages = [self._batch.messages[position] for position in group]
        for position, told in zip(group, proven(messages, answer), strict=True):
            if isinstance(told, SentMessage):
                self._settle(position, "accepted", sent=told)
            else:
                self._settle(position, "unknown", error=told)

    def settle(self, group: Sequence[int], outcome: Outcome, error: MessageMediaError) -> None:
        """Settle a group of which all messages fared alike."""
        for position in group:
            self._settle(position, outcome, error=error)

    def refuse(self, group: list[int], error: _Refusal) -> list[list[int]]:
        """Settle the messages that a refusal names, and return the groups in which the others are to be sent.

        If it names none, they are found out by halves: nothing of a refused request was processed.
        """
        if named := self._named(group, error):
            for position, errors in named.items():
                self._settle(position, "invalid", errors=errors, error=error)
            return [[position for position in group if position not in named]]
        if len(group) > 1:
            middle = len(group) // 2
            return [group[middle:], group[:middle]]
        self._unnamed[group[0]] = error
        said = [each.message for each in _errors_of(error)] or [error.message or "the API refused it"]
        pointer = f"/messages/{self._batch.first + group[0]}"
        errors = tuple(FieldError(text, pointer, item=self._batch.messages[group[0]]) for text in said)
        self._settle(group[0], "invalid", errors=errors, error=error)
        return []

    def refused_as_a_whole(self, error: _Refusal) -> BatchOutcome:
        """End with nothing sent and an error that names every bad message."""
        everything = range(len(self._batch))
        named = self._named(everything, error)
        for position in everything:
            if position in named:
                self._settle(position, "invalid", errors=named[position], error=error)
            else:
                self._settle(position, "not_sent", error=error)
        return self._finished(
            _renamed(error, [each for errors in named.values() for each in errors], self._batch.first)
        )

    def ended(self, error: MessageMediaError) -> BatchOutcome:
        """End with the rest not sent: nothing gets through now."""
        self.settle(self._open(), "not_sent", error)
        return self._finished(None if isinstance(error, NotSentError | RateLimitError) else error)

    def interrupted(self, group: Sequence[int], error: BaseException) -> BatchOutcome:
        """End after something that is not an answer of a client: the request may have left, and no other one did."""
        name = type(error).__name__
        unknown = OutcomeUnknownError(
            f"sending was interrupted by {name} before the answer came", operation="sendMessages", hint=RETRY_WITH_CARE
        )
        not_sent = NotSentError(f"sending was interrupted by {name} before this message was sent", "", "sendMessages")
        unknown.__cause__ = not_sent.__cause__ = error
        self.settle(group, "unknown", unknown)
        self.settle(self._open(), "not_sent", not_sent)
        return self._finished(error)

    def outcome(self) -> BatchOutcome:
        """End with every message settled."""
        if len(self._unnamed) == len(self._batch) > 1:
            # Not one of many messages was taken, and none was named: this is not about single messages.
            self._results.clear()
            return self.ended(self._unnamed[0])
        return self._finished(None)

    def _open(self) -> list[int]:
        return [position for position in range(len(self._batch)) if position not in self._results]

    def _finished(self, stop: BaseException | None) -> BatchOutcome:
        return BatchOutcome(tuple(self._results[position] for position in range(len(self._batch))), stop)

    def _settle(self, position: int, outcome: Outcome, **told: Any) -> None:
        index = self._batch.first + position
        self._results[position] = SendResult(index, self._batch.messages[position], outcome, **told)

    def _named(self, group: Sequence[int], error: _Refusal) -> dict[int, tuple[FieldError, ...]]:
        """What an error says of each message of a request, by position; pointers count from the whole input's begin."""
        named: dict[int, tuple[FieldError, ...]] = {}
        for each in _errors_of(error):
            index = each.index
            if index is not None and index < len(group):
                pointer = re.sub(r"/\d+", f"/{self._batch.first + group[index]}", each.pointer, count=1)
                found = dataclasses.replace(each, pointer=pointer, item=self._batch.messages[group[index]])
                named[group[index]] = (*named.get(group[index], ()), found)
        return named


def _errors_of(error: _Refusal) -> Sequence[FieldError]:
    return error.errors if isinstance(error, ValidationError | BadRequestError) else ()


def _renamed(error: _Refusal, named: Sequence[FieldError], first: int) -> _Refusal:
    """The error of a request as one of the whole input."""
    hint = "Nothing of its batch was sent; the results have the outcome of every message before it."
    if isinstance(error, ValidationError):
        return ValidationError(named or error.errors, operation=error.operation, hint=hint)
    renamed = copy.copy(error)
    if isinstance(renamed, BadRequestError) and named:
        renamed.errors = tuple(named)
    renamed.hint = f"{hint} The server counts from message {first}." if first else hint
    return renamed
