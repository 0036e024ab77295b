"""Which rows are withdrawn before they are sent: those of an opt-out list, or a mistake."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import cast

from messagemedia_generated.numbers import oddity, without_country_code

from messagemedia._call.checks import NATIONAL
from messagemedia.campaign.deciding import Rows, keys_of
from messagemedia.campaign.entries import digits
from messagemedia.campaign.protocol import Journal
from messagemedia.errors import FieldError, ValidationError

Numbers = Iterable[str] | str

# The zero that is dialed only within the country, as in +61 (0)491 570 156: no row has it.
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
# What stands between the cells of a line of CSV, and between a number and its extension.
_BETWEEN_CELLS = re.compile(r"[,;|\t]|[^\W\d_]+")
# What is dialed in place of the plus in most countries.
_DIALED_ABROAD = "00"


def withdraw(journal: Journal, keys: Rows | None, numbers: Numbers | None) -> int:
    """Withdraw pending rows, and return how many they were.

    Raises:
        ValidationError: It is not said which rows, or some numbers are none; nothing was withdrawn.
    """
    if numbers is None:
        if keys is None:
            raise ValidationError([FieldError("must be given, or keys", "numbers")])
        return journal.withdraw("key", keys_of(keys, "keys"))
    if keys is not None:
        raise ValidationError([FieldError("must be left out if keys are given", "numbers")])
    recipients = _recipients(numbers)
    _require_country_codes(journal, recipients)
    return journal.withdraw("recipient", list(recipients))


def _recipients(numbers: Numbers) -> dict[str, int]:
    """The digits of numbers, each once, with its place in the list.

    A number that is not what it was would withdraw nobody, or somebody else, and the person on the list would be
    written to.
    """
    found: dict[str, int] = {}
    problems: list[FieldError] = []
    many = cast("object", [numbers] if isinstance(numbers, str) else numbers)
    if not isinstance(many, Iterable) or isinstance(many, bytes):
        raise ValidationError([FieldError(f"must be numbers, not {type(many).__name__}", "numbers")])
    for at, number in enumerate(cast("Iterable[object]", many)):
        if not isinstance(number, str):
            problems.append(FieldError(f"must be a str, not {type(number).__name__}", f"/numbers/{at}"))
        elif odd := oddity(number.strip()):
            problems.append(FieldError(odd, f"/numbers/{at}"))
        elif sum(bool(digits(piece)) for piece in _BETWEEN_CELLS.split(number)) > 1:
            problems.append(
                FieldError("must be a single number, without anything else that has digits", f"/numbers/{at}")
            )
        elif _TRUNK_ZERO.search(number):
            problems.append(FieldError("must be written without (0)", f"/numbers/{at}"))
        elif recipient := digits(number):
            found.setdefault(recipient, at)
            if recipient.startswith(_DIALED_ABROAD):  # whatever way the rows were added
                found.setdefault(recipient.removeprefix(_DIALED_ABROAD), at)
    if problems:
        raise ValidationError(problems)
    return found


def _require_country_codes(journal: Journal, recipients: dict[str, int]) -> None:
    """Refuse numbers that begin with a zero, unless rows were added with such numbers on purpose.

    All other rows have country codes, so none of them would be withdrawn.

    Raises:
        ValidationError: Some do, and no row does; nothing was withdrawn.
    """
    problems = [
        FieldError(f"must {words}", f"/numbers/{at}", rule=NATIONAL)
        for recipient, at in recipients.items()
        if not recipient.startswith(_DIALED_ABROAD) and (words := without_country_code(recipient))
    ]
    if problems and not any(
        digits(each.message.destination_number).startswith("0") for each in journal.records() if each.state != "invalid"
    ):
        raise ValidationError(problems)
