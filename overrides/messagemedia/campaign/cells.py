"""How the cells of a file become messages: what its header means, and what each cell says.

Which fields there are, and what each is, comes from `Message`.
"""

from __future__ import annotations

import difflib
import re
import string
import types
import typing
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs
from attrs import frozen
from messagemedia_generated.models import Message
from messagemedia_generated.privacy import hidden_number

from messagemedia._secret import presentable
from messagemedia.errors import FieldError

_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
# What a spreadsheet makes of a long number; the plus sign tells it from a sender ID such as `5E10`.
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?[Ee]\+\d+")
# The name of a column in a template: no attribute, no index, no position.
_NAME = re.compile(r"(?!\d+\Z)[^.\[\]]+")
_MOST_NAMES = 20


@frozen
class Wanted:
    """What the caller said about the columns of a file."""

    columns: Mapping[str, str] | None
    content: str | None
    key: str | None
    fields: Mapping[str, Any]

    def plan(self, header: Sequence[str], delimiter: str, problems: list[FieldError]) -> Plan:
        """How the rows of a file with this header become messages. If there are problems, they can't."""
        header = [cell.strip() for cell in header]
        fields = {name: value for name, value in self.fields.items() if value is not None}
        template = None if self.content is None else _template(self.content, problems)
        given = {*fields, *(() if template is None else ("content",))}
        columns = self._columns(header, given, problems)
        problems += _constant_problems(fields)
        if not (unfit := _header_problems(header, delimiter)):
            used = [*columns.items(), *(("content", name) for _, name in template or () if name)]
            unfit = _missing(used if self.key is None else [*used, ("key", self.key)], header)
            unfit += [
                FieldError(f"is in no column: say which, with columns={{'{name}': …}}; {_listed(header)}", f"/{name}")
                for name in _REQUIRED
                if name not in columns and name not in given
            ]
        problems += unfit
        return Plan(header, columns, template, self.key, fields)

    def _columns(self, header: Sequence[str], given: set[str], problems: list[FieldError]) -> Mapping[str, str]:
        """For each field that is in a column, its column."""
        if self.columns is None:
            wanted = {name: name for name in header if name not in given and (name in _KINDS or _reader(name))}
        else:
            wanted = dict(self.columns)
            twice = "is given both as a column and as an argument"
            problems += [FieldError(twice, f"/{target}") for target in wanted if target in given]
        problems += [_no_target(target) for target in wanted if _reader(target) is None]
        return wanted


@frozen
class Plan:
    """How rows become messages."""

    header: Sequence[str]
    columns: Mapping[str, str]
    template: Sequence[tuple[str, str]] | None
    key: str | None
    fields: Mapping[str, Any]

    def read(self, cells: Sequence[str], at: str) -> tuple[Message, str, tuple[FieldError, ...]]:
        """The message of a row, its key, and what is wrong with them; `at` is the pointer of the row."""
        wide = len(self.header)
        named = dict(zip(self.header, [*cells, *[""] * (wide - len(cells))], strict=False))
        errors: list[FieldError] = []
        message = Message(**self._fields(named, errors, at))
        key = "" if self.key is None else _needed(named, self.key, errors, f"{at}/key")
        if len(cells) < wide or any(cell.strip() for cell in cells[wide:]):
            # Every cell may be in the wrong column then, so what was found in them is no help.
            text = f"has {len(cells)} cells, but the header has {wide}: is a delimiter missing, or a cell not quoted?"
            errors = [FieldError(text, at)]
        return message, key, tuple(errors)

    def _fields(self, named: Mapping[str, str], errors: list[FieldError], at: str) -> dict[str, Any]:
        fields: dict[str, Any] = dict.fromkeys(_REQUIRED, "")
        for target, column in self.columns.items():
            name, _, pair = target.partition(".")
            if name in _REQUIRED and not _needed(named, column, errors, f"{at}/{name}"):
                continue
            value = _read(target, named[column], column, errors, f"{at}/{name}")
            if value is not None and pair:
                fields.setdefault(name, {})[pair] = value
            elif value is not None:
                fields[name] = value
        if self.template is not None:
            names = dict.fromkeys(name for _, name in self.template if name)
            found = {name: _needed(named, name, errors, f"{at}/content") for name in names}
            fields["content"] = "".join(text + found.get(name, "") for text, name in self.template)
        for name, value in self.fields.items():
            fields[name] = {**fields.get(name, {}), **value} if isinstance(value, Mapping) else value
        return fields


def _needed(named: Mapping[str, str], column: str, errors: list[FieldError], at: str) -> str:
    """The text of a cell that must not be empty."""
    cell = named[column].strip()
    if not cell:
        errors.append(FieldError(f"column {column!r} is empty", at))
    return cell


def _read(target: str, cell: str, column: str, errors: list[FieldError], at: str) -> object:
    """What a cell says of a field; None if it is empty or can't be understood."""
    # Spaces belong to a content, and around anything else they are a slip.
    text = cell if target == "content" else cell.strip()
    reader = _reader(target)
    if not cell.strip() or reader is None:
        return None
    try:
        return reader(text)
    except ValueError as error:
        errors.append(FieldError(f"column {column!r} {error}", at))
        return None


