"""Commands behind a real pseudo-terminal: tables, questions, bars and Ctrl-C."""

import json
import re
import sys
from pathlib import Path

import pytest
from cli_kit import NUMBER, Cli, terminal
from messagemedia.sandbox import Sandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="platform: there are no pseudo-terminals"),
]

WAVE = "\N{WAVING HAND SIGN}"
LONG = f"Yes please {WAVE}, but only if it comes before noon on a weekday, because I am at home then\x1b[2J"


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_replies_fit_on_a_terminal(cli: Cli, server: Sandbox, columns: int) -> None:
    server.reply(LONG, source_number=NUMBER)
    with terminal(["replies"], columns=columns) as shown:
        assert shown.end() == 0
    screen = "\n".join(shown.screen())
    assert NUMBER in screen
    assert ("date_received" in screen) is (columns > 60)
    assert "".join(LONG.split()).replace("\x1b", "\\x1b") in re.sub(r"\s", "", screen).replace(NUMBER, "")
    assert "\x1b[2J" not in shown.text
    assert cli.home.exists()


@pytest.mark.parametrize("columns", [80, 200])
def test_what_is_to_be_copied_is_never_cut(cli: Cli, columns: int) -> None:
    events = ("RECEIVED_SMS", "OPT_OUT_SMS", "DELIVERED_DR")
    chosen = [part for each in events for part in ("-e", each)]
    made = cli("webhooks", "create", "https://shop.example.com/hooks/of/production/", *chosen, "--json")
    key = cli("keys", "create", "--json")
    for arguments, texts in (
        (["webhooks", "list"], (json.loads(made.out)["id"], "https://shop.example.com/hooks/of/production/", *events)),
        (["keys", "list"], (json.loads(key.out)["key_id"], "SHA256", "RSA")),
    ):
        with terminal(arguments, columns=columns) as shown:
            assert shown.end() == 0
        screen = "".join(each if len(each) == columns else f"{each}\n" for each in shown.screen())
        for text in texts:
            assert text in screen
        assert "\N{HORIZONTAL ELLIPSIS}" not in screen


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"NO_COLOR": "1"}])
def test_a_terminal_that_wants_no_colour_gets_none(cli: Cli, server: Sandbox, environment: dict[str, str]) -> None:
    server.reply("Yes", source_number=NUMBER)
    for arguments in (["replies"], ["--help"]):
        with terminal(arguments, **environment) as shown:
            assert shown.end() == 0
        assert not re.search(r"\x1b\[[0-9;]*3[0-9]", shown.text)
        assert environment.get("TERM") != "dumb" or "\x1b" not in shown.text
    assert cli.home.exists()


@pytest.mark.parametrize("columns", [40, 200])
def test_help_fits_on_a_terminal(cli: Cli, columns: int) -> None:
    with terminal(["campaign", "--help"], columns=columns) as shown:
        assert shown.end() == 0
    assert "withdraw" in shown.text
    assert "Examples:" in shown.text
    assert max(map(len, shown.screen(100))) <= columns
    assert cli.home.exists()


@pytest.mark.parametrize(("answer", "code", "sent"), [("n", 1, 1), ("y", 0, 2), ("\x03", 130, 1)])
def test_a_send_that_may_have_been_made_is_asked_about(
    cli: Cli, server: Sandbox, answer: str, code: int, sent: int
) -> None:
    server.fault("drop_after_accept", operation="sendMessages")
    assert cli("send", NUMBER, "Hello").code == 3
    with terminal(["send", NUMBER, "Hello"]) as shown:
        shown.wait_for("[y/N]")
        assert shown.answer(answer) == code
    assert len(server.ledger) == sent
    assert "Traceback" not in shown.text


def test_a_profile_is_typed_without_an_echo_of_the_secret(
    cli: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MESSAGEMEDIA_API_KEY", "MESSAGEMEDIA_API_SECRET", "MESSAGEMEDIA_BASE_URL"):
        monkeypatch.delenv(name)
    with terminal(["config", "set", "work", "--base-url", server.url]) as shown:
        shown.wait_for("API key: ")
        shown.type(f"{server.options.api_key}\n")
        shown.wait_for("not shown): ")
        shown.type(f"{server.options.api_secret}\n")
        assert shown.end() == 0, shown.text
    assert server.options.api_key in shown.text
    assert server.options.api_secret not in shown.text
    assert cli("credits").code == 0


def test_credentials_are_asked_for_where_there_are_none(
    cli: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MESSAGEMEDIA_API_KEY", "MESSAGEMEDIA_API_SECRET"):
        monkeypatch.delenv(name)
    with terminal(["credits"]) as shown:
        shown.wait_for("API key: ")
        shown.type(f"{server.options.api_key}\n")
        shown.wait_for("not shown): ")
        shown.type(f"{server.options.api_secret}\n")
        assert shown.end() == 0, shown.text
    assert server.options.api_secret not in shown.text
    with terminal(["credits"]) as shown:
        shown.wait_for("API key: ")
        assert shown.interrupt() == 130
    assert "Traceback" not in shown.text
    assert cli.home.exists()


def test_ctrl_c_ends_following(cli: Cli, server: Sandbox) -> None:
    server.reply("Yes", source_number=NUMBER)
    with terminal(["replies", "--follow", "--confirm"]) as shown:
        shown.wait_for("Yes")
        shown.type("\x03")
        assert shown.end() == 130
    assert "replies written and confirmed: 1" in shown.text
    assert "Traceback" not in shown.text
    assert cli("replies").out == ""


def test_ctrl_c_in_a_campaign_loses_and_doubles_nothing(cli: Cli, server: Sandbox, tmp_path: Path) -> None:
    numbers = [f"+614915{n:05}" for n in range(1000)]
    (tmp_path / "p.csv").write_text("destination_number,content\n" + "".join(f"{each},Hi\n" for each in numbers))
    journal = tmp_path / "j"
    assert cli("campaign", "add", journal, tmp_path / "p.csv").code == 0
    with terminal(["campaign", "send", journal, "--rate", "200"]) as shown:
        shown.wait_for("]  ")
        shown.wait_for("00/1,000")
        shown.type("\x03")
        assert shown.end() == 130
    assert f"To continue:\r\n  messagemedia campaign send {journal}" in shown.text
    assert "Traceback" not in shown.text
    assert len(server.ledger) < 1000
    with terminal(["campaign", "send", journal]) as shown:
        assert shown.end() == 0
    assert "100% 1,000/1,000" in "\n".join(shown.screen())
    assert sorted(entry.message["destination_number"] for entry in server.ledger) == numbers


def test_a_dumb_terminal_gets_lines_for_a_bar(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(f"destination_number,content\n{NUMBER},Hi\n")
    assert cli("campaign", "add", tmp_path / "j", tmp_path / "p.csv").code == 0
    with terminal(["campaign", "send", tmp_path / "j"], TERM="dumb") as shown:
        assert shown.end() == 0
    assert shown.text == "0/1\r\n1/1\r\n1 row: 1 accepted\r\n"
