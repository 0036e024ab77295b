"""Strict writing of requests.

Each function returns the JSON form of a value and adds what is wrong with it to `problems`, so that a caller hears of
everything at once. `at` is the JSON pointer of the value. No problem repeats a value that may be private. A value whose
own methods raise has a problem as well: an exception would not say where it stands.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast
from urllib.parse import quote

from . import numbers
from .errors import FieldError
from .types import OpenEnum
from .wording import amount, span, type_name

T = TypeVar("T")
P = ParamSpec("P")

Problems = list[FieldError]


class Writable(Protocol):
    """A model that can be sent."""

    def to_json(self, problems: Problems, at: str = "") -> dict[str, Any]:
        """The JSON object to send."""
        ...


def refuse(problems: Problems, at: str, wanted: str, value: object, subject: str = "") -> None:
    """Note that a value is missing or of the wrong kind."""
    missing = value is None and not subject
    problems.append(
        FieldError("is required" if missing else f"{subject}must be {wanted}, not {type_name(value)}", at)
    )


def exceed(problems: Problems, at: str, message: str, rule: str = "") -> None:
    """Note that a value breaks a limit of the contract, or the rule of this name."""
    problems.append(FieldError(message, at, is_limit=True, rule=rule))


def refuse_raising(problems: Problems, at: str, value: object, error: Exception) -> None:
    """Note that a value can't be read, because its own methods raise: one that stands for another, for instance."""
    problems.append(FieldError(f"can't be read: {type_name(value)} raises {type_name(error)}", at))


def guarded(
    nothing: Callable[[], T],
) -> Callable[
    [Callable[Concatenate[object, Problems, str, P], T]], Callable[Concatenate[object, Problems, str, P], T]
]:
    """Let what the methods of a value raise be a problem of it; `nothing` makes what is written then."""

    def guard(
        write: Callable[Concatenate[object, Problems, str, P], T],
    ) -> Callable[Concatenate[object, Problems, str, P], T]:
        @wraps(write)
        def written(value: object, problems: Problems, at: str, /, *args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return write(value, problems, at, *args, **kwargs)
            except Exception as error:
                refuse_raising(problems, at, value, error)
                return nothing()

        return written

    return guard


def exceed_unless_after(later: object, earlier: object, problems: Problems, at: str, name: str) -> None:
    """Note that a moment comes before the one named `name`, if both can be compared."""
    with suppress(Exception):  # one that can't be compared has a problem of its own
        if not (isinstance(later, datetime) and isinstance(earlier, datetime)):
            return
        if later.utcoffset() is not None and earlier.utcoffset() is not None and later < earlier:
            exceed(problems, at, f"must not be earlier than {name}")


def exceed_unless_sized(
    size: int, problems: Problems, at: str, low: int | None, high: int | None, unit: str = "field"
) -> None:
    """Note that there are too few fields, items or pairs, or too many."""
    if _outside(size, low, high):
        exceed(problems, at, f"must have {amount(low, high, unit)}, not {size}")


def write_text(
    value: object,
    problems: Problems,
    at: str,
    *,
    min_length: int | None = None,
    max_length: int | None = None,
    pattern: str = "",
    pattern_description: str = "",
    e164: bool = False,
    subject: str = "",
) -> str:
    """A text within its limits; `subject` says what it is, if the field is more than this text."""
    try:  # in here and not by `guarded`: texts are most of what is written, and one more call for each would be felt
        if not isinstance(value, str):
            refuse(problems, at, "a str", value, subject)
            return ""
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                problems.append(FieldError("holds half of a surrogate pair, which can't be encoded", at))
        if _outside(len(value), min_length, max_length):
            bounds = f"be {amount(min_length, max_length, 'character')}, not {len(value)}"
            exceed(problems, at, f"{subject}must {bounds if value else 'not be empty'}")
        elif pattern and _compiled(pattern).search(value) is None:
            form = pattern_description or f"of the form {pattern}"
            difference = numbers.difference(value) if e164 else ""
            exceed(problems, at, f"must be {form}; it {difference}" if difference else f"must be {form}")
        elif e164 and (unfit := numbers.without_country_code(value)):
            # What has a plus is meant to be international, so nobody wants it to pass.
            exceed(problems, at, f"must {unfit}", rule="" if value.startswith("+") else "e164")
        return value
    except Exception as error:
        refuse_raising(problems, at, value, error)
        return ""


@lru_cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # In JSON Schema `$` is the very end; in Python it also matches before a line break there.
    return re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern))


