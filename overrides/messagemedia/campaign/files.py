"""The files of a journal: which belong to it, and what is refused because a part of it is missing or in two places."""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from pathlib import Path

from messagemedia.campaign.errors import JournalError
from messagemedia.campaign.lock import MAY_LOCK_DATABASES, OpenFile

# What SQLite and this package put beside a journal; the first two are its own, the others another program's doing.
COMPANIONS = ("-journal", "-lock", "-wal", "-shm")
_LONGEST_NAME = 255

ONE_NAME = "Use one name for it: after a crash, the files that belong to it are found by that name."


class Files:
    """A journal's file and the one with its lock, from before SQLite opens the first until after it has closed it.

    The lock's file holds a seal: what the journal said last of how far it is. So a journal that is emptied, or of which
    an older copy was put back, is noticed.
    """

    def __init__(self, path: Path) -> None:
        """Look at what is there, and open the lock.

        Raises:
            JournalError: If there is no place for a journal, or a part of one is missing.
        """
        self.path = path
        _check_name(path)
        found = _stat(path)
        _check_place(path, found)
        lock = beside(path, "-lock")
        # What is no journal gets no file beside it: that is decided over without the lock, if there is none.
        self.lock = None if found and found.st_size and not lock.exists() else self._opened(lock)
        self.main: OpenFile | None = None

    def make(self) -> None:
        """Make the file if there is none, with the lock held.

        Raises:
            JournalError: If it is missing or empty, and was a journal once.
        """
        found = _stat(self.path)
        if found is not None and found.st_size:
            return
        hot = _size(beside(self.path, "-journal"))
        # A process that was killed while it made the journal leaves a lock without a seal.
        if self.seal or hot:
            what = "is empty" if found is not None else "is not there"
            raise JournalError(
                f"the journal {self.path} {what}, but the files next to it show that there was a campaign",
                hint="Put the file back as it was when it was last used. Only if all of its rows may be sent again: "
                f"delete {self.path.name}-lock and {self.path.name}-journal, too.",
            )
        if found is None:
            self._opened(self.path).close()

    def hold(self) -> None:
        """Keep the file open from now on, and have a lock."""
        self.main = self._opened(self.path)
        if self.lock is None:
            self.lock = self._opened(beside(self.path, "-lock"))

    @property
    def guard(self) -> OpenFile | None:
        """What is locked for each transaction; None where SQLite's locks are all there is, or no journal is yet."""
        return self.lock if MAY_LOCK_DATABASES else None

    @property
    def claimed(self) -> OpenFile | None:
        """What is locked as long as somebody adds or sends."""
        return self.main if MAY_LOCK_DATABASES else self.lock

    @property
    def seal(self) -> str:
        """What the journal was last said to hold; empty if that is not known."""
        return self.lock.read().rstrip(b"\0").decode(errors="replace") if self.lock is not None else ""

    def write_seal(self, seal: str, *, lasting: bool = False) -> None:
        """Say what the journal holds, after it is on the disk."""
        if self.lock is not None:
            self.lock.write(seal.encode(), lasting=lasting)

    def check(self) -> None:
        """Refuse to continue with files that have been moved, replaced or deleted.

        Raises:
            JournalError: If one was.
        """
        for each in (self.main, self.lock):
            if each is not None and not each.is_in_place:
                raise JournalError(
                    f"{each.path} was moved, replaced, linked or deleted while it was in use",
                    hint="Nothing more is sent. Put it back before you continue, with all the files that belong to "
                    "it; do not "
                    "start over with the same rows.",
                )

    def close(self) -> None:
        """Close both."""
        for each in (self.main, self.lock):
            if each is not None:
                each.close()

    def _opened(self, path: Path) -> OpenFile:
        try:
            return OpenFile(path, create=True)
        except FileNotFoundError as error:
            raise JournalError(
                f"there is no folder {path.parent} for the journal {self.path.name}",
                hint="Create it, or choose another path.",
            ) from error
        except OSError as error:
            raise JournalError(
                f"the journal {self.path} can't be used, {path.name} can't be opened: {error.strerror}",
                hint="Give this user write access to the file and its folder, or choose another path.",
            ) from error


def is_begun(path: Path) -> bool:
    """Whether there is a journal at a path, or anything that says that there was one."""
    return any(_size(each) for each in (path, beside(path, "-lock"), beside(path, "-journal")))


def real_path(path: str | os.PathLike[str]) -> Path:
    """The path of a file itself, whatever links lead to it.

    Raises:
        JournalError: If there can be no such path.
    """
    try:
        return Path(os.path.realpath(path))
    except (TypeError, ValueError) as error:
        raise JournalError(f"the path of the journal is not valid: {error}", hint="Choose another path.") from error


def beside(path: Path, end: str) -> Path:
    """A companion of a journal."""
    return path.with_name(f"{path.name}{end}")


def _size(path: Path) -> int:
    """How many bytes a file has, 0 if there is none."""
    found = _stat(path)
    return 0 if found is None else found.st_size


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise JournalError(
            f"the journal {path} can't be used: {error.strerror}", hint="Choose a path that this user can write to."
        ) from error


def _check_name(path: Path) -> None:
    if len(os.fsencode(path.name)) + len(COMPANIONS[0]) > _LONGEST_NAME:
        raise JournalError(
            f"the journal {path} can't be created: its name is too long", hint="Choose one of at most 240 bytes."
        )


def _check_place(path: Path, found: os.stat_result | None) -> None:
    """Refuse what is not a file, and what other processes reach by another name.

    Raises:
        JournalError: If it is.
    """
    if found is None:
        return
    if not stat.S_ISREG(found.st_mode):
        raise JournalError(f"the journal {path} can't be used, it is not a file", hint="Choose another path.")
    if found.st_nlink > 1:
        raise JournalError(f"the journal {path} has another name as well, by a hard link", hint=ONE_NAME)
    if _is_mounted(path):
        raise JournalError(
            f"the journal {path} is mounted as a single file, so what belongs to it is lost with the container",
            hint="Mount the folder that it is in instead.",
        )


def _is_mounted(path: Path) -> bool:
    """Whether the file itself is a mount, as `docker run -v` makes it of a path that leads to a file."""
    with suppress(OSError):
        mounts = Path("/proc/self/mountinfo").read_bytes().splitlines()
        return os.fsencode(path) in {_unescaped(line.split(b" ")[4]) for line in mounts}
    return os.path.ismount(path)


def _unescaped(text: bytes) -> bytes:
    return re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), text)
