"""The journal in PostgreSQL itself: how it is opened, its schema, what it can hold, and what its errors show."""

from __future__ import annotations

import random
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from pathlib import Path
from typing import Any

import psycopg
import pytest
from campaign_kit import KEY, message, messages, number, row
from campaign_kit import SECRET as SANDBOX_SECRET
from messagemedia import Client, Message, ValidationError
from messagemedia.campaign import Added, Campaign, JournalError, JournalInUseError, JournalNotFoundError, Summary
from messagemedia.sandbox import Sandbox
from postgres_kit import Server, ask, in_postgres, new_database

SECRET = "s3cr3t-w0rd"


def test_a_campaign_is_known_by_its_name(url: str) -> None:
    with Campaign(url, name="known by its name") as first, Campaign(url, name="another one") as other:
        first.add(messages(3))
        assert (first.path, other.summary()) == (None, Summary())
        with Campaign(url, name="known by its name") as again:
            assert again.summary() == Summary(pending=3)
            assert again._journal.id == first._journal.id != other._journal.id


def test_one_that_is_not_to_be_begun_has_to_be_there(server: Server) -> None:
    url = new_database(server)
    for _ in ("neither it nor the tables", "the tables alone"):
        with pytest.raises(JournalNotFoundError) as caught:
            Campaign(url, name="sprign", begin=False)
        shown = url.replace("tests@", "")
        assert str(caught.value).startswith(f"there is no campaign 'sprign' at {shown}\nHint: Check the name, and ")
        with Campaign(url, name="spring") as begun, Campaign(url, name="spring", begin=False) as found:
            assert found._journal.id == begun._journal.id
    assert ask(url, "SELECT name FROM messagemedia.campaign") == [("spring",)]


def test_who_may_only_read_can_see_how_it_stands(server: Server) -> None:
    url = new_database(server)
    with Campaign(url, name="spring") as begun:
        begun.add(messages(3))
    ask(url, "CREATE ROLE onlooker LOGIN")
    ask(url, "GRANT USAGE ON SCHEMA messagemedia TO onlooker")
    ask(url, "GRANT SELECT ON ALL TABLES IN SCHEMA messagemedia TO onlooker")
    with Campaign(url.replace("tests@", "onlooker@"), name="spring", begin=False) as found:
        assert (found.summary(), found.status().summary) == (Summary(pending=3),) * 2
        assert len(list(found.records())) == 3
        with pytest.raises(JournalError, match="permission denied"):
            found.add(messages(1))


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 201, None])
def test_it_needs_a_name(url: str, name: Any) -> None:
    with pytest.raises(ValidationError, match="name: must be the name of the campaign in the database"):
        Campaign(url, name=name)


def test_a_file_has_no_other_name(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="name: must be left out"):
        Campaign(tmp_path / "spring.journal", name="spring")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://me:{SECRET}@127.0.0.1:1/app",
        f"postgresql://me:{SECRET}@[::1/app",
        f"postgresql://me:{SECRET}@a/b?no=1",
    ],
)
def test_no_error_shows_a_password(address: str) -> None:
    with pytest.raises((JournalError, ValidationError)) as caught:
        Campaign(address, name="spring")
    told = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert SECRET not in told.replace(repr(address), "")  # the test knows it
    assert SECRET not in str(caught.value)


def test_its_repr_shows_no_password(server: Server, url: str) -> None:
    with_password = url.replace("tests@", f"tests:{SECRET}@")
    with Campaign(with_password, name="repr") as campaign:
        assert repr(campaign).startswith("Campaign('postgresql://127.0.0.1:")
        assert SECRET not in repr(campaign)


def test_without_psycopg_it_says_what_to_install(url: str) -> None:
    program = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from messagemedia.campaign import Campaign\n"
        "from messagemedia import ConfigurationError\n"
        f"try: Campaign({url!r}, name='spring')\n"
        "except ConfigurationError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert "pip install 'messagemedia[postgres]'" in done.stdout


def test_psycopg_is_imported_for_postgresql_alone(tmp_path: Path) -> None:
    program = f"import sys; from messagemedia.campaign import Campaign; Campaign({str(tmp_path / 'x')!r}); print('psycopg' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "False\n"


# --- the schema ---------------------------------------------------------------------------------------------------


def test_many_may_make_the_schema_at_once(server: Server) -> None:
    url = new_database(server)

    def opened(index: int) -> str:
        with Campaign(url, name=f"campaign {index % 2}") as campaign:
            return campaign._journal.id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(opened, range(8)))) == 2
    assert ask(url, "SELECT number FROM messagemedia.version") == [(1,)]


