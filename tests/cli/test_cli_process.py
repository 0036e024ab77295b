"""What only a process of its own shows: pipes, locales, and what it does when a package is not there."""

import json
import os
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from cli_kit import COMMAND, NUMBER, Cli
from messagemedia import Client, __main__
from messagemedia.sandbox import Sandbox

# A locale that knows ASCII alone, without what Python does to save people from it.
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
WAVE = "\N{WAVING HAND SIGN}"


def unconfirmed() -> int:
    with Client() as client:
        return len(client.replies.check())


def with_nobody_reading(*arguments: str) -> tuple[int, str]:
    """Run a command into a pipe of which the other end is closed."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run([*COMMAND, *arguments], stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60)
    finally:
        os.close(writing)
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize("name", ["click", "platformdirs"])
def test_without_the_extra_it_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.setattr(__main__, "find_spec", lambda each: None if each == name else find_spec(each))
    assert __main__.main() == 2
    out, err = capsys.readouterr()
    assert (out, f"not installed: {name}\nInstall them: pip install 'messagemedia[cli]'\n" in err) == ("", True)


def test_ctrl_c_while_it_starts_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(_arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("messagemedia.cli.app.main", interrupted)
    assert __main__.main() == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.slow
def test_help_imports_nothing_that_it_does_not_need(cli: Cli) -> None:
    script = (
        "import sys; sys.argv[1:] = ['--help']; from messagemedia.__main__ import main; main();"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert loaded.isdisjoint({"httpx", "rich", "rich_click", "attrs", "attr", "platformdirs", "asyncio", "ssl"})
    assert "messagemedia.client" not in done.stderr.split()
    assert cli.sandbox.requests == []


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("replies",), ("replies", "--json"), ("segments", "x"), ("--help",)])
def test_a_pipe_that_nobody_reads_ends_it_quietly(cli: Cli, server: Sandbox, arguments: tuple[str, ...]) -> None:
    server.reply("Yes", source_number=NUMBER)
    assert with_nobody_reading(*arguments) == (141, "")
    assert unconfirmed() == 1
    assert cli.home.exists()


@pytest.mark.slow
def test_nothing_is_confirmed_that_nobody_reads(cli: Cli, server: Sandbox) -> None:
    server.reply("Yes", source_number=NUMBER)
    assert with_nobody_reading("replies", "--confirm", "--json") == (141, "")
    assert unconfirmed() == 1
    assert cli.home.exists()


@pytest.mark.slow
def test_a_send_whose_outcome_nobody_read_is_asked_about(cli: Cli, server: Sandbox) -> None:
    assert with_nobody_reading("send", NUMBER, "Hello") == (141, "")
    assert len(server.ledger) == 1
    assert cli("send", NUMBER, "Hello").code == 1


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="platform: only Linux has a device that is always full")
def test_a_full_disk_is_a_failure_and_confirms_nothing(cli: Cli, server: Sandbox) -> None:
    server.reply("Yes", source_number=NUMBER)
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*COMMAND, "replies", "--confirm"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr
    assert unconfirmed() == 1
    assert cli.home.exists()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="platform: only Linux has a device that is always full")
def test_a_send_that_cant_be_told_is_no_failure_that_may_be_repeated(cli: Cli, server: Sandbox) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*COMMAND, "send", NUMBER, "Hello"], stdout=full, stderr=subprocess.PIPE, check=False)
    (entry,) = server.ledger
    assert done.returncode == 3
    assert f"  messagemedia status {entry.message_id} --wait\n".encode() in done.stderr
    assert cli("send", NUMBER, "Hello").code == 1


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="platform: needs a POSIX shell")
def test_a_closed_output_is_no_failure(cli: Cli, server: Sandbox) -> None:
    line = f"{shlex.join([*COMMAND, 'send', NUMBER, 'Hello'])} >&- 2>&-"
    assert subprocess.run(["/bin/sh", "-c", line], check=False).returncode == 0
    assert len(server.ledger) == 1
    assert cli.home.exists()


@pytest.mark.slow
def test_in_an_ascii_locale_everything_is_written_and_sent(cli: Cli, server: Sandbox) -> None:
    server.reply(f"{WAVE} Grüße", source_number=NUMBER)
    done = cli.process("replies", **ASCII)
    assert done.code == 0, done.err
    assert done.lines[0].endswith("\t\\U0001f44b Gr\\xfc\\xdfe")
    assert json.loads(cli.process("replies", "--json", **ASCII).out)["content"] == f"{WAVE} Grüße"
    assert cli.process("send", NUMBER, f"{WAVE} Grüße", **ASCII).code == 0
    assert cli.process("send", NUMBER, "-", text=f"{WAVE} again\n", **ASCII).code == 0
    assert [entry.message["content"] for entry in server.ledger] == [f"{WAVE} Grüße", f"{WAVE} again"]
    assert cli.process("replies", LC_ALL="C.UTF-8").lines[0].endswith(f"{WAVE} Grüße")


@pytest.mark.slow
def test_in_an_ascii_locale_options_mean_what_was_typed(cli: Cli, server: Sandbox, tmp_path: Path) -> None:
    people, journal = tmp_path / "people.csv", tmp_path / "spring.journal"
    people.write_text(f"clé,tél\né1,{NUMBER}\n", "utf-8")
    texts = ("--content", "Grüße {clé}", "--key", "clé", "--column", "destination_number=tél", "--metadata", "ort=Köln")
    done = cli.process("campaign", "add", journal, people, *texts, **ASCII)
    assert (done.code, done.out) == (0, "1 new, 0 known, 0 invalid\n"), done.err
    assert cli.process("campaign", "withdraw", journal, "--key", "é1", **ASCII).out == "1 withdrawn\n"
    picture = ("--mms", "https://example.com/a.png", "--subject", "Zoë")
    assert cli.process("send", NUMBER, "Hello", *picture, "--metadata", "ort=Köln", **ASCII).code == 0
    (entry,) = server.ledger
    assert (entry.message["subject"], entry.message["metadata"]) == ("Zoë", {"ort": "Köln"})
    assert cli.process("curl", "POST", "/v1/messages", "--data", '{"a": "é"}', **ASCII).code == 0


@pytest.mark.slow
def test_progress_in_a_log_file_is_lines(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("destination_number,content\n" + f"{NUMBER},Hi\n")
    cli("campaign", "add", tmp_path / "j", tmp_path / "p.csv")
    done = cli.process("campaign", "send", tmp_path / "j")
    assert done.code == 0
    assert "\r" not in done.err
    assert "\x1b" not in done.err
    assert done.err.endswith(" INFO j: sending ended with 1 row: 1 accepted\n")


@pytest.mark.slow
def test_two_sends_at_once_are_noticed(cli: Cli, server: Sandbox) -> None:
    """Of the same message, while the first one has no answer yet."""
    server.fault("hang", operation="sendMessages", seconds=60)
    with subprocess.Popen([*COMMAND, "send", NUMBER, "Hello"], stdout=subprocess.PIPE) as first:
        while not server.requests:
            assert first.poll() is None
        done = cli.process("send", NUMBER, "Hello")
        first.kill()
    assert (done.code, "may have been sent" in done.err) == (1, True)
    assert len(server.requests) == 1
