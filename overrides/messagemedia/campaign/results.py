"""The file with the result of each row: never half of one, and in the place of nothing that is something else."""

from __future__ import annotations

import csv
import os
import re
import stat
import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from messagemedia.campaign.entries import Record
from messagemedia.campaign.files import COMPANIONS
from messagemedia.campaign.lock import OpenFile, is_open_here
from messagemedia.errors import FieldError, ValidationError

COLUMNS = ("row", "key", "destination_number", "state", "message_id", "reason", "changed")

# What spreadsheets may take for the beginning of a formula, the full-width forms of East Asian ones included; and the
# apostrophe, so that taking one off always gives back what was there.
_FORMULA = tuple("=+-@\t\r\n'\uff1d\uff0b\uff0d\uff20")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)

# Results are mostly written after sending, and the error says that nothing was sent: not by this call.
_ONLY_THE_FILE = "Only the file was refused: what the campaign has sent stays sent, see summary()."

_DATABASE = b"SQLite format 3\0"
_HEADER = ",".join(COLUMNS).encode()


def write_results(path: str | os.PathLike[str], records: Iterable[Record], *, overwrite: bool = False) -> None:
    """Write the result of each row to a CSV file, in UTF-8, with a header.

    The columns are `row` (the line of the input, if it came from a file), `key`, `destination_number`, `state`,
    `message_id`, `reason` (why it was not accepted) and `changed` (when it entered this state, in UTC). The file has
    full phone numbers and no message content, so only its owner can read it. It is put in place when it is complete:
    there is never half a file. Earlier results are replaced. A process that is killed leaves nothing behind, or a file
    that begins with a dot and is removed when results are written there again.

    A cell that a spreadsheet might take for a formula gets a leading apostrophe, and so does a cell that begins with an
    apostrophe: a program restores the original by removing one. Numbers stay as they are, including phone numbers with
    a leading `+`: they do no harm, and programs read them. By default, a spreadsheet shows such a number without its
    `+`, or as `6.1E+10`; import that column as text.

    Args:
        path: The file, in a folder that exists.
        records: The rows.
        overwrite: Replace an existing file, whatever it holds. Otherwise, only a file that begins with the header of
            results is replaced. Never replaced: a journal, a file that belongs to one, or another database.

    Raises:
        ValidationError: There is another kind of file at this path; nothing was written.
        OSError: The file can't be written; what was there before is still there.
    """
    target = target_of(path, overwrite=overwrite)
    with _taking_its_place(target) as raw, os.fdopen(os.dup(raw.fileno()), "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([_cell(value) for value in _values(record)] for record in records)


def target_of(path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
    """The file to write.

    Raises:
        ValidationError: There is something that must not be replaced.
    """
    try:
        target = Path(os.path.realpath(path))
    except (TypeError, ValueError) as error:
        raise ValidationError([FieldError(f"can't be a path: {error}", "/path")]) from error
    try:
        found = target.stat()
    except FileNotFoundError:
        found = None
    problem = _belongs_to_a_journal(target)
    if found is not None and not problem:
        problem = _what_is_there(target, found, overwrite=overwrite)
    if problem:
        raise ValidationError(
            [FieldError(f"{target} {problem}; write the results to another file", "/path")], hint=_ONLY_THE_FILE
        )
    return target


def _belongs_to_a_journal(target: Path) -> str:
    for end in COMPANIONS:
        journal = target.with_name(target.name.removesuffix(end))
        if target.name.endswith(end) and journal != target and _begins(journal).startswith(_DATABASE):
            return f"belongs to the database {journal.name}"
    return ""


def _what_is_there(target: Path, found: os.stat_result, *, overwrite: bool) -> str:
    if not stat.S_ISREG(found.st_mode):
        return "exists already, and is not a file"
    begin = _begins(target)
    if begin.startswith(_DATABASE):
        return "is a journal or another database, which is never replaced"
    if begin and begin.partition(b"\n")[0].rstrip(b"\r") != _HEADER and not overwrite:
        return "exists already, and does not hold results (overwrite=True replaces it)"
    return ""


def _begins(path: Path) -> bytes:
    """How a file begins; what this process has open as a journal is not touched, or its locks would be lost."""
    try:
        found = path.stat()
        if is_open_here(found):
            return _DATABASE
        if not stat.S_ISREG(found.st_mode):
            return b""
        with path.open("rb") as file:
            return file.read(len(_HEADER) + 2)
    except (FileNotFoundError, NotADirectoryError):
        return b""


@contextmanager
def _taking_its_place(target: Path) -> Generator[BinaryIO]:
    """A file that is at its place when it is complete, and not before."""
    beside = target.with_name(f".{target.name[:200]}.tmp")
    descriptor = _nameless(target.parent)
    if descriptor is None:
        with _named(beside, target) as file:
            yield file
        return
    with os.fdopen(descriptor, "wb") as file:
        yield file
        os.fsync(descriptor)
        # A name can't be given that is taken, so the last step goes over another one.
        with suppress(FileNotFoundError):
            beside.unlink()
        # Python follows the link in /proc only if it is given a folder to start from; an absolute path needs none.
        os.link(f"/proc/self/fd/{descriptor}", beside, src_dir_fd=descriptor, follow_symlinks=True)
        beside.replace(target)


def _nameless(folder: Path) -> int | None:
    """A file that is gone if the process ends, until it gets a name; None where there are none."""
    if not hasattr(os, "O_TMPFILE") or not Path("/proc/self/fd").is_dir():
        return None
    with suppress(OSError):
        return os.open(folder, os.O_TMPFILE | os.O_WRONLY, 0o600)
    return None


@contextmanager
def _named(beside: Path, target: Path) -> Generator[BinaryIO]:
    """The same with a name that is always the same, so that the next run takes over what a killed one left."""
    held = OpenFile(beside, create=True)
    try:
        if not held.lock() or not held.is_in_place:
            raise BlockingIOError(f"another process is writing {target}")
        try:
            os.ftruncate(held.descriptor, 0)
            with os.fdopen(os.dup(held.descriptor), "wb") as file:
                yield file
            os.fsync(held.descriptor)
            if sys.platform == "win32":  # where no open file is moved
                held.close()
            beside.replace(target)
        except BaseException:
            with suppress(OSError):
                beside.unlink()
            raise
    finally:
        held.close()


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