def test_a_newer_schema_is_refused(server: Server) -> None:
    url = new_database(server)
    Campaign(url, name="spring").close()
    ask(url, "INSERT INTO messagemedia.version VALUES (99)")
    with pytest.raises(
        JournalError, match=r"has the version 99, but this version of messagemedia knows 1\nHint: Use the"
    ):
        Campaign(url, name="spring")


def test_a_database_that_can_not_hold_every_text_is_refused(server: Server) -> None:
    latin = new_database(server) + "_latin"
    ask(
        server.url("postgres"),
        f"CREATE DATABASE \"{latin.rpartition('/')[2]}\" ENCODING LATIN1 LOCALE 'C' TEMPLATE template0",
    )
    with pytest.raises(JournalError, match="stores text as LATIN1"):
        Campaign(latin, name="spring")


# --- what it holds ------------------------------------------------------------------------------------------------


def test_any_text_is_kept_as_it_would_be_sent(campaign: Campaign) -> None:
    texts = [
        "\N{GRINNING FACE}" * 3,
        "a\\b\tc\n\x07\x7f",
        "NULL",
        "\\.",
        "{}",
        "'; DROP TABLE entry; --",
        "%s %(x)s",
        "\u2028é",
    ]
    assert campaign.add(row(f"key {text}", text) for text in texts) == Added(new=len(texts), repeated=len(texts) - 1)
    assert [(each.key, each.message.content) for each in campaign.records()] == [
        (f"key {text}", text) for text in texts
    ]
    assert campaign.add(row(f"key {text}", text) for text in texts) == Added(known=len(texts))


def test_a_key_that_it_can_not_hold_is_refused(campaign: Campaign) -> None:
    with pytest.raises(JournalError, match="a key has a NUL character"):
        campaign.add([row("a", "one"), row("b\0", "two")])
    with pytest.raises(JournalError, match="a key has more than 2,000 bytes"):
        campaign.add([row("a", "one"), row("k" * 2001, "two")])
    assert campaign.summary() == Summary()
    assert campaign.withdraw(keys="b\0") == 0
    assert campaign.add([row("k" * 2000, "two")]) == Added(new=1)


def test_a_cell_of_many_digits_is_an_invalid_row_and_no_more(campaign: Campaign) -> None:
    chance = random.Random(1)
    digits = "".join(chance.choices("0123456789", k=9000))
    assert campaign.add([message(1), message(2, destination_number=digits)], on_invalid="skip") == Added(
        new=1, invalid=1
    )


def test_rows_that_are_added_one_by_one_travel_together(campaign: Campaign, url: str) -> None:
    for index in range(120):
        campaign.add([message(index)])
    batches = ask(
        url, "SELECT pending FROM messagemedia.batch WHERE campaign = %s ORDER BY first", campaign._journal.id
    )
    assert batches == [(100,), (20,)]


def test_only_one_adds_at_a_time_and_others_see_nothing_of_it(campaign: Campaign, path: Path, url: str) -> None:
    with in_postgres(url)(path) as other:

        def rows() -> Any:
            yield from messages(3)
            with pytest.raises(JournalInUseError, match="another process or thread is adding"):
                other.add(messages(1))
            assert other.summary() == campaign.summary() == Summary()

        campaign.add(rows())
        assert other.summary() == Summary(pending=3)


