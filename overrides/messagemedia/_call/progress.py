"""How far a call has come, and that something pauses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from time import monotonic


@dataclass(frozen=True, slots=True)
class Pause:
    """That nothing is to be done for a while."""

    seconds: float


@dataclass(slots=True)
class Progress:
    """How far a call has come.

    Attributes:
        until: The moment of `time.monotonic()` at which it has to be over; endless without a deadline.
        attempts: How many requests were made.
        retries: How many retries were made.
        clock_offset: How far the server's clock is ahead of this one, once that is known and corrected.
        maybe_processed: Whether an earlier attempt may have been processed.
        is_cut_short: Whether it ends because the deadline leaves no time for a retry.
    """

    until: float
    attempts: int = 0
    retries: int = 0
    clock_offset: timedelta = timedelta()
    maybe_processed: bool = False
    is_cut_short: bool = False

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.until - monotonic()
