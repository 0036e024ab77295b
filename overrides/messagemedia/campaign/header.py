"""What the header of a file means: which columns there are, and what of them is wanted."""

from __future__ import annotations

import difflib
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen
from messagemedia_generated.models import Message

from messagemedia._messages.numbers import known_country
from messagemedia._secret import presentable
from messagemedia.campaign.cells import KINDS, REQUIRED, Layout, Reader, reader_of
from messagemedia.errors import FieldError

DELIMITERS = (",", ";", "\t", "|")

# The name of a column in a template: no attribute, no index, no position.
_NAME = re.compile(r"(?!\d+\Z)[^.\[\]]+")
_MOST_NAMES = 20


@frozen
class Wanted:
    """What the caller said about the columns of a file, as the arguments of `read_csv`."""

    columns: Mapping[str, str] | None
    content: str | None
    key: str | None
    country: str | None
    fields: Mapping[str, Any]

    def layout(self, header: Sequence[str], delimiter: str, problems: list[FieldError]) -> Layout:
        """How the rows of a file with this header become messages. If there are problems, they can't."""
        header = [_composed(cell.strip()) for cell in header]
        key = None if self.key is None else _composed(self.key)
        fields = {name: value for name, value in self.fields.items() if value is not None}
        template = None if self.content is None else _template(self.content, problems)
        given = {*fields, *(() if template is None else ("content",))}
        columns = self._columns(header, given, problems)
        readers = self._readers(columns, problems)
        problems += _constant_problems(fields)
        if not (unfit := _header_problems(header, delimiter)):
            used = [*columns.items(), *(("content", name) for _, name in template or () if name)]
            unfit = _missing(used if key is None else [*used, ("key", key)], header)
            unfit += [
                FieldError(f"is in no column: name it with columns={{'{name}': …}}; {_listed(header)}", f"/{name}")
                for name in REQUIRED
                if name not in columns and name not in given
            ]
        problems += unfit
        return Layout(header, columns, readers, template, key, fields)

    def _columns(self, header: Sequence[str], given: set[str], problems: list[FieldError]) -> Mapping[str, str]:
        """For each field that is in a column, its column."""
        if self.columns is None:
            wanted = {name: name for name in header if name not in given and (name in KINDS or reader_of(name))}
        else:
            wanted = {target: _composed(column) for target, column in dict(self.columns).items()}
            twice = "is given both as a column and as an argument"
            problems += [FieldError(twice, f"/{target}") for target in wanted if target in given]
        problems += [_no_target(target) for target in wanted if reader_of(target) is None]
        return wanted

    def _readers(self, columns: Mapping[str, str], problems: list[FieldError]) -> Mapping[str, Reader]:
        """What reads the cells of each of these fields, as long as there are no problems."""
        country = None
        try:
            country = None if self.country is None else known_country(self.country)
        except ValueError as error:
            problems.append(FieldError(str(error), "/default_country"))
        return {target: reader_of(target, country) or str for target in columns}


def _composed(name: str) -> str:
    """A name in the form in which accents belong to their letters: files of macOS often have them apart (NFD)."""
    return unicodedata.normalize("NFC", name)


def _no_target(target: str) -> FieldError:
    if KINDS.get(target.rstrip(".")) is Mapping:
        name = target.rstrip(".")
        return FieldError(
            f"needs a column for each pair: {name}.<name>, or name the columns to read with columns=", f"/{name}"
        )
    return FieldError(f"is not a field of a message{_suggestion(target, KINDS)}", f"/{target}")


def _constant_problems(fields: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong with fields that all messages share, whatever their other fields are."""
    known: dict[str, Any] = dict.fromkeys(REQUIRED, "")
    known |= {name: value for name, value in fields.items() if name in KINDS}
    found: list[FieldError] = []
    Message(**known).to_json(found)
    wrong = [each for each in found if each.field in fields and not each.is_limit]
    return [*(_no_target(name) for name in fields if name not in KINDS), *wrong]


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
        hint = "must have only names of columns between braces, such as {first_name}; {{ stands for a brace"
        problems.append(FieldError(hint, "/content"))
        return []
    return [(text, _composed(name or "")) for text, name, _, _ in pieces]


def _header_problems(header: Sequence[str], delimiter: str) -> list[FieldError]:
    if not header:
        return [FieldError("is empty: its first line must name the columns", "/source")]
    if any(presentable(name) != name for name in header):
        return [FieldError("holds a phone number, but the first line must name the columns", "/source")]
    others = [each for each in DELIMITERS if len(header) == 1 and each != delimiter and each in header[0]]
    if others:
        return [FieldError(f"must be the character between two columns: is it {others[0]!r}?", "/delimiter")]
    twice = [name for name, count in Counter(header).items() if name and count > 1]
    return [FieldError(f"has more than one column {name!r}", "/source") for name in twice]


def _missing(used: Iterable[tuple[str, str]], header: Sequence[str]) -> list[FieldError]:
    return [
        FieldError(f"needs the column {column!r}, which is missing{_suggestion(column, header)}", f"/{target}")
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
