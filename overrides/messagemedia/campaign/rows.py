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
    delimiter: str | None = None,
    encoding: str = "utf-8-sig",
    default_country: str | None = None,
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
        delimiter: The character between two cells. Left out, it is the one of comma, semicolon, tab and `|` with which
            the header has the columns that are needed, or the one that a first line such as `sep=;` names.
        encoding: How the file is encoded: UTF-8, with or without a byte order mark, if left out.
        default_country: The country of the numbers that are written without a country code, as an ISO 3166 code such as
            `AU`. All recipients are brought into E.164 form then, as `messagemedia.normalize` does it, and what is no
            possible number is an error of its row. It needs `messagemedia[numbers]`. Left out, numbers are taken as
            they are, and `Campaign.add` refuses those that begin with a zero. Say the same each time that a campaign
            is started: rows without a key are known by their message, so one with another number is another row.
        **fields: Fields that are the same in all messages. They win over columns that are just named like them.

    Returns:
        The rows. The file is closed after the last one, and by `close()`.

    Raises:
        RowsError: The file can't be read, its header is not what was asked for, or arguments are wrong: before the
            first row. Later: bytes that are not of the encoding, NUL bytes, a quoted cell that never ends.
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
        raise table.refusal(FieldError(f"may be {found}, for the header fits with each: say which", "/delimiter"))
    return fitting[0] if fitting else _refuse(table, tried, unread)


def _refuse(
    table: Table, tried: Sequence[tuple[Layout, str, Sequence[FieldError]]], unread: Sequence[RowsError]
) -> NoReturn:
    """Say what is wrong with the header, as the delimiter shows it that makes most of it."""
    most = max(tried, key=lambda each: (len(each[0].header), -len(each[2])), default=None)
    if most is None or (unread and len(most[0].header) < 2):
        raise unread[0]
    raise table.refusal(*most[2])
