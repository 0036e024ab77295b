"""The older SDK itself judges what finds its uses: both generations, their own samples, and the programs of our tests."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from messagemedia.migration import scan, scan_text
from messagemedia.migration.names import BY_NAME, CLASSES, PACKAGE
from messagemedia.sandbox import Sandbox
from official_clients import official_python

from tests.migration import recorder
from tests.migration.migration_kit import PAIRS, Lines, Pair, left, prepared, run, spans

PYTHONS = {"1.x": "python_1x", "2.x": "python"}
generations = pytest.mark.parametrize("generation", PYTHONS)


def in_old_sdk(generation: str, *arguments: object) -> str:
    """Run the recorder where only the older SDK is installed; return what it prints."""
    python = official_python(PYTHONS[generation])
    environment = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    command = [python, "-E", "-s", "-B", "-W", "ignore", recorder.__file__, *arguments]
    done = subprocess.run(
        [str(each) for each in command], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_with_old_sdk(program: Path, generation: str, folder: Path) -> Lines:
    """Run a program with the older SDK; return the lines that called it."""
    written = folder / "recording.json"
    in_old_sdk(generation, program, written)
    return {(file, line) for file, line in json.loads(written.read_text("utf-8"))}


@pytest.mark.parametrize("pair", PAIRS)
def test_every_call_is_found_and_makes_the_same_request_afterwards(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with prepared(monkeypatch) as sandbox:
        called = run_with_old_sdk(pair.old, pair.generation, tmp_path)
        before = left(sandbox)
    assert called
    assert called - spans(scan([pair.old]).findings) == set()
    with prepared(monkeypatch) as sandbox:
        run(pair.new)
        assert left(sandbox) == before


# --- its own samples ---------------------------------------------------------------------------------------------


def samples(generation: str) -> list[str]:
    """The programs in the README that is installed with the older SDK."""
    folder = official_python(PYTHONS[generation]).parents[1]
    [file] = folder.glob("lib/python*/site-packages/messagemedia_messages_sdk-*.dist-info/METADATA")
    return re.findall(r"^```python\n(.*?)^```", file.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with prepared(monkeypatch) as started:
        yield started


def test_every_call_in_the_samples_of_2x_is_found(sandbox: Sandbox, tmp_path: Path) -> None:
    programs = samples("2.x")
    assert len(programs) >= 7
    for number, code in enumerate(programs):
        # The only line that is not theirs leads them to the sandbox.
        lead = f"from {PACKAGE}.configuration import Configuration as C; C.base_uri = {sandbox.url!r}\n"
        program = tmp_path / f"sample{number}.py"
        program.write_text(lead + code, "utf-8")
        called = run_with_old_sdk(program, "2.x", tmp_path)
        assert called
        assert called - spans(scan([program]).findings) == set()
        operations = set(re.findall(rf"\.({'|'.join(BY_NAME)})\(", code))
        found = [each for each in scan([program]).findings if each.kind == "call" and not each.perhaps]
        assert len(found) == len(operations) == 1


def test_every_call_in_the_samples_of_1x_is_found() -> None:
    """They are pieces of one program, with a client that is made at its beginning."""
    pieces = [piece for piece in samples("1.x") if not re.match(r"\s*def ", piece)]
    # One of them writes `true`, and all leave the imports out.
    code = "\n".join(re.sub(r"(?m)^ (?=\S)", "", piece) for piece in pieces).replace("true)", "True)")
    lead = f"from {PACKAGE}.message_media_messages_client import MessageMediaMessagesClient\n"
    lead += (
        f"from {PACKAGE}.models.cancel_scheduled_message_request import CancelScheduledMessageRequest\nimport json\n"
    )
    findings = [each for each in scan_text(lead + code).findings if not each.perhaps]
    calls = [each.stands for each in findings if each.kind == "call"]
    shown = re.findall(rf"\.({'|'.join(BY_NAME)})\(", code)
    assert len(shown) >= 7
    assert [re.search(r"\.(\w+)\(", each)[1] for each in calls] == shown  # type: ignore[index]
    assert sum(each.kind == "client" for each in findings) == code.count("MessageMediaMessagesClient(")


# --- what the guide says of it ------------------------------------------------------------------------------------


@generations
def test_a_cancel_of_1x_is_a_post_and_cancels_nothing(generation: str, sandbox: Sandbox, tmp_path: Path) -> None:
    name = {"1.x": "update_cancel_scheduled_message", "2.x": "cancel_scheduled_message"}[generation]
    program = tmp_path / "cancel.py"
    program.write_text(
        f"import os\nfrom {PACKAGE}.message_media_messages_client import MessageMediaMessagesClient as C\n"
        "client = C('API_KEY', 'API_SECRET')\nclient.config.base_uri = os.environ['BASE_URI']\n"
        f"print(client.messages.{name}(os.environ['SCHEDULED_ID'], {{'status': 'cancelled'}}))\n",
        "utf-8",
    )
    run_with_old_sdk(program, generation, tmp_path)
    assert sandbox.requests[-1].method == {"1.x": "POST", "2.x": "PUT"}[generation]
    status = sandbox.status(os.environ["SCHEDULED_ID"])
    assert status == {"1.x": "scheduled", "2.x": "cancelled"}[generation]


# --- the table of names ------------------------------------------------------------------------------------------


@generations
def test_the_table_has_every_class_and_operation(generation: str) -> None:
    told: dict[str, Any] = json.loads(in_old_sdk(generation))
    table = {each.name: f"{PACKAGE}.{each.module}" for each in CLASSES if generation in each.generations}
    assert table == told["classes"]
    operations = {name for names in told["operations"].values() for name in names} - {"__init__"}
    listed = {each.old[generation == "2.x"] for each in BY_NAME.values()} - {None}
    assert {name for name in operations if name in listed} == listed
    base = {"validate_parameters", "execute_request", "validate_response", "apply_authentication", "add_account_header"}
    assert operations - listed - base == set()
