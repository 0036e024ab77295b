"""The file with the result of each row."""

from __future__ import annotations

import csv
import os
import re
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from messagemedia.errors import FieldError, ValidationError

if TYPE_CHECKING:
    from messagemedia.campaign.entries import Record

__all__ = ["write_results"]

COLUMNS = ("row", "key", "destination_number", "state", "message_id", "reason", "changed")

# What spreadsheets may take for the beginning of a formula, the full-width forms of East Asian ones included; and the
# apostrophe, so that taking one off always gives back what was there.
_FORMULA = tuple("=+-@\t\r\n'\uff1d\uff0b\uff0d\uff20")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)


def write_results(path: str | os.PathLike[str], records: Iterable[Record]) -> None:
    """Write the result of each row to a CSV file, in UTF-8, with a header.

    The columns are `row` (the line of the input, if it came from a file), `key`, `destination_number`, `state`,
    `message_id`, `reason` (why it was not accepted) and `changed` (when it came into this state, in UTC). The file has
    full phone numbers and no message content. It is written beside its place and moved there when it is complete, so
    there is never half a file; one that was there before is replaced.

    A cell that a spreadsheet might take for a formula gets an apostrophe before it, and so does one that begins with an
    apostrophe: a program gets back what was there by taking one off. Numbers stay as they are, phone numbers with a
    leading `+` included: they can do no harm, and programs read them. A spreadsheet that opens the file without being
    told otherwise shows such a number without its `+`, or as `6.1E+10`; import that column as text.

    Raises:
        ValidationError: The path leads to something that is no file, such as a folder.
        OSError: The file can't be written; what was there before is still there.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        raise ValidationError([FieldError(f"{path} is there already, and it is not a file", "/path")])
    beside = target.with_name(f".results-{uuid.uuid4().hex}.tmp")
    try:
        with beside.open("x", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows([_cell(value) for value in _values(record)] for record in records)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _values(record: Record) -> tuple[object, ...]:
    """What is written of a record, in the order of `COLUMNS`."""
    return (
        record.number,
        record.key,
        record.message.destination_number,
        record.state,
        record.message_id,
        record.reason,
        record.changed,
    )


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not _PLAIN_NUMBER.fullmatch(text) else text
