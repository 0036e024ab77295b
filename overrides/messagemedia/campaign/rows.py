"""Rows of a campaign, and how a CSV file becomes rows: what is wrong with one is said of it, and costs no other one."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, TypeGuard, cast

from attrs import field, frozen
from messagemedia_generated.models import Message
from messagemedia_generated.privacy import hidden_number

from messagemedia.campaign.cells import Wanted
from messagemedia.campaign.errors import RowsError
from messagemedia.errors import FieldError

Source = str | os.PathLike[str] | Iterable[str]

# A byte that could not be decoded, see `_opened`.
_UNDECODABLE = re.compile("[\udc80-\udcff]")


@frozen
class Row:
    """One message of a campaign.

    Attributes:
        message: The message. Where there are `errors`, it holds what could be read, and must not be sent.
        key: The caller's own key, by which the message is known again when the campaign is started again. If it is
            empty, one is derived.
        number: The line of the file in which the row begins, counted from 1; None if it is from no file.
        errors: What is already known to be wrong with it. A pointer such as `/rows/17/destination_number` names the
            line and the field of the message, the text names the column.
    """

    message: Message
    key: str = field(default="", repr=hidden_number)
    number: int | None = None
    errors: tuple[FieldError, ...] = ()


def read_csv(
    source: Source,
    *,
    columns: Mapping[str, str] | None = None,
    content: str | None = None,
    key: str | None = None,
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
    **fields: Any,
) -> Generator[Row, None, None]:
    """Read messages from a CSV file, one row at a time, in constant memory.

        read_csv("guests.csv", columns={"destination_number": "Mobile"}, content="Hi {first_name}!", key="Guest ID")

    The first line names the columns. Lines of which all cells are empty are skipped, quoted cells may have line breaks,
    and spaces around a cell do not count, except in a column that is the content. A cell that is empty leaves an
    optional field out. What is wrong with a row is in its `errors`, and the rows after it are read.

    Cells are texts, but for: times (`scheduled`, `message_expiry_timestamp`), in ISO 8601 with an offset, such as
    `2027-03-01T09:00:00+10:00`; `delivery_report`, which is true, false, yes, no, 1 or 0; `media`, addresses with
    spaces or line breaks between them; and `metadata.<name>`, a column for each pair of the metadata.

    Args:
        source: The path of the file, or a text stream. A stream is not closed; open it with `newline=""`.
        columns: For each field of a message, or `metadata.<name>`, the column it is in; then no other column is read.
            Left out, it is the columns that are named like a field. All columns can be used by `content` and `key`.
        content: The text of the messages, in which `{name}` stands for the cell of that column, which must not be
            empty; `{{` and `}}` stand for braces. What a cell holds is put in as it is.
        key: The column with your own key of each row.
        delimiter: The character between two cells.
        encoding: How the file is encoded: UTF-8, with or without a byte order mark, if left out.
        **fields: Fields that are the same in all messages. They win over columns that are just named like them.

    Returns:
        The rows. The file is closed after the last one, and by `close()`.

    Raises:
        RowsError: The file can't be read, its header is not what was asked for, or arguments are wrong: before the
            first row. Later: bytes that are not of the encoding, NUL bytes, a quoted cell that never ends.
    """
    rows = _rows(source, delimiter, encoding, Wanted(columns, content, key, fields))
    next(rows)  # opens the file and reads its header, so that what is wrong with them is said now
    return rows


def _rows(source: Source, delimiter: str, encoding: str, wanted: Wanted) -> Generator[Row, None, None]:
    name = os.fspath(source) if isinstance(source, str | os.PathLike) else "the stream"
    if not (_is_text(delimiter) and len(delimiter) == 1 and delimiter not in '"\r\n\0'):
        raise _refusal(name, FieldError("must be a single character, no quote and no line break", "/delimiter"))
    with _opened(source, name, encoding) as stream:
        rows = _cells(_checked(stream, name, encoding), name, delimiter, encoding)
        problems: list[FieldError] = []
        plan = wanted.plan(next(rows, (1, ()))[1], delimiter, problems)
        if problems:
            raise _refusal(name, *problems)
        yield cast("Row", None)  # taken by `read_csv`
        for number, cells in rows:
            message, key, errors = plan.read(cells, f"/rows/{number}")
            yield Row(message, key, number, errors)


def _refusal(name: str, *errors: FieldError) -> RowsError:
    return RowsError(f"{name} can't be read as it is:", errors)


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str)


def _opened(source: Source, name: str, encoding: str) -> AbstractContextManager[Iterable[str]]:
    """The lines of a file. Bytes that can't be decoded become lone surrogates, so that their line can be named."""
    try:
        if isinstance(source, str | os.PathLike):
            return Path(source).open(encoding=encoding, errors="surrogateescape", newline="")
    except OSError as error:
        raise _refusal(name, FieldError(f"can't be opened: {error.strerror or error}", "/source")) from error
    except LookupError as error:
        raise _refusal(name, FieldError("is no text encoding that Python knows", "/encoding")) from error
    except (TypeError, ValueError) as error:
        raise _refusal(name, FieldError(f"can't be opened: {error}", "/source")) from error
    if not hasattr(source, "__iter__") or isinstance(source, bytes | bytearray):
        raise _refusal(name, FieldError(f"must be a path or a text stream, not {type(source).__name__}", "/source"))
    return nullcontext(source)


def _cells(lines: Iterable[str], name: str, delimiter: str, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row that has any, with the line in which it begins."""
    number = 1
    try:
        # Strict: a quote that is never closed would silently swallow all rows after it.
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield number, cells
            number = reader.line_num + 1
    except csv.Error as error:
        problem = "a quote in it is never closed" if "end of data" in str(error) else str(error)
        raise _refusal(name, FieldError(f"is no row of a CSV file: {problem}", f"/rows/{number}")) from error
    except UnicodeError as error:
        problem = f"is followed by bytes that are not {encoding}, in this line or a later one"
        raise _refusal(name, FieldError(problem, f"/rows/{number}")) from error
    except OSError as error:
        raise _refusal(name, FieldError(f"can't be read: {error.strerror or error}", f"/rows/{number}")) from error


def _checked(stream: Iterable[str], name: str, encoding: str) -> Iterator[str]:
    """Lines without anything that no CSV file has."""
    for number, line in enumerate(stream, 1):
        at = f"/rows/{number}"
        if not _is_text(line):
            raise _refusal(name, FieldError("must be opened in text mode, not for bytes", "/source"))
        if "\0" in line:
            raise _refusal(name, FieldError("has a NUL byte: is it a text file, and in this encoding?", at))
        if not line.isascii() and (found := _UNDECODABLE.search(line)):
            byte = f"0x{ord(found[0]) - 0xDC00:02X}"
            hint = "save the file as CSV UTF-8, or say encoding='cp1252' or what else it is"
            raise _refusal(name, FieldError(f"has the byte {byte}, which is not {encoding} here: {hint}", at))
        yield line.removeprefix("\ufeff") if number == 1 else line
