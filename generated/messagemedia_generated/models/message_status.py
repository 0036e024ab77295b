"""The enum `MessageStatus`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from ..types import OpenEnum


class MessageStatus(OpenEnum):
    """The status of a message. Terminal values: `delivered` (which `read` may follow), `read`,
    `expired`, `rejected`, `undeliverable`, `failed`, `cancelled`.

    Values that the API adds later are kept unchanged; see `is_known`.
    """

    UNDEFINED = "undefined"
    QUEUED = "queued"
    PROCESSING = "processing"
    PROCESSED = "processed"
    SCHEDULED = "scheduled"
    HELD = "held"
    ENROUTE = "enroute"
    SUBMITTED = "submitted"
    DELIVERED = "delivered"
    READ = "read"
    EXPIRED = "expired"
    REJECTED = "rejected"
    UNDELIVERABLE = "undeliverable"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_terminal(self) -> bool:
        """Whether this is an end. An unknown value is none."""
        return self.value in _TERMINAL

    def may_become(self, value: str) -> bool:
        """Whether a value that comes later may be true: after a terminal one only those that can follow it."""
        return value in _TERMINAL.get(self.value, (value,))

    @classmethod
    def latest(cls, *values: str | None) -> Self | None:
        """What holds after values have come in this order, whether or not they did so in the order of events.

        A value that comes after a terminal one counts only if it may follow that. Of others the last one counts. None
        is left out; if there is nothing else, None is the result.
        """
        known: Self | None = None
        for value in values:
            if value is not None and (known is None or known.may_become(value)):
                known = cls(value)
        return known


_TERMINAL: Mapping[str, tuple[str, ...]] = {
    "delivered": ("read",),
    "read": (),
    "expired": (),
    "rejected": (),
    "undeliverable": (),
    "failed": (),
    "cancelled": (),
}
