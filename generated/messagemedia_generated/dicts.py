"""Models as plain dicts, for whatever takes JSON values: a log, a web framework, a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

from attrs import AttrsInstance, fields, has

from .wording import type_name
from .writing import timestamp


def as_dict(model: AttrsInstance, /, **names: str) -> dict[str, Any]:
    """The fields as JSON values under the API's names, without those that are None; unknown ones of an answer are kept.

    Nothing is checked: a value that breaks a limit is written as it is. A moment has milliseconds, as the API writes
    it, but one of an answer is never cut.

    Args:
        model: The model.
        **names: What the API calls an attribute, where that is another name.

    Raises:
        TypeError: If a field holds something that JSON can't express.
    """
    kind, exact = type(model), hasattr(model, "raw")
    written: dict[str, Any] = {}
    for each in fields(kind):
        if each.name != "raw" and (value := getattr(model, each.name)) is not None:
            written[names.get(each.name) or each.name] = _as_json(
                value, f"{kind.__name__}.{each.name}", exact
            )
    if exact:
        written.update(_as_json(cast("Any", model).extra, f"{kind.__name__}.extra", exact))
    return written


def _as_json(value: object, place: str, exact: bool) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return str.__str__(value)  # of an enum the text alone
    if isinstance(value, datetime):
        return _moment(value, place, exact)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value)
        return {_key(key, place): _as_json(item, place, exact) for key, item in pairs.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [
            _as_json(item, f"{place}[{at}]", exact) for at, item in enumerate(cast("Sequence[object]", value))
        ]
    if has(type(value)) and hasattr(value, "to_dict"):
        return cast("Any", value).to_dict()
    raise _inexpressible(value, place)


def _key(value: object, place: str) -> str:
    if not isinstance(value, str):
        raise _inexpressible(value, f"a key of {place}")
    return str.__str__(value)


def _moment(value: datetime, place: str, exact: bool) -> str:
    timespec = "microseconds" if exact and value.microsecond % 1000 else "milliseconds"
    try:
        return value.isoformat(timespec=timespec) if value.utcoffset() is None else timestamp(value, timespec)
    except OverflowError:  # outside the years that UTC can express
        return value.isoformat()
    except Exception as error:  # a datetime in name only, such as pandas.NaT
        raise _inexpressible(value, place) from error


def _inexpressible(value: object, place: str) -> TypeError:
    return TypeError(f"{place} is of the type {type_name(value)}, which JSON can't express")
