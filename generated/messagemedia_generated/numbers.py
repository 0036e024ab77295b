"""Phone numbers in E.164 form, and what is wrong with one that is not. No text in here repeats a number."""

from __future__ import annotations

import re
import unicodedata

EXAMPLE = "+61491570156, not 0491570156"
"""The right form beside the most common mistake. The number is reserved for examples, so it is nobody's."""

# What becomes of a number in a spreadsheet or a data frame, in words that fit behind "it" or the name of a column.
_SPREADSHEET = (
    (
        re.compile(r"[+-]?\d+(?:[.,]\d+)?[Ee]\+\d+"),
        "holds a number that a spreadsheet has shortened to a form such as 6.1E+10: "
        "format the column as text there, enter the number, and export again",
    ),
    (
        re.compile(r"[+-]?\d+[.,]0+"),
        "holds a decimal number, which spreadsheets and pandas make of whole numbers: read the column as text there",
    ),
    (
        re.compile(r"=.*", re.DOTALL),
        "holds a spreadsheet formula: write only the number, without = and quotes",
    ),
)
_SEVERAL = "holds more than one number: write a message for each"
_BETWEEN_NUMBERS = re.compile(r"[,;/|&\r\n\t]|[A-Za-z]+|(?<=\d)\s*(?=\+)")
_FEWEST_DIGITS = 8
_SEPARATED = re.compile(r"[ (\[]*\+?[0-9 ()\[\]./\u2010-\u2015\u2212-]*[0-9] *")

# Characters that look like nothing, or like a space, and are not of the categories below.
_FILLERS = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0").union(map(chr, range(0xFE00, 0xFE10)))
_UNSEEN = ("Cc", "Cf", "Zl", "Zp", "Zs")
_MOST_NAMED = 3


def without_country_code(number: str) -> str:
    """What is wrong with a number that begins with a zero, in words that fit behind "must"; empty if it does not."""
    if not number.removeprefix("+").startswith("0"):
        return ""
    if number.startswith("00"):
        return "begin with + and a country code, not with 00"
    return f"begin with a country code: {EXAMPLE}"


def spreadsheet_form(text: str) -> str:
    """What a spreadsheet has made of a number, in words that fit behind "it"; empty if it is none of its forms."""
    return next((words for form, words in _SPREADSHEET if form.fullmatch(text)), "")


def oddity(text: str) -> str:
    """Why a text can't stand for one phone number, in words that fit behind "it"; empty if no reason is known."""
    return spreadsheet_form(text) or (_SEVERAL if _holds_several(text) else "")


def difference(text: str) -> str:
    """What sets a text apart from a number in E.164 form, in words that fit behind "it"; empty if that is not known."""
    if found := oddity(text) or _unseen(text):
        return found
    if text.startswith("'"):
        return "begins with the ' that marks a text in a spreadsheet: leave it out"
    if any(each.isdecimal() and not each.isascii() for each in text):
        return "has digits of another script: write 0 to 9"
    if _SEPARATED.fullmatch(text) and not re.fullmatch(r"\+?[0-9]+", text):
        return "has spaces or signs between the digits, or around them: leave them out"
    return ""


def is_unseen(character: str) -> bool:
    """Whether a character looks like nothing, or like the space that it is not."""
    return character != " " and (unicodedata.category(character) in _UNSEEN or character in _FILLERS)


def _holds_several(text: str) -> bool:
    for pieces in (_BETWEEN_NUMBERS.split(text), text.split()):
        if sum(len(re.sub(r"\D", "", piece)) >= _FEWEST_DIGITS for piece in pieces) > 1:
            return True
    return False


def _unseen(text: str) -> str:
    """The characters of a text that nobody sees, each with its place among those that are seen."""
    found: list[str] = []
    seen = 0
    for character in text:
        if is_unseen(character):
            place = f"after the {_ordinal(seen)}" if seen else "before the 1st"
            found.append(f"U+{ord(character):04X} {place} character")
        else:
            seen += 1
    if len(found) > _MOST_NAMED:
        found[_MOST_NAMED:] = [f"and {len(found) - _MOST_NAMED} more"]
    if not found:
        return ""
    return (
        f"has {'an invisible character' if len(found) == 1 else 'invisible characters'}: {', '.join(found)}"
    )


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
