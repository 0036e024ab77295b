"""`messagemedia migrate`."""

import json
from pathlib import Path

import pytest
from cli_kit import Cli

PROGRAM = """\
from message_media_messages.message_media_messages_client import MessageMediaMessagesClient
client = MessageMediaMessagesClient("kJ8sd7Gh2LqP0zXv4NwB", "API_SECRET")
client.replies.confirm_replies_as_received({"reply_ids": []})
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "app.py"
    path.write_text(PROGRAM, "utf-8")
    return path


def test_what_is_found_is_told_with_what_to_write_and_why(cli: Cli, program: Path) -> None:
    done = cli("migrate", program.parent)
    assert (done.code, done.err) == (1, "")
    assert f"{program}:3:1: call: client.replies.confirm_replies_as_received({{…: []}})" in done.lines
    assert any(line.startswith("    write: client.replies.confirm(reply_ids), or client.api.") for line in done.lines)
    assert "    see: None, errors, retries and timeouts" in done.lines
    assert "    now: They return None." in done.lines
    assert done.lines[-1].startswith("4 places to change in 1 file, of 1 file read: ")
    assert "kJ8sd7Gh2LqP0zXv4NwB" not in done.out
    assert program.read_text("utf-8") == PROGRAM


def test_each_place_is_a_line_of_json(cli: Cli, program: Path) -> None:
    done = cli("migrate", program, "--json")
    found = [json.loads(line) for line in done.lines]
    assert done.code == 1
    assert [each["kind"] for each in found] == ["import", "client", "key in source", "call"]
    assert set(found[0]) == {"file", "line", "column", "kind", "perhaps", "stands", "write", "changes"}
    assert set(found[1]["changes"][0]) == {"name", "before", "now", "why"}
    assert done.err.startswith("messagemedia: 4 places to change")
    assert "kJ8sd7Gh2LqP0zXv4NwB" not in done.out


def test_the_exit_status_says_whether_something_has_to_change(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "new.py").write_text("import messagemedia\n", "utf-8")
    done = cli("migrate", tmp_path)
    assert (done.code, done.lines[-1]) == (0, "Nothing of the older SDK found in 1 file.")
    done = cli("migrate", tmp_path / "nowhere")
    assert (done.code, done.out) == (2, "")
    assert "nowhere: No such file or folder" in done.err
    assert cli("migrate").code == 2
    (tmp_path / "book.ipynb").write_text("{}", "utf-8")
    done = cli("migrate", tmp_path / "book.ipynb")
    assert (done.code, "no .py file was read" in done.err) == (2, True)
    assert "messagemedia migrate app.py tests --json" in cli("migrate", "--help").out


def test_what_cannot_be_read_is_told(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text("print 'message_media_messages'\n", "utf-8")
    done = cli("migrate", tmp_path)
    assert done.code == 1
    assert "Not read:" in done.lines
    assert any("old.py: it is not Python 3" in line for line in done.lines)
    assert "messagemedia: not read: " in cli("migrate", tmp_path, "--json").err
