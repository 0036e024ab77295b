"""What a newcomer does first, each from an empty folder with the built wheel: `make first-use` prints how long it takes.

The programs are those of README.md and of docs/, so what is shown there works for somebody who has nothing but the wheel.
It needs no more than Python, so the release workflow runs it on each Python and system that the package is for.

    python tests/first_use.py                builds the wheel; needs the checking tools
    python tests/first_use.py --wheel dist   takes the one in this folder
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SANDBOX = "http://127.0.0.1:8463"

# The WSGI application of the documents, on a server of its own, and the sandbox that pushes a reply to it.
RECEIVE = """
import threading
from wsgiref.simple_server import make_server
from messagemedia import Client
from messagemedia.sandbox import Sandbox
server = make_server("127.0.0.1", 0, application)
threading.Thread(target=server.serve_forever, daemon=True).start()
with Sandbox() as sandbox, Client("SANDBOX_KEY", "SANDBOX_SECRET", base_url=sandbox.url) as client:
    url = f"http://127.0.0.1:{server.server_port}/hooks"
    sent = client.messages.send(content="Hello", destination_number="+61491570156", callback_url=url)
    sandbox.reply("YES, I heard you", message_id=sent.message_id)
    sandbox.wait_for_pushes(60)
"""


class Folder(NamedTuple):
    """An empty folder with an environment in it."""

    path: Path
    python: Path

    def run(self, code: str) -> str:
        """Run a program here, with nothing of the checkout or of an account around it; what it printed."""
        (self.path / "program.py").write_text(code, encoding="utf-8")
        return said_by([self.python, "program.py"], self.path)


def environment() -> dict[str, str]:
    """The variables of this process, without those that lead to the checkout, to an account, or through a proxy."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MESSAGEMEDIA_", "PYTEST_", "PYTHONPATH"))
    }
    return {**kept, "NO_PROXY": "127.0.0.1", "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}


def said_by(command: list[object], folder: Path) -> str:
    done = subprocess.run(
        [str(each) for each in command], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def install(folder: Path, wheel: Path, extras: str, *others: str) -> Folder:
    """An environment in an empty folder, made as the documents say, with the wheel instead of the name."""
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python", python, "install"]
    said_by([*pip, f"messagemedia[{extras}] @ {wheel.as_uri()}", *others], folder)
    return Folder(folder, python)


def shown(*words: str) -> str:
    """The first program of README and the documentation that has all these words."""
    for page in PAGES:
        for program in re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
            if all(word in program for word in words):
                return str(program)
    sys.exit(f"neither README.md nor docs/ has a program with {' and '.join(map(repr, words))}")


@contextlib.contextmanager
def sandbox(folder: Folder) -> Iterator[str]:
    """The sandbox as README starts it, at a port that is free; its address."""
    command = [folder.python, "-m", "messagemedia.sandbox", "--port", "0"]
    with subprocess.Popen(
        [str(each) for each in command],
        cwd=folder.path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as server:  # fmt: skip
        assert server.stdout
        try:
            url = server.stdout.readline().strip()
            assert url.startswith("http://127.0.0.1:"), "the sandbox did not start"
            yield url
        finally:
            server.terminate()


def first_message(folder: Folder) -> str:
    """README's program, sent to the sandbox that runs beside it."""
    with sandbox(folder) as url:
        said = folder.run(shown("SANDBOX_KEY", SANDBOX, "messages.send").replace(SANDBOX, url))
    assert re.search(r"^[0-9a-f-]{36} queued$", said, re.MULTILINE), said
    return said.splitlines()[0]


def received_push(folder: Folder) -> str:
    """The handlers of the documents, to which the sandbox pushes the reply to a message."""
    said = folder.run(shown("@webhooks.on(Reply)", "application = ") + RECEIVE)
    assert said == "+61491570156 YES, I heard you\n", said
    return said.strip()


def own_test(folder: Folder) -> str:
    """The documents' test of an application, with the test kit that the wheel brings to pytest."""
    (folder.path / "test_own.py").write_text(shown("def test_", "messagemedia_outbox"), encoding="utf-8")
    said = said_by([folder.python, "-m", "pytest", "-q", "test_own.py"], folder.path)
    assert re.search(r"^1 passed in ", said, re.MULTILINE), said
    return "1 passed"


PARTS: tuple[tuple[str, Callable[[Folder], str], str, tuple[str, ...]], ...] = (
    ("first message", first_message, "sandbox", ()),
    ("received push", received_push, "sandbox", ()),
    ("test of one's own", own_test, "sandbox", ("pytest",)),
)


def main() -> None:
    """Do each part, and print its times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=Path, help="the folder that has the wheel; without it, one is built")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        wheel = find(arguments.wheel) if arguments.wheel else build(Path(name) / "built")
        print(f"{wheel.name} with Python {sys.version.split()[0]}")
        for number, (what, part, extras, others) in enumerate(PARTS):
            empty = Path(name) / str(number)
            empty.mkdir()
            begun = time.monotonic()
            folder = install(empty, wheel, extras, *others)
            installed = time.monotonic()
            said = part(folder)
            ended = time.monotonic()
            print(f"{what}: {installed - begun:.1f} s to install, {ended - installed:.1f} s to run ({said})")
            shutil.rmtree(empty, ignore_errors=True)


def find(folder: Path) -> Path:
    """The wheel in a folder."""
    wheels = list(folder.resolve().glob("*.whl"))
    if len(wheels) != 1:
        sys.exit(f"{folder} has {len(wheels)} wheels: give the folder of one release")
    return wheels[0]


def build(folder: Path) -> Path:
    """The wheel of this checkout."""
    said_by([sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", folder, ROOT], ROOT)
    return find(folder)


if __name__ == "__main__":
    main()
