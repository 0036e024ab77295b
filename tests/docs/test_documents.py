"""What the documents say is there: links, targets, names and examples."""

from __future__ import annotations

import contextlib
import json
import os
import re
import runpy
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import attrs
import messagemedia
import pytest
from messagemedia import Client, Message, MessageMediaError, __version__, campaign
from messagemedia.sandbox import Sandbox
from messagemedia.webhooks import errors
from messagemedia_generated.contract import OPERATIONS
from messagemedia_generated.servers import SERVERS

from tests.docs.blocks import DOCUMENTS, ROOT, Runner, sessions


def prose(document: Path) -> str:
    """A document without its blocks and code."""
    text = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "`code`", text)


def anchors(document: Path) -> set[str]:
    """What a link into a document can name: its headings, as MyST and GitHub write them."""
    text = document.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files_and_headings(document: Path) -> None:
    for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)", prose(document)):  # pictures: the site checks them
        path, _, anchor = target.partition("#")
        if path.startswith(("https://", "reference/")):  # the site makes the reference, and checks links to it
            continue
        file = document.parent / path if path else document
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def test_every_page_is_one_click_from_the_front_page() -> None:
    linked = set(re.findall(r"\]\(([a-z-]+\.md)", page("index")))
    assert {path.name for path in (ROOT / "docs").glob("*.md")} - {"index.md"} <= linked


def test_make_targets_named_in_the_documents_are_in_help() -> None:
    make = shutil.which("make")
    assert make
    listed = subprocess.run([make, "-s", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    targets = {line.split()[0] for line in listed.splitlines()}
    for document in DOCUMENTS:
        assert set(re.findall(r"`make ([a-z-]+)", document.read_text(encoding="utf-8"))) <= targets


def test_the_version_is_the_head_of_the_changelog() -> None:
    """Pitfall 87."""
    head = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert head
    assert head[1] == __version__


def page(name: str) -> str:
    return (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")


def test_every_field_of_a_message_is_explained() -> None:
    text = page("first-message")
    for field in attrs.fields(Message):
        assert f"`{field.name}`" in text


def test_every_region_is_named() -> None:
    text = page("authentication")
    for region, url in SERVERS.items():
        assert f"`{region}`" in text
        assert url in text


def test_every_operation_is_named() -> None:
    text = page("faq")
    for operation in OPERATIONS.values():
        assert f".{snake_case(operation.id)}(" in text
    assert len(OPERATIONS) >= 8


def snake_case(name: str) -> str:
    return re.sub("([A-Z])", r"_\1", name).lower()


def test_every_public_error_is_explained() -> None:
    """The ones that are raised; their bases only collect them."""
    text, found = page("errors"), anchors(ROOT / "docs" / "errors.md")
    public = [value for room in (messagemedia, campaign) for value in (getattr(room, name) for name in room.__all__)]
    raised = {each.__name__ for each in public if isinstance(each, type) and issubclass(each, MessageMediaError)}
    assert {name.lower() for name in raised - {"MessageMediaError", "CampaignError"}} <= found
    assert not [name for name in errors.__all__ if f"`{name}`" not in text]


def test_every_guarantee_names_tests_that_there_are() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", page("guarantees"))
    assert len(named) >= 40
    for path, name in named:
        assert re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), name


@pytest.mark.off_contract(requests="it shows what happens to a wrong message")
def test_the_demo_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile((ROOT / "examples" / "demo.py").read_text(encoding="utf-8"), "demo", "exec"), {"__name__": "__main__"})
    shown = capsys.readouterr().out
    for word in ("accepted as", "SMS delivered", "reply 'YES'", "delivered (code 220)", "cancelled", "credits left"):
        assert word in shown


def run_example(name: str) -> None:
    runpy.run_path(str(ROOT / "examples" / name), run_name="__main__")


@pytest.fixture
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder to work in, and no account in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MESSAGEMEDIA_")]:
        monkeypatch.delenv(name)


@pytest.mark.usefixtures("_elsewhere")
def test_the_example_of_consuming_runs(capsys: pytest.CaptureFixture[str]) -> None:
    run_example("consume.py")
    shown = capsys.readouterr().out.splitlines()
    assert shown == ["250 replies kept, 0 given up", "0 left in the sandbox, in 8 requests"]


@pytest.mark.usefixtures("_elsewhere")
def test_the_example_of_exporting_runs(capsys: pytest.CaptureFixture[str]) -> None:
    run_example("export.py")
    shown = capsys.readouterr().out.splitlines()
    assert shown == ["150 delivery reports in reports.csv", "50 replies in replies.sqlite"]
    assert Path("reports.csv").read_text(encoding="utf-8").count("\n") == 151


@pytest.mark.usefixtures("_elsewhere")
def test_the_example_of_exporting_adds_what_has_come_since(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    monkeypatch.setenv("MESSAGEMEDIA_API_KEY", "API_KEY")
    monkeypatch.setenv("MESSAGEMEDIA_API_SECRET", "API_SECRET")
    for content in ("YES", "NO"):
        sandbox.reply(content, source_number="+61491570156")
        run_example("export.py")
    assert capsys.readouterr().out == "0 delivery reports in reports.csv\n1 replies in replies.sqlite\n" * 2
    assert len(Path("reports.csv").read_text(encoding="utf-8").splitlines()) == 1  # the heading, once
    with contextlib.closing(sqlite3.connect("replies.sqlite")) as database:
        assert database.execute("SELECT content FROM replies ORDER BY rowid").fetchall() == [("YES",), ("NO",)]


def test_what_is_shown_of_batches_keeps_everything(sandbox: Sandbox) -> None:
    for number in range(130):
        sandbox.reply(f"Answer {number}", source_number="+61491570156")
    with Client("API_KEY", "API_SECRET") as client:
        client.messages.send(content="Hello", destination_number="+61491570156", delivery_report=True)
        sandbox.advance(60)
        [block] = (each for session in sessions() for each in session if "replies.sqlite" in each.code)
        Runner(sandbox).run(block)
        assert client.replies.check() == client.delivery_reports.check() == []
    with contextlib.closing(sqlite3.connect("replies.sqlite")) as database:
        assert database.execute("SELECT count(*), count(DISTINCT content) FROM replies").fetchall() == [(130, 130)]
    lines = Path("reports.jsonl").read_text(encoding="utf-8").splitlines()
    assert sorted(json.loads(line)["status"] for line in lines) == ["delivered", "enroute", "submitted"]


@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows can't send a signal to a thread")
@pytest.mark.usefixtures("_elsewhere")
def test_the_example_of_consuming_works_with_an_account_until_ctrl_c(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    monkeypatch.setenv("MESSAGEMEDIA_API_KEY", "API_KEY")
    monkeypatch.setenv("MESSAGEMEDIA_API_SECRET", "API_SECRET")
    main, done = threading.main_thread().ident, threading.Event()
    assert main
    for content in ("YES", "NO"):
        sandbox.reply(content, source_number="+61491570156")

    def press_ctrl_c() -> None:
        while not done.wait(0.01):
            if any(record.operation == "confirmRepliesAsReceived" for record in sandbox.requests):
                signal.pthread_kill(main, signal.SIGINT)
                return

    person = threading.Thread(target=press_ctrl_c)
    person.start()
    try:
        run_example("consume.py")
    finally:
        done.set()
        person.join()
    assert capsys.readouterr().out == "2 replies kept, 0 given up\n"
    with contextlib.closing(sqlite3.connect("replies.sqlite")) as database:
        kept = database.execute("SELECT content FROM replies ORDER BY rowid").fetchall()
    assert kept == [("YES",), ("NO",)]
