"""The errors of campaigns, beyond those that requests raise.

    MessageMediaError
    └─ CampaignError
       ├─ JournalError              the journal can't be used: missing, not a journal, read-only, full, locked, damaged,
       │  │                         moved or replaced, or has two names
       │  ├─ JournalInUseError      another process or thread is sending from it, or adding to it
       │  └─ JournalNotFoundError   there is none, and `begin=False` was given
       ├─ PausedError               it is paused: call `resume` first
       ├─ RowsError (ValueError)    rows can't be read or added, or are not in the required state
       └─ StalledError              nothing got through for longer than `patience`

None of them says that anything was sent: for that, see the journal. No error shows message content or a full number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import attrs

from messagemedia.campaign.summary import Summary
from messagemedia.errors import FieldError, MessageMediaError
from messagemedia.errors._travelling import field_errors

__all__ = [
    "CampaignError",
    "JournalError",
    "JournalInUseError",
    "JournalNotFoundError",
    "PausedError",
    "RowsError",
    "StalledError",
]

_MOST_LINES = 20


class CampaignError(MessageMediaError):
    """Base class of the errors that only campaigns raise."""


class JournalError(CampaignError):
    """The journal can't be read or written; the error behind it is `__cause__`."""


class JournalInUseError(JournalError):
    """Another process or thread is sending from the journal, or adding to it; only one at a time can."""


class JournalNotFoundError(JournalError):
    """There is no such campaign, and `begin=False` was given. Nothing was created."""


class PausedError(CampaignError):
    """The campaign is paused: nothing is sent until any process calls `Campaign.resume`."""


class RowsError(CampaignError, ValueError):
    """Rows can't be used as they are; nothing was changed.

    Attributes:
        errors: All problems; `index` is the number of the row (its line in the file, or its position counted from 1),
            and `field` the field at fault, if it is a single one.
    """

    _travelling: ClassVar[tuple[str, ...]] = ("message", "errors", "hint")

    def __init__(self, message: str, errors: Sequence[FieldError | Mapping[str, Any]], hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.errors = field_errors(errors)

    def _lines(self) -> list[str]:
        more = len(self.errors) - _MOST_LINES
        lines = [f"  {_told(error)}" for error in self.errors[:_MOST_LINES]]
        return [self.message, *lines, *([f"  … and {more:,} more, which are in .errors"] if more > 0 else [])]


class StalledError(CampaignError):
    """Nothing got through for longer than `patience`. Rows that were not sent are pending: call `send` again later.

    Attributes:
        summary: How many rows are in each state.
    """

    _travelling: ClassVar[tuple[str, ...]] = ("message", "_counts", "hint")

    def __init__(self, message: str, summary: Summary | Mapping[str, int], hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.summary = summary if isinstance(summary, Summary) else Summary(**summary)

    @property
    def _counts(self) -> dict[str, int]:
        return attrs.asdict(self.summary)


def without_row(error: FieldError) -> str:
    """One problem with its field, such as `destination_number: must be …`."""
    in_field = error.pointer.count("/") > 2
    return f"{error.field}: {error.message}" if in_field else error.message


def _told(error: FieldError) -> str:
    """One problem as operators read it, such as `row 17, destination_number: must be …`."""
    if error.index is None:
        return str(error)
    return f"row {error.index}{', ' if error.pointer.count('/') > 2 else ': '}{without_row(error)}"
