"""How a campaign that many send stands: what `Campaign.status` tells an operator."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import frozen

from messagemedia.campaign.summary import Summary


@frozen
class Leased:
    """What one worker has in flight.

    Attributes:
        worker: Its machine and process, such as `web-1:4711`.
        batches: How many batches it holds.
        rows: How many rows are in them.
        until: When the first of its leases runs out, in UTC.
    """

    worker: str
    batches: int
    rows: int
    until: datetime


@frozen
class Status:
    """The state of a campaign at one moment.

    Attributes:
        summary: How many rows are in each state.
        rate: How many rows per second all workers together finished in the last minute.
        leases: What is in flight, by worker.
        oldest_unknown: When the row that has been unknown longest became so, in UTC; None if no row is unknown.
        held_up: What keeps pending rows from being sent; empty if nothing does.
    """

    summary: Summary
    rate: float = 0.0
    leases: tuple[Leased, ...] = ()
    oldest_unknown: datetime | None = None
    held_up: str = ""

    @property
    def left(self) -> timedelta | None:
        """How long the rest takes at this rate; None if that is not known."""
        return timedelta(seconds=round(self.summary.left / self.rate)) if self.rate > 0 else None

    def __str__(self) -> str:
        """The state as lines for people to read."""
        lines = [str(self.summary)]
        if self.rate > 0:
            lines.append(f"  {self.rate:,.1f} rows/s in the last minute, {self.left} left")
        lines += [
            f"  {each.worker}: {each.rows:,} rows in flight, until {each.until:%H:%M:%S} UTC" for each in self.leases
        ]
        if self.oldest_unknown is not None:
            lines.append(f"  unknown since {self.oldest_unknown:%Y-%m-%d %H:%M:%S} UTC")
        return "\n".join([*lines, *([f"  held up: {self.held_up}"] if self.held_up else [])])
