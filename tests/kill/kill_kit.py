"""What the kill tests share: a sandbox in a process of its own."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar


class Closable(Protocol):
    def close(self) -> None: ...


S = TypeVar("S", bound=Closable)


@contextmanager
def running_sandbox(connect: Callable[[str], S]) -> Iterator[S]:
    """A sandbox that is killed at the end, as what a test makes of its address."""
    command = [sys.executable, "-m", "messagemedia.sandbox", "--port", "0", "--key", "KEY", "--secret", "SECRET"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            server = connect(process.stdout.readline().strip())
            yield server
            server.close()
        finally:
            process.kill()
