"""The blocks of code in the documents: found, run as they are printed, and what they print held against what is shown.

A block is a fence at the beginning of a line. Its info string is a language and words:

    ```python           a program: a namespace, a folder and a sandbox of its own, to which every region leads
    ```python raises    it ends with an exception, and the last thing shown is what Python says of it
    ```python slow      it takes more than half a second, so `make test` leaves it out
    ```python continued it goes on in the namespace and folder of the block before it
    ```python before    code that is not ours, and is not run
    ```sh               commands that exist. If an `output` block follows, `messagemedia …` is run, and
                        `python -m messagemedia.sandbox` for a moment; nothing else is
    ```output           what the block right above it prints, on standard output and standard error

A `people.csv` is there if a block names it. Ids, times, ports and durations may differ. `python -m tests.docs.outputs --write` writes what was printed.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import re
import shlex
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest
from messagemedia.cli import app
from messagemedia.sandbox import Sandbox
from messagemedia.sandbox.__main__ import DEFAULT_PORT
from messagemedia_generated.servers import SERVERS

from tests import inside

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    *(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "CHANGELOG", "SECURITY", "SUPPORT")),
    *sorted((ROOT / "docs").glob("*.md")),
]
LOCAL = f"http://127.0.0.1:{DEFAULT_PORT}"  # where the documents say that a sandbox runs
API = SERVERS["apac"]
DATABASE = "postgresql://"  # a block with such an address needs PostgreSQL: tests/postgres runs it
CAMPAIGNS = f"{DATABASE}sender@db.internal/app"  # where the documents say that campaigns are
WORDS = {"raises", "slow", "continued", "before"}
PEOPLE = "customer_id,name,destination_number\n1,Ann,+61491570156\n2,Bo,+61491570157\n3,Cy,+61491570158\n"

_FENCE = re.compile(r"^(`{3,})([^\s`]*)([^\n`]*)\n(.*?)^\1[ ]*$\n?", re.MULTILINE | re.DOTALL)
_RUN = re.compile(r"^(messagemedia |python -m messagemedia\.sandbox)", re.MULTILINE)

_VARYING: Sequence[tuple[str, str]] = [
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "ID"),
    (r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", "TIME"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?", "TIME"),
    (r"datetime\.datetime\([^)]*\)", "TIME"),
    (r"\d{4}-\d\d-\d\d", "DAY"),
    (r"\b\d\d?:\d\d(:\d\d([.,]\d+)?)?\b(?! *[ap]m)", "CLOCK"),
    (r"(?<=127\.0\.0\.1:)\d+|(?<=localhost:)\d+", "PORT"),
    (r"\b\d[\d,]*(\.\d+)? ?(ms|µs|s|seconds?|minutes?)\b", "DURATION"),
    (r"\[(Errno|WinError) \d+\] [^)\n]*", "REASON"),
    (r"\b(RemoteProtocolError|ReadError|WriteError) \([^)\n]*\)", "BROKEN"),
    (r"\b0x[0-9a-f]+\b", "ADDRESS"),
    (r"python/3\.\d+", "python/3"),
    (r"[A-Za-z0-9+/]{60,}={0,2}", "KEY"),
]


@attrs.frozen
class Block:
    """One block of a document."""

    document: Path
    line: int
    language: str
    words: frozenset[str]
    code: str
    output: str | None  # what is shown behind it
    span: tuple[int, int]  # where that stands in the document

    def __str__(self) -> str:
        return f"{self.document.name}:{self.line}"


Session = tuple[Block, ...]  # a block, and those that are `continued`


def blocks(document: Path) -> list[Block]:
    """The blocks of a document that are Python or commands, in order."""
    text = document.read_text(encoding="utf-8")
    fences = list(_FENCE.finditer(text))
    found: list[Block] = []
    for each, behind in zip_longest(fences, fences[1:]):
        if each[2] not in ("python", "sh"):
            continue
        shown = behind if behind and behind[2] == "output" and not text[each.end() : behind.start()].strip() else None
        words = frozenset(each[3].split())
        line = text[: each.start()].count("\n") + 1
        if words - WORDS:
            raise ValueError(f"{document.name}:{line}: {' and '.join(sorted(words - WORDS))} means nothing here")
        output, span = (shown[4], shown.span(4)) if shown else (None, (0, 0))
        found.append(Block(document, line, each[2], words, each[4], output, span))
    return found


def sessions(documents: Sequence[Path] = DOCUMENTS, *, postgres: bool = False) -> list[Session]:
    """What is run: programs, and commands whose output is shown; with `postgres`, only what needs a database."""
    made: list[Session] = []
    for document in documents:
        for block in blocks(document):
            if "before" in block.words or (
                block.language == "sh" and (block.output is None or not _RUN.search(block.code))
            ):
                continue
            if "continued" in block.words:
                made[-1] = (*made[-1], block)
            else:
                made.append((block,))
    return [each for each in made if any(DATABASE in block.code for block in each) == postgres]


@contextlib.contextmanager
def surroundings(patch: pytest.MonkeyPatch, folder: Path) -> Iterator[Sandbox]:
    """A folder to work in, an environment without an account, and a sandbox that every region leads to."""
    patch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("MESSAGEMEDIA_")]:
        patch.delenv(name)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        patch.setenv(name, str(folder))
    patch.setenv("COLUMNS", "100")
    pair = {"SANDBOX_KEY": "SANDBOX_SECRET"}  # what the sandbox takes by itself
    with Sandbox(
        api_key="API_KEY", api_secret="API_SECRET", other_credentials=pair, accounts=("MySubAccount",)
    ) as server:
        # Every region leads to the sandbox, so that the code runs exactly as it is printed.
        inside.replace_servers(patch, dict.fromkeys(SERVERS, server.url))
        yield server


class Runner:
    """Runs the blocks of a session, one after the other."""

    def __init__(self, sandbox: Sandbox, addresses: Mapping[str, str] | None = None) -> None:
        self.names: dict[str, Any] = {"__name__": "document"}
        self._sandbox = sandbox
        # Another sandbox may run on this machine, where the documents say that it does.
        self._addresses = {LOCAL: sandbox.url, **(addresses or {})}

    def run(self, block: Block) -> str:
        """Run a block; what it printed."""
        code = block.code
        for printed, real in self._addresses.items():
            code = code.replace(printed, real)
        if "people.csv" in code and not Path("people.csv").exists():
            Path("people.csv").write_text(PEOPLE, encoding="utf-8")
        with _captured() as stream:
            if block.language == "sh":
                self._command(code)
            else:
                self._program(code, str(block), raises="raises" in block.words)
        stream.flush()
        said = stream.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]
        home = LOCAL if LOCAL in block.code or block.language == "sh" else API
        said = said.replace(self._sandbox.url, home).replace(httpx.URL(self._sandbox.url).netloc.decode(), API[8:])
        for printed, real in self._addresses.items():
            said = said.replace(real, printed)
        return re.sub(r"(127\.0\.0\.1|localhost):\d{4,5}\b", rf"\1:{DEFAULT_PORT}", said).replace(str(Path.cwd()), ".")

    def _program(self, code: str, name: str, *, raises: bool) -> None:
        try:
            exec(compile(code, name, "exec"), self.names)
        except Exception as error:
            if not raises:
                raise
            sys.stdout.write("".join(traceback.format_exception_only(error)))
        else:
            assert not raises, "it raised nothing"
            if "application" in self.names:
                assert pushed_to(self.names["application"]) == 204

    def _command(self, code: str) -> None:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("API_KEY", "API_SECRET"):
                patch.setenv(f"MESSAGEMEDIA_{name}", name)
            patch.setenv("MESSAGEMEDIA_BASE_URL", self._sandbox.url)
            for line in code.splitlines():
                command, *arguments = shlex.split(line, comments=True) or [""]
                if command == "messagemedia":
                    app.main(arguments)
                elif arguments[:2] == ["-m", "messagemedia.sandbox"]:
                    sys.stdout.write(said_by_a_sandbox(arguments))


@contextlib.contextmanager
def _captured() -> Iterator[io.TextIOWrapper]:
    """What is printed and logged meanwhile; nothing that is done to loggers stays."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    loggers = [logging.getLogger(name) for name in (None, "messagemedia", "messagemedia.claims")]
    before = [(logger, logger.level, logger.handlers[:]) for logger in loggers]
    for logger in loggers:
        logger.handlers[:] = []
    try:
        with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
            yield stream
    finally:
        for logger, level, handlers in before:
            logger.setLevel(level)
            logger.handlers[:] = handlers


def said_by_a_sandbox(arguments: Sequence[str]) -> str:
    """What a sandbox prints that is started as a process, at a port that is free."""
    command = [sys.executable, *arguments, "--port", "0"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(str(Path(ROOT, each)) for each in sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env) as process:
        assert process.stdout
        first = process.stdout.readline()
        process.terminate()  # it says the rest before it looks whether it has to end
        return first + process.stdout.read()


def pushed_to(application: Callable[..., Any]) -> int:
    """Push a reply to a WSGI application, and return the status of its answer."""
    push = {"reply_id": "1", "source_number": "+61491570156", "content": "Hi"}
    with httpx.Client(transport=httpx.WSGITransport(application)) as client:
        return client.post("http://localhost/hooks", json=push).status_code


def masked(text: str) -> str:
    """A text without what differs from run to run."""
    for pattern, name in _VARYING:
        text = re.sub(pattern, name, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
