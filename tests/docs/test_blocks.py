"""What the documents show works: every block of code in them runs against the sandbox, and prints what is shown."""

from __future__ import annotations

import importlib.util
import inspect
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
from messagemedia.cli import app
from messagemedia.sandbox import Sandbox
from messagemedia.sandbox.__main__ import parser

from tests.docs import outputs
from tests.docs.blocks import DOCUMENTS, LOCAL, ROOT, Block, Runner, Session, blocks, masked, sessions

EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
FAILURES = pytest.mark.off_contract(requests="documents show what is refused", answers="and answers that make no sense")


def parameters() -> list[Any]:
    made: list[Any] = []
    for session in sessions():
        processes = any(block.language == "sh" and "python -m messagemedia.sandbox" in block.code for block in session)
        marks = [pytest.mark.slow] if processes or any("slow" in block.words for block in session) else []
        if any("raises" in block.words or ".fault(" in block.code for block in session):
            marks.append(FAILURES)
        made.append(pytest.param(session, id=str(session[0]), marks=marks))
    return made


@pytest.mark.parametrize("session", parameters())
def test_what_the_documents_show_runs(session: Session, sandbox: Sandbox, request: pytest.FixtureRequest) -> None:
    runner = Runner(sandbox)
    for block in session:
        printed = runner.run(block)
        shown = "" if block.output is None else masked(block.output)
        assert block.output is None or masked(printed) == shown, "python -m tests.docs.outputs --write writes it anew"
    tests = [value for name, value in runner.names.items() if name.startswith("test_")]
    for test in tests:
        test(*(request.getfixturevalue(name) for name in inspect.signature(test).parameters))
    if tests:
        assert request.getfixturevalue("messagemedia_sandbox").ledger
    elif not any(block.output or "application = " in block.code or "with Sandbox()" in block.code for block in session):
        assert sandbox.requests


def commands() -> list[Any]:
    found = [block for document in DOCUMENTS for block in blocks(document) if block.language == "sh"]
    return [pytest.param(block, id=str(block)) for block in found]


@pytest.mark.parametrize("block", commands())
def test_commands_of_the_documents_exist(block: Block, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in set(re.findall(r"[\w-]+\.(?:csv|json|jsonl|py|pem|txt)\b", block.code)):
        Path(name).touch()
    monkeypatch.setattr(click.Command, "invoke", lambda *_: None)  # arguments are read, and nothing is done
    for line in block.code.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        while words and re.match(r"export$|MESSAGEMEDIA_[A-Z_]+=|PG[A-Z]+=", words[0]):
            words.pop(0)
        if words:
            exists(*words)


def exists(command: str, *arguments: str) -> None:
    """Fail if there is no such command with such arguments."""
    if command == "make":
        make = shutil.which("make")
        assert make
        subprocess.run([make, "-n", *arguments], cwd=ROOT, check=True, capture_output=True)
    elif command == "pip":  # `make package` installs the wheel and probes it
        found = re.fullmatch(r"install messagemedia(?:\[([\w,]+)\])?", " ".join(arguments))
        assert found
        assert {*(found[1] or "").split(",")} - {""} <= EXTRAS.keys()
    elif command == "messagemedia":
        assert app.main(arguments) == 0
    elif command == "python" and arguments[:2] == ("-m", "messagemedia.sandbox"):
        assert parser().parse_args(arguments[2:])
    elif command == "python" and arguments[0] == "-m":
        assert importlib.util.find_spec(arguments[1])
    elif command == "python":
        assert (ROOT / arguments[0]).exists() or Path(arguments[0]).exists()
    else:
        assert command in ("curl", "pytest"), f"{command} is no command that a document may show"
        assert command == "pytest" or LOCAL in " ".join(arguments)


def test_there_are_blocks_to_run() -> None:
    assert sum(block.language == "python" for each in sessions() for block in each) >= 6
    assert sum(block.output is not None for each in sessions() for block in each) >= 1
    assert len(commands()) >= 2


DOCUMENT = """
```python
print("one", "12345678-1234-1234-1234-123456789abc")
```

```output
one 87654321-1234-1234-1234-123456789abc
```

Text.

```python continued raises
print(__name__)
raise ValueError("two")
```

```output
wrong
```

```python before
nonsense(
```
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text(DOCUMENT, encoding="utf-8")
    return path


def test_what_a_block_prints_is_compared_and_written(document: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [session] = sessions([document])
    assert [block.line for block in session] == [2, 12]
    assert [sorted(block.words) for block in session] == [[], ["continued", "raises"]]
    monkeypatch.setattr("sys.argv", ["outputs", str(document)])
    assert outputs.main() == 1
    assert document.read_text(encoding="utf-8") == DOCUMENT
    monkeypatch.setattr("sys.argv", ["outputs", "--write", str(document)])
    assert outputs.main() == 0
    assert document.read_text(encoding="utf-8") == DOCUMENT.replace("wrong", "document\nValueError: two")


def test_a_program_that_was_to_raise_and_does_not_is_told(document: Path, sandbox: Sandbox) -> None:
    document.write_text("```python raises\nprint(1)\n```\n", encoding="utf-8")
    [[block]] = sessions([document])
    with pytest.raises(AssertionError, match="it raised nothing"):
        Runner(sandbox).run(block)


def test_a_word_that_means_nothing_is_refused(document: Path) -> None:
    document.write_text("```python slwo\n```\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"page\.md:1: slwo means nothing here"):
        blocks(document)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sent at 2026-11-30T09:00:00.000Z", "sent at 2027-01-01T10:11:12.345Z"),
        ("http://127.0.0.1:8463/", "http://127.0.0.1:40001/"),
        ("after 0.5 s", "after 1.25 s"),
        ("3 rows \n", "3 rows"),
    ],
)
def test_what_differs_from_run_to_run_is_masked(one: str, other: str) -> None:
    assert masked(one) == masked(other)
    assert masked("3 rows") != masked("4 rows")
