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

# What stands between the cells of a line of CSV, and between a number and its extension.
_BETWEEN_NUMBERS = re.compile(r"[,;|\t]|[^\W\d_]+")
# The zero that is dialed only within the country, as in +61 (0)491 570 156: no row has it.
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
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
    return journal.withdraw("recipient", _recipients(numbers, journal))


def _recipients(numbers: Numbers, journal: Journal) -> list[str]:
    """The digits of numbers, each once.

    A number that is not what it was would withdraw nobody, or somebody else, and the person on the list would be
    written to. So would one without a country code, unless rows were added with such numbers on purpose.
    """
    found: dict[str, None] = {}
    national: list[FieldError] = []
    problems: list[FieldError] = []
    many = cast("object", [numbers] if isinstance(numbers, str) else numbers)
    if not isinstance(many, Iterable) or isinstance(many, bytes):
        raise ValidationError([FieldError(f"must be numbers, not {type(many).__name__}", "numbers")])
    for at, number in enumerate(cast("Iterable[object]", many)):
        if not isinstance(number, str):
            problems.append(FieldError(f"must be a str, not {type(number).__name__}", f"/numbers/{at}"))
        elif odd := oddity(number.strip()) or _misleading(number):
            problems.append(FieldError(odd, f"/numbers/{at}"))
        elif recipient := digits(number):
            found[recipient] = None
            if recipient.startswith(_DIALED_ABROAD):  # whatever way the rows were added
                found[recipient.removeprefix(_DIALED_ABROAD)] = None
            elif wanted := without_country_code(recipient):
                national.append(FieldError(f"must {wanted}", f"/numbers/{at}", rule=NATIONAL))
    if national and not journal.has_national_numbers():
        problems += national
    if problems:
        raise ValidationError(problems)
    return list(found)


def _misleading(number: str) -> str:
    """Why the digits of a text are not those of the number it stands for, in words that fit behind "it"."""
    if any(each.isdecimal() and not each.isascii() for each in number):
        return "has digits of another script: write 0 to 9"
    if sum(bool(digits(piece)) for piece in _BETWEEN_NUMBERS.split(number)) > 1:
        return "has more than a number, or letters in it: write the number alone, without an extension"
    if _TRUNK_ZERO.search(number):
        return "has (0), which is not dialed from abroad: leave it out"
    return ""