def _number(cell: str) -> str:
    if _SCIENTIFIC.fullmatch(cell):
        shortened = "holds a number that a spreadsheet has shortened to a form such as 6.1E+10"
        raise ValueError(f"{shortened}: format the column as text there, enter the number, and export again")
    return cell


def _truth(cell: str) -> bool:
    if cell.casefold() not in _TRUTH:
        raise ValueError(f"must be one of {', '.join(_TRUTH)}")
    return _TRUTH[cell.casefold()]


def _moment(cell: str) -> datetime:
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        raise ValueError("must be a time in ISO 8601, such as 2027-03-01T09:00:00+10:00") from None
    if moment.utcoffset() is None:
        raise ValueError("has no time zone: write its offset, as in 2027-03-01T09:00:00+10:00, or Z for UTC")
    return moment


# How a cell is read, by the kind of the field. A mapping has a column for each pair.
_READERS: Mapping[Any, Callable[[str], object]] = {
    hidden_number: _number,
    str: str,
    typing.Literal: str,
    bool: _truth,
    datetime: _moment,
    Sequence: str.split,
}


def _kind(field: attrs.Attribute[Any], hint: Any) -> Any:
    """What a field is, of the kinds that a cell can be read as; None if it is none of them."""
    is_union = typing.get_origin(hint) in (typing.Union, types.UnionType)
    kinds = [typing.get_origin(each) or each for each in (typing.get_args(hint) if is_union else (hint,))]
    return next((kind for kind in (*_READERS, Mapping) if kind in (field.repr, *kinds)), None)


_HINTS = typing.get_type_hints(Message)
_KINDS = {field.name: _kind(field, _HINTS[field.name]) for field in attrs.fields(Message)}
_REQUIRED = [field.name for field in attrs.fields(Message) if field.default is attrs.NOTHING]


def _reader(target: str) -> Callable[[str], object] | None:
    """What reads the cells of a field, or of `metadata.<name>`; None if there is no such field."""
    name, dot, pair = target.partition(".")
    kind = _KINDS.get(name)
    if kind is Mapping:
        return str if pair else None
    return None if dot else _READERS.get(kind)


def _no_target(target: str) -> FieldError:
    if _KINDS.get(target.rstrip(".")) is Mapping:
        name = target.rstrip(".")
        return FieldError(
            f"needs a column for each pair: {name}.<name>, or say with columns= which to read", f"/{name}"
        )
    return FieldError(f"is not a field of a message{_suggestion(target, _KINDS)}", f"/{target}")


def _constant_problems(fields: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong with fields that all messages share, whatever their other fields are."""
    known: dict[str, Any] = dict.fromkeys(_REQUIRED, "")
    known |= {name: value for name, value in fields.items() if name in _KINDS}
    found: list[FieldError] = []
    Message(**known).to_json(found)
    wrong = [each for each in found if each.field in fields and not each.is_limit]
    return [*(_no_target(name) for name in fields if name not in _KINDS), *wrong]


def _template(content: str, problems: list[FieldError]) -> list[tuple[str, str]]:
    """A template as pairs: a text, and the column that follows it, empty if none does."""
    try:
        pieces = list(string.Formatter().parse(content))
    except ValueError:
        problems.append(FieldError("has half a pair of braces: write {{ or }} for a brace that is sent", "/content"))
        return []
    except TypeError:
        problems.append(FieldError(f"must be a str, not {type(content).__name__}", "/content"))
        return []
    if any(name is not None and (spec or how or not _NAME.fullmatch(name)) for _, name, spec, how in pieces):
        hint = "must have nothing but names of columns between braces, such as {first_name}; {{ stands for a brace"
        problems.append(FieldError(hint, "/content"))
        return []
    return [(text, name or "") for text, name, _, _ in pieces]


def _header_problems(header: Sequence[str], delimiter: str) -> list[FieldError]:
    if not header:
        return [FieldError("is empty: its first line must name the columns", "/source")]
    if any(presentable(name) != name for name in header):
        return [FieldError("holds a phone number, but the first line must name the columns", "/source")]
    others = [each for each in ",;\t|" if len(header) == 1 and each != delimiter and each in header[0]]
    if others:
        return [FieldError(f"must be what is between two columns: is it {others[0]!r}?", "/delimiter")]
    twice = [name for name, count in Counter(header).items() if name and count > 1]
    return [FieldError(f"has more than one column {name!r}", "/source") for name in twice]


def _missing(used: Iterable[tuple[str, str]], header: Sequence[str]) -> list[FieldError]:
    return [
        FieldError(f"needs the column {column!r}, which is not there{_suggestion(column, header)}", f"/{target}")
        for target, column in dict.fromkeys(used)
        if not column or column not in header
    ]


def _suggestion(name: str, known: Iterable[str]) -> str:
    by_lower = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name.lower(), by_lower, n=1)
    return f", did you mean {by_lower[close[0]]!r}?" if close else f"; {_listed(by_lower.values())}"


def _listed(names: Iterable[str]) -> str:
    shown = [repr(name) for name in names if name]
    return f"there are {', '.join(shown[:_MOST_NAMES])}{', …' if len(shown) > _MOST_NAMES else ''}"
