"""Remembers sends whose outcome is not known, so that the same one is not made again by mistake.

A send is written down before it is made, and taken away when its outcome is known: so one that was killed in between is
there, too. What is kept are keyed digests, with their key in the same file, which only its owner can read: neither
numbers nor texts. Whatever is wrong with that file is told, and keeps nothing from being sent.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from attrs import define, field, frozen

from messagemedia.cli.private import alone, write_private

KEPT_SECONDS = 7 * 86_400
MOST = 1_000


@frozen
class Intent:
    """A send that is about to be made.

    Attributes:
        token: What it is known by; empty if it could not be written down.
        earlier: The times, in seconds since 1970, of the same ones before it whose outcome is not known.
        settles: The tokens of those.
    """

    token: str = ""
    earlier: tuple[float, ...] = ()
    settles: tuple[str, ...] = ()


@define
class _Kept:
    """What is in the file: the key, and of each send token, digest and time, the oldest first."""

    key: str
    sends: list[tuple[str, str, float]] = field(factory=list[tuple[str, str, float]])


class Repeats:
    """The memory of sends. It is shared by all processes of a user."""

    def __init__(self, warn: Callable[[str], None], *, now: Callable[[], float] = time.time) -> None:
        """Make one that is read when it is needed.

        Args:
            warn: Is told what is wrong with the file.
            now: The time, in seconds since 1970.
        """
        self._warn = warn
        self._now = now

    def intend(self, *said: str, again: bool) -> Intent:
        """Write down that a message is about to be sent, unless one like it may have been.

        Args:
            said: What makes two messages the same: server, account, digits of the number, text.
            again: Write it down anyway.

        Returns:
            The intent. If it has `earlier` ones and `again` is false, it was not written down: ask first.
        """
        path = _path()
        try:
            with alone(path):
                kept = self._read(path)
                digest = _digest(kept.key, said)
                same = [(token, at) for token, known, at in kept.sends if known == digest]
                earlier, settles = tuple(at for _, at in same), tuple(token for token, _ in same)
                if earlier and not again:
                    return Intent(earlier=earlier)
                token = secrets.token_hex(8)
                kept.sends.append((token, digest, self._now()))
                _write(path, kept)
                return Intent(token, earlier, settles)
        except OSError as error:
            self._warn(
                f"messagemedia: warning: {path} can't be used ({error.strerror or error}): if the outcome of this send "
                "stays unknown, a second identical send will not be noticed"
            )
            return Intent()

    def forget(self, intent: Intent, *, sent: bool) -> None:
        """Take away a send whose outcome is known. If it was sent, those that it repeated on purpose are settled."""
        if not intent.token:
            return
        gone = {intent.token, *(intent.settles if sent else ())}
        path = _path()
        try:
            with alone(path):
                kept = self._read(path)
                kept.sends = [each for each in kept.sends if each[0] not in gone]
                _write(path, kept)
        except OSError as error:
            self._warn(
                f"messagemedia: warning: {path} can't be written ({error.strerror or error}): sending the same again "
                "will be asked about, though the outcome is known"
            )

    def _read(self, path: Path) -> _Kept:
        """What is kept, without what is too old; a new key if there is nothing, or nothing that can be read."""
        try:
            found = _kept(json.loads(path.read_bytes()))
        except FileNotFoundError:
            return _Kept(secrets.token_hex(32))
        except (ValueError, RecursionError):
            self._warn(f"messagemedia: warning: {path} is damaged and is replaced: earlier sends are forgotten")
            return _Kept(secrets.token_hex(32))
        oldest = self._now() - KEPT_SECONDS
        found.sends = [each for each in found.sends if each[2] >= oldest]
        return found


def digits(number: str) -> str:
    """A number as it is compared: without a plus and punctuation."""
    return re.sub("[^0-9]", "", number)


def _path() -> Path:
    import platformdirs  # noqa: PLC0415  # only sending needs it

    return Path(platformdirs.user_state_dir("messagemedia", appauthor=False), "sends.json")


def _digest(key: str, said: tuple[str, ...]) -> str:
    text = json.dumps(said)  # which keeps apart where one ends and the next begins
    return hmac.digest(bytes.fromhex(key), text.encode(), "sha256").hex()


def _write(path: Path, kept: _Kept) -> None:
    write_private(path, json.dumps({"key": kept.key, "sends": kept.sends[-MOST:]}).encode())


def _kept(value: object) -> _Kept:
    """What was read, checked.

    Raises:
        ValueError: It is something else.
    """
    try:
        found = cast("dict[str, Any]", value)
        key, sends = found["key"], found["sends"]
        if len(bytes.fromhex(key)) < 16:
            raise ValueError("the key is too short")
        return _Kept(key, [(str(token), str(digest), float(at)) for token, digest, at in sends])
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError("it is not a memory of sends") from error
