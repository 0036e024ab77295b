"""What an operator reads and changes in the file of a journal, also while another process sends from it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Literal

from messagemedia._secret import presentable
from messagemedia.campaign.database import Database
from messagemedia.campaign.entries import Settled, State, Stored, now
from messagemedia.campaign.status import Status
from messagemedia.campaign.summary import Summary
from messagemedia.campaign.tables import ADDED, numbers_of
from messagemedia.errors import ConfigurationError, FieldError

_PAGE = 500
_WITHDRAWN = "withdrawn before it was sent"
# CROSS JOIN keeps the order of the tables: the other way round, each entry looks at all recipients.
_REPEATED = f"""SELECT count(*) FROM entry_by_recipient AS later CROSS JOIN entry ON id = later.entry
    WHERE state = 'pending' AND recipient <> '' AND {ADDED} AND EXISTS (
        SELECT 1 FROM entry_by_recipient AS earlier CROSS JOIN entry AS other ON other.id = earlier.entry
        WHERE earlier.recipient = later.recipient AND earlier.entry < later.entry AND other.state <> 'invalid')"""  # noqa: S608


class Overseen(ABC):
    """A journal in a file, as its operator has it."""

    database: Database
    id: str

    @abstractmethod
    def changes(self) -> AbstractContextManager[Counter[State]]:
        """A transaction, with the differences that it makes to the counts."""

    @abstractmethod
    def verify(self) -> None:
        """Read all of it, and refuse it if it is damaged."""

    @abstractmethod
    def count(self) -> dict[State, int]:
        """How many entries are in each state."""

    @abstractmethod
    def stored(self, key: str) -> Stored | None:
        """The entry with a key, None if there is none."""

    @abstractmethod
    def move(self, outcomes: Iterable[Settled], before: State, moved: Counter[State]) -> int:
        """Move entries out of a state, within `changes`, and return how many."""

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.database.path.name

    @property
    def place(self) -> str:
        """The path of the file."""
        return str(self.database.path)

    def has_national_numbers(self) -> bool:
        """Whether a valid entry goes to a number that begins with a single zero."""
        return bool(
            self.database.all(
                "SELECT 1 FROM entry_by_recipient AS r JOIN entry AS e ON e.id = r.entry "
                "WHERE r.recipient >= '01' AND r.recipient < '1' AND e.state <> 'invalid' LIMIT 1"
            )
        )

    def is_paused(self) -> bool:
        """Whether nothing is to be claimed."""
        return numbers_of(self.database, "paused") != [0]

    def status(self) -> Status:
        """How it stands; who sends from a file tells so by itself."""
        rows = self.database.all(f"SELECT min(changed) FROM entry WHERE state = 'unknown' AND {ADDED}")  # noqa: S608
        oldest = None if rows[0][0] is None else datetime.fromisoformat(rows[0][0])
        held_up = "it is paused" if self.is_paused() else ""
        return Status(Summary(**self.count()), oldest_unknown=oldest, held_up=held_up)

    def doubt(self, since: datetime, batches: Sequence[int]) -> int:
        """There is nothing to doubt.

        Raises:
            ConfigurationError: Always.
        """
        del since, batches
        raise ConfigurationError(
            "a journal in a file loses nothing that was recorded",
            hint="doubt() is for a journal in PostgreSQL, after a failover.",
        )

    def pause(self, *, paused: bool) -> None:
        """Say whether entries may be claimed from now on, by any process."""
        with self.database.transaction():
            self.database.change("UPDATE campaign SET paused = ?", (paused,))

    def decide(self, keys: Sequence[str], state: State, reason: str) -> list[FieldError]:
        """Move the unknown entries with these keys into another state, or return why none of them was."""
        problems: list[FieldError] = []
        with self.changes() as moved:
            found: list[Stored] = []
            for key in keys:
                stored = self.stored(key)
                if problem := undecidable(key, stored):
                    problems.append(problem)
                elif stored is not None:
                    found.append(stored)
            if not problems:
                again = state == "pending"
                decided = [Settled(each.entry, state, reason=reason, again=again) for each in found]
                self.move(decided, "unknown", moved)
        return problems

    def withdraw(self, by: Literal["key", "recipient"], values: Sequence[str]) -> int:
        """Withdraw the pending entries with these keys or recipients, and return how many they were.

        Those in flight are marked, for `without_withdrawn`.
        """
        with self.changes() as moved:
            for start in range(0, len(values), _PAGE):
                self._withdraw(by, values[start : start + _PAGE], moved)
        return moved["withdrawn"]

    def _withdraw(self, by: str, page: Sequence[str], moved: Counter[State]) -> None:
        listed = f"SELECT entry FROM entry_by_{by} WHERE {by} IN ({', '.join('?' * len(page))})"  # noqa: S608  # no input
        among = f"id IN ({listed}) AND {ADDED}"
        done = self.database.change(
            f"UPDATE entry SET state = 'withdrawn', reason = ?, changed = ? WHERE state = 'pending' AND {among}",  # noqa: S608  # no input
            (_WITHDRAWN, now(), *page),
        )
        marks = f"UPDATE entry SET reason = ? WHERE state = 'in_flight' AND {among}"  # noqa: S608  # no input
        self.database.change(marks, (_WITHDRAWN, *page))
        moved["pending"] -= done
        moved["withdrawn"] += done

    def without_withdrawn(self, outcomes: Iterable[Settled]) -> list[Settled]:
        """What becomes of entries in flight: those that were to be withdrawn, and come back unsent, are withdrawn."""
        found = list(outcomes)
        if all(each.state != "pending" for each in found):
            return found
        rows = self.database.all("SELECT id FROM entry WHERE state = 'in_flight' AND reason = ?", (_WITHDRAWN,))
        marked = {entry for (entry,) in rows}
        return [
            Settled(each.entry, "withdrawn", reason=_WITHDRAWN)
            if each.state == "pending" and each.entry in marked
            else each
            for each in found
        ]

    def pending(self) -> Iterator[str]:
        """The messages of the pending entries, read page by page."""
        last = 0
        while page := self.database.all(
            f"SELECT id, message FROM entry WHERE state = 'pending' AND id > ? AND {ADDED} ORDER BY id LIMIT {_PAGE}",  # noqa: S608  # no input
            (last,),
        ):
            last = page[-1][0]
            yield from (message for _, message in page)

    def repeated(self) -> int:
        """How many pending entries have the recipient of an earlier one that is not invalid."""
        return int(self.database.all(_REPEATED)[0][0])


def undecidable(key: str, stored: Stored | None) -> FieldError | None:
    """Why nothing can be decided about the row with a key; None if it is unknown."""
    if stored is None:
        return FieldError(f"there is no row with the key {presentable(repr(key))}")
    if stored.state != "unknown":
        return FieldError(f"it is {stored.state}, not unknown", f"/rows/{stored.number}")
    return None
