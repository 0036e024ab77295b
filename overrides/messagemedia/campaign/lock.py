"""Files that stay open and can be locked, by locks that only their holder releases, or its end.

The locks of SQLite are not of this kind: on POSIX a process loses them when it closes *any* descriptor of the file, as
a backup or a checksum in another thread does. These (`flock`) belong to the open file, and are on the file itself,
whatever name it was reached by. Two that one process opens keep each other out, too.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import weakref
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# On BSD and macOS `flock` and SQLite's locks get into each other's way; on Windows a lock keeps others from reading.
MAY_LOCK_DATABASES = sys.platform.startswith("linux")
# A byte that no journal is long enough to have.
_FAR = 1 << 62

Identity = tuple[int, int]


class OpenFile:
    """A file that is open until it is closed, and whether its name still leads to it."""

    def __init__(self, path: Path, *, create: bool) -> None:
        """Open a regular file, or make one that only its owner can read.

        Raises:
            OSError: If that is not possible.
        """
        self.path = path
        flags = os.O_RDWR | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)
        self.descriptor = os.open(path, flags | (os.O_CREAT if create else 0), 0o600)
        self._closing = weakref.finalize(self, os.close, self.descriptor)
        self._closing.atexit = False
        found = os.fstat(self.descriptor)
        if not stat.S_ISREG(found.st_mode):
            self._closing()
            raise OSError(errno.EINVAL, "Not a file")
        self.identity = identity(found)
        _open.add(self)

    @property
    def is_in_place(self) -> bool:
        """Whether its name leads to it, and no other name of its own does."""
        try:
            found = self.path.lstat()
        except OSError:
            return False
        return identity(found) == self.identity and found.st_nlink == 1

    def lock(self, *, shared: bool = False) -> bool:
        """Lock it at once, and return whether nobody else has.

        Raises:
            OSError: If it can't be locked at all.
        """
        if not self._closing.alive:
            raise OSError(errno.EBADF, "it is closed")
        try:
            if sys.platform == "win32":
                os.lseek(self.descriptor, _FAR, os.SEEK_SET)
                msvcrt.locking(self.descriptor, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(self.descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return False
        return True

    def unlock(self) -> None:
        """Let others lock it; closing does that, too."""
        if not self._closing.alive:
            return
        if sys.platform == "win32":
            os.lseek(self.descriptor, _FAR, os.SEEK_SET)
            msvcrt.locking(self.descriptor, msvcrt.LK_UNLCK, 1)
        else:
            fcntl.flock(self.descriptor, fcntl.LOCK_UN)

    def read(self) -> bytes:
        """What is in it."""
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        return os.read(self.descriptor, 1000)

    def write(self, content: bytes, *, lasting: bool = False) -> None:
        """Put as many bytes in the place of those in it; `lasting`: only they, and on the disk when this returns."""
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        os.write(self.descriptor, content)
        if lasting:
            os.ftruncate(self.descriptor, len(content))
            os.fsync(self.descriptor)

    def close(self) -> None:
        """Close it; a forked child has done so already."""
        _open.discard(self)
        self._closing()


def identity(found: os.stat_result) -> Identity:
    """What tells a file from all others, whatever it is called."""
    return found.st_dev, found.st_ino


def is_open_here(found: os.stat_result) -> bool:
    """Whether this process has a file open whose locks it would lose if it opened and closed it once more."""
    return stat.S_ISREG(found.st_mode) and any(each.identity == identity(found) for each in _open)


_open: weakref.WeakSet[OpenFile] = weakref.WeakSet()


def _let_go() -> None:
    """A forked child must not keep a lock that its parent took: it would last until the child ends."""
    for each in list(_open):
        each.close()


if hasattr(os, "register_at_fork"):  # there is no fork on Windows
    os.register_at_fork(after_in_child=_let_go)
