"""Starts the canned server, compiled if there is a C compiler."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import answers

HERE = Path(__file__).parent


def cores() -> tuple[int | None, int | None]:
    """The core of the client and the core of the server; none where processes can't be bound to cores."""
    usable = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    return (usable[0], usable[1]) if len(usable) > 1 else (None, None)


def _bind(process: int, core: int | None) -> None:
    """Keep a process on one core."""
    if core is not None:
        os.sched_setaffinity(process, {core})


def _command(folder: Path) -> list[str]:
    compiler = shutil.which("cc") if sys.platform == "linux" else None
    if compiler:
        built = folder / "server"
        done = subprocess.run([compiler, "-O2", "-o", built, HERE / "server.c"], capture_output=True, check=False)
        if done.returncode == 0:
            return [str(built)]
    return [sys.executable, str(HERE / "server.py")]


@contextlib.contextmanager
def server() -> Iterator[tuple[str, str]]:
    """A running server: its address, and what kind it is."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = _command(folder)
        process = subprocess.Popen(
            [*command, str(answers.write(folder))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        _bind(process.pid, cores()[1])
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}", "Python" if len(command) > 1 else "C"
        finally:
            process.stdin.close()
            process.wait()
            process.stdout.close()
