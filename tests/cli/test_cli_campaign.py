import csv
import json
import os
import signal
from pathlib import Path

import pytest
from cli_kit import Cli
from messagemedia.campaign import Campaign, Summary
from messagemedia.sandbox import Sandbox


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("id,name,Mobile\n" + "".join(f"k{n},P{n},+6149157{n:04}\n" for n in range(5)), "utf-8")
    return path


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "my spring.journal"


ADD = ("--content", "Hi {name}", "--key", "id", "--column", "destination_number=Mobile")


@pytest.fixture
def begun(cli: Cli, journal: Path, people: Path) -> Path:
    assert cli("campaign", "add", journal, people, *ADD).code == 0
    return journal


def test_rows_are_added_once(cli: Cli, journal: Path, people: Path, server: Sandbox) -> None:
    done = cli("campaign", "add", journal, people, *ADD)
    assert (done.code, done.out) == (0, "5 new, 0 known, 0 invalid\n")
    done = cli("campaign", "add", journal, people, *ADD, "--json")
    assert json.loads(done.out) == {"new": 0, "known": 5, "invalid": 0, "replaced": 0, "repeated": 0}
    assert server.requests == []


def test_a_plan_says_what_it_costs(cli: Cli, begun: Path) -> None:
    assert "5 SMS parts, 0.40 at 0.079 each" in cli("campaign", "plan", begun, "--price", "0.079").out
    found = json.loads(cli("campaign", "plan", begun, "--price", "0.079", "--json").out)
    assert (found["rows"], found["parts"], found["cost"], found["summary"]["pending"]) == (5, 5, "0.395", 5)
    assert cli("campaign", "plan", begun, "--price", "much").code == 2


def test_a_campaign_is_sent_and_told(cli: Cli, begun: Path, server: Sandbox, tmp_path: Path) -> None:
    results = tmp_path / "results.csv"
    done = cli("campaign", "send", begun, "--results", results)
    assert (done.code, done.out) == (0, "5 rows: 5 accepted\n")
    assert "my spring.journal: sending ended with 5 rows: 5 accepted" in done.err
    assert [entry.message["content"] for entry in server.ledger] == [f"Hi P{n}" for n in range(5)]
    with results.open(newline="", encoding="utf-8") as file:
        assert [row["key"] for row in csv.DictReader(file)] == [f"k{n}" for n in range(5)]
    lines = cli("campaign", "results", begun).lines
    assert lines[0].split("\t")[1:4] == ["k0", "+61491570000", "accepted"]
    assert json.loads(cli("campaign", "results", begun, "--json").lines[0])["key"] == "k0"
    assert cli("campaign", "results", begun, "--state", "unknown").out == ""
    assert cli("campaign", "send", begun).out == "5 rows: 5 accepted\n"
    assert len(server.ledger) == 5
    status = json.loads(cli("campaign", "status", begun, "--json").out)
    assert (status["accepted"], status["paused"]) == (5, False)


