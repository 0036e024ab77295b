"""The plugin of pytest, used from the built wheel by a project that has nothing to do with this one.

`make package` calls it. The project's environment has the wheel, and beside it what is locked for development: pytest,
pytest-xdist, and what the sandbox needs.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import sysconfig
import threading
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]

# Loaded by Python before pytest, and so below the guard: every name of a host leads to this machine.
SITECUSTOMIZE = """
import os, socket
if port := os.environ.get("STAND_IN"):
    resolve = socket.getaddrinfo
    socket.getaddrinfo = lambda host, _port, *rest, **more: resolve("127.0.0.1", int(port), *rest, **more)
"""

UNITTEST = """
import unittest
from messagemedia import Client
from messagemedia.testing import Outbox

class OrderTest(unittest.TestCase):
    def setUp(self):
        self.outbox = self.enterContext(Outbox())

    def test_order(self):
        with Client() as client:
            client.messages.send(content="Order 1 is on its way", destination_number="+61491570156")
        self.outbox.assert_sent(content="Order 1 is on its way", times=1)
"""

# What a test kit is for: it forgets its fixture, and catches everything.
CARELESS = """
import urllib.request
from messagemedia import Client

def test_careless():
    try:
        urllib.request.urlopen("http://api.messagemedia.com/v1/messages", b"{}")
    except BaseException:
        pass

def test_careless_with_the_client():
    try:
        Client("K", "S", max_retries=0).messages.send(content="Hello", destination_number="+61491570156")
    except BaseException:
        pass
"""

MANY = """
import pytest
from messagemedia import Client

@pytest.mark.parametrize("number", range(12))
def test_alone(messagemedia_outbox, number):
    messagemedia_outbox.assert_nothing_sent()
    with Client() as client:
        client.messages.send(content=f"Message {number}", destination_number="+61491570156")
    messagemedia_outbox.assert_sent(content=f"Message {number}", times=1)

@pytest.mark.messagemedia(outcomes="all")
def test_outcome(messagemedia_outcome): ...
"""

LOADED = """
import sys

def test_start():
    ours = {name for name in sys.modules if name.startswith("messagemedia") and not name.endswith("._version")}
    assert ours == {"messagemedia", *(f"messagemedia.testing{name}" for name in ("", ".guard", ".plugin"))}
    assert "messagemedia/testing/plugin.py" in sys.modules["messagemedia.testing.plugin"].__file__.replace("\\\\", "/")
    assert PROJECT in sys.modules["messagemedia"].__file__
"""


def shown_test() -> str:
    """The first test that the documentation shows."""
    text = (ROOT / "docs" / "testing.md").read_text("utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return next(str(block) for block in blocks if "def test_" in block)


def make_project(wheel: Path, folder: Path) -> Path:
    """An environment with the wheel, and a project in it; returns its Python."""
    venv.create(folder / "venv", with_pip=False)
    python = folder / "venv" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python", str(python)]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", str(wheel)], check=True)
    [site] = (folder / "venv" / "lib").glob("python*/site-packages")
    (site / "development.pth").write_text(sysconfig.get_path("purelib") + "\n")
    project = folder / "project"
    project.mkdir()
    files = {
        "pytest.ini": "[pytest]\nfilterwarnings = error\naddopts = -p no:cacheprovider -p no:schemathesis --strict-markers\n",
        "sitecustomize.py": SITECUSTOMIZE,
        "test_readme.py": shown_test(),
        "test_orders.py": UNITTEST,
        "test_many.py": MANY,
        "careless.py": CARELESS,
        "loaded.py": f"PROJECT = {str(folder)!r}\n{LOADED}",
    }
    for name, text in files.items():
        (project / name).write_text(text, "utf-8")
    return python


@contextmanager
def counting() -> Iterator[tuple[int, list[bytes]]]:
    """A server that stands for the real hosts; what arrived at it."""
    arrived: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(30)
                    arrived.append(connection.recv(65536))
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1], arrived
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def prove(wheel: Path, folder: Path) -> None:
    """Use the plugin in every way that the documentation names."""
    python = make_project(wheel, folder)

    def ran(*arguments: str, stand_in: int | None = None) -> str:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "MESSAGEMEDIA_"))}
        environment = {**kept, "PYTHONPATH": ".", "STAND_IN": str(stand_in or "")}
        command = [str(python), "-m", *arguments]
        done = subprocess.run(
            command, cwd=folder / "project", env=environment, capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr

    def require(said: str, output: str) -> None:
        if not re.search(said, output, re.MULTILINE):
            sys.exit(f"{said!r} is not in:\n{output}")

    require(r"^18 passed", ran("pytest", "-q"))
    require(r"^18 passed", ran("pytest", "-q", "-n", "2"))
    require(r"^OK$", ran("unittest", "-q", "test_orders"))
    require(r"^1 passed", ran("pytest", "-q", "loaded.py"))
    require("fixture 'messagemedia_outbox' not found", ran("pytest", "-q", "-p", "no:messagemedia", "test_readme.py"))
    print("the plugin works from the wheel: the test of the documentation, xdist, unittest, and left out")

    with counting() as (port, arrived):
        told = ran("pytest", "-q", "careless.py", stand_in=port)
        require(r"^2 failed", told)
        require("A test was about to reach api.messagemedia.com, a real host of the API", told)
        assert arrived == [], arrived
        allow = ("-o", "messagemedia_real_hosts=allow")
        require(r"^2 passed", ran("pytest", "-q", *allow, "careless.py", stand_in=port))
        plain = [each.startswith(b"POST /v1/messages") for each in arrived]
        assert sorted(plain) == [False, True], (
            arrived
        )  # the other one begins with TLS, which this server does not speak
    print("the guard stops what would have reached a real host, though the application catches everything")
