"""What commands write: tables on a terminal, plain lines in a pipe, JSON where it is asked for."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import select
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO, cast

# What a terminal would obey, or show in another order than it was written: content is written by strangers.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]")
_NARROW = 60  # columns below which a table would be cut into strips
_GAP = 3  # columns between two of a table
_WORDS = 20  # columns that the last one of a table needs

_SHORT = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody sees what is written there."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def is_dumb() -> bool:
    """Whether the terminal can do nothing but show text."""
    return os.environ.get("TERM", "") in ("dumb", "unknown")


def prepare_streams() -> None:
    """Let whatever is written be written, if need be with escapes: no locale may cost a reply.

    Whoever closed a stream gets nothing on it, as with /dev/null.
    """
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def abandon_output() -> None:
    """Write nothing more to a pipe that nobody reads, also not when Python ends."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def shown(value: object) -> str:
    """A value as a single line of text that does nothing to a terminal."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping | list):
        return _json(cast("object", value), ascii_only=False)
    return _UNSAFE.sub(_escape, str(value))


def cell(value: object) -> str:
    """The same for a pipe, where what was written can be found out again: a backslash is two."""
    return shown(value.replace("\\", "\\\\") if isinstance(value, str) else value)


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    return _SHORT.get(character) or (f"\\x{ord(character):02x}" if character < "\xff" else f"\\u{ord(character):04x}")


def _wrapped(line: str, width: int) -> str:
    if len(line) < width or line.startswith(" "):
        return line
    import textwrap  # noqa: PLC0415  # most lines are short

    return textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)


def _json(value: object, *, ascii_only: bool) -> str:
    return json.dumps(value, ensure_ascii=ascii_only, default=str)


def _fits(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> bool:
    """Whether a table shows all columns whole; only the last one may be folded, to no less than some words."""
    from rich.cells import cell_len  # noqa: PLC0415

    *whole, last = (max(map(cell_len, cells)) for cells in zip(columns, *rows, strict=True))
    return sum(each + _GAP for each in whole) + min(last, _WORDS) <= width


class Output:
    """Where a command writes what it found out.

    Attributes:
        as_json: Whether each object is a line of JSON, with the API's names.
    """

    def __init__(self) -> None:
        self.as_json = False

    @property
    def is_table(self) -> bool:
        """Whether rows are for people, on a terminal."""
        return not self.as_json and is_terminal(sys.stdout)

    def line(self, text: str = "") -> None:
        """Write a line of text."""
        sys.stdout.write(f"{text}\n")

    def flush(self) -> None:
        """Hand over all that was written.

        Raises:
            OSError: It can't be, for instance because nobody reads the pipe any more.
        """
        sys.stdout.flush()

    def deliver(self) -> None:
        """Hand over all that was written, and see that somebody is there to read it: it will be confirmed.

        Raises:
            OSError: It can't be, for instance because nobody reads the pipe any more.
        """
        self.flush()
        if hasattr(select, "poll"):
            with suppress(ValueError, io.UnsupportedOperation):  # no file of the system, as in tests
                poll = select.poll()
                poll.register(sys.stdout.fileno(), 0)
                if any(event & select.POLLERR for _, event in poll.poll(0)):
                    raise BrokenPipeError(errno.EPIPE, "nobody reads the output any more")

    def json(self, value: Mapping[str, Any]) -> None:
        """Write an object as a line of JSON."""
        encoding = (sys.stdout.encoding or "").lower().replace("-", "").replace("_", "")
        self.line(_json(value, ascii_only=encoding != "utf8"))

    def item(self, pairs: Mapping[str, object], as_json: Mapping[str, Any] | None = None) -> None:
        """Write one object: a line for each of its fields that has a value, or a line of JSON.

        Args:
            pairs: What people read, by names.
            as_json: What programs read; the same if left out.
        """
        if self.as_json:
            self.json(pairs if as_json is None else as_json)
            return
        told = {name: value for name, value in pairs.items() if value not in (None, "")}
        if self.is_table:
            width = max(map(len, told), default=0)
            for name, value in told.items():
                self.line(f"{name:<{width}}  {shown(value)}")
        else:
            for name, value in told.items():
                self.line(f"{name}\t{cell(value)}")

    def rows(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Write a table, or in a pipe a line for each row, cells with tabs between them, without a header.

        On a terminal that has no room for a table, each row is a line as well: a table would cut what is to be copied.
        """
        if self.is_table and not is_dumb() and (width := shutil.get_terminal_size().columns) >= _NARROW:
            texts = [[shown(value) for value in row] for row in rows]
            if _fits(columns, texts, width):
                self._table(columns, texts)
                return
            rows = texts
        for row in rows:
            self.row(row)

    def row(self, row: Sequence[object]) -> None:
        """Write one row as a line: what comes one after the other can't wait to be a table."""
        if self.is_table:
            self.line("  ".join(shown(value) for value in row))
        else:
            self.line("\t".join(cell(value) for value in row))

    def _table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        from rich import box  # noqa: PLC0415
        from rich.console import Console  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
        for name in columns[:-1]:
            table.add_column(name, no_wrap=True)
        table.add_column(columns[-1], overflow="fold")
        for row in rows:
            table.add_row(*map(Text, row))
        if table.row_count:
            Console(file=sys.stdout, highlight=False).print(table)

    def note(self, text: str) -> None:
        """Write a note to standard error; it is not a failure if nobody reads it.

        On a terminal, sentences are wrapped between words; lines that begin with blanks are commands, and stay whole.
        """
        if is_terminal(sys.stderr):
            width = shutil.get_terminal_size().columns
            text = "\n".join(_wrapped(line, width) for line in text.split("\n"))
        with suppress(OSError, ValueError):
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()
