"""A CSV file as a table of cells: how it is opened, what no CSV file has, and what is between two cells."""

from __future__ import annotations

import csv
import itertools
import os
import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TypeGuard

from messagemedia.campaign.errors import RowsError
from messagemedia.errors import FieldError

Source = str | os.PathLike[str] | Iterable[str]

UNREADABLE = "can't be read as it is:"
"""How the message ends of an error about a file, and not about the rows in it."""

# A byte that could not be decoded, see `_stream`.
_UNDECODABLE = re.compile("[\udc80-\udcff]")
# The line with which Excel says, and is told, what is between two cells.
_SEPARATOR = re.compile(r'"?sep=([^\s\w"]|\t)"?\s*', re.IGNORECASE)
# How files begin that people take for CSV files; those of old workbooks as UTF-8 and as cp1252 have them.
_WORKBOOKS: Mapping[str, str] = {
    "PK\x03\x04": "is a workbook such as .xlsx",
    "\udcd0\udccf\x11": "is a workbook such as .xls",
    "\u00d0\u00cf\x11": "is a workbook such as .xls",
}


# How UTF-16 begins, read as UTF-8 and as cp1252.
_UTF_16 = ("\udcff\udcfe", "\udcfe\udcff", "\u00ff\u00fe", "\u00fe\u00ff")


class Table:
    """A file of which every row is a list of cells.

    Attributes:
        delimiter: What is between two cells, None if nobody has said it.
    """

    def __init__(self, name: str, lines: Iterator[str], encoding: str, delimiter: str | None) -> None:
        self._name = name
        self._encoding = encoding
        self._lines = lines
        try:
            first = next(lines, "")
        except (UnicodeError, OSError) as error:
            raise self._unreadable(1, error) from error
        said = _SEPARATOR.fullmatch(first)
        self.delimiter = delimiter or (said[1] if said else None)
        if said and self.delimiter != said[1]:
            problem = f"is {delimiter!r}, but the first line of the file says that it is {said[1]!r}: leave it out"
            raise self.refusal(FieldError(problem, "/delimiter"))
        self._before = 1 if said else 0
        # The lines of the header are kept: they are read once with each delimiter that it may have.
        self._kept = [] if said or not first else [first]

    def refusal(self, *errors: FieldError) -> RowsError:
        """What is raised about this file."""
        return _refusal(self._name, *errors)

    def header(self, delimiter: str) -> Sequence[str] | RowsError:
        """The cells of the first row that has any, with a delimiter, or why it can't separate them.

        Raises:
            RowsError: They can't be with any.
        """
        try:
            return next(self._rows(self._again(), delimiter), (1, ()))[1]
        except RowsError as error:
            if isinstance(error.__cause__, csv.Error):
                return error
            raise

    def rows(self, delimiter: str) -> Iterator[tuple[int, list[str]]]:
        """The cells of each row behind the header that has any, with the line in which it begins.

        Raises:
            RowsError: One can't be read.
        """
        return itertools.islice(self._rows(itertools.chain(self._kept, self._lines), delimiter), 1, None)

    def _rows(self, lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
        number = self._before + 1
        try:
            # Strict: a quote that is never closed would silently swallow all rows after it.
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield number, cells
                number = self._before + reader.line_num + 1
        except (csv.Error, UnicodeError, OSError) as error:
            raise self._unreadable(number, error) from error

    def _again(self) -> Iterator[str]:
        """The lines from the first one on, which are kept."""
        yield from self._kept
        for line in self._lines:
            self._kept.append(line)
            yield line

    def _unreadable(self, number: int, error: Exception) -> RowsError:
        if isinstance(error, csv.Error):
            said = "a quote in it is never closed" if "end of data" in str(error) else str(error)
            problem = f"is not a row of a CSV file: {said}"
        elif isinstance(error, UnicodeError):
            problem = f"is followed by bytes that are not {self._encoding}, in this line or a later one"
        else:
            problem = f"can't be read: {getattr(error, 'strerror', None) or error}"
        return self.refusal(FieldError(problem, f"/rows/{number}"))


@contextmanager
def opened(source: Source, encoding: str, delimiter: str | None) -> Generator[Table]:
    """Open a file, and close it at the end unless it was passed in open.

    Raises:
        RowsError: It can't be read.
    """
    name = os.fspath(source) if isinstance(source, str | os.PathLike) else "the stream"
    if not (delimiter is None or (_is_text(delimiter) and len(delimiter) == 1 and delimiter not in '"\r\n\0')):
        raise _refusal(name, FieldError("must be a single character, but not a quote or a line break", "/delimiter"))
    with _stream(source, name, encoding) as stream:
        yield Table(name, _checked(stream, name, encoding), encoding, delimiter)


def _refusal(name: str, *errors: FieldError) -> RowsError:
    return RowsError(f"{name} {UNREADABLE}", errors)


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str)


def _stream(source: Source, name: str, encoding: str) -> AbstractContextManager[Iterable[str]]:
    """The lines of a file. Bytes that can't be decoded become lone surrogates, so that their line can be named."""
    try:
        if isinstance(source, str | os.PathLike):
            return Path(source).open(encoding=encoding, errors="surrogateescape", newline="")
    except OSError as error:
        raise _refusal(name, FieldError(f"can't be opened: {error.strerror or error}", "/source")) from error
    except LookupError as error:
        raise _refusal(name, FieldError("is not a text encoding that Python knows", "/encoding")) from error
    except (TypeError, ValueError) as error:
        raise _refusal(name, FieldError(f"can't be opened: {error}", "/source")) from error
    if not hasattr(source, "__iter__") or isinstance(source, bytes | bytearray):
        raise _refusal(name, FieldError(f"must be a path or a text stream, not {type(source).__name__}", "/source"))
    return nullcontext(source)


def _checked(stream: Iterable[str], name: str, encoding: str) -> Iterator[str]:
    """Lines without anything that no CSV file has."""
    for number, line in enumerate(stream, 1):
        at = f"/rows/{number}"
        if not _is_text(line):
            raise _refusal(name, FieldError("must be opened in text mode, not in binary mode", "/source"))
        if number == 1 and (
            workbook := next((what for begin, what in _WORKBOOKS.items() if line.startswith(begin)), "")
        ):
            raise _refusal(
                name,
                FieldError(
                    f"{workbook}, not a CSV file: save it as CSV UTF-8 in that program, and read that", "/source"
                ),
            )
        if number == 1 and line.startswith(_UTF_16):
            hint = "save the file as CSV UTF-8, or pass its encoding, such as encoding='utf-16'"
            raise _refusal(
                name,
                FieldError(f"has the byte order mark of UTF-16, as “Unicode text” of spreadsheets does: {hint}", at),
            )
        if "\0" in line:
            raise _refusal(name, FieldError("has a NUL byte: is it a text file, and in this encoding?", at))
        if not line.isascii() and (found := _UNDECODABLE.search(line)):
            byte = f"0x{ord(found[0]) - 0xDC00:02X}"
            hint = "save the file as CSV UTF-8, or pass its encoding, such as encoding='cp1252'"
            raise _refusal(name, FieldError(f"has the byte {byte}, which is not {encoding} here: {hint}", at))
        yield line.removeprefix("\ufeff") if number == 1 else line
