"""The journal in a file: what is to be sent, what was intended and what came of it, on disk before the next step."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from messagemedia_generated.models import Message

from messagemedia.campaign.alone import Alone
from messagemedia.campaign.attempts import Attempts
from messagemedia.campaign.database import Database
from messagemedia.campaign.entries import STATES, Record, Settled, State, Stored, checksum, encodable, now, read
from messagemedia.campaign.errors import JournalError
from messagemedia.campaign.explanations import damaged, older, replaced, unsealed
from messagemedia.campaign.file_staging import FileStaging
from messagemedia.campaign.oversight import Overseen
from messagemedia.campaign.protocol import Sender
from messagemedia.campaign.tables import ADDED, SCHEMA, VERSION, numbers_of, verify

_PAGE = 500
_COLUMNS = "id, key, number, message, checksum, state, message_id, reason, changed"
_ENDED = "the process that sent it ended before the answer came"


class FileJournal(Overseen, Alone):
    """The entries of a campaign on disk. Safe to use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        """Open a journal, or make one.

        Raises:
            JournalError: If that is not possible, the file is something else, or a part of it is missing.
        """
        self.database = Database(path, VERSION, SCHEMA, {"checksum": checksum})
        try:
            self.id = self._compare_with_seal()
        except BaseException:
            self.database.close()
            raise
        self._counts: Counter[State] = Counter()
        self._counting = threading.Lock()
        self._attempts = Attempts()
        self._claims = 0
        self._owed: list[Settled] = []
        self._owing = threading.RLock()

    def close(self) -> None:
        """Write down what could not be before, if that is possible now, and close the file."""
        with suppress(JournalError):
            self.pay()
        self.database.close()

    @property
    def counts(self) -> dict[State, int]:
        """How many entries are in each state, as far as this process knows."""
        with self._counting:
            return {state: self._counts[state] for state in STATES}

    def count(self) -> dict[State, int]:
        """How many entries are in each state."""
        found = self._tally()
        with self._counting:
            self._counts = found
        return self.counts

    @contextmanager
    def changes(self) -> Generator[Counter[State]]:
        """A transaction, with the differences that it makes to the counts."""
        moved: Counter[State] = Counter()
        with self.database.transaction():
            yield moved
            changed: list[State] = [state for state in STATES if moved[state]]
            if changed:
                self.database.change(
                    "UPDATE campaign SET entries = entries + ?, "  # noqa: S608  # no input
                    + ", ".join(f"{state} = {state} + ?" for state in changed),
                    (sum(moved.values()), *(moved[state] for state in changed)),
                )
        with self._counting:
            for state, difference in moved.items():
                self._counts[state] += difference

    @contextmanager
    def staging(self) -> Generator[FileStaging]:
        """Where rows are put that are to be added, while nobody else adds or sends."""
        with self.database.exclusive():
            staging = FileStaging(self)
            try:
                yield staging
            except BaseException:
                with suppress(JournalError):  # what is left is taken away the next time
                    staging.clear()
                raise

    def verify(self) -> None:
        """Read all of it, and refuse it if it is damaged.

        Raises:
            JournalError: If it is.
        """
        verify(self.database)

    # --- sending ------------------------------------------------------------------------------------------

    @contextmanager
    def sending(self, sender: Sender) -> Generator[None]:
        """Let entries be claimed and settled within, while nobody else adds or sends."""
        del sender
        with self.database.exclusive():
            self.verify()
            self.recover()
            self.count()
            yield

    def recover(self) -> int:
        """Make unknown what a process left in flight that ended before it had the answers."""
        self.pay()
        with self.changes() as moved:
            left = self.database.change(
                f"UPDATE entry SET state = 'unknown', reason = ?, changed = ? WHERE state = 'in_flight' AND {ADDED}",  # noqa: S608  # no input
                (_ENDED, now()),
            )
            moved.update(unknown=left, in_flight=-left)
            (self._claims,) = numbers_of(self.database, "claims")
        return left

    def claim(self, size: int) -> list[tuple[int, Message]]:
        """Put up to `size` pending entries in flight, in the order in which they were added, and return them.

        There are none while the campaign is paused: nothing is claimed once `pause` has returned.

        Raises:
            JournalError: If the journal is not the one that this process knows, or what it says can't be true.
        """
        with self.changes() as moved:
            if self.is_paused():
                return []
            if not self.database.change("UPDATE campaign SET claims = claims + 1 WHERE claims = ?", (self._claims,)):
                raise replaced(self.database.path)
            found = self.database.all(
                f"SELECT id, attempt, key, message, checksum FROM entry WHERE state = 'pending' AND {ADDED} "  # noqa: S608  # no input
                "ORDER BY id LIMIT ?",
                (size,),
            )
            claimed = [(entry, self._read(*columns)) for entry, _, *columns in found]
            done = self.move([Settled(entry, "in_flight") for entry, _ in claimed], "pending", moved)
            if done != len(found) or done < min(size, self._tally()["pending"]):
                raise damaged(self.database.path, "not every row that it lists as pending is")
            if not all(attempt > self._attempts.last(entry) for entry, attempt, *_ in found):
                raise damaged(self.database.path, "rows are pending that were sent")
        self._claims += 1
        for entry, attempt, *_ in found:
            self._attempts.record(entry, attempt)
        with suppress(OSError):  # it only helps to notice what should not happen
            self.database.files.write_seal(_seal(self.id, self._claims))
        return claimed

    def settle(self, outcomes: Iterable[Settled]) -> None:
        """Write down what became of entries; those that are not in flight any more stay as they are.

        One that was to be withdrawn meanwhile, and was not sent after all, is withdrawn.

        Raises:
            JournalError: If that is not possible now. `pay` does it later.
        """
        with self._owing:
            self._owed += outcomes
            self.pay()

    def pay(self) -> None:
        """Write down what could not be before.

        Raises:
            JournalError: If that is still not possible.
        """
        with self._owing:
            if not self._owed:
                return
            with self.changes() as moved:
                self.move(self.without_withdrawn(self._owed), "in_flight", moved)
            for each in self._owed:
                if each.state == "pending":
                    self._attempts.undo(each.entry)
            self._owed.clear()

    def move(self, outcomes: Iterable[Settled], before: State, moved: Counter[State]) -> int:
        """Move entries out of a state, within `changes`, and return how many; those in another one stay as they are."""
        changed = now()
        total = 0
        for each in outcomes:
            done = self.database.change(
                "UPDATE entry SET state = ?, message_id = ?, reason = ?, changed = ?, attempt = attempt + ? "
                "WHERE id = ? AND state = ?",
                (
                    each.state,
                    encodable(each.message_id),
                    encodable(each.reason),
                    changed,
                    each.again,
                    each.entry,
                    before,
                ),
            )
            moved[before] -= done
            moved[each.state] += done
            total += done
        return total

    # --- reading and evidence --------------------------------------------------------------------------------

    def stored(self, key: str) -> Stored | None:
        """The entry with a key, None if there is none."""
        found = self.database.all(
            f"SELECT id, number, message, state, valid FROM entry_by_key JOIN entry ON id = entry "  # noqa: S608
            f"WHERE entry_by_key.key = ? AND {ADDED}",
            (key,),
        )
        return Stored(*found[0]) if found else None

    def records(self, state: State | None = None) -> Iterator[Record]:
        """The entries, in the order in which they were added, read page by page."""
        wanted, parameters = ("", ()) if state is None else ("state = ? AND ", (state,))
        last = 0
        while page := self.database.all(
            f"SELECT {_COLUMNS} FROM entry WHERE {wanted}id > ? AND {ADDED} ORDER BY id LIMIT {_PAGE}",  # noqa: S608  # no input
            (*parameters, last),
        ):
            for entry, *columns in page:
                if entry <= last:
                    raise damaged(self.database.path)
                last = entry
                yield self._record(*columns)

    def prove(self, entry: int, message_id: str) -> Record | None:
        """Make an entry accepted of which there is evidence; None if there is none, or it was accepted before."""
        with self.changes() as moved:
            found = self.database.all(
                f"SELECT state FROM entry WHERE id = ? AND state <> 'accepted' AND {ADDED}",  # noqa: S608  # no input
                (entry,),
            )
            for (state,) in found:
                self.move([Settled(entry, "accepted", message_id)], state, moved)
            rows = self.database.all(f"SELECT {_COLUMNS} FROM entry WHERE id = ?", (entry,)) if found else []  # noqa: S608
        return self._record(*rows[0][1:]) if rows else None

    def _tally(self) -> Counter[State]:
        return Counter(dict(zip(STATES, numbers_of(self.database, *STATES), strict=True)))

    def _compare_with_seal(self) -> str:
        """Hold the journal against what was said of it last, and return its id.

        Raises:
            JournalError: If it is another journal, or an older copy.
        """
        files = self.database.files
        said = files.seal.split()  # before the claims are read, for another process may go on
        (claims,) = numbers_of(self.database, "claims")
        ((own,),) = self.database.all("SELECT id FROM campaign")
        if len(said) != 2 or not said[1].isdecimal():  # none yet, or a power failure took it
            try:
                files.write_seal(_seal(own, claims), lasting=True)
            except OSError as error:
                raise unsealed(self.database.path, error) from error
        elif said[0] != own:
            raise replaced(self.database.path)
        elif int(said[1]) > claims:
            raise older(self.database.path)
        return str(own)

    def _record(self, key: Any, number: Any, message: Any, check: Any, state: Any, *rest: Any) -> Record:
        read_message = self._read(key, message, check)
        message_id, reason, changed = rest
        try:
            return Record(key, number, read_message, state, message_id, reason, datetime.fromisoformat(changed))
        except (TypeError, ValueError):
            failure = damaged(self.database.path)
        raise failure

    def _read(self, key: Any, message: Any, check: Any) -> Message:
        """The message of an entry, if it is what was written down.

        Raises:
            JournalError: If it is not. It shows nothing of it.
        """
        with suppress(Exception):
            if checksum(key.encode(), message.encode()) == check:
                return read(message)
        raise damaged(self.database.path, "a row differs from what was recorded")


def _seal(journal_id: str, claims: int) -> str:
    """What is said of a journal outside of it, always of the same length."""
    return f"{journal_id} {claims:020}\n"
