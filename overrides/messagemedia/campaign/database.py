"""The file behind a journal: an SQLite database that says in plain words what is wrong with it.

Commits are on the disk before they return (`synchronous=FULL`): an intent that a power failure could undo would be
sent twice. And they are in the file itself (`journal_mode=TRUNCATE`), not in a second one that may get lost.
"""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from messagemedia._http.home import Home, shield_in_children
from messagemedia.campaign.errors import JournalError, JournalInUseError
from messagemedia.campaign.explanations import damaged, explained, locked, not_lockable
from messagemedia.campaign.files import Files
from messagemedia.campaign.lock import OpenFile

# "MMcj" in ASCII, by which the file is recognised.
APPLICATION_ID = 0x4D4D636A
# Seconds to wait while another process writes.
PATIENCE = 30.0
# Seconds between two looks whether it still does, at most.
_LOOK = 0.02
_SETTINGS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA fullfsync = ON",  # what macOS needs for the same
    "PRAGMA cache_size = -65536",  # KiB: keys come in any order, so adding many goes all over their index
    "PRAGMA cell_size_check = ON",
    "PRAGMA trusted_schema = OFF",
)


class Database:
    """One connection, for all threads of the process."""

    def __init__(
        self, path: Path, version: int, schema: Iterable[str], functions: Mapping[str, Callable[[Any, Any], Any]]
    ) -> None:
        """Open a database, or make one that only its owner can read; functions of two arguments become SQL's.

        Raises:
            JournalError: If that is not possible, the file is something else, or a part of it is missing.
        """
        self.path = path
        self._home = Home("this campaign")
        self._home.enter()
        shield_in_children(self)
        self._lock = threading.RLock()
        self._sending = threading.Lock()
        self._is_inside = False
        self._is_closed = False
        self._connection: sqlite3.Connection | None = None
        self.files = Files(path)
        try:
            with self._guarded(shared=False):
                self.files.make()
                self._connection = self._connected()
                self._recognise(version, schema)
                self.files.hold()
                for name, function in functions.items():
                    self._connection.create_function(name, 2, function, deterministic=True)
            self.all("SELECT 1 FROM sqlite_master")  # what was opened is what its name leads to
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the files; a forked child leaves them to the process that opened them."""
        if self._home.is_elsewhere:
            return
        # Closing drops the locks that SQLite holds on this file for other campaigns in this process: there are none
        # while this one has the guard.
        with self._lock:
            try:
                with suppress(JournalError), self._guarded(shared=False):
                    self._disconnect()
            finally:
                self._disconnect()
                self._is_closed = True
                self.files.close()

    def stay(self) -> None:
        """Refuse to continue in a forked child, before a lock or connection that belongs to the parent is touched.

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
        with self._lock:
            if self._is_inside:
                return self._execute(statement, parameters)[0]
            with self._guarded(shared=True):
                self.files.check()
                return self._execute(statement, parameters)[0]

    def change(self, statement: str, parameters: tuple[Any, ...] = ()) -> int:
        """Carry out a statement within a transaction, and return how many rows it changed."""
        return self._execute(statement, parameters)[1]

    def many(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Carry out a statement for each of many rows, within a transaction."""
        self._execute(statement, rows, many=True)

    @contextmanager
    def reading(self) -> Generator[None]:
        """Let everything be read within as it is at one moment."""
        self.stay()
        with self._inside("BEGIN", shared=True):
            yield

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Make everything within be kept together, or not at all if it ends with an exception.

        No code of a caller runs within: other processes wait for it.
        """
        self.stay()
        with self._inside("BEGIN IMMEDIATE", shared=False):
            yield

    @contextmanager
    def _inside(self, begin: str, *, shared: bool) -> Generator[None]:
        with self._lock, self._guarded(shared=shared):
            self.files.check()
            self._execute(begin)
            self._is_inside = True
            try:
                yield
                self._execute("COMMIT")
            except BaseException:
                with suppress(JournalError):
                    self._roll_back()
                raise
            finally:
                self._is_inside = False

    def check(self) -> None:
        """Read the whole file, and refuse it if a page of it is damaged, or is not where it belongs.

        A quick check does not see the latter in an index: keys would not be found that are there, and added again.

        Raises:
            JournalError: If it is.
        """
        if self.all("PRAGMA integrity_check(1)") != [("ok",)]:
            raise damaged(self.path)

    @contextmanager
    def exclusive(self) -> Generator[None]:
        """Keep every other process and thread from doing the same, until the end of this process at the latest.

        Raises:
            JournalInUseError: If another one is at it.
        """
        self.stay()
        file = self.files.claimed
        if file is None or self._is_closed:
            raise explained(self.path, sqlite3.ProgrammingError())
        if not self._sending.acquire(blocking=False):
            raise self._in_use()
        try:
            if not self._locked(file, shared=False):
                raise self._in_use()
            try:
                yield
            finally:
                if not self._home.is_elsewhere:  # forked while it was locked
                    file.unlock()
        finally:
            self._sending.release()

    def _in_use(self) -> JournalInUseError:
        return JournalInUseError(
            f"another process or thread is sending from the journal {self.path}, or adding to it",
            hint="Wait until it is done, or stop it; meanwhile, summary() and records() work.",
        )

    # --- opening and closing ------------------------------------------------------------------------------

    def _connected(self) -> sqlite3.Connection:
        try:
            return sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise explained(self.path, error) from error

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _recognise(self, version: int, schema: Iterable[str]) -> None:
        """Make an empty file a journal, and refuse what is none.

        Raises:
            JournalError: If it is another kind of file, or of another version.
        """
        for setting in _SETTINGS:
            self._execute(setting)
        if self._is_empty():
            self._make(version, schema)
        if self._number("application_id") != APPLICATION_ID:
            raise JournalError(f"{self.path} is a database, but not a journal", hint="Choose another path.")
        if (found := self._number("user_version")) != version:
            newer = "Use the version of messagemedia that made it, or a newer one."
            raise JournalError(
                f"the journal {self.path} has the format {found}, but this version of messagemedia knows {version}",
                hint=newer if found > version else "It was made before the first release. Choose another path.",
            )
        if self._execute("PRAGMA journal_mode = TRUNCATE")[0] != [("truncate",)]:
            raise locked(self.path)

    def _make(self, version: int, schema: Iterable[str]) -> None:
        self._execute("BEGIN EXCLUSIVE")
        for statement in (*schema, f"PRAGMA application_id = {APPLICATION_ID}", f"PRAGMA user_version = {version}"):
            self._execute(statement)
        self._execute("COMMIT")

    def _is_empty(self) -> bool:
        return self._number("application_id") == 0 and self._execute("SELECT 1 FROM sqlite_master LIMIT 1")[0] == []

    def _number(self, pragma: str) -> int:
        return int(self._execute(f"PRAGMA {pragma}")[0][0][0])

    # --- carrying out -------------------------------------------------------------------------------------

    def _execute(self, statement: str, parameters: Any = (), *, many: bool = False) -> tuple[list[Any], int]:
        connection = self._connection
        try:
            if connection is None:
                raise sqlite3.ProgrammingError
            # Closed in any case: one that met what is damaged would keep the file locked as long as it lives.
            with closing((connection.executemany if many else connection.execute)(statement, parameters)) as cursor:
                return cursor.fetchall(), cursor.rowcount
        except sqlite3.Error as error:
            failure = explained(self.path, error)
        # Out here, so that what is damaged does not come along with the context of the exception.
        raise failure

    def _roll_back(self) -> None:
        if self._connection is not None and self._connection.in_transaction:  # SQLite ends it by itself at times
            self.change("ROLLBACK")

    @contextmanager
    def _guarded(self, *, shared: bool) -> Generator[None]:
        """Let no other campaign write meanwhile, or read what is being written.

        Raises:
            JournalError: If another one does for too long.
        """
        if self._is_closed:
            raise explained(self.path, sqlite3.ProgrammingError())
        file = self.files.guard
        if file is None:
            yield
            return
        try:
            self._wait_for(file, shared=shared)
            yield
        finally:
            if not self._home.is_elsewhere:
                file.unlock()

    def _wait_for(self, file: OpenFile, *, shared: bool) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._locked(file, shared=shared):
            if time.monotonic() > deadline:
                raise locked(self.path)
            time.sleep(random.uniform(0, _LOOK))  # noqa: S311  # no secret depends on it

    def _locked(self, file: OpenFile, *, shared: bool) -> bool:
        try:
            return file.lock(shared=shared)
        except OSError as error:
            raise not_lockable(self.path, error) from error