@guarded(int)
def write_integer(
    value: object, problems: Problems, at: str, *, minimum: int | None = None, maximum: int | None = None
) -> int:
    """A whole number within its limits."""
    if not isinstance(value, int) or isinstance(value, bool):
        refuse(problems, at, "a whole number", value)
        return 0
    if _outside(value, minimum, maximum):
        exceed(problems, at, f"must be {span(minimum, maximum)}, not {value}")
    return value


@guarded(float)
def write_number(
    value: object, problems: Problems, at: str, *, minimum: float | None = None, maximum: float | None = None
) -> float:
    """A number within its limits."""
    if (
        not isinstance(value, int | float)
        or isinstance(value, bool)
        or value in (math.inf, -math.inf)
        or value != value
    ):
        refuse(problems, at, "a finite number", value)
        return 0
    if _outside(value, minimum, maximum):
        exceed(problems, at, f"must be {span(minimum, maximum)}, not {value}")
    return value


@guarded(bool)
def write_boolean(value: object, problems: Problems, at: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        refuse(problems, at, "True or False", value)
        return False
    return value


@guarded(str)
def write_timestamp(value: object, problems: Problems, at: str) -> str:
    """An aware date with time, in UTC with milliseconds."""
    if not isinstance(value, datetime):
        refuse(problems, at, "a datetime with a time zone", value)
        return ""
    try:
        if value.utcoffset() is None:
            problem = "needs a time zone: use datetime.now(UTC), or value.astimezone() for a local time"
        else:
            return timestamp(value)
    except OverflowError:
        problem = "is outside the years that UTC can express"
    except Exception as error:  # of a time zone of the caller, or of pandas.NaT, a datetime in name only
        problem = f"has no usable time zone: {type_name(value)} raises {type_name(error)}"
    problems.append(FieldError(problem, at))
    return ""


def timestamp(value: datetime, timespec: str = "milliseconds") -> str:
    """An aware date with time as the API writes it, in UTC."""
    moment = value.astimezone(UTC)
    return moment.replace(tzinfo=None).isoformat(timespec=timespec) + "Z"


@guarded(str)
def write_date(value: object, problems: Problems, at: str) -> str:
    """A date without time."""
    if not isinstance(value, date) or isinstance(value, datetime):
        refuse(problems, at, "a date", value)
        return ""
    return value.isoformat()


@guarded(str)
def write_enum(value: object, problems: Problems, at: str, kind: type[OpenEnum]) -> str:
    """A member of an enum or its text; a value that the contract does not name is taken for a typing error."""
    if not isinstance(value, str):
        refuse(problems, at, f"one of {', '.join(kind)}", value)
        return ""
    if value not in kind.__members__.values():
        problems.append(FieldError(f"must be one of {', '.join(kind)}", at))
    return str.__str__(value)


def write_const(value: object, problems: Problems, at: str, only: str) -> str:
    """The only value allowed."""
    with suppress(Exception):  # a value that can't be compared is another one
        if value == only:
            return only
    problems.append(FieldError(f"must be {only!r}", at))
    return only


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def write_model(value: object, problems: Problems, at: str, kind: type[Writable]) -> dict[str, Any]:
    """A model."""
    try:
        if isinstance(value, kind):
            return value.to_json(problems, at)
        refuse(problems, at, f"a {kind.__name__}", value)
        if _is_mapping(value):
            problems[-1] = replace(
                problems[-1], message=f"{problems[-1].message}: make one, {kind.__name__}(**fields)"
            )
    except Exception as error:
        refuse_raising(problems, at, value, error)
    return {}


@guarded(list[Any])
def write_list(
    value: object,
    problems: Problems,
    at: str,
    write_item: Callable[[object, Problems, str], Any],
    *,
    min_items: int | None = None,
    max_items: int | None = None,
) -> list[Any]:
    """A list within its limits."""
    if not isinstance(value, Sequence) or isinstance(value, str | bytes | bytearray):
        refuse(problems, at, "a list", value)
        return []
    items = cast("Sequence[object]", value)
    exceed_unless_sized(len(items), problems, at, min_items, max_items, "item")
    return [write_item(item, problems, f"{at}/{index}") for index, item in enumerate(items)]


@guarded(dict[str, str])
def write_map(
    value: object,
    problems: Problems,
    at: str,
    *,
    min_pairs: int | None = None,
    max_pairs: int | None = None,
    max_key: int | None = None,
    max_value: int | None = None,
) -> dict[str, str]:
    """A map from texts to texts within its limits."""
    if not isinstance(value, Mapping):
        refuse(problems, at, "a mapping from str to str, such as a dict", value)
        return {}
    pairs = cast("Mapping[object, object]", value)
    exceed_unless_sized(len(pairs), problems, at, min_pairs, max_pairs, "pair")
    return {
        write_text(key, problems, at, max_length=max_key, subject="a key "): write_text(
            item, problems, at, max_length=max_value, subject="a value "
        )
        for key, item in pairs.items()
    }


@guarded(dict[str, Any])
def write_object(
    value: object,
    problems: Problems,
    at: str,
    *,
    min_pairs: int | None = None,
    max_pairs: int | None = None,
    max_key: int | None = None,
) -> dict[str, Any]:
    """A JSON object of any content, within its limits."""
    if not isinstance(value, Mapping):
        refuse(problems, at, "a mapping, such as a dict", value)
        return {}
    keys = list(cast("Mapping[object, object]", value))
    exceed_unless_sized(len(keys), problems, at, min_pairs, max_pairs, "pair")
    for key in keys if max_key is not None else ():
        write_text(key, problems, at, max_length=max_key, subject="a key ")
    return cast("dict[str, Any]", write_anything(dict(cast("Mapping[str, Any]", value)), problems, at) or {})


def write_anything(value: object, problems: Problems, at: str) -> object:
    """Any value that JSON can hold."""
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        problems.append(FieldError(f"can't be written as JSON: {error}", at))
    except Exception as error:
        refuse_raising(problems, at, value, error)
    return None


@guarded(str)
def write_segment(
    value: object,
    problems: Problems,
    at: str,
    *,
    min_length: int | None = None,
    max_length: int | None = None,
    pattern: str = "",
    pattern_description: str = "",
    e164: bool = False,
) -> str:
    """One segment of a path, percent-encoded; one that would change the path is refused."""
    before = len(problems)
    text = write_text(
        value,
        problems,
        at,
        min_length=min_length,
        max_length=max_length,
        pattern=pattern,
        pattern_description=pattern_description,
        e164=e164,
    )
    # A limit can be switched off, this can't.
    if (
        isinstance(value, str)
        and text in ("", ".", "..")
        and not any(each.pointer == at for each in problems[:before])
    ):
        problems[before:] = [FieldError("must not be empty" if not text else "must not consist of dots", at)]
    return quote(text.encode(errors="replace"), safe="")


def write_segments(values: Sequence[object], problems: Problems, at: str) -> str:
    """A list as one segment of a path, with commas between its items; one that would change the path is refused."""
    texts = [plain_text(each) for each in values]
    if ",".join(texts) in ("", ".", "..") and not any(each.pointer.startswith(at) for each in problems):
        problems.append(FieldError("must not be empty" if not any(texts) else "must not consist of dots", at))
    return ",".join(quote(text.encode(errors="replace"), safe="") for text in texts)


def write_header(value: str, problems: Problems, at: str) -> str:
    """The text of a header, which must be printable ASCII and so can't break out of its line."""
    if not (value.isascii() and value.isprintable() and value == value.strip()):
        problems.append(
            FieldError("must consist of printable ASCII characters, without spaces around them", at)
        )
        return ""
    return value


def write_query(pairs: Sequence[tuple[str, object]]) -> str:
    """The query with its question mark, empty if there is nothing to say; a list is written with commas."""
    parts = [f"{quote(name, safe='')}={_query_text(value)}" for name, value in pairs]
    return "?" + "&".join(parts) if parts else ""


def _query_text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(_query_text(item) for item in cast("list[object]", value))
    return quote(plain_text(value), safe="")


def plain_text(value: object) -> str:
    """The text of a JSON value outside of JSON, such as `true` for True."""
    if isinstance(value, bool):
        return str(value).lower()
    return str.__str__(value) if isinstance(value, str) else str(value)


def _outside(size: float, low: float | None, high: float | None) -> bool:
    return (low is not None and size < low) or (high is not None and size > high)
