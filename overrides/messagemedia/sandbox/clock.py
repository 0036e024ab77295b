"""The sandbox's clock, and how it writes times."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from messagemedia.sandbox.checks import number

_LAST = datetime(9000, 1, 1, tzinfo=UTC)  # leaves room for every time that is reckoned from it
_IMF_FIXDATE = re.compile(r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT")


class Clock:
    """A clock that tests can advance. Safe to use from several threads.

    One that runs and has no start of its own shows the time of this process, so that it stands and jumps with it where
    a test freezes time or travels: clients sign what they send with that time.
    """

    def __init__(self, start: datetime | None = None, *, runs: bool = True) -> None:
        self._runs_at_first = runs
        self._start = start
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Show what was shown at first."""
        with self._lock:
            self.runs = self._runs_at_first
            self._base = self._start or datetime.now(UTC)
            self._since = time.monotonic()
            self._advanced = timedelta()

    def now(self) -> datetime:
        """The time it is, in UTC."""
        with self._lock:
            return self._now()

    def _now(self) -> datetime:
        if self.runs and self._start is None:
            return datetime.now(UTC) + self._advanced
        elapsed = time.monotonic() - self._since if self.runs else 0.0
        return self._base + self._advanced + timedelta(seconds=elapsed)

    def run(self, *, runs: bool) -> None:
        """Run by itself from now on, or stand."""
        with self._lock:
            self._base, self._since = self._now(), time.monotonic()
            follows = runs and self._start is None
            self._advanced = self._base - datetime.now(UTC) if follows else timedelta()
            self.runs = runs

    def shown(self, skew: float) -> datetime:
        """What a clock shows that is some seconds ahead of this one."""
        return self.now() + timedelta(seconds=skew)

    def advance(self, seconds: float) -> None:
        """Let time pass at once.

        Raises:
            ValueError: If `seconds` is not a number, is negative, or goes beyond the last date that can be expressed.
        """
        with self._lock:
            left = number(0, max(0.0, (_LAST - self._now()).total_seconds()))
            if number(float("-inf"), 0).fits(seconds) and seconds:
                raise ValueError("seconds must be 0 or more: the clock can't be turned back")
            left.check("seconds", seconds)
            self._advanced += timedelta(seconds=seconds)


def timestamp(moment: datetime) -> str:
    """Write a time as the API does: in UTC, with milliseconds and `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_timestamp(text: str) -> datetime:
    """Read an RFC 3339 date-time."""
    return datetime.fromisoformat(text.upper())


def moment_of(fields: Mapping[str, str], name: str) -> datetime | None:
    """The time in a field, or None if it is not there."""
    return read_timestamp(fields[name]) if name in fields else None


def http_date(moment: datetime) -> str:
    """Write a time for a header such as `Date`."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


def read_http_date(text: str) -> datetime | None:
    """Read the only form of a `Date` that is in use today, or return None."""
    if not _IMF_FIXDATE.fullmatch(text):
        return None
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None
