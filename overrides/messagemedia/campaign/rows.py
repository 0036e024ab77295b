"""Rows of a campaign, and how a CSV file becomes rows: what is wrong with one is said of it, and costs no other one."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any, NoReturn, cast

from attrs import field, frozen
from messagemedia_generated.models import Message
from messagemedia_generated.privacy import hidden_number

from messagemedia.campaign.cells import Layout
from messagemedia.campaign.errors import RowsError
from messagemedia.campaign.header import DELIMITERS, Wanted
from messagemedia.campaign.table import Source, Table, opened
from messagemedia.errors import FieldError


@frozen
class Row:
    """One message of a campaign.

    Attributes:
        message: The message. If there are `errors`, it holds what could be read, and must not be sent.
        key: Your own key, which identifies the message when it is added again. If it is empty, a key is derived.
        number: The line of the file in which the row begins, counted from 1; None if it does not come from a file.
        errors: The problems found so far. A pointer such as `/rows/17/destination_number` names the line and the field
            of the message; the text names the column.
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
    delimiter: str | None = None,
    encoding: str = "utf-8-sig",
    default_country: str | None = None,
    **fields: Any,
) -> Generator[Row, None, None]:
    """Read messages from a CSV file, one row at a time, in constant memory.

        read_csv("guests.csv", columns={"destination_number": "Mobile"}, content="Hi {first_name}!", key="Guest ID")

    The first line names the columns. Lines with only empty cells are skipped, quoted cells may have line breaks, and
    spaces around a cell are ignored, except in a column that is the content. An empty cell leaves an optional field
    out. Problems of a row are in its `errors`, and the rows after it are read.

    Cells are text, except times (`scheduled`, `message_expiry_timestamp`), in ISO 8601 with a UTC offset, such as
    `2027-03-01T09:00:00+10:00`; `delivery_report`, which is true, false, yes, no, 1 or 0; `media`, addresses with
    spaces or line breaks between them; and `metadata.<name>`, a column for each pair of the metadata.

    Args:
        source: The path of the file, or a text stream. A stream is not closed; open it with `newline=""`.
        columns: For each field of a message, or `metadata.<name>`, the column it is in; no other column is then read.
            If left out, the columns that are named like a field are read. `content` and `key` can use all columns.
        content: The text of the messages. `{name}` is replaced by the cell in that column, which must not be empty;
            `{{` and `}}` stand for braces. Cells are inserted as they are.
        key: The column with your own key for each row.
        delimiter: The character between two cells. If left out, it is detected: comma, semicolon, tab or `|`, whichever
            makes the header have the required columns, or the one that a first line such as `sep=;` names.
        encoding: The encoding of the file: UTF-8, with or without a byte order mark, if left out.
        default_country: The country of numbers that have no country code, as an ISO 3166 code such as `AU`. All
            recipients are then converted to E.164, as `messagemedia.normalize` does it, and a number that is not
            possible is an error of its row. This needs `messagemedia[numbers]`. If left out, numbers are used as they
            are, and `Campaign.add` refuses those that begin with a zero. Pass the same country each time that you add a
            file: rows without a key are identified by their message, so one with another number is another row.
        **fields: Fields that are the same in all messages. They take precedence over columns that merely have the same
        name.

    Returns:
        The rows. The file is closed after the last one, and by `close()`.

    Raises:
        RowsError: Before the first row: the file can't be read, its header lacks what was asked for, or an argument is
            wrong. Later: bytes that are not in the encoding, NUL bytes, a quoted cell that never ends.
        ConfigurationError: `default_country` needs a package that is not installed.
    """
    rows = _rows(source, delimiter, encoding, Wanted(columns, content, key, default_country, fields))
    next(rows)  # opens the file and reads its header, so that what is wrong with them is said now
    return rows


def _rows(source: Source, delimiter: str | None, encoding: str, wanted: Wanted) -> Generator[Row, None, None]:
    with opened(source, encoding, delimiter) as table:
        layout, delimiter = _layout(table, wanted)
        yield cast("Row", None)  # taken by `read_csv`
        for number, cells in table.rows(delimiter):
            message, key, errors = layout.read(cells, f"/rows/{number}")
            yield Row(message, key, number, errors)


def _layout(table: Table, wanted: Wanted) -> tuple[Layout, str]:
    """How the rows of a table become messages, and the delimiter with which they do.

    Raises:
        RowsError: There is no such way, or more than one.
    """
    tried: list[tuple[Layout, str, list[FieldError]]] = []
    unread: list[RowsError] = []
    for delimiter in DELIMITERS if table.delimiter is None else (table.delimiter,):
        header = table.header(delimiter)
        if isinstance(header, RowsError):
            unread.append(header)
        else:
            problems: list[FieldError] = []
            tried.append((wanted.layout(header, delimiter, problems), delimiter, problems))
    fitting = [(layout, delimiter) for layout, delimiter, problems in tried if not problems]
    if len({tuple(layout.header) for layout, _ in fitting}) > 1:
        found = " or ".join(repr(delimiter) for _, delimiter in fitting)
        raise table.refusal(FieldError(f"may be {found}, because the header fits each of them: set it", "/delimiter"))
    return fitting[0] if fitting else _refuse(table, tried, unread)


def _refuse(
    table: Table, tried: Sequence[tuple[Layout, str, Sequence[FieldError]]], unread: Sequence[RowsError]
) -> NoReturn:
    """Say what is wrong with the header, as the delimiter shows it that makes most of it."""
    most = max(tried, key=lambda each: (len(each[0].header), -len(each[2])), default=None)
    if most is None or (unread and len(most[0].header) < 2):
        raise unread[0]
    raise table.refusal(*most[2])
