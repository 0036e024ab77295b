"""How rows come into a journal: checked, under their keys, all of them or none."""

from __future__ import annotations

import dataclasses
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Literal, cast

from attrs import frozen
from messagemedia_generated.api.messages.send_messages import build
from messagemedia_generated.models import Message, SendMessagesRequest

from messagemedia._call import checks
from messagemedia._secret import presentable
from messagemedia.campaign.entries import Entry, State, Stored, recipient, written
from messagemedia.campaign.errors import JournalError, RowsError, without_row
from messagemedia.campaign.journal import Journal
from messagemedia.campaign.rows import Row
from messagemedia.campaign.staging import PIECE, Staging
from messagemedia.errors import FieldError

OnInvalid = Literal["raise", "skip"]


@frozen
class Added:
    """What `add` did with the rows that it was given.

    Attributes:
        new: How many rows are to be sent that were not before, corrected ones included.
        known: How many were there already, whatever has become of them.
        invalid: How many were taken down as invalid.
    """

    new: int = 0
    known: int = 0
    invalid: int = 0

    def __str__(self) -> str:
        return f"{self.new:,} new, {self.known:,} known, {self.invalid:,} invalid"


def add(
    journal: Journal,
    rows: Iterable[Row | Message],
    *,
    on_invalid: OnInvalid,
    check_limits: bool,
    national_numbers: bool,
) -> Added:
    """Add rows, some thousand in memory at a time, none of them to be seen before all are there.

    Raises:
        RowsError: If a row can't be taken; nothing was added.
    """
    counted = partial(checks.counted, check_limits=check_limits, national_numbers=national_numbers)
    staging = Staging(journal)
    intake = _Intake(staging, skip_invalid=on_invalid == "skip", counted=counted)
    try:
        for position, row in enumerate(rows, 1):
            intake.take(row, position)
        return intake.end()
    except BaseException:
        with suppress(JournalError):  # what is left is taken away the next time
            staging.clear()
        raise


@frozen
class _Checked:
    """A row as it can be written down, and what is wrong with it."""

    number: int
    key: str
    message: str
    recipient: str
    problems: Sequence[FieldError]

    @property
    def state(self) -> State:
        return "invalid" if self.problems else "pending"

    def entry(self, key: str) -> Entry:
        """What is written down under a key."""
        reason = presentable("; ".join(without_row(each) for each in self.problems)) if self.problems else ""
        return Entry(key, self.number, self.message, self.recipient, self.state, reason)


class _Intake:
    """Takes one row after the other, and writes down many at once."""

    def __init__(
        self, staging: Staging, *, skip_invalid: bool, counted: Callable[[Iterable[FieldError]], list[FieldError]]
    ) -> None:
        self._staging = staging
        self._skip_invalid = skip_invalid
        self._counted = counted
        self._tally: Counter[str] = Counter()
        self._problems: list[FieldError] = []
        self._piece: list[_Checked] = []

    def take(self, row: object, position: int) -> None:
        """Take the next row."""
        checked = self._checked(row if isinstance(row, Row) else Row(cast("Message", row)), position)
        if not _usable(checked.key):
            self._problems.append(FieldError("must be a text that UTF-8 can carry", f"/rows/{checked.number}/key"))
        elif checked.problems and not self._skip_invalid:
            self._problems += checked.problems
        else:
            self._piece.append(checked)
            if len(self._piece) == PIECE:
                self._write()

    def end(self) -> Added:
        """Make the rows part of the campaign, and tell what became of them.

        Raises:
            RowsError: If there was a problem with one of them.
        """
        self._write()
        if self._problems:
            count = len({each.index for each in self._problems})
            hint = "Correct them. With on_invalid='skip' they are recorded as invalid, and the others are added."
            raise RowsError(
                f"{count:,} {'row' if count == 1 else 'rows'} can't be added, and nothing was added:",
                self._problems,
                hint=f"{hint} {checks.hint_for(self._problems)}".rstrip(),
            )
        self._staging.show()
        return Added(**self._tally)

    def _write(self) -> None:
        """Write down the rows that were taken, each under its key."""
        piece, self._piece = self._piece, []
        if not piece:
            return
        digests = [
            "" if each.key else self._staging.digest(each.message)  # known by its message, which may occur repeatedly
            for each in piece
        ]
        keys = [each.key or f"{digest}-1" for each, digest in zip(piece, digests, strict=True)]
        with self._staging.writing(keys):
            for checked, key, digest in zip(piece, keys, digests, strict=True):
                self._put(checked, self._staging.unmet(digest) if digest else key)

    def _put(self, checked: _Checked, key: str) -> None:
        """Write down a row: it is new, the same as one before, the correction of an invalid one, or a mistake."""
        stored = self._staging.stored(key)
        if stored is None:
            self._staging.insert(checked.entry(key))
            self._count(checked.state)
            return
        twice = self._staging.meet(stored)
        judged = stored.state != "invalid" or stored.valid
        if stored.message == checked.message and (judged or checked.problems):
            self._tally["known"] += 1
        elif twice or stored.state != "invalid":
            self._problems.append(_changed(checked, stored, twice=twice))
        else:
            self._staging.replace(stored, checked.entry(key))
            self._count(checked.state)

    def _count(self, state: State) -> None:
        self._tally["new" if state == "pending" else "invalid"] += 1

    def _checked(self, row: Row, position: int) -> _Checked:
        number = position if row.number is None else row.number
        call = build(SendMessagesRequest(messages=[row.message]))
        named = {each.field for each in row.errors}
        problems = [*row.errors, *(each for each in self._counted(call.problems) if each.field not in named)]
        json_object: dict[str, Any] = cast("dict[str, Any]", call.json)["messages"][0]
        problems = [_in_row(each, number) for each in problems]
        return _Checked(number, row.key, written(json_object), recipient(json_object), problems)


def _in_row(error: FieldError, number: int) -> FieldError:
    """A problem of the only message of a request as one of a row."""
    place = re.sub(r"^/(messages|rows)/\d+", "", error.pointer)
    return dataclasses.replace(error, pointer=f"/rows/{number}{place}", item=None)


def _usable(key: object) -> bool:
    """Whether a key can be written down."""
    return isinstance(key, str) and key.encode(errors="ignore").decode() == key


def _changed(checked: _Checked, stored: Stored, *, twice: bool) -> FieldError:
    """That a key stands for another message already."""
    before, now = json.loads(stored.message), json.loads(checked.message)
    names = [name for name in sorted({**before, **now}) if before.get(name) != now.get(name)]
    when = f"in row {stored.number} of this input" if twice else f"before, as row {stored.number}"
    return FieldError(
        f"the key {presentable(repr(checked.key))} was given to another message {when} (different: "
        f"{', '.join(names) or 'what is wrong with it'}); a changed message needs another key",
        f"/rows/{checked.number}/key",
    )
