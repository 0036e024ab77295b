"""The file behind a journal: an SQLite database that says in plain words what is wrong with it, and a lock beside it.

Commits are on the disk before they return (`synchronous=FULL`): an intent that a power failure could undo would be
sent twice.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from messagemedia._http.home import Home, shield_in_children
from messagemedia.campaign.errors import JournalError, JournalInUseError

# "MMcj" in ASCII, by which the file is recognised.
APPLICATION_ID = 0x4D4D636A
# Seconds to wait while another process writes.
PATIENCE = 30.0

_DAMAGED = (
    "Restore it from a copy, with the files -wal and -shm beside it if there were any. Without one, what it says of "
    "sent rows is lost: do not start over with the same rows."
)
_EXPLANATIONS = {
    sqlite3.SQLITE_BUSY: ("another process keeps it locked", "Wait until that is done, and try again."),
    sqlite3.SQLITE_READONLY: ("it is read-only", "Give this user the right to write to the file and its folder."),
    sqlite3.SQLITE_PERM: ("access is denied", "Give this user the right to write to the file and its folder."),
    sqlite3.SQLITE_CANTOPEN: ("it can't be opened", "Check that its folder exists and may be written to."),
    sqlite3.SQLITE_FULL: ("the disk is full", "Make room, and call it again: it goes on where it was."),
    sqlite3.SQLITE_IOERR: ("the disk failed", "Check the disk, and that it is a local one."),
    sqlite3.SQLITE_CORRUPT: ("it is damaged", _DAMAGED),
    sqlite3.SQLITE_NOTADB: ("it is no journal", "Choose another path; nothing was changed."),
}


class Database:
    """One connection, for all threads of the process."""

    def __init__(self, path: Path, version: int, schema: Iterable[str]) -> None:
        """Open a database, or make one that only its owner can read.

        Raises:
            JournalError: If that is not possible, or the file is something else.
        """
        self.path = path
        self._home = Home("this campaign")
        self._home.enter()
        shield_in_children(self)
        self._lock = threading.RLock()
        _create(path)
        with self._explained():
            self._connection = _connect(path, PATIENCE)
        try:
            self._recognise(version, schema)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file; a forked child leaves it to the process that opened it."""
        if self._home.is_elsewhere:
            return
        with self._lock, self._explained():
            self._connection.close()

    def stay(self) -> None:
        """Refuse to go on in a forked child, before a lock or the connection is touched that belong to the parent.

        Raises:
            JournalError: If this is one.
        """
        if self._home.is_elsewhere:
            raise JournalError(
                f"the journal {self.path} was opened before the process was forked, and belongs to the parent process",
                hint="Open a Campaign in each process.",
            )

    def all(self, statement: str, parameters: tuple[Any, ...] = ()) -> list[Any]:
        """The rows that a statement gives."""
        self.stay()
        with self._lock, self._explained():
            return self._connection.execute(statement, parameters).fetchall()

    def change(self, statement: str, parameters: tuple[Any, ...] = ()) -> int:
        """Carry out a statement, and return how many rows it changed."""
        self.stay()
        with self._lock, self._explained():
            return self._connection.execute(statement, parameters).rowcount

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Make everything within be kept together, or not at all if it ends with an exception."""
        self.stay()
        with self._lock:
            self.change("BEGIN IMMEDIATE")
            try:
                yield
                self.change("COMMIT")
            except BaseException:
                with suppress(JournalError):
                    self._roll_back()
                raise

    def check(self) -> None:
        """Read the whole file, and refuse it if it is damaged.

        Raises:
            JournalError: If it is.
        """
        found = self.all("PRAGMA quick_check(1)")
        if found != [("ok",)]:
            raise JournalError(f"the journal {self.path} is damaged", hint=_DAMAGED)

    @contextmanager
    def exclusive(self) -> Generator[None]:
        """Keep every other process and thread from doing the same, until the end of this process at the latest.

        Raises:
            JournalInUseError: If another one is at it.
        """
        self.stay()
        # A database of its own, because its locks are portable, and the system releases them with the process.
        path = self.path.with_name(f"{self.path.name}-lock")
        _create(path)
        with self._explained():
            lock = _connect(path, 0.0)
        try:
            self._lock_out(lock, path)
            yield
        finally:
            if self._home.is_elsewhere:  # forked while it was locked
                self._inherited_lock = lock
            else:
                lock.close()

    def _lock_out(self, lock: sqlite3.Connection, path: Path) -> None:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if _code(error) != sqlite3.SQLITE_BUSY:
                raise _explain(path, error) from error
            raise JournalInUseError(
                f"another process or thread is sending from the journal {self.path}, or adding to it",
                hint="Wait until it is done, or end it; summary() and records() work meanwhile.",
            ) from None

    def _recognise(self, version: int, schema: Iterable[str]) -> None:
        """Make an empty file a journal, and refuse what is none.

        Raises:
            JournalError: If it is another kind of file, or of another version.
        """
        with self._explained():
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA fullfsync = ON")  # what macOS needs for the same
        if self._is_empty():
            with self.transaction():
                if self._is_empty():  # no other process was faster
                    for statement in schema:
                        self.change(statement)
                    self.change(f"PRAGMA application_id = {APPLICATION_ID}")
                    self.change(f"PRAGMA user_version = {version}")
        if self._number("application_id") != APPLICATION_ID:
            raise JournalError(f"{self.path} is a database, but no journal", hint="Choose another path.")
        if (found := self._number("user_version")) != version:
            raise JournalError(
                f"the journal {self.path} has the format {found}, and this version of messagemedia knows {version}",
                hint="Use the version of messagemedia that made it, or a newer one.",
            )
        # Readers and one writer at once. Whoever finds the file busy leaves that to the next who opens it.
        with suppress(JournalError):
            self.all("PRAGMA journal_mode = WAL")

    def _is_empty(self) -> bool:
        return self._number("application_id") == 0 and self.all("SELECT 1 FROM sqlite_master LIMIT 1") == []

    def _number(self, pragma: str) -> int:
        return int(self.all(f"PRAGMA {pragma}")[0][0])

    def _roll_back(self) -> None:
        if self._connection.in_transaction:  # SQLite ends it by itself after some errors
            self.change("ROLLBACK")

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _explain(self.path, error) from error


def _connect(path: Path, patience: float) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)


def _create(path: Path) -> None:
    """Make an empty file for its owner alone, if there is none.

    One that is there is not touched: closing it would release the locks that SQLite holds on it in this process.

    Raises:
        JournalError: If it can't be made.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return
    except FileNotFoundError as error:
        raise JournalError(
            f"there is no folder {path.parent} for the journal {path.name}", hint="Make it, or choose another path."
        ) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise JournalError(
            f"the journal {path} can't be made: {reason}", hint="Choose a path that this user may write to."
        ) from error


def _code(error: sqlite3.Error) -> int:
    """The primary code of an error, 0 if it has none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _explain(path: Path, error: sqlite3.Error) -> JournalError:
    if isinstance(error, sqlite3.ProgrammingError):  # without a code: the connection is closed
        return JournalError(f"the journal {path} is closed", hint="Make a new Campaign.")
    reason, hint = _EXPLANATIONS.get(_code(error), ("SQLite failed", ""))
    return JournalError(f"the journal {path} can't be used, {reason} ({error})", hint=hint)
