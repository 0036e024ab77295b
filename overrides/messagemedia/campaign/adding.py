"""How rows come into a journal: checked, under their keys, all of them or none."""

from __future__ import annotations

import dataclasses
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Literal, cast, get_args

from attrs import evolve, frozen
from messagemedia_generated.api.messages.send_messages import build
from messagemedia_generated.models import Message, SendMessagesRequest

from messagemedia._call import checks
from messagemedia._secret import presentable
from messagemedia.campaign.entries import Entry, State, Stored, encodable, recipient, written
from messagemedia.campaign.errors import RowsError, without_row
from messagemedia.campaign.protocol import Journal
from messagemedia.campaign.rows import Row
from messagemedia.campaign.staging import PIECE, Staging
from messagemedia.errors import FieldError, ValidationError

OnInvalid = Literal["raise", "skip"]
OnChanged = Literal["raise", "replace", "keep"]
Repeated = Literal["send", "skip", "refuse"]


@frozen
class Added:
    """What `add` did with the rows it was given.

    Attributes:
        new: How many rows are now to be sent that were not before, including corrected ones.
        known: How many were there already, whatever their state.
        invalid: How many were recorded as invalid.
        replaced: How many replaced a pending row with the same key.
        repeated: How many of the new, invalid and replaced rows have the same number as an earlier row of the campaign,
            whatever the state of that row, unless it is invalid. Numbers are compared by their digits.
    """

    new: int = 0
    known: int = 0
    invalid: int = 0
    replaced: int = 0
    repeated: int = 0

    def __str__(self) -> str:
        told = f"{self.new:,} new, {self.known:,} known, {self.invalid:,} invalid"
        told += f", {self.replaced:,} replaced" if self.replaced else ""
        repeat = "repeats" if self.repeated == 1 else "repeat"
        return told + (f", of which {self.repeated:,} {repeat} a number" if self.repeated else "")


@frozen
class Choices:
    """What the caller wants done about rows that are not simply new."""

    on_invalid: OnInvalid = "raise"
    on_changed: OnChanged = "raise"
    repeated: Repeated = "send"

    def check(self) -> None:
        """Refuse a value that is not a choice.

        Raises:
            ValidationError: If there is anything.
        """
        wrong = [
            FieldError(f"must be {', '.join(map(repr, choices[:-1]))} or {choices[-1]!r}", name)
            for name, choices in _CHOICES.items()
            if getattr(self, name) not in choices
        ]
        if wrong:
            raise ValidationError(wrong)


_MOST_ROWS = 1 << 63
_CHOICES = {"on_invalid": get_args(OnInvalid), "on_changed": get_args(OnChanged), "repeated": get_args(Repeated)}


def add(
    journal: Journal,
    rows: Iterable[Row | Message],
    choices: Choices,
    *,
    check_limits: bool,
    national_numbers: bool,
) -> Added:
    """Add rows, some thousand in memory at a time, none of them to be seen before all are there.

    Raises:
        RowsError: If a row can't be taken; nothing was added.
    """
    counted = partial(checks.counted, check_limits=check_limits, national_numbers=national_numbers)
    with journal.staging() as staging:
        intake = _Intake(staging, choices, counted)
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
        reason = presentable("; ".join(without_row(each) for each in self.problems)) if self.problems else ""
        return Entry(key, self.number, self.message, self.recipient, self.state, reason)


