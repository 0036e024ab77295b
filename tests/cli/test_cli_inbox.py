import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from cli_kit import NUMBER, Cli
from messagemedia import Client, Message
from messagemedia.campaign import Campaign
from messagemedia.sandbox import Sandbox


def people_write(server: Sandbox, count: int, text: str = "Yes") -> list[str]:
    return [
        server.reply(f"{text} {at}", source_number=NUMBER, destination_number="+61491570157") for at in range(count)
    ]


def unconfirmed() -> int:
    with Client() as client:
        return len(client.replies.check())


def test_replies_are_lines_in_a_pipe_and_stay_unconfirmed(cli: Cli, server: Sandbox) -> None:
    ids = people_write(server, 2)
    done = cli("replies")
    assert (done.code, done.err) == (0, "")
    cells = [line.split("\t") for line in done.lines]
    assert [(row[0], row[2], row[3], row[5]) for row in cells] == [
        (each, NUMBER, "+61491570157", f"Yes {at}") for at, each in enumerate(ids)
    ]
    assert unconfirmed() == 2


def test_replies_are_json_with_the_names_of_the_api(cli: Cli, server: Sandbox) -> None:
    people_write(server, 1, "\N{WAVING HAND SIGN}")
    found: dict[str, Any] = json.loads(cli("replies", "--json").out)
    assert (found["content"], found["source_number"]) == ("\N{WAVING HAND SIGN} 0", NUMBER)


def test_what_strangers_write_does_nothing_to_a_terminal_and_breaks_no_line(cli: Cli, server: Sandbox) -> None:
    people_write(server, 1, "a\tb\nc\\n\x1b[31m\u202e\x9b")
    (line,) = cli("replies").lines
    assert line.split("\t")[5] == r"a\tb\nc\\n\x1b[31m\u202e\x9b 0"


def test_the_hundred_oldest_are_said_to_be_that(cli: Cli, server: Sandbox) -> None:
    people_write(server, 101)
    done = cli("replies")
    assert len(done.lines) == 100
    assert "100 oldest" in done.err


def test_all_are_confirmed_after_they_were_written(cli: Cli, server: Sandbox) -> None:
    ids = people_write(server, 230)
    done = cli("replies", "--confirm")
    assert [line.split("\t")[0] for line in done.lines] == ids
    assert unconfirmed() == 0


def test_a_limit_is_kept(cli: Cli, server: Sandbox) -> None:
    people_write(server, 5)
    assert len(cli("replies", "--limit", "2").lines) == 2
    assert len(cli("replies", "--confirm", "--limit", "2").lines) == 2
    assert unconfirmed() == 3
    assert len(cli("replies", "--follow", "--limit", "2").lines) == 2
    assert unconfirmed() == 3


def test_what_cant_be_written_is_not_confirmed(cli: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    people_write(server, 3)
    written: list[None] = []

    def deliver(_: object) -> None:
        written.append(None)
        if len(written) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("messagemedia.cli.output.Output.deliver", deliver)
    done = cli("replies", "--confirm")
    assert (done.code, "No space left" in done.err) == (1, True)
    assert unconfirmed() == 2


def test_ctrl_c_ends_with_all_confirmed_that_was_written(
    cli: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    people_write(server, 5)
    written: list[None] = []

    def deliver(_: object) -> None:
        written.append(None)
        if len(written) == 3:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("messagemedia.cli.output.Output.deliver", deliver)
    done = cli("replies", "--follow", "--confirm")
    assert (done.code, len(done.lines)) == (130, 3)
    assert "replies written and confirmed: 3" in done.err
    assert unconfirmed() == 2


def test_following_without_confirming_says_what_it_does_not_see(
    cli: Cli, server: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    people_write(server, 100)
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            raise KeyboardInterrupt
        server.fault("answer", operation="checkReplies", status=503, body="{}", times=None)

    monkeypatch.setattr("messagemedia.cli.inbox.sleep", wait)
    monkeypatch.setattr("time.sleep", lambda _: None)
    done = cli("replies", "--follow", "--interval", "7")
    assert (done.code, len(done.lines), waits) == (130, 100, [7, 14])
    assert "Without --confirm only the 100 oldest replies can be seen" in done.err
    assert "newer ones can't be fetched until some are confirmed" in done.err
    assert "503" in done.err
    assert "Traceback" not in done.err


def test_reports_are_lines_and_json(cli: Cli, server: Sandbox) -> None:
    cli("send", NUMBER, "Hello", "--report")
    server.advance(3600)
    lines = cli("reports").lines
    assert {tuple(line.split("\t")[2:5:2]) for line in lines} >= {(NUMBER, "delivered")}
    found = [json.loads(line) for line in cli("reports", "--confirm", "--json").lines]
    assert len(found) == len(lines)
    assert cli("reports").out == ""


def test_what_comes_settles_unknown_rows_of_a_campaign(cli: Cli, server: Sandbox, tmp_path: Path) -> None:
    journal = tmp_path / "spring.journal"
    server.fault("drop_after_accept", operation="sendMessages")
    with Client() as client, Campaign(journal) as campaign:
        campaign.add([Message(content="Hi", destination_number=NUMBER, delivery_report=True)])
        campaign.send(client, progress=False)
        assert campaign.summary().unknown == 1
        server.advance(3600)
        assert cli("reports", "--observe", journal).code == 0
        assert (campaign.summary().unknown, campaign.summary().accepted) == (0, 1)


def test_a_campaign_that_is_not_there_is_not_begun(cli: Cli, tmp_path: Path) -> None:
    assert cli("reports", "--observe", tmp_path / "no.journal").code == 2
    assert not (tmp_path / "no.journal").exists()
