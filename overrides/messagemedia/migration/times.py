"""Which times have no zone: to the older SDK it made no difference, to the recipient it makes hours."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from messagemedia.migration.values import NOTHING, OTHER, Value, of, one

_CLASS = r"(datetime\.datetime|datetime|dt\.datetime)"
_NAIVE = re.compile(rf"{_CLASS}\.(utcnow|today|utcfromtimestamp)\Z")
_BY_ARGUMENT = re.compile(rf"{_CLASS}\.(now|fromtimestamp|combine)\Z")
_PARSERS = re.compile(r"((datetime\.)?datetime\.(fromisoformat|strptime)|dateutil\.parser\.(parse|isoparse))\Z")
_ZONE = re.compile(r"(Z|z|[+-]\d\d:?\d\d)\Z")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_WITHOUT_ZONE = {"now": 0, "fromtimestamp": 1, "combine": 2}
KEEPS = frozenset({"replace", "date", "time"})


def of_text(text: str) -> Value:
    """What a text is, if it is a time."""
    if not _TIME.match(text):
        return NOTHING
    return one("time", "text" if _ZONE.search(text) else "naive")


def of_call(function: str, arguments: Sequence[ast.expr], keywords: Mapping[str | None, ast.expr]) -> Value:
    """What a call of another package returns, if it is a time.

    Args:
        function: Its full name, such as `datetime.datetime.now`.
        arguments: Its arguments by position.
        keywords: Those with a name.
    """
    if {"tz", "tzinfo"} & {name for name in keywords if name}:
        return one("time", "aware")
    if _NAIVE.match(function):
        return one("time", "naive")
    if found := _BY_ARGUMENT.match(function):
        return one("time", "aware" if len(arguments) > _WITHOUT_ZONE[found[2]] else "naive")
    if re.fullmatch(_CLASS, function):
        return one("time", "aware" if len(arguments) > 7 else "naive")
    if found := _PARSERS.match(function):
        return _parsed(found[0], arguments)
    return NOTHING


def _parsed(function: str, arguments: Sequence[ast.expr]) -> Value:
    given = arguments[1 if function.endswith("strptime") else 0 :][:1]
    if not given or not isinstance(given[0], ast.Constant) or not isinstance(given[0].value, str):
        return frozenset({OTHER, *one("time", "naive")})
    if function.endswith("strptime"):
        return one("time", "aware" if "%z" in given[0].value else "naive")
    return one("time", "aware" if _ZONE.search(given[0].value) else "naive")


def of_method(value: Value, method: str, keywords: Mapping[str | None, ast.expr]) -> Value:
    """What a method of a time returns."""
    if not of(value, "time"):
        return NOTHING
    if method == "astimezone" or "tzinfo" in keywords:
        return one("time", "aware")
    if method in ("isoformat", "strftime"):
        return one("time", "naive" if "naive" in of(value, "time") else "text")
    return value if method in KEEPS else NOTHING


FIELDS = frozenset({"scheduled", "message_expiry_timestamp", "date_received", "submitted_date"})
"""The fields that are times."""

SENT = frozenset({"scheduled", "message_expiry_timestamp"})
"""Those of a message that is sent."""

WRITE = {
    "naive": "a `datetime` with a zone, such as `datetime.now(UTC)`, or `value.astimezone()` if it is local time",
    "text": "a `datetime` instead of a text, such as `datetime.fromisoformat(value)`",
}
