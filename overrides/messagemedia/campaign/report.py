"""What is told of a campaign while it is sent: a bar that moves."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from typing import Self, TextIO

from messagemedia.campaign.summary import Summary

__all__ = ["ProgressBar", "Summary"]

# Seconds between two drawings of the bar, and its length in characters.
_INTERVAL = 0.1
_LENGTH = 24


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