class _Intake:
    """Takes one row after the other, and writes down many at once."""

    def __init__(
        self, staging: Staging, choices: Choices, counted: Callable[[Iterable[FieldError]], list[FieldError]]
    ) -> None:
        self._staging = staging
        self._choices = choices
        self._skip_invalid = choices.on_invalid == "skip"
        self._counted = counted
        self._tally: Counter[str] = Counter()
        self._problems: list[FieldError] = []
        self._piece: list[_Checked] = []

    def take(self, row: object, position: int) -> None:
        """Take the next row."""
        checked = self._checked(row if isinstance(row, Row) else Row(cast("Message", row)), position)
        if not _usable(checked.key):
            self._problems.append(
                FieldError("must be a str that can be encoded as UTF-8", f"/rows/{checked.number}/key")
            )
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
        with self._staging.writing(keys, [each.recipient for each in piece]):
            for checked, key, digest in zip(piece, keys, digests, strict=True):
                self._put(checked, self._staging.unmet(digest) if digest else key)

    def _put(self, checked: _Checked, key: str) -> None:
        """Write down a row: it is new, the same as one before, another one in its place, or a mistake."""
        stored = self._staging.stored(key)
        if stored is None:
            checked = self._unrepeated(checked)
            self._staging.insert(checked.entry(key))
            self._count(checked.state)
            return
        twice = self._staging.meet(stored)
        replaceable = ("invalid", "pending") if self._choices.on_changed == "replace" else ("invalid",)
        if self._is_known(checked, stored):
            self._tally["known"] += 1
        elif not twice and stored.state in replaceable:
            self._replace(stored, checked, key)
        elif not twice and self._choices.on_changed == "keep":
            self._tally["known"] += 1
        else:
            self._hold(_changed(checked, stored, twice=twice), checked, key)

    def _is_known(self, checked: _Checked, stored: Stored) -> bool:
        """Whether a row changes nothing of the one with its key: a withdrawn one is for good."""
        if stored.message != checked.message:
            return stored.state == "withdrawn"
        judged = stored.state != "invalid" or stored.valid
        skipped = self._choices.repeated == "skip" and self._staging.earlier(checked.recipient) is not None
        return judged or skipped or bool(checked.problems)

    def _replace(self, stored: Stored, checked: _Checked, key: str) -> None:
        """Put a row in the place of one that was never sent."""
        if stored.state == "invalid" or recipient(json.loads(stored.message)) != checked.recipient:
            checked = self._unrepeated(checked)
        self._staging.replace(stored, checked.entry(key))
        if stored.state == checked.state == "pending":
            self._tally["replaced"] += 1
        else:
            self._count(checked.state)

    def _unrepeated(self, checked: _Checked) -> _Checked:
        """A row as it is to be written down if there is an earlier one to its number."""
        earlier = None if checked.problems else self._staging.earlier(checked.recipient)
        if earlier is None:
            return checked
        self._tally["repeated"] += 1
        if self._choices.repeated == "send":
            return checked
        problem = FieldError(
            f"is also the number of row {earlier}, and repeated={self._choices.repeated!r}",
            f"/rows/{checked.number}/destination_number",
        )
        if self._choices.repeated == "refuse":
            self._problems.append(problem)
            return checked
        return evolve(checked, problems=[problem])

    def _hold(self, problem: FieldError, checked: _Checked, key: str) -> None:
        """Keep a row from taking the place of another one: under a key of its own, if it is not to stop the others."""
        if not self._skip_invalid:
            self._problems.append(problem)
            return
        own_key = f"{key}~{self._staging.digest(checked.message)[:16]}"
        if self._staging.found(own_key) is not None:
            self._tally["known"] += 1
        else:
            self._staging.insert(evolve(checked, problems=[problem]).entry(own_key))
            self._count("invalid")

    def _count(self, state: State) -> None:
        self._tally["new" if state == "pending" else "invalid"] += 1

    def _checked(self, row: Row, position: int) -> _Checked:
        number, misnumbered = _numbered(row.number, position)
        call = build(SendMessagesRequest(messages=[row.message]))
        named = {each.field for each in row.errors}
        problems = [
            *misnumbered,
            *row.errors,
            *(each for each in self._counted(call.problems) if each.field not in named),
        ]
        json_object: dict[str, Any] = cast("dict[str, Any]", call.json)["messages"][0]
        problems = [_in_row(each, number) for each in problems]
        return _Checked(number, row.key, written(json_object), recipient(json_object), problems)


def _in_row(error: FieldError, number: int) -> FieldError:
    """A problem of the only message of a request as one of a row."""
    place = re.sub(r"^/(messages|rows)/\d+", "", error.pointer)
    return dataclasses.replace(error, pointer=f"/rows/{number}{place}", item=None)


def _numbered(number: object, position: int) -> tuple[int, list[FieldError]]:
    """The number of a row, and what is wrong with it if it can't be written down."""
    if number is None:
        return position, []
    if isinstance(number, int) and abs(number) < _MOST_ROWS:
        return number, []
    return position, [FieldError("must be the number of a line, or None", f"/rows/{position}/number")]


def _usable(key: object) -> bool:
    """Whether a key can be written down."""
    return isinstance(key, str) and encodable(key) == key


def _changed(checked: _Checked, stored: Stored, *, twice: bool) -> FieldError:
    """That a key stands for another message already."""
    before, now = json.loads(stored.message), json.loads(checked.message)
    names = [name for name in sorted({**before, **now}) if before.get(name) != now.get(name)]
    when = f"in row {stored.number} of this input" if twice else f"before, as row {stored.number}"
    may_replace = stored.state == "pending" and not twice
    instead = ", or use on_changed='replace' to replace the old one" if may_replace else ""
    return FieldError(
        f"the key {presentable(repr(checked.key))} was used for another message {when} (different: "
        f"{', '.join(names) or 'its problems'}); a changed message needs another key{instead}",
        f"/rows/{checked.number}/key",
    )
