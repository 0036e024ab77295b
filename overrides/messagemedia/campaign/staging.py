"""Rows on their way into a journal: what `add` needs to know of those that are there, whatever database has them."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import AbstractContextManager, contextmanager

from messagemedia.campaign.entries import Entry, State, Stored

# So many rows are in memory, and written at once.
PIECE = 5_000


class Staging(ABC):
    """The rows of one `add`, while nobody else adds."""

    def __init__(self, journal_id: str, before: int) -> None:
        """Begin behind the entries that are there; their ids are 1, 2, 3 and so on."""
        self._hash_key = journal_id.encode()
        self._before = self._last = before
        self._met = bytearray(before // 8 + 1)
        self._moved: Counter[State] = Counter()
        self._stored: dict[str, Stored | None] = {}
        self._earlier: dict[str, int | None] = {}

    @abstractmethod
    def show(self) -> None:
        """Make the rows part of the campaign."""

    @abstractmethod
    def _look_up(self, keys: list[str]) -> None:
        """Put into `_stored` what is under these keys, None where nothing is."""

    @abstractmethod
    def _look_up_earlier(self, recipients: list[str]) -> None:
        """Put into `_earlier` the numbers of the first rows to these recipients that are not invalid."""

    @abstractmethod
    def _writing(self) -> AbstractContextManager[None]:
        """Keep together what is put into the journal within."""

    @abstractmethod
    def _write(self, at: int, entry: Entry) -> None:
        """Put a new row into the journal."""

    @abstractmethod
    def _write_over(self, stored: Stored, entry: Entry) -> None:
        """Put a row in the place of another one when all is known."""

    # --- a piece ------------------------------------------------------------------------------------------

    def digest(self, message: str) -> str:
        """What a message is known by that has no key."""
        return hashlib.blake2b(message.encode(), key=self._hash_key, digest_size=16).hexdigest()

    @contextmanager
    def writing(self, keys: Iterable[str], recipients: Iterable[str]) -> Generator[None]:
        """Let rows with these keys, or derived ones, be put into the journal within, and keep them there."""
        wanted, numbers = list(dict.fromkeys(keys)), list(dict.fromkeys(recipients))
        with self._writing():
            self._stored, self._earlier = {}, {}
            self._look_up(wanted)
            self._look_up_earlier(numbers)
            yield

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
        """Record that a row occurs among these; return whether it did before."""
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
        self._write(self._last, entry)
        self._remember(self._last, entry)

    def replace(self, stored: Stored, entry: Entry) -> None:
        """Put another message in the place of one that was never sent."""
        self._moved[stored.state] -= 1
        self._moved[entry.state] += 1
        self._write_over(stored, entry)
        self._remember(stored.entry, entry)

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
