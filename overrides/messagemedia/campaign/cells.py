"""How the cells of a row become a message. Which fields there are, and what each is, comes from `Message`."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import attrs
from attrs import frozen
from messagemedia_generated.models import Message
from messagemedia_generated.numbers import spreadsheet_form
from messagemedia_generated.privacy import hidden_number

from messagemedia._messages.numbers import e164
from messagemedia.errors import FieldError

Reader = Callable[[str], object]

_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@frozen
class Layout:
    """How rows become messages.

    Attributes:
        header: The names of the columns.
        columns: For each field that is in a column, that column.
        readers: What reads the cells of each of these fields.
        template: The content as pairs of a text and the column that follows it; None if it is in a column.
        key: The column of the keys.
        fields: The fields that are the same in all messages.
    """

    header: Sequence[str]
    columns: Mapping[str, str]
    readers: Mapping[str, Reader]
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
        fields: dict[str, Any] = dict.fromkeys(REQUIRED, "")
        for target, column in self.columns.items():
            name, _, pair = target.partition(".")
            if name in REQUIRED and not _needed(named, column, errors, f"{at}/{name}"):
                continue
            value = self._read(target, named[column], errors, f"{at}/{name}")
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

    def _read(self, target: str, cell: str, errors: list[FieldError], at: str) -> object:
        """What a cell says of a field; None if it is empty or can't be understood."""
        # Spaces belong to a content, and around anything else they are a slip.
        text = cell if target == "content" else cell.strip()
        if not cell.strip():
            return None
        try:
            return self.readers[target](text)
        except ValueError as error:
            errors.append(FieldError(f"column {self.columns[target]!r} {error}", at))
            return None


def _needed(named: Mapping[str, str], column: str, errors: list[FieldError], at: str) -> str:
    """The text of a cell that must not be empty."""
    cell = named[column].strip()
    if not cell:
        errors.append(FieldError(f"column {column!r} is empty", at))
    return cell


def _number(cell: str) -> str:
    if changed := spreadsheet_form(cell):
        raise ValueError(changed)
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
        raise ValueError("has no UTC offset: write one, as in 2027-03-01T09:00:00+10:00, or Z for UTC")
    return moment


# How a cell is read, by the kind of the field. A mapping has a column for each pair.
_READERS: Mapping[Any, Reader] = {
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
KINDS = {field.name: _kind(field, _HINTS[field.name]) for field in attrs.fields(Message)}
REQUIRED = [field.name for field in attrs.fields(Message) if field.default is attrs.NOTHING]
_E164 = frozenset(field.name for field in attrs.fields(Message) if "e164" in field.metadata)


def reader_of(target: str, country: str | None = None) -> Reader | None:
    """What reads the cells of a field, or of `metadata.<name>`; None if there is no such field.

    With a country, numbers that must be in E.164 form may be written as they are there.
    """
    name, dot, pair = target.partition(".")
    kind = KINDS.get(name)
    if kind is Mapping:
        return str if pair else None
    if dot:
        return None
    return partial(e164, country=country) if country and name in _E164 else _READERS.get(kind)
