"""Which files are read, what is said of the others, and how names are followed from file to file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from messagemedia.migration import Report, scan

IMPORT = "from message_media_messages.message_media_messages_client import MessageMediaMessagesClient\n"
MAKE = f"{IMPORT}client = MessageMediaMessagesClient('API_KEY', 'API_SECRET')\n"
SEND = "client.messages.send_messages(body)\n"


def scanned(folder: Path, **files: str | bytes) -> Report:
    """Scan a folder with these files; `a/b` is `a/b.py`."""
    for name, content in files.items():
        path = folder / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return scan([folder])


def calls(report: Report) -> list[tuple[str, bool]]:
    return [(Path(each.file).stem, each.perhaps) for each in report.findings if each.kind == "call"]


@pytest.mark.parametrize(
    "files",
    [
        {"a": MAKE, "b": f"from a import client\n{SEND}"},
        {"b": f"from z import client\n{SEND}", "z": MAKE},
        {"a": MAKE, "b": f"from a import *\n{SEND}"},
        {"a": MAKE, "b": "import a as x\nx." + SEND},
        {"pack/a": MAKE, "pack/b": f"from .a import client\n{SEND}", "other/a": "client = 1\n"},
        {"pack/a": MAKE, "pack/b": "from . import a\na." + SEND},
        {"pack/a": MAKE, "pack/deep/b": f"from ..a import client\n{SEND}"},
        {"pack/a": MAKE, "b": f"from pack.a import client as c\nc.{SEND[7:]}"},
        {"pack/a": MAKE, "b": "import pack.a\npack.a." + SEND},
        {"pack/__init__": MAKE, "b": f"from pack import client\n{SEND}"},
        {"a": f"{IMPORT}def make(): return MessageMediaMessagesClient()\n", "b": f"import a\nclient = a.make()\n{SEND}"},
        {"a": f"{MAKE}def f(): g()\ndef g(): import b; b.send(client)\n", "b": f"def send(client): {SEND}"},
        {"a": MAKE, "m": "from a import client as passed\n", "b": f"from m import passed as client\n{SEND}"},
        {"a": f"{IMPORT}class A:\n  def __init__(self): self.client = MessageMediaMessagesClient()\n",
         "b": f"from a import A\nclass B(A):\n  def f(self): self.{SEND}"},
    ],
)  # fmt: skip
def test_names_are_followed_from_file_to_file(tmp_path: Path, files: dict[str, str]) -> None:
    assert calls(scanned(tmp_path, **files)) == [("b", False)]


def test_who_blocks_and_whose_key_it_is_are_followed_too(tmp_path: Path) -> None:
    secret = "kJ8sd7Gh2LqP0zXv4NwB"
    report = scanned(
        tmp_path,
        a=f"import keys\n{IMPORT}client = MessageMediaMessagesClient(keys.KEY)\ndef send(): {SEND}",
        keys=f"KEY = '{secret}'\n",
        web="import a\nasync def hook(): a.send()\n",
    )
    found = {(Path(each.file).stem, each.line, each.kind) for each in report.findings}
    assert {("keys", 1, "key in source"), ("web", 2, "blocking call")} <= found
    assert secret not in repr(report)


def test_times_in_a_file_of_its_own_are_listed_as_perhaps(tmp_path: Path) -> None:
    body = "from datetime import datetime\ndef body(): return {'scheduled': datetime.now()}\n"
    report = scanned(tmp_path, a=f"{MAKE}from b import body\nclient.messages.send_messages(body())\n", b=body)
    assert [(each.kind, each.perhaps) for each in report.findings if Path(each.file).stem == "b"] == [
        ("naive time", True)
    ]


def test_other_programs_are_left_alone(tmp_path: Path) -> None:
    report = scanned(
        tmp_path, a="import twilio\nclient.messages.send_messages(x)\n", b="m = {'scheduled': '2030-01-01 10:00'}"
    )
    assert (report.findings, report.files) == ((), 2)


@pytest.mark.parametrize(
    "content",
    [
        b"# -*- coding: latin-1 -*-\nname = '\xe9'\n" + MAKE.encode() + SEND.encode(),
        b"\xef\xbb\xbf" + MAKE.encode() + SEND.encode(),
        (MAKE + SEND).replace("\n", "\r\n").encode(),
        f"if True:\n\t{MAKE.strip().replace(chr(10), chr(10) + chr(9))}\n\t{SEND}".encode(),
        (MAKE + SEND).rstrip().encode(),
    ],
)
def test_files_are_read_as_python_reads_them(tmp_path: Path, content: bytes) -> None:
    assert calls(scanned(tmp_path, a=content)) == [("a", False)]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (f"{IMPORT}print 'Python 2'\n".encode(), "it is not Python 3"),
        (b"# " + IMPORT.encode() + b"x = '\xff'\n", "it is not Python 3"),
        (IMPORT.encode() + b"\0", ""),
        (IMPORT.encode() + b"(" * 5000, ""),
        (IMPORT.encode() + b"x = 1" + b" + 1" * 2000, "its code is nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_said_and_counts_as_a_place(tmp_path: Path, content: bytes, why: str) -> None:
    report = scanned(tmp_path, a=content)
    [skipped] = report.skipped
    assert skipped.why.startswith(why)
    assert [each.kind for each in report.findings] == ["unreadable"]
    assert report.files == 0


def test_what_is_not_of_the_program_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    report = scanned(
        tmp_path,
        **{f"{folder}/a": MAKE for folder in (".hidden", "venv", "node_modules", "site-packages")},
        **{"message_media_messages/api_helper": "raise SystemExit"},
        a=SEND,
    )
    assert [Path(each.file).name for each in report.skipped] == ["message_media_messages"]
    assert (report.findings, report.files) == ((), 1)


def test_files_that_are_named_are_read_and_others_said(tmp_path: Path) -> None:
    scanned(tmp_path, a=MAKE, b=MAKE)
    (tmp_path / "notes.txt").write_text(MAKE)
    report = scan([tmp_path / "a.py", tmp_path / "notes.txt", str(tmp_path / "a.py")])
    assert {each.file for each in report.findings} == {str(tmp_path / "a.py")}
    assert [each.why for each in report.skipped] == ["it is not a .py file"]
    with pytest.raises(FileNotFoundError, match="nowhere"):
        scan([tmp_path, tmp_path / "nowhere"])


@pytest.mark.skipif(os.geteuid() == 0, reason="platform: root may read everything")
def test_a_file_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(MAKE)
    (tmp_path / "a.py").chmod(0)
    assert [each.why for each in scan([tmp_path]).skipped] == ["it can't be read: Permission denied"]


def test_nothing_is_written(tmp_path: Path) -> None:
    scanned(tmp_path, a=MAKE + SEND)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.rglob("*")}
    scan([tmp_path])
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.rglob("*")} == before


def test_a_long_chain_of_functions_and_of_calls_ends(tmp_path: Path) -> None:
    chain = "".join(f"def f{number}(): return f{number + 1}()\n" for number in range(8))
    report = scanned(tmp_path, a=f"{MAKE}def f8(): return client\n{chain}f0().{SEND[7:]}x{'.f()' * 200}\n")
    assert calls(report) == [("a", False)]


def test_findings_come_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    report = scanned(tmp_path, b=MAKE, a=MAKE + SEND)
    places = [(each.file, each.line, each.column) for each in report.findings]
    assert places == sorted(places)
    assert list(report.kinds.values()) == sorted(report.kinds.values(), reverse=True)
