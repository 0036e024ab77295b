"""Rows on their way into a journal: written down piece by piece, and part of the campaign by one small last commit.

Until then their ids are above `campaign.entries`, and nothing else sees them. So others can write in between, however
many they are; and what a process leaves that ends on the way is taken away by the next that adds.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import contextmanager

from messagemedia.campaign.entries import Entry, State, Stored, now
from messagemedia.campaign.journal import Journal

# So many rows are in memory, and written with one commit: it goes all over the index of keys, as few of them as possible
# do, and others wait for it, which they should not for long.
PIECE = 10_000
_LOOKED_UP = 500

_VALUES = "number, message, checksum, recipient, state, valid, reason, changed"


class Staging:
    """The rows of one `add`, while nobody else adds or sends."""

    def __init__(self, journal: Journal) -> None:
        """Look at what is there, and take away what was left on the way."""
        self._database = journal.database
        self._journal = journal
        self._hash_key = journal.id.encode()
        self._before = int(self._database.all("SELECT entries FROM campaign")[0][0])
        if self._before:
            journal.verify()
        self.clear()
        with self._database.transaction():
            self._database.change(f"CREATE TEMP TABLE IF NOT EXISTS correction (id INTEGER PRIMARY KEY, {_VALUES})")
            self._database.change("CREATE INDEX IF NOT EXISTS temp.correction_by_recipient ON correction (recipient)")
            self._database.change("DELETE FROM correction")
        self._last = self._before
        self._met = bytearray(self._before // 8 + 1)
        self._moved: Counter[State] = Counter()
        self._corrections = 0
        self._stored: dict[str, Stored | None] = {}
        self._earlier: dict[str, int | None] = {}
        self._new: list[tuple[object, ...]] = []
        self._changed = ""

    def clear(self) -> None:
        """Take away the rows that are not part of the campaign."""
        while (last := self._database.all("SELECT max(id) FROM entry")[0][0] or 0) > self._before:
            with self._database.transaction():
                floor = max(self._before, last - PIECE)
                self._database.change("DELETE FROM entry WHERE id > ?", (floor,))

    def show(self) -> None:
        """Make the rows part of the campaign."""
        if not self._moved:
            return
        with self._journal.changes() as moved:
            moved.update(self._moved)
            self._leave_withdrawn(moved)
            self._database.change(
                f"UPDATE entry SET ({_VALUES}, attempt) = (SELECT {_VALUES}, entry.attempt + 1 FROM correction "  # noqa: S608  # no input
                "WHERE correction.id = entry.id) WHERE id IN (SELECT id FROM correction)"
            )

    def _leave_withdrawn(self, moved: Counter[State]) -> None:
        """Drop what would take the place of rows that were withdrawn meanwhile."""
        withdrawn = "id IN (SELECT entry.id FROM entry JOIN correction USING (id) WHERE entry.state = 'withdrawn')"
        for state, count in self._database.all(
            f"SELECT state, count(*) FROM correction WHERE {withdrawn} GROUP BY state"  # noqa: S608  # no input
        ):
            moved[state] -= count
            moved["pending"] += count
        self._database.change(f"DELETE FROM correction WHERE {withdrawn}")  # noqa: S608  # no input

    # --- a piece ------------------------------------------------------------------------------------------

    def digest(self, message: str) -> str:
        """What a message is known by that has no key."""
        return hashlib.blake2b(message.encode(), key=self._hash_key, digest_size=16).hexdigest()

    @contextmanager
    def writing(self, keys: Iterable[str], recipients: Iterable[str]) -> Generator[None]:
        """Let rows with these keys, or derived ones, be put into the journal within, and keep them there."""
        self._changed = now()
        wanted, numbers = list(dict.fromkeys(keys)), list(dict.fromkeys(recipients))
        with self._database.transaction():
            self._stored = {}
            for start in range(0, len(wanted), _LOOKED_UP):
                self._look_up(wanted[start : start + _LOOKED_UP])
            self._earlier = {}
            for start in range(0, len(numbers), _LOOKED_UP):
                self._look_up_earlier(numbers[start : start + _LOOKED_UP])
            yield
            self._database.many(
                f"INSERT INTO entry (id, key, {_VALUES}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  # no input
                self._new,
            )
            self._new = []

    def stored(self, key: str) -> Stored | None:
        """The row with a key that was looked up, None if there is none."""
        return self._stored.get(key)

    def found(self, key: str) -> Stored | None:
        """The row with a key that was not looked up, None if there is none."""
        if key not in self._stored:
            self._look_up([key])
        return self._stored[key]

    def earlier(self, recipient: str) -> int | None:
        """The number of a row that goes to a recipient, and is not invalid; None if there is none."""
        return self._earlier.get(recipient)

    def unmet(self, digest: str) -> str:
        """The key of the next row with the same message: they are numbered as they occur among these rows."""
        high = 1
        while self._is_met(f"{digest}-{high}"):
            high *= 2
        low = high // 2  # this one is met, and so are all before it
        while low + 1 < high:
            middle = (low + high) // 2
            low, high = (middle, high) if self._is_met(f"{digest}-{middle}") else (low, middle)
        return f"{digest}-{high}"

    def meet(self, stored: Stored) -> bool:
        """Take down that a row occurs among these; return whether it did before."""
        if stored.entry > self._before:
            return True
        at, bit = divmod(stored.entry, 8)
        before = bool(self._met[at] >> bit & 1)
        self._met[at] |= 1 << bit
        return before

    def insert(self, entry: Entry) -> None:
        """Put a new row behind all others."""
        self._last += 1
        self._moved[entry.state] += 1
        self._new.append((self._last, entry.key, *self._values(entry)))
        self._remember(self._last, entry)

    def replace(self, stored: Stored, entry: Entry) -> None:
        """Put another message in the place of one that was never sent."""
        self._corrections += 1
        self._moved[stored.state] -= 1
        self._moved[entry.state] += 1
        self._database.change(
            f"INSERT INTO correction (id, {_VALUES}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  # no input
            (stored.entry, *self._values(entry)),
        )
        self._remember(stored.entry, entry)

    def _values(self, entry: Entry) -> tuple[object, ...]:
        valid = entry.state != "invalid"
        return (
            entry.number,
            entry.message,
            entry.checksum,
            entry.recipient,
            entry.state,
            valid,
            entry.reason,
            self._changed,
        )

    def _remember(self, at: int, entry: Entry) -> None:
        self._stored[entry.key] = Stored(at, entry.number, entry.message, entry.state, entry.state != "invalid")
        if entry.recipient and entry.state != "invalid":
            self._earlier.setdefault(entry.recipient, entry.number)

    def _is_met(self, key: str) -> bool:
        stored = self.found(key)
        if stored is None:
            return False
        at, bit = divmod(stored.entry, 8)
        return stored.entry > self._before or bool(self._met[at] >> bit & 1)

    def _look_up(self, keys: list[str]) -> None:
        self._stored.update(dict.fromkeys(keys))
        marks = ", ".join("?" * len(keys))
        for key, *columns in self._database.all(
            f"SELECT key, id, number, message, state, valid FROM entry WHERE key IN ({marks})",  # noqa: S608  # no input
            tuple(keys),
        ):
            self._stored[key] = Stored(*columns)
        if self._corrections:
            for key, *columns in self._database.all(
                "SELECT key, entry.id, correction.number, correction.message, correction.state, correction.valid "  # noqa: S608  # no input
                f"FROM entry JOIN correction USING (id) WHERE key IN ({marks})",
                tuple(keys),
            ):
                self._stored[key] = Stored(*columns)

    def _look_up_earlier(self, recipients: list[str]) -> None:
        marks = ", ".join("?" * len(recipients))
        wanted = f"recipient IN ({marks}) AND recipient <> '' AND state <> 'invalid'"
        for recipient, number, _ in self._database.all(
            f"SELECT recipient, number, min(id) FROM entry WHERE {wanted} "  # noqa: S608  # no input
            "AND NOT EXISTS (SELECT 1 FROM correction WHERE correction.id = entry.id) GROUP BY recipient",
            tuple(recipients),
        ):
            self._earlier[recipient] = number
        if self._corrections:
            statement = f"SELECT recipient, number FROM correction WHERE {wanted}"  # noqa: S608  # no input
            for recipient, number in self._database.all(statement, tuple(recipients)):
                self._earlier.setdefault(recipient, number)
