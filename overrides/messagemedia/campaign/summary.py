"""How a campaign stands, in numbers."""

from __future__ import annotations

from attrs import frozen


@frozen
class Summary:
    """How many rows of a campaign are in each state.

    Attributes:
        pending: Not sent yet.
        in_flight: Being sent at this moment.
        accepted: Accepted by the API.
        invalid: Refused, with a reason; nothing was sent.
        unknown: They may have been sent; you decide about them, or evidence that arrives later does.
        withdrawn: Withdrawn before they were sent.
    """

    pending: int = 0
    in_flight: int = 0
    accepted: int = 0
    invalid: int = 0
    unknown: int = 0
    withdrawn: int = 0

    @property
    def total(self) -> int:
        """All rows."""
        return self.settled + self.left

    @property
    def settled(self) -> int:
        """Rows that nothing more happens to by itself: all but those that are pending or in flight."""
        return self.accepted + self.invalid + self.unknown + self.withdrawn

    @property
    def left(self) -> int:
        """Rows that are still to be sent or being sent."""
        return self.pending + self.in_flight

    def __str__(self) -> str:
        """In words, such as `20,000 rows: 19,990 accepted, 7 invalid, 3 unknown`."""
        counts = {
            "accepted": self.accepted,
            "invalid": self.invalid,
            "unknown": self.unknown,
            "withdrawn": self.withdrawn,
            "in flight": self.in_flight,
            "pending": self.pending,
        }
        told = [f"{count:,} {name}" for name, count in counts.items() if count or name == "accepted"]
        return f"{self.total:,} {'row' if self.total == 1 else 'rows'}: {', '.join(told)}"
