"""What is said when a journal can't be used, and what to do about it, without anything that the journal holds."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from messagemedia.campaign.errors import JournalError

_DAMAGED = (
    "If a file next to it that ends in -journal was deleted, put it back. Otherwise, restore the journal from a copy "
    "that was "
    "made after the last row was sent. Without one, what it says of sent rows is lost: do not start over with the same "
    "rows."
)
_RIGHTS = "Give this user write access to the file and its folder."
_EXPLANATIONS = {
    sqlite3.SQLITE_BUSY: (
        "another process keeps it locked",
        (
            "Wait until that is done, and try again. If there is no such process, the folder is on a network drive: "
            "use "
            "a local one."
        ),
    ),
    sqlite3.SQLITE_READONLY: ("it is read-only, or was moved while it was in use", _RIGHTS),
    sqlite3.SQLITE_PERM: ("access is denied", _RIGHTS),
    sqlite3.SQLITE_CANTOPEN: ("it can't be opened", "Check that its folder exists and can be written to."),
    sqlite3.SQLITE_FULL: ("the disk is full", "Free some space, and call it again: it continues where it stopped."),
    sqlite3.SQLITE_IOERR: ("the disk failed", "Check the disk, and that it is a local one."),
    sqlite3.SQLITE_CORRUPT: ("it is damaged", _DAMAGED),
    sqlite3.SQLITE_NOTADB: ("it is not a journal", "Choose another path; nothing was changed."),
}
_OF_DAMAGE = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_SCHEMA}
# What passes by itself, or when somebody makes room.
_PASSING = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}


def explained(path: Path, error: sqlite3.Error) -> JournalError:
    """What an error of SQLite means; it becomes the cause, unless its text may show what is in the journal."""
    if isinstance(error, sqlite3.ProgrammingError):  # without a code: the connection is closed
        return JournalError(f"the journal {path} is closed", hint="Make a new Campaign.")
    code = _code(error)
    # Without a code it is a text that is none. The statements are ours: what they ask for is not there.
    if code == 0 or code in _OF_DAMAGE:
        return damaged(path)
    reason, hint = _EXPLANATIONS.get(code, ("SQLite failed", ""))
    told = str(error) if code in _EXPLANATIONS else error.sqlite_errorname
    failure = JournalError(f"the journal {path} can't be used, {reason} ({told})", hint=hint)
    failure.__cause__ = error
    return failure


def damaged(path: Path, what: str = "") -> JournalError:
    """That what is in a journal can't be true."""
    return JournalError(f"the journal {path} is damaged{what and f': {what}'}", hint=_DAMAGED)


def replaced(path: Path) -> JournalError:
    """That a journal is not the one that was there before."""
    return JournalError(
        f"the journal {path} was replaced by another one, or another copy of it",
        hint="Nothing more is sent. Put back the one that was in use, with the files that belong to it. If this is the "
        f"right one, and the rows that it calls pending may be sent: delete {path.name}-lock, and start again.",
    )


def older(path: Path) -> JournalError:
    """That a journal says less than it did."""
    return JournalError(
        f"the journal {path} is an older copy: rows have been sent since it was made",
        hint=f"Put back the newest one. Only if the rows that it calls pending may be sent, some of them again: delete "
        f"{path.name}-lock.",
    )


def locked(path: Path) -> JournalError:
    """That somebody else writes for longer than one waits."""
    reason, hint = _EXPLANATIONS[sqlite3.SQLITE_BUSY]
    failure = JournalError(f"the journal {path} can't be used, {reason}", hint=hint)
    failure.__cause__ = TimeoutError()
    return failure


def not_lockable(path: Path, error: OSError) -> JournalError:
    """That the file system has no locks."""
    return JournalError(
        f"the journal {path} can't be locked where it is: {error.strerror}", hint="Keep it on a local disk."
    )


def unsealed(path: Path, error: OSError) -> JournalError:
    """That what belongs to a journal can't be written down beside it."""
    return JournalError(
        f"the journal {path} can't be used, {path.name}-lock can't be written: {error.strerror}",
        hint="Free some space, and check that it is on a local disk.",
    )


def passes(error: JournalError) -> bool:
    """Whether what could not be written down may be later, by the same process."""
    cause = error.__cause__
    return isinstance(cause, TimeoutError | ConnectionError) or (
        isinstance(cause, sqlite3.Error) and _code(cause) in _PASSING
    )


def _code(error: sqlite3.Error) -> int:
    """The primary code of an error, 0 if it has none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
