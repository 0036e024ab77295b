"""How rows come into a journal: checked, under their keys, all of them or none."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Literal, cast

from attrs import frozen
from messagemedia_generated.api.messages.send_messages import build
from messagemedia_generated.models import Message, SendMessagesRequest

from messagemedia._call import checks
from messagemedia._secret import presentable
from messagemedia.campaign.entries import Entry, State, Stored, recipient, written
from messagemedia.campaign.errors import RowsError, without_row
from messagemedia.campaign.journal import Journal
from messagemedia.campaign.rows import Row
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
    """Add rows in one transaction, one in memory at a time.

    Raises:
        RowsError: If a row can't be taken; nothing was added.
    """
    with journal.changes() as moved:
        counted = partial(checks.counted, check_limits=check_limits, national_numbers=national_numbers)
        intake = _Intake(journal, moved, skip_invalid=on_invalid == "skip", counted=counted)
        for position, row in enumerate(rows, 1):
            intake.take(row, position)
        return intake.end()


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
        reason = presentable("; ".join(without_row(each) for each in self.problems))
        return Entry(key, self.number, self.message, self.recipient, self.state, reason)


class _Intake:
    """Takes one row after the other, within a transaction."""

    def __init__(
        self,
        journal: Journal,
        moved: Counter[State],
        *,
        skip_invalid: bool,
        counted: Callable[[Iterable[FieldError]], list[FieldError]],
    ) -> None:
        self._journal = journal
        self._moved = moved
        self._skip_invalid = skip_invalid
        self._counted = counted
        self._tally: Counter[str] = Counter()
        self._problems: list[FieldError] = []
        journal.begin_occurrences()

    def take(self, row: object, position: int) -> None:
        """Take the next row."""
        checked = self._checked(row if isinstance(row, Row) else Row(cast("Message", row)), position)
        if not _usable(checked.key):
            self._problems.append(FieldError("must be a text that UTF-8 can carry", f"/rows/{checked.number}/key"))
            return
        if checked.problems and not self._skip_invalid:
            self._problems += checked.problems
            return
        # The same message again is another row, unless the caller says by a key that it is the same one.
        digest = hashlib.blake2b(checked.message.encode(), key=self._journal.id.encode(), digest_size=16).hexdigest()
        occurrence = self._journal.occurrence(f"key {checked.key}" if checked.key else digest)
        key = checked.key or f"{digest}-{occurrence}"
        if self._journal.insert(checked.entry(key)):
            self._count(checked.state)
        elif (stored := self._journal.stored(key)) is not None:
            self._meet(checked, key, stored, twice=occurrence > 1)

    def end(self) -> Added:
        """What became of the rows.

        Raises:
            RowsError: If there was a problem with one of them.
        """
        if self._problems:
            count = len({each.index for each in self._problems})
            hint = "Correct them. With on_invalid='skip' they are recorded as invalid, and the others are added."
            raise RowsError(
                f"{count:,} {'row' if count == 1 else 'rows'} can't be added, and nothing was added:",
                self._problems,
                hint=f"{hint} {checks.hint_for(self._problems)}".rstrip(),
            )
        return Added(**self._tally)

    def _meet(self, checked: _Checked, key: str, stored: Stored, *, twice: bool) -> None:
        """Take a row whose key is known: it is the same, the correction of an invalid one, or a mistake."""
        judged = stored.state != "invalid" or stored.valid
        if stored.message == checked.message and (judged or checked.problems):
            self._tally["known"] += 1
        elif twice or stored.state != "invalid":
            self._problems.append(_changed(checked, stored, twice=twice))
        else:
            self._journal.replace(stored.entry, checked.entry(key))
            self._moved["invalid"] -= 1
            self._count(checked.state)

    def _count(self, state: State) -> None:
        self._moved[state] += 1
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
