"""Runs the command line as users do: in this process for the many small cases, as a process of its own for the few that
need one, through a pipe or a real pseudo-terminal.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from attrs import frozen
from messagemedia import sandbox
from messagemedia.cli import app

COMMAND = (sys.executable, "-m", "messagemedia")
NUMBER = "+61491570156"


@frozen
class Ran:
    """What came of a command."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class Cli:
    """The command line with a home of its own, and a sandbox that answers."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str], server: sandbox.Sandbox) -> None:
        self.home = home
        self.sandbox = server
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Ran:
        """Run a command in this process, its output in a pipe."""
        self._capsys.readouterr()
        code = app.main([str(each) for each in arguments])
        captured = self._capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    def process(self, *arguments: object, text: str = "", **environment: str) -> Ran:
        """Run it as a process of its own, its output in pipes."""
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)],
            input=text.encode(),
            capture_output=True,
            check=False,
            env={**os.environ, **environment},
            timeout=60,
        )
        return Ran(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))


def isolated(patch: pytest.MonkeyPatch, home: Path, server: sandbox.Sandbox) -> None:
    """Let the command line find nothing of this machine: its files in a folder, the sandbox in the environment."""
    for name in [name for name in os.environ if name.startswith("MESSAGEMEDIA_")]:
        patch.delenv(name)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        patch.setenv(name, str(home))
    patch.setenv("MESSAGEMEDIA_BASE_URL", server.url)
    patch.setenv("MESSAGEMEDIA_API_KEY", server.options.api_key)
    patch.setenv("MESSAGEMEDIA_API_SECRET", server.options.api_secret)


def say(patch: pytest.MonkeyPatch, content: bytes) -> None:
    """Let the standard input hold this."""
    patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


class Terminal:
    """A command behind a real pseudo-terminal."""

    def __init__(self, process: subprocess.Popen[bytes], master: int, columns: int) -> None:
        self._process = process
        self._master = master
        self._columns = columns
        self._changed = threading.Condition()
        self._ended = False
        self._seen = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                piece = os.read(self._master, 65536)
            except OSError:  # the other end is closed
                piece = b""
            with self._changed:
                self._seen += piece
                self._ended = not piece
                self._changed.notify_all()
            if not piece:
                return

    @property
    def text(self) -> str:
        """All that came, as it came."""
        return bytes(self._seen).decode("utf-8", "replace")

    def wait_for(self, text: str, seconds: float = 30) -> None:
        """Wait until something was written."""
        with self._changed:
            assert self._changed.wait_for(lambda: text in self.text or self._ended, seconds), self.text
        assert text in self.text, self.text

    def type(self, text: str) -> None:
        """Type at the keyboard: `\\x03` is Ctrl-C."""
        os.write(self._master, text.encode())

    def answer(self, typed: str) -> int:
        """Answer the question that was asked last, with Ctrl-C as `\\x03`, and return the exit code."""
        if typed == "\x03":
            return self.interrupt()
        self.type(f"{typed}\n")
        return self.end()

    def interrupt(self) -> int:
        """Press Ctrl-C at a question, and return the exit code.

        One that comes just before Python waits for a line is noticed with the next key only, so it is pressed again.
        """
        while True:
            self.type("\x03")
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(3)
                return self.end()

    def end(self) -> int:
        """Wait for the end, and return the exit code."""
        code = self._process.wait(60)
        self._reader.join(10)
        return code

    def screen(self, rows: int = 40) -> list[str]:
        """What stands on the screen, its lines without blanks at their ends."""
        pyte = pytest.importorskip("pyte")
        screen = pyte.Screen(self._columns, rows)
        pyte.ByteStream(screen).feed(bytes(self._seen))
        return [line.rstrip() for line in screen.display]


@contextmanager
def terminal(arguments: Sequence[object], *, columns: int = 80, **environment: str) -> Iterator[Terminal]:
    """A command that runs behind a pseudo-terminal of so many columns."""
    import fcntl
    import pty
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    env: Mapping[str, str] = {"TERM": "xterm-256color", **os.environ, **environment}
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0) and None,  # noqa: PLW1509  # it makes a single system call
        env={key: value for key, value in env.items() if key not in ("COLUMNS", "LINES")},
    )
    os.close(slave)
    try:
        yield Terminal(process, master, columns)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        os.close(master)
