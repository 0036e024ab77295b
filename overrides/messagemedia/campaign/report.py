"""What is told of a campaign: a file with the result of each row, and a bar that moves."""

from __future__ import annotations

import csv
import os
import re
import shutil
import sys
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self, TextIO

from messagemedia.campaign.summary import Summary
from messagemedia.errors import FieldError, ValidationError

if TYPE_CHECKING:
    from messagemedia.campaign.entries import Record

__all__ = ["ProgressBar", "Summary", "write_results"]

COLUMNS = ("row", "key", "destination_number", "state", "message_id", "reason", "changed")

# What spreadsheets may take for the beginning of a formula, the full-width forms of East Asian ones included; and the
# apostrophe, so that taking one off always gives back what was there.
_FORMULA = tuple("=+-@\t\r\n'\uff1d\uff0b\uff0d\uff20")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)

# Seconds between two drawings of the bar, and its length in characters.
_INTERVAL = 0.1
_LENGTH = 24


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


class ProgressBar:
    """A bar that shows how far a campaign is, on one line of a terminal. Call it with each new `Summary`.

        [############------------]  50% 10,000/20,000, 850/s, 0:00:11 left, 7 invalid

    It is drawn at most ten times a second, and not at all where there is no terminal, such as in a log file. The line
    ends when no row is left; `close`, or leaving a `with` block, ends it before that.
    """

    def __init__(self, stream: TextIO | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Make a bar.

        Args:
            stream: Where to draw, the standard error output if left out.
            clock: What tells the seconds that have passed.
        """
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._drawn = ""
        self._next = 0.0
        self._begun: tuple[float, int] | None = None
        self._shown = _is_terminal(self._stream)

    def __call__(self, summary: Summary) -> None:
        """Draw the bar anew, if it is time to."""
        now = self._clock()
        if self._begun is None:
            # What an earlier run has done says nothing about how fast this one is.
            self._begun = now, summary.settled
        if self._shown and (now >= self._next or not summary.left):
            self._next = now + _INTERVAL
            self._draw(self._line(summary, now))
            if not summary.left:
                self.close()

    def close(self) -> None:
        """End the line, so that what is printed next begins on a new one."""
        if self._drawn:
            self._write("\n")
        self._drawn = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _line(self, summary: Summary, now: float) -> str:
        share = summary.settled / summary.total if summary.total else 1.0
        filled = int(share * _LENGTH)
        told = [f"{summary.settled:,}/{summary.total:,}", *self._speed(summary, now)]
        told += [
            f"{count:,} {name}" for name, count in (("invalid", summary.invalid), ("unknown", summary.unknown)) if count
        ]
        return f"[{'#' * filled}{'-' * (_LENGTH - filled)}] {int(share * 100):3}% {', '.join(told)}"

    def _speed(self, summary: Summary, now: float) -> list[str]:
        began, before = self._begun or (now, summary.settled)
        seconds, done = now - began, summary.settled - before
        if seconds <= 0 or done <= 0:
            return []
        told = [f"{done / seconds:,.0f}/s" if done >= 10 * seconds else f"{done / seconds:,.1f}/s"]
        return [*told, f"{_duration(summary.left * seconds / done)} left"] if summary.left else told

    def _draw(self, line: str) -> None:
        # A line that reaches the edge would wrap, and `\r` come back to its second half only.
        line = line[: shutil.get_terminal_size().columns - 1]
        blank = " " * (len(self._drawn) - len(line))
        self._drawn = line
        self._write(f"\r{line}{blank}")

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # a terminal that is gone, or closed, is no reason to stop a campaign
            self._shown = False


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()  # there is none without a console, as under pythonw
    except ValueError:  # closed
        return False


def _duration(seconds: float) -> str:
    """Seconds as hours, minutes and seconds, such as `0:01:30`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
