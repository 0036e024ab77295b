"""How to consume, item by item or in batches: the options, as keywords and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypedDict, TypeVar

from attrs import frozen
from messagemedia_generated.models import DeliveryReport, Reply

from messagemedia._call.numbers import is_amount, is_count
from messagemedia._inbox.stopping import AsyncStopEvent, StopEvent
from messagemedia.errors import FieldError

Item = TypeVar("Item", bound=Reply | DeliveryReport)
EventT = TypeVar("EventT", StopEvent, AsyncStopEvent)


@frozen(kw_only=True)
class Options:
    """How to consume."""

    until_empty: bool = False
    limit: int | None = None
    poll_interval: float = 1.0
    max_poll_interval: float = 30.0
    size: int = 1
    confirm_every: int = 1
    max_confirms: int
    max_attempts: int = 3

    def problems(self) -> list[FieldError]:
        """Everything that is wrong with them."""
        first, longest, most = self.poll_interval, self.max_poll_interval, self.max_confirms
        rules = {
            "limit": (self.limit is None or is_count(self.limit), "a whole number, 1 or more"),
            "poll_interval": (is_amount(first), "a number of seconds greater than 0"),
            "max_poll_interval": (
                is_amount(longest) and (not is_amount(first) or longest >= first),
                "a number of seconds, not less than poll_interval",
            ),
            "size": (is_count(self.size, most), f"1 to {most} items"),
            "confirm_every": (is_count(self.confirm_every, most), f"1 to {most} items"),
            "max_attempts": (is_count(self.max_attempts), "a whole number, 1 or more"),
        }
        return [FieldError(f"must be {wanted}", name) for name, (fits, wanted) in rules.items() if not fits]


DEFAULTS = Options(max_confirms=1)


class _RunOptions(TypedDict, Generic[EventT], total=False):
    """What every run takes."""

    until_empty: bool
    limit: int | None
    stop: EventT | None
    poll_interval: float
    max_poll_interval: float


class _OfHandlers(TypedDict, Generic[Item], total=False):
    """What only a run with a handler takes."""

    dead_letter: Callable[[Item, Exception], object] | None
    max_attempts: int
    stop_on: Iterable[int]


class ConsumeOptions(_RunOptions[EventT], Generic[EventT], total=False):
    """The options of `consume` as keywords."""

    confirm_every: int


class HandlerOptions(ConsumeOptions[EventT], _OfHandlers[Item], Generic[Item, EventT], total=False):
    """The options of `consume` with a handler as keywords."""


class BatchOptions(_RunOptions[EventT], Generic[EventT], total=False):
    """The options of `consume_batches` as keywords."""

    size: int


class BatchHandlerOptions(BatchOptions[EventT], _OfHandlers[Item], Generic[Item, EventT], total=False):
    """The options of `consume_batches` with a handler as keywords."""
