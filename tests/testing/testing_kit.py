"""Runs of pytest within a test, with nothing but the plugin of the package."""

import importlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import messagemedia.sandbox.sandbox
import messagemedia.testing.outbox  # noqa: F401  # what a run within this process imports is forgotten after it
import pytest

for part in ("", ".client", ".exceptions", ".http", ".request", ".response"):
    importlib.import_module(f"pyreqwest{part}")  # which must not be imported twice

HOST = "api.messagemedia.com"
PLUGIN = "messagemedia.testing.plugin"
OPTIONS = ("-p", PLUGIN, "-p", "no:cacheprovider", "-p", "no:randomly", "--strict-markers")


def run(pytester: pytest.Pytester, test: str, *options: str, ini: str = "", conftest: str = "") -> pytest.RunResult:
    """Run the tests of a file in this process."""
    imported_before = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"  # by this process
    pytester.makeini(f"[pytest]\nfilterwarnings =\n  error\n  {imported_before}\n{ini}")
    pytester.makeconftest(conftest)
    pytester.makepyfile(test)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        patch.delenv("PYTEST_ADDOPTS", raising=False)
        return pytester.runpytest_inprocess(*OPTIONS, *options)


class Stand:
    """What stands for the real hosts on this machine, and counts who connects."""

    def __init__(self) -> None:
        self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(30)
                self.connections += 1
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")


@contextmanager
def standing_in(patch: pytest.MonkeyPatch) -> Iterator[Stand]:
    """Let every name of a host lead to a server on loopback, below any guard that is set up later."""
    stand = Stand()
    stand.thread.start()
    resolve = socket.getaddrinfo

    def lead(_host: Any, _port: Any, *arguments: Any, **options: Any) -> Any:
        return resolve("127.0.0.1", stand.port, *arguments, **options)

    patch.setattr(socket, "getaddrinfo", lead)
    patch.setattr(socket, "gethostbyname", lambda _host: "127.0.0.1")
    try:
        yield stand
    finally:
        stand.listener.shutdown(socket.SHUT_RDWR)
        stand.listener.close()
        stand.thread.join()
