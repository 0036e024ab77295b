"""The steps of a campaign that is sent: the batches on their way, what became of them, and what kept one from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from attrs import define, field, frozen
from messagemedia_generated.models import Message

from messagemedia._call.progress import Pause
from messagemedia._messages.batches import Batch, BatchOutcome, Outcome, SendResult
from messagemedia.campaign.entries import Settled
from messagemedia.campaign.protocol import LeaseExpiredError


@frozen
class Round:
    """So many messages to send, in batches of a size, some at a time."""

    messages: int
    size: int
    concurrency: int = 1


@frozen
class Look:
    """A request to make that sends nothing, by whose answer the API shows that it is well."""


Step = Round | Look | Pause


@define(eq=False)
class Job:
    """A batch on its way: how much it may take from the journal, what it took, and how far it has come."""

    size: int
    entries: list[tuple[int, Message]] = field(factory=list[tuple[int, Message]], repr=False)
    begun: bool = False
    outcome: BatchOutcome | None = field(default=None, repr=False)
    given_up: bool = False

    def __len__(self) -> int:
        return self.size

    @property
    def batch(self) -> Batch:
        """The messages to send."""
        return Batch(0, [message for _, message in self.entries])

    @property
    def settled(self) -> list[Settled]:
        """What became of its entries, as far as it is known."""
        if self.outcome is not None:
            results = self.outcome.results
            return [_settled(entry, result) for (entry, _), result in zip(self.entries, results, strict=True)]
        if self.begun:
            return [Settled(entry, "unknown", reason=_INTERRUPTED) for entry, _ in self.entries]
        return [Settled(entry, "pending") for entry, _ in self.entries]


_INTERRUPTED = "sending was interrupted before the answer came"


def _settled(entry: int, result: SendResult) -> Settled:
    if result.outcome == "accepted":
        return Settled(entry, "accepted", result.message_id)
    if result.outcome == "not_sent":
        return Settled(entry, "pending")
    # The lines after the first are a hint to whoever wrote the program.
    return Settled(entry, result.outcome, reason=result.reason.partition("\n")[0])


@frozen
class Trouble:
    """Why a batch did not get through."""

    kind: Outcome | Literal["unwritten", "stop"]
    error: BaseException


def weight(trouble: Trouble) -> int:
    """The trouble that weighs most decides what is done."""
    return ("accepted", "invalid", "not_sent", "unknown", "unwritten", "stop").index(trouble.kind)


def troubles_of(outcome: BatchOutcome) -> Iterator[Trouble]:
    """What kept messages of a batch from getting through."""
    if outcome.stop is not None:
        yield Trouble("stop", outcome.stop)
    for result in outcome.results:
        expected = result.outcome in ("accepted", "invalid") or isinstance(result.error, LeaseExpiredError)
        if result.error is not None and not expected:
            yield Trouble(result.outcome, result.error)