def test_a_connection_that_is_lost_while_rows_are_added_adds_none_of_them(
    campaign: Campaign, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messagemedia.campaign.adding.PIECE", 10)
    monkeypatch.setattr("messagemedia.campaign.postgres.connection._IDLE", -1.0)  # it would be tried out each time
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()"

    def rows() -> Any:
        yield from messages(25)
        assert ask(url, cut) == [(True,)]
        yield from (message(index) for index in range(25, 50))

    with pytest.raises(JournalError, match="can't be used"):
        campaign.add(rows())
    assert campaign.summary() == Summary()
    assert ask(url, "SELECT count(*) FROM messagemedia.entry WHERE campaign = %s", campaign._journal.id) == [(0,)]
    assert campaign.add(messages(50)) == Added(new=50)


# --- errors -------------------------------------------------------------------------------------------------------


def test_errors_show_neither_contents_nor_numbers(campaign: Campaign, url: str) -> None:
    ask(
        url,
        """CREATE FUNCTION complain() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'no % for %', NEW.message, NEW.recipient; END $$""",
    )
    ask(url, "CREATE TRIGGER complain BEFORE INSERT ON messagemedia.entry FOR EACH ROW EXECUTE FUNCTION complain()")
    private = [message(7, content="Your diagnosis")]
    try:
        with pytest.raises(JournalError, match="can't be used") as caught:
            campaign.add(private)
    finally:
        ask(url, "DROP FUNCTION complain CASCADE")
    told = "".join(traceback.format_exception(caught.value))
    assert "diagnosis" not in told
    assert number(7)[1:] not in told
    assert campaign.summary() == Summary()


def test_a_row_that_was_changed_is_not_sent(campaign: Campaign, url: str, sandbox: Any, sender: Any) -> None:
    campaign.add(messages(3))
    ask(
        url,
        "UPDATE messagemedia.entry SET message = replace(message, 'Hello 1', 'Hello 9') WHERE campaign = %s",
        campaign._journal.id,
    )
    with pytest.raises(JournalError, match="is damaged: a row differs from what was recorded"):
        sender.send(campaign, sandbox.url)
    assert sandbox.requests == []
    assert campaign.summary() == Summary(pending=3)


def test_what_this_process_has_sent_is_not_sent_because_an_older_copy_says_so(
    campaign: Campaign, url: str, sandbox: Any, sender: Any
) -> None:
    campaign.add(messages(3))
    sender.send(campaign, sandbox.url)
    ask(url, "UPDATE messagemedia.entry SET state = 'pending' WHERE campaign = %s", campaign._journal.id)
    ask(
        url,
        "UPDATE messagemedia.batch SET state = 'pending', pending = 3, accepted = 0, token = NULL WHERE campaign = %s",
        campaign._journal.id,
    )
    with pytest.raises(JournalError, match="rows are pending that this process has sent"):
        sender.send(campaign, sandbox.url)
    assert len(sandbox.ledger) == 3


# --- a role, a database or an environment that was set up for others -----------------------------------------------

FOR_OTHERS = ("client_encoding = 'LATIN1'", "DateStyle = 'German'", "idle_in_transaction_session_timeout = '100ms'")


def role(url: str, name: str, *settings: str) -> str:
    """The address of the database for a user with settings of its own."""
    ask(url, f"CREATE ROLE {name} LOGIN SUPERUSER")
    for setting in settings:
        ask(url, f"ALTER ROLE {name} SET {setting}")
    return url.replace("tests@", f"{name}@")


def test_settings_for_others_change_nothing(server: Server, tmp_path: Path) -> None:
    found = role(new_database(server), "of_others", *FOR_OTHERS)

    def slowly() -> Iterator[Message]:
        yield message(0, content="\u0394\U0001f600")
        time.sleep(0.3)
        yield message(1)

    with Campaign(found, name="spring") as campaign:
        assert campaign.add(slowly()) == Added(new=2)
        first, _ = campaign.records()
        assert (first.message.content, first.changed.tzinfo) == ("\u0394\U0001f600", UTC)
        campaign.write_results(tmp_path / "results.csv")
        assert ask(found, "SHOW DateStyle") == [("German, DMY",)]


def test_the_environment_says_nothing_of_encodings(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    monkeypatch.setenv("PGDATESTYLE", "SQL, DMY")
    with Campaign(new_database(server), name="spring") as campaign:
        campaign.add([message(0, content="\u0394")])
        assert [each.message.content for each in campaign.records()] == ["\u0394"]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DROP TABLE messagemedia.entry", "Hint: The tables in the schema messagemedia are not as this version made"),
        ("DELETE FROM messagemedia.campaign", "the campaign spring was deleted from the database at postgresql://"),
        ("UPDATE messagemedia.batch SET state = 'done'", "is damaged: rows are pending in batches that are done"),
    ],
)
def test_what_is_wrong_with_the_database_is_told(server: Server, sandbox: Sandbox, statement: str, said: str) -> None:
    url = new_database(server)
    with Campaign(url, name="spring") as campaign:
        campaign.add(messages(1000))
    with Campaign(url, name="spring") as campaign, Client(KEY, SANDBOX_SECRET, base_url=sandbox.url) as client:
        ask(url, statement)
        with pytest.raises(JournalError) as caught:
            campaign.send(client, progress=False, patience=0)
        assert said in str(caught.value)
    assert sandbox.ledger == []


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("statement_timeout=50", "Hint: It was canceled, or took too long: raise statement_timeout for this user."),
        ("default_transaction_read_only=on", "Hint: Use the primary server, and check that default_transaction_read"),
    ],
)
def test_a_setting_that_has_to_change_is_told(server: Server, setting: str, said: str) -> None:
    url = new_database(server)
    Campaign(url, name="spring").close()
    with (
        Campaign(f"{url}?options=-c%20{setting.replace('=', '%3D')}", name="spring") as campaign,
        psycopg.connect(url) as other,
    ):
        if "timeout" in setting:
            other.execute("LOCK TABLE messagemedia.campaign IN SHARE MODE")
        with pytest.raises(JournalError) as caught:
            campaign.pause()
        assert said in str(caught.value)
