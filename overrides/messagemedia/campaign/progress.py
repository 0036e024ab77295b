"""The progress of a campaign while it is sent: a bar on a terminal, and lines in the log without one."""

from __future__ import annotations

import logging
import shutil
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Literal, Self, TextIO

from messagemedia.campaign.summary import Summary
from messagemedia.errors import FieldError, ValidationError

Tell = Callable[[Summary], None]
Progress = Tell | Literal[False] | None

_logger = logging.getLogger("messagemedia")

# Seconds between two drawings of the bar, its length in characters, and seconds between two lines in the log.
_INTERVAL = 0.1
_LENGTH = 24
_MINUTE = 60.0


class ProgressBar:
    """A bar that shows the progress of a campaign, on one line of a terminal. Call it with each new `Summary`.

        [############------------]  50% 10,000/20,000, 850/s, 0:00:11 left, 7 invalid

    It is drawn at most ten times a second, and only on a terminal, not in a log file. The line ends when no row is
    left; `close`, or leaving a `with` block, ends it before that. Rows that are added later start another line.
    """

    def __init__(self, stream: TextIO | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Make a bar.

        Args:
            stream: Where to draw; standard error, if left out.
            clock: Returns the time in seconds.
        """
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._drawn = ""
        self._next = 0.0
        self._speed: _Speed | None = None
        self._ended = False
        self._shown = _is_terminal(self._stream)

    def __call__(self, summary: Summary) -> None:
        """Redraw the bar, if it is time to."""
        # Several batches may be told of after the last one is done.
        if self._ended and not summary.left:
            return
        now = self._clock()
        if self._speed is None or self._ended:
            self._speed, self._ended = _Speed(now, summary), False
        if self._shown and (now >= self._next or not summary.left):
            self._next = now + _INTERVAL
            self._draw(_line(summary, self._speed.told(now, summary)))
        if not summary.left:
            self.close()
            self._ended = True

    def close(self) -> None:
        """End the line, so that the next output starts on a new one."""
        if self._drawn:
            self._write("\n")
        self._drawn = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

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


class ProgressLog:
    """Tells the logger `messagemedia` at INFO how far a campaign is: once a minute, and at the end."""

    def __init__(self, name: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Log the progress of the campaign of this name."""
        self._name = name
        self._clock = clock
        self._speed: _Speed | None = None
        self._next = 0.0
        self._last: Summary | None = None

    def __call__(self, summary: Summary) -> None:
        """Take note of how the rows stand, and tell it if it is time to."""
        now = self._clock()
        self._last = summary
        if self._speed is None:
            self._speed, self._next = _Speed(now, summary), now + _MINUTE
        if now >= self._next:
            self._next = now + _MINUTE
            _logger.info("%s: %s", self._name, ", ".join(self._speed.told(now, summary)))

    def close(self) -> None:
        """Tell how it ended."""
        if self._last is not None:
            _logger.info("%s: sending ended with %s", self._name, self._last)


@contextmanager
def shown(progress: Progress, name: str) -> Generator[Tell]:
    """What shows the progress of a campaign."""
    if progress is None:
        told = ProgressBar() if _is_terminal(sys.stderr) else ProgressLog(name)
        try:
            yield told
        finally:
            told.close()
    elif progress is False:
        yield lambda _: None
    elif callable(progress):
        yield progress
    else:
        raise ValidationError([FieldError("must be callable, or False for none", "progress")])


class _Speed:
    """How fast this run is. What an earlier one has done says nothing about that."""

    def __init__(self, now: float, summary: Summary) -> None:
        self._began, self._before = now, summary.settled

    def told(self, now: float, summary: Summary) -> list[str]:
        """How far it is, how fast, and how long it still takes."""
        counts = (("invalid", summary.invalid), ("unknown", summary.unknown))
        told = [f"{summary.settled:,}/{summary.total:,}", *self._times(now, summary)]
        return [*told, *(f"{count:,} {name}" for name, count in counts if count)]

    def _times(self, now: float, summary: Summary) -> list[str]:
        seconds, done = now - self._began, summary.settled - self._before
        if seconds <= 0 or done <= 0:
            return []
        told = [f"{done / seconds:,.0f}/s" if done >= 10 * seconds else f"{done / seconds:,.1f}/s"]
        return [*told, f"{_duration(summary.left * seconds / done)} left"] if summary.left else told


def _line(summary: Summary, told: list[str]) -> str:
    share = summary.settled / summary.total if summary.total else 1.0
    filled = int(share * _LENGTH)
    return f"[{'#' * filled}{'-' * (_LENGTH - filled)}] {int(share * 100):3}% {', '.join(told)}"


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()  # there is none without a console, as under pythonw
    except ValueError:  # closed
        return False


def _duration(seconds: float) -> str:
    """Seconds as hours, minutes and seconds, such as `0:01:30`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
