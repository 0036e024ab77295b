"""A campaign in a file or in a database: which is meant, and no password where others can see it."""

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from cli_kit import Cli
from messagemedia import Message
from messagemedia.campaign import Campaign, Row
from messagemedia.cli.journals import Journal, journal_of
from messagemedia.cli.session import Session
from messagemedia.sandbox import Sandbox

ADDRESS = "postgresql://sender@db.internal/app"


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    path = tmp_path / "my spring.journal"
    with Campaign(path) as campaign:
        campaign.add([Row(Message(content="Hi", destination_number=f"+6149157{n:04}"), f"k{n}") for n in range(5)])
    return path


@pytest.fixture
def home(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The current folder, with no database set."""
    monkeypatch.chdir(tmp_path)
    return cli.home


def meant(name: str, *, database: str | None = None, profile: str | None = None) -> Journal:
    session = Session()
    session.database, session.profile = database, profile
    return journal_of(name, session)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://sender:hunter2@db.internal/app",
        "postgres://sender:hunter2@db.internal/app",
        "postgresql://sender:hun?ter2@db.internal/app",
        "postgresql://sender:hun#ter2@db.internal/app",
        "postgresql://sender:hun/ter2@db.internal/app",
        "postgresql://sender@db.internal/app?sslmode=require&password=hunter2",
        "postgresql://sender@db.internal/app?p%61ssword=hunter2",
        "postgresql://sender@db.internal/app?sslpassword=hunter2",
        "Postgresql://sender:hunter2@db.internal/app",
        "host=db.internal password=hunter2",
    ],
)
def test_a_password_in_an_argument_is_refused(cli: Cli, home: Path, address: str) -> None:
    (home / "people.csv").touch()
    for command in (
        ("campaign", "status", "spring", "--in"),
        ("campaign", "move", "people.csv", "--in"),
        ("campaign", "results"),
        ("reports", "--observe"),
    ):
        done = cli(*command, address)
        assert (done.code, done.out) == (2, "")
        assert "hunter" not in done.err
        assert "ter2" not in done.err
        assert "must not contain a password" in done.err
        for place in ("PGPASSWORD", "PGSERVICE", "~/.pgpass", "MESSAGEMEDIA_CAMPAIGN_DSN", "profile"):
            assert place in done.err


@pytest.mark.parametrize(
    "address", [ADDRESS, "postgresql://[::1]:5432/app", "postgresql:///?service=app", "postgresql://a:1,b:2/app"]
)
def test_what_holds_no_password_is_taken(home: Path, cli: Cli, address: str) -> None:
    setting = ("config", "set", "work", "--no-check", "--key", "K", "--secret-command", "echo")
    assert cli(*setting, "--campaign-dsn", address).code == 0
    assert meant("spring", profile="work").database == address
    assert list(home.glob("**/profiles.toml"))


def test_what_is_meant(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del cli
    assert (meant("spring").database, meant("spring").typed) == ("", "spring")
    assert meant("spring", database=ADDRESS, profile="work").typed == f"spring --in {ADDRESS} --profile work"
    assert (meant("a/b c", database=ADDRESS).name, meant("a/b c", database=ADDRESS).database) == ("a/b c", ADDRESS)

    monkeypatch.setenv("MESSAGEMEDIA_CAMPAIGN_DSN", "postgresql://sender:hunter2@db.internal/app")
    found = meant("spring")
    assert (found.database[-16:], found.typed) == ("@db.internal/app", "spring")
    assert "hunter2" not in repr(found)
    assert meant("spring", database=ADDRESS).database == ADDRESS
    for name in ("./spring", str(home / "spring")):
        assert meant(name).database == ""


def test_a_file_and_a_name_are_not_confused(cli: Cli, begun: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESSAGEMEDIA_CAMPAIGN_DSN", "postgresql://sender:hunter2@127.0.0.1:1/app")
    done = cli("campaign", "status", begun.name)
    assert (done.code, "write './my spring.journal'; for the database, add --in" in done.err) == (2, True)
    assert "5 pending" in cli("campaign", "status", f"./{begun.name}").out
    assert home == begun.parent


@pytest.mark.parametrize("value", ["db.internal/app", "host=db.internal password=hunter2"])
def test_what_is_no_address_is_no_file_either(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("MESSAGEMEDIA_CAMPAIGN_DSN", value)
    done = cli("campaign", "status", "spring")
    assert (done.code, "MESSAGEMEDIA_CAMPAIGN_DSN must be an address" in done.err) == (2, True)
    assert "hunter2" not in done.err
    assert list(home.iterdir()) == []


def test_a_profile_says_where_campaigns_are(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MESSAGEMEDIA_BASE_URL")
    setting = ("config", "set", "work", "--no-check", "--key", "K", "--secret-command", "echo")
    assert cli(*setting, "--campaign-dsn", "postgresql://sender:hunter2@db.internal/app").code == 2
    assert cli(*setting, "--campaign-dsn", ADDRESS).code == 0
    assert cli(*setting).code == 0  # it is kept
    assert cli("config", "list").lines[0].endswith("\tcommand\tdatabase")
    assert meant("spring").database == ""  # credentials come from the environment, and so from elsewhere
    assert meant("spring", profile="work").database == ADDRESS
    assert meant("spring", profile="work").typed == "spring --profile work"
    monkeypatch.setenv("MESSAGEMEDIA_CAMPAIGN_DSN", "postgresql://other/app")
    assert meant("spring").database == "postgresql://other/app"
    assert meant("spring", profile="work").database == ADDRESS
    monkeypatch.delenv("MESSAGEMEDIA_CAMPAIGN_DSN")
    for name in ("KEY", "SECRET"):
        monkeypatch.delenv(f"MESSAGEMEDIA_API_{name}")
    assert meant("spring").database == ADDRESS
    assert home


@pytest.mark.parametrize("command", [("status", "spring"), ("work", "spring"), ("move", "spring.journal")])
def test_without_the_extra_it_says_what_to_install(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    for name in [name for name in sys.modules if name.startswith(("psycopg", "messagemedia.campaign.postgres"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with Campaign(home / "spring.journal"):
        done = cli("campaign", *command, "--in", ADDRESS)
    assert (done.code, "pip install 'messagemedia[postgres]'" in done.err) == (2, True)


def test_a_move_needs_a_database(cli: Cli, begun: Path) -> None:
    done = cli("campaign", "move", begun)
    assert (done.code, "--in ADDRESS" in done.err) == (2, True)


def test_only_a_database_is_doubted(cli: Cli, begun: Path) -> None:
    assert cli("campaign", "doubt", begun).code == 2
    done = cli("campaign", "doubt", begun, "--since", "2027-01-01T09:00+11:00")
    assert (done.code, "in PostgreSQL" in done.err) == (2, True)


def test_the_help_says_where_campaigns_are(cli: Cli) -> None:
    text = cli("help", "campaign").out
    for part in ("--in", "MESSAGEMEDIA_CAMPAIGN_DSN", "campaign_dsn", "PGPASSWORD", "PGSERVICE", "~/.pgpass"):
        assert part in text
    assert "--max-batches" in cli("help", "campaign", "work").out


def test_a_worker_says_why_it_ended(cli: Cli, begun: Path, server: Sandbox) -> None:
    done = cli("campaign", "work", begun, "--max-batches", "1")
    assert (done.code, done.out) == (0, "stopped after --max-batches; 5 rows: 5 accepted\n")
    done = cli("campaign", "work", begun, "--json")
    assert (done.code, json.loads(done.out)["why"], json.loads(done.out)["accepted"]) == (0, "done", 5)
    assert cli("campaign", "work", begun).out == "done, nothing is left to send; 5 rows: 5 accepted\n"
    assert len(server.ledger) == 5
    assert cli("campaign", "work", begun, "--lease", "1").code == 2


def test_a_worker_says_what_is_unknown(cli: Cli, begun: Path, server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    server.fault("drop_after_accept", operation="sendMessages", times=1)
    done = cli("campaign", "work", begun, "--max-batches", "1")
    assert done.code == 3
    assert f"  messagemedia reports --observe '{begun}'\n" in done.err
    monkeypatch.setattr(Campaign, "work", lambda *_, **__: "stopped")  # whoever sent SIGTERM knows why it ended
    assert cli("campaign", "work", begun).code == 0


def test_a_worker_with_wrong_credentials_tells_the_command_that_goes_on(
    cli: Cli, begun: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MESSAGEMEDIA_API_SECRET", "wrong")
    done = cli("campaign", "work", begun)
    assert (done.code, f"To continue:\n  messagemedia campaign work '{begun}'" in done.err) == (1, True)


def test_sigterm_is_an_end_and_ctrl_c_an_interruption(cli: Cli, begun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [signal.SIGTERM, signal.SIGINT]

    def worked(_campaign: object, _client: object, *, stop: threading.Event, **_options: Any) -> str:
        os.kill(os.getpid(), numbers.pop(0))
        return "stopped" if stop.is_set() else "done"

    monkeypatch.setattr(Campaign, "work", worked)
    done = cli("campaign", "work", begun)
    assert (done.code, done.out) == (0, "stopped by SIGTERM; 5 rows: 0 accepted, 5 pending\n")
    done = cli("campaign", "work", begun)
    assert (done.code, f"  messagemedia campaign work '{begun}'\n" in done.err) == (130, True)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