def test_results_replace_nothing_else(cli: Cli, begun: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.csv").write_text("all my work")
    done = cli("campaign", "results", begun, "--output", tmp_path / "thesis.csv")
    assert (done.code, "--overwrite replaces it" in done.err) == (2, True)
    assert cli("campaign", "results", begun, "--output", tmp_path / "thesis.csv", "--overwrite").code == 0


def test_results_that_have_no_place_are_refused_before_anything_is_sent(
    cli: Cli, begun: Path, people: Path, server: Sandbox, tmp_path: Path
) -> None:
    for path, said in (
        (people, "exists already, and does not hold results; write"),
        (begun, "is a journal or another database"),
        (tmp_path / "none" / "results.csv", "there is no folder"),
        ("-", "name a file"),
    ):
        done = cli("campaign", "send", begun, "--results", path)
        assert (done.code, done.out) == (2, "")
        assert "Invalid value for --results:" in done.err
        assert said in done.err
    assert server.ledger == []
    assert "there is no folder" in cli("campaign", "results", begun, "--output", tmp_path / "none" / "x.csv").err


def test_results_that_can_not_be_written_hide_nothing_of_what_was_sent(
    cli: Cli, begun: Path, server: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Campaign, "write_results", full)
    server.fault("drop_after_accept", operation="sendMessages")
    done = cli("campaign", "send", begun, "--results", tmp_path / "results.csv", "--patience", "0")
    assert done.code == 3
    assert "nothing was sent" not in done.err
    assert "the results could not be written" in done.err
    assert cli("campaign", "accept", begun, "--all").code == 0
    done = cli("campaign", "send", begun, "--results", tmp_path / "results.csv")
    assert (done.code, done.out) == (1, "5 rows: 5 accepted\n")
    assert "No space left on device" in done.err


def test_unknown_rows_end_with_what_settles_them(cli: Cli, begun: Path, server: Sandbox) -> None:
    server.fault("drop_after_accept", operation="sendMessages")
    done = cli("campaign", "send", begun, "--patience", "0")
    assert done.code == 3
    assert "5 rows are unknown" in done.err
    assert f"  messagemedia reports --observe '{begun}'\n" in done.err
    assert "5 unknown" in cli("campaign", "status", begun).out

    assert cli("campaign", "accept", begun, "--key", "k0").out == "1 accepted\n"
    assert cli("campaign", "accept", begun, "--key", "k0").code == 1
    assert cli("campaign", "retry", begun).code == 2
    done = cli("campaign", "retry", begun, "--all")
    assert (done.out, f"campaign send '{begun}'" in done.err) == ("4 pending\n", True)


def test_trouble_that_passes_tells_the_command_that_goes_on(
    cli: Cli, begun: Path, server: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    server.fault("rate_limit", operation="sendMessages", times=None)
    done = cli("campaign", "send", begun, "--patience", "0")
    assert (done.code, done.out) == (1, "")
    assert done.err.rstrip().endswith(f"5 pending\nTo continue:\n  messagemedia campaign send '{begun}'")
    assert "Call send" not in done.err


def test_wrong_credentials_tell_the_command_that_goes_on(
    cli: Cli, begun: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MESSAGEMEDIA_API_SECRET", "wrong")
    done = cli("campaign", "send", begun)
    assert (done.code, "401" in done.err) == (1, True)
    assert f"  messagemedia campaign send '{begun}'" in done.err


def test_nothing_is_logged_twice_with_debug(cli: Cli, begun: Path) -> None:
    assert cli("campaign", "send", begun, "--debug").err.count("sending ended") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_completes_what_is_under_way(
    cli: Cli, begun: Path, server: Sandbox, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    def stopped(_campaign: object, _client: object, **_options: object) -> None:
        os.kill(os.getpid(), number)

    with monkeypatch.context() as patch:
        patch.setattr(Campaign, "send", stopped)
        done = cli("campaign", "send", begun)
    assert done.code == 130
    assert f"To continue:\n  messagemedia campaign send '{begun}'\n" in done.err
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert cli("campaign", "send", begun).code == 0
    assert len(server.ledger) == 5


def test_a_file_that_can_not_be_read_is_explained_in_options(cli: Cli, journal: Path, people: Path) -> None:
    """No advice is for programs, and none repeats an option that would not help."""
    people.write_bytes("id,name,Mobile\nk,D\u2019Arcy,+61491570156\n".encode("cp1252"))
    for encoding in ("utf-8", "utf-16"):
        done = cli("campaign", "add", journal, people, *ADD, "--on-invalid", "skip", "--encoding", encoding)
        assert done.code == 1
        assert "--on-invalid" not in done.err
        assert "--encoding" in done.err
    assert "or name its encoding, such as --encoding cp1252" in cli("campaign", "add", journal, people, *ADD).err
    unicode = people.with_name("unicode.txt")
    unicode.write_bytes("id\tname\tMobile\n".encode("utf-16"))
    assert "or name its encoding, such as --encoding utf-16" in cli("campaign", "add", journal, unicode, *ADD).err
    done = cli(
        "campaign", "add", journal, people, "--encoding", "cp1252", "--country", "Australia", "--delimiter", "ab"
    )
    assert "  --delimiter: must be a single character" in done.err
    done = cli("campaign", "add", journal, people, "--encoding", "cp1252", "--country", "Australia")
    assert "  --country: must be an ISO 3166 code" in done.err
    assert "write it with --content, or name it with --column content=COLUMN" in done.err
    assert "name it with --column destination_number=COLUMN" in done.err


def test_changed_and_repeated_rows_are_explained_in_options(cli: Cli, begun: Path, people: Path) -> None:
    done = cli("campaign", "add", begun, people, "--content", "Bye {name}", *ADD[2:])
    assert done.code == 1
    assert "use --on-changed replace to replace the old one" in done.err
    assert "With --on-changed replace, rows that are still pending get the new message" in done.err
    assert "--on-invalid" not in done.err
    with people.open("a") as file:
        file.write("again,Ann,+61491570000\n")
    done = cli("campaign", "add", begun, people, *ADD, "--repeated", "refuse")
    assert "is also the number of row 2, and --repeated refuse" in done.err
    assert "With --repeated skip, rows that repeat a number are recorded as invalid" in done.err
    assert "--on-invalid" not in done.err


def test_invalid_rows_are_named_or_skipped(cli: Cli, journal: Path, people: Path, server: Sandbox) -> None:
    with people.open("a") as file:
        file.write("bad,Nobody,12ab\n")
    done = cli("campaign", "add", journal, people, *ADD)
    assert (done.code, done.out) == (1, "")
    assert "row 7, destination_number" in done.err
    assert "--on-invalid skip" in done.err
    assert "on_invalid=" not in done.err
    assert cli("campaign", "add", journal, people, *ADD, "--on-invalid", "skip").out == "5 new, 0 known, 1 invalid\n"
    assert cli("campaign", "send", journal).code == 0


def test_rows_that_the_api_refuses_are_a_failure(cli: Cli, begun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Campaign, "send", lambda *_, **__: Summary(accepted=4, invalid=1))
    done = cli("campaign", "send", begun)
    assert (done.code, done.out) == (1, "5 rows: 4 accepted, 1 invalid\n")
    assert "--state invalid" in done.err


def test_a_file_that_cant_be_read_tells_the_options(cli: Cli, journal: Path, people: Path) -> None:
    done = cli("campaign", "add", journal, people, "--content", "Hi {surname}")
    assert done.code == 1
    assert "--column destination_number=Mobile" in done.err
    assert not journal.exists()


def test_a_national_number_needs_a_country(cli: Cli, journal: Path, tmp_path: Path) -> None:
    (tmp_path / "au.csv").write_text("destination_number,content\n0491570156,Hi\n")
    assert cli("campaign", "add", journal, tmp_path / "au.csv").code == 1
    assert cli("campaign", "add", journal, tmp_path / "au.csv", "--country", "AU").code == 0
    assert "+61491570156" in cli("campaign", "results", journal).out


@pytest.mark.parametrize("name", ["plan", "send", "status", "results", "pause", "resume"])
def test_a_campaign_that_is_not_there_is_not_begun(cli: Cli, tmp_path: Path, name: str) -> None:
    done = cli("campaign", name, tmp_path / "no.journal")
    assert (done.code, done.out) == (2, "")
    assert "messagemedia campaign add" in done.err
    assert not (tmp_path / "no.journal").exists()


def test_a_paused_campaign_is_not_sent(cli: Cli, begun: Path, server: Sandbox) -> None:
    assert cli("campaign", "pause", begun).code == 0
    done = cli("campaign", "send", begun)
    assert (done.code, f"  messagemedia campaign resume '{begun}'" in done.err) == (1, True)
    assert "held up: it is paused" in cli("campaign", "status", begun).out
    assert server.requests == []
    assert cli("campaign", "resume", begun).code == 0
    assert cli("campaign", "send", begun).code == 0


def test_rows_are_withdrawn(cli: Cli, begun: Path, server: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "out.txt").write_text("\ufeff+61491570001\n\n0061 491 570 999\n", "utf-8")
    assert cli("campaign", "withdraw", begun, "--numbers-from", tmp_path / "out.txt").out == "1 withdrawn\n"
    assert cli("campaign", "withdraw", begun, "--number", "+61 491 570 002").out == "1 withdrawn\n"
    assert cli("campaign", "withdraw", begun, "--key", "k3").out == "1 withdrawn\n"
    assert cli("campaign", "withdraw", begun).code == 2
    assert cli("campaign", "withdraw", begun, "--key", "k3", "--number", "1").code == 2
    assert cli("campaign", "send", begun).code == 0
    assert len(server.ledger) == 2


def test_an_opt_out_list_with_anything_else_in_it_is_refused_by_its_lines(
    cli: Cli, begun: Path, server: Sandbox, tmp_path: Path
) -> None:
    """Whoever is on it would be written to all the same."""
    (tmp_path / "out.csv").write_text("id;phone;date\n\n17;+61491570001;May\n0491570002\n+61491570003\n", "utf-8")
    done = cli("campaign", "withdraw", begun, "--numbers-from", tmp_path / "out.csv", "--number", "6.1E+10")
    assert (done.code, done.out) == (2, "")
    assert "nothing was withdrawn" in done.err
    assert "  --number: holds a number that a spreadsheet has shortened" in done.err
    assert "  line 3: has more than a number" in done.err
    done = cli("campaign", "withdraw", begun, "--number", "0491570002")
    assert "  --number: must begin with a country code" in done.err
    assert "  messagemedia normalize 0491570156 --country AU" in done.err
    assert "5 pending" in cli("campaign", "status", begun).out
    (tmp_path / "long.txt").write_text("6.1E+10\n" * 25, "utf-8")
    assert "  … and 5 more\n" in cli("campaign", "withdraw", begun, "--numbers-from", tmp_path / "long.txt").err
    assert server.requests == []
