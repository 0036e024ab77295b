"""Files that only their owner may read: written whole or not at all, and by one process at a time."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from messagemedia.cli.exits import USAGE, Failure


def read_private(path: Path) -> bytes | None:
    """The content of a file; None if there is none.

    Raises:
        Failure: Others can read it, too.
        OSError: It can't be read.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if os.name == "posix" and mode & 0o077:
                raise Failure(
                    f"{path} can be read or changed by others (its mode is {mode & 0o777:o}), so it is not used",
                    USAGE,
                    [
                        "Make it readable by you alone, and replace the secrets in it if somebody may have read them:",
                        f"  chmod 600 '{path}'",
                    ],
                )
            return file.read()
    except FileNotFoundError:
        return None


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, and put it in its place when it is complete.

    Raises:
        OSError: It can't be written; what was there before is still there.
    """
    target = Path(os.path.realpath(path))  # a link that somebody made stays one
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


@contextmanager
def alone(path: Path) -> Generator[None]:
    """Keep other processes that say the same of this file from changing it; wait for one that does.

    Raises:
        OSError: The lock can't be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # It is given back when the file is closed, also by a process that is killed.
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415

            msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
