"""Which problems of a call count: a client may leave limits, or one rule, to the API."""

from __future__ import annotations

from collections.abc import Iterable

from messagemedia.errors import FieldError

NATIONAL = "e164"
"""The rule that numbers begin with a country code, as `FieldError.rule` names it."""

HINT = "To send to national numbers on purpose, set national_numbers=True; how the API treats them is not known."


def counted(problems: Iterable[FieldError], *, check_limits: bool, national_numbers: bool) -> list[FieldError]:
    """The problems that keep a call from being made."""
    return [
        each
        for each in problems
        if not each.is_limit or (check_limits and not (national_numbers and each.rule == NATIONAL))
    ]


def hint_for(problems: Iterable[FieldError]) -> str:
    """What to do about problems beyond what each of them says."""
    return HINT if any(each.rule == NATIONAL for each in problems) else ""
