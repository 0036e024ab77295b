"""Which rows are withdrawn before they are sent: those of an opt-out list, or a mistake."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import cast

from messagemedia_generated.numbers import oddity, without_country_code

from messagemedia.campaign.deciding import Rows, keys_of
from messagemedia.campaign.entries import digits
from messagemedia.campaign.protocol import Journal
from messagemedia.errors import FieldError, ValidationError

Numbers = Iterable[str] | str


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
    written to.
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
            if recipient.startswith("00"):  # what is dialled for calls abroad, in most countries
                found[recipient[2:]] = None
            elif wanted := without_country_code(recipient):
                national.append(FieldError(f"must {wanted}", f"/numbers/{at}"))
    if national and not journal.has_national_numbers():
        problems += national
    if problems:
        raise ValidationError(problems)
    return list(found)


def _misleading(number: str) -> str:
    """Why the digits of a text are not those of the number it stands for, in words that fit behind "it"."""
    if any(each.isdecimal() and not each.isascii() for each in number):
        return "has digits of another script: write 0 to 9"
    if re.search(r"[0-9][^0-9]*[^\W\d_].*[0-9]", number, re.DOTALL):
        return "has letters between its digits, or an extension: leave them out"
    if re.search(r"\+.*\(0\)", number, re.DOTALL):
        return "has a country code and (0): leave the (0) out"
    return ""
