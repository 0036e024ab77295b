"""The file of a journal on bad days: what is refused, what is said, and that nothing is lost or sent."""

import json
import os
import pickle
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from campaign_kit import Clock, Sender, in_the_file, messages, sends, sent
from messagemedia import Client, MessageMediaError, ValidationError
from messagemedia import campaign as campaign_package
from messagemedia.campaign import (
    Added,
    Campaign,
    JournalError,
    JournalInUseError,
    JournalNotFoundError,
    Summary,
    database,
    write_results,
)
from messagemedia.sandbox import Sandbox


@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows has no file modes")
def test_only_its_owner_can_read_a_journal(campaign: Campaign) -> None:
    umask = os.umask(0)
    try:
        with Campaign(campaign.path.with_name("open.journal")) as made:
            made.add(messages(1))
            files = sorted(campaign.path.parent.glob("open.journal*"))
            assert [file.name for file in files] == ["open.journal", "open.journal-journal", "open.journal-lock"]
            assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    finally:
        os.umask(umask)


def test_everything_is_in_the_file_itself_whenever_the_process_ends(campaign: Campaign) -> None:
    campaign.add(messages(1))
    sizes = {file.name: file.stat().st_size for file in campaign.path.parent.iterdir()}
    assert sizes.keys() == {"spring.journal", "spring.journal-journal", "spring.journal-lock"}
    assert sizes["spring.journal-journal"] == 0
    copy = campaign.path.with_name("copy.journal")
    copy.write_bytes(campaign.path.read_bytes())
    with Campaign(copy) as other:
        assert other.summary() == campaign.summary()


def test_commits_are_on_the_disk_before_they_return(campaign: Campaign) -> None:
    assert campaign._journal.database.all("PRAGMA synchronous") == [(2,)]
    assert campaign._journal.database.all("PRAGMA fullfsync") == [(1,)]
    assert campaign._journal.database.all("PRAGMA journal_mode") == [("truncate",)]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(JournalError) as caught:
        Campaign(tmp_path / "missing" / "spring.journal")
    assert str(caught.value) == (
        f"there is no folder {tmp_path / 'missing'} for the journal spring.journal\nHint: Create it, or choose another path."
    )


def test_a_folder_is_no_journal(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="can't be used, it is not a file"):
        Campaign(tmp_path)


def test_an_impossible_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="can't be created"):
        Campaign(tmp_path / ("x" * 300))


@pytest.mark.parametrize("place", [None, 5, b"spring.journal"])
def test_what_is_no_path_is_refused(place: Any, tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="the path of the journal is not valid"):
        Campaign(place)
    with pytest.raises(ValidationError, match="/path: can't be a path"):
        write_results(place, [])


def test_an_empty_file_becomes_a_journal(path: Path) -> None:
    path.touch()
    with Campaign(path) as campaign:
        assert campaign.add(messages(1)) == Added(new=1)


def test_one_that_is_not_to_be_begun_has_to_be_there(path: Path) -> None:
    for make in (lambda: None, path.touch):
        make()
        before = sorted(path.parent.iterdir())
        with pytest.raises(JournalNotFoundError) as caught:
            Campaign(path, begin=False)
        assert str(caught.value) == f"there is no journal {path}\nHint: Check the path."
        assert sorted(path.parent.iterdir()) == before
    with Campaign(path) as begun, Campaign(path, begin=False) as found:
        begun.add(messages(1))
        assert found.summary() == Summary(pending=1)
    path.unlink()  # what is beside it says that there was one, which has to be said
    with pytest.raises(JournalError, match="is not there, but the files next to it show that there was a campaign"):
        Campaign(path, begin=False)


def other_database(path: Path) -> None:
    in_the_file(path, "CREATE TABLE people (name TEXT)")


def other_application(path: Path) -> None:
    in_the_file(path, "PRAGMA application_id = 77")


def newer(path: Path) -> None:
    Campaign(path).close()
    in_the_file(path, "PRAGMA user_version = 4")


def older(path: Path) -> None:
    Campaign(path).close()
    in_the_file(path, "PRAGMA user_version = 1")


def text(path: Path) -> None:
    path.write_text("name,phone\nAnn,+61491570156\n" * 100)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (other_database, "is a database, but not a journal\nHint: Choose another path."),
        (other_application, "is a database, but not a journal\nHint: Choose another path."),
        (
            newer,
            "has the format 4, but this version of messagemedia knows 3\nHint: Use the version of messagemedia that",
        ),
        (
            older,
            "has the format 1, but this version of messagemedia knows 3\nHint: It was made before the first release",
        ),
        (text, "it is not a journal (file is not a database)\nHint: Choose another path; nothing was changed."),
    ],
)
def test_another_file_is_refused_and_stays_as_it_is(path: Path, make: Any, said: str) -> None:
    make(path)
    before, names = path.read_bytes(), sorted(path.parent.iterdir())
    with pytest.raises(JournalError) as caught:
        Campaign(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)
    assert path.read_bytes() == before
    assert sorted(path.parent.iterdir()) == names


def test_a_damaged_journal_is_found_before_anything_is_sent(
    campaign: Campaign, sandbox: Sandbox, sender: Sender
) -> None:
    campaign.add(messages(2000))
    campaign.close()
    with campaign.path.open("r+b") as file:
        file.seek(campaign.path.stat().st_size // 2)
        file.write(b"\x00" * 8192)
    with Campaign(campaign.path) as damaged:
        with pytest.raises(JournalError, match="damaged") as caught:
            sender.send(damaged, sandbox.url)
        assert "do not start over with the same rows" in str(caught.value)
    assert sandbox.requests == []


def test_a_cut_off_journal_is_found_before_anything_is_sent(
    campaign: Campaign, sandbox: Sandbox, sender: Sender
) -> None:
    campaign.add(messages(2000))
    campaign.close()
    os.truncate(campaign.path, campaign.path.stat().st_size // 2 // 4096 * 4096)
    with pytest.raises(JournalError, match="damaged"), Campaign(campaign.path) as damaged:
        sender.send(damaged, sandbox.url)
    assert sandbox.requests == []


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """A journal that another program writes to for long."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def test_a_journal_that_stays_locked_is_named_and_nothing_is_sent(
    path: Path, sandbox: Sandbox, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.01)
    with Campaign(path) as campaign:
        campaign.add(messages(3))
        with locked(path):
            for action in (
                lambda: campaign.add(messages(5)),
                lambda: sender.send(campaign, sandbox.url),
                lambda: campaign.retry("a"),
            ):
                with pytest.raises(JournalError, match="can't be used, another process keeps it locked"):
                    action()
            assert campaign.summary().pending == 3
        assert sandbox.requests == []
        assert sender.send(campaign, sandbox.url).accepted == 3


def test_a_full_disk_keeps_rows_from_being_added_and_nothing_half(campaign: Campaign) -> None:
    campaign.add(messages(3))
    pages = campaign._journal.database.all("PRAGMA page_count")[0][0]
    campaign._journal.database.all(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(JournalError) as caught:
        campaign.add(messages(5000))
    assert "the disk is full" in str(caught.value)
    assert "Free some space, and call it again" in str(caught.value)
    assert campaign.summary().total == 3
    campaign._journal.database.all("PRAGMA max_page_count = 100000")
    assert campaign.add(messages(5000)) == Added(new=4997, known=3)


def read_only(campaign: Campaign, yes: bool) -> None:
    """Make SQLite refuse every write, as for a file without the right to."""
    campaign._journal.database.all(f"PRAGMA query_only = {'ON' if yes else 'OFF'}")


def test_nothing_is_sent_if_the_intent_can_not_be_written_down(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign.add(messages(250))
    recover = campaign._journal.recover

    def recover_and_lose_the_right() -> int:
        left = recover()
        read_only(campaign, yes=True)
        return left

    monkeypatch.setattr(campaign._journal, "recover", recover_and_lose_the_right)
    with pytest.raises(JournalError, match="it is read-only") as caught:
        sender.send(campaign, sandbox.url)
    assert str(campaign.path) in str(caught.value)
    assert sandbox.requests == []
    read_only(campaign, yes=False)
    assert campaign.summary().pending == 250


@pytest.mark.parametrize("ended", [False, True])
def test_outcomes_that_can_not_be_written_down_are_kept_as_long_as_the_process_lives(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, monkeypatch: pytest.MonkeyPatch, *, ended: bool
) -> None:
    campaign.add(messages(250))
    record = campaign._journal.settle

    def settle(outcomes: Any) -> None:
        read_only(campaign, yes=True)
        record(outcomes)

    with monkeypatch.context() as patch:
        patch.setattr(campaign._journal, "settle", settle)
        with pytest.raises(JournalError, match="it is read-only"):
            sender.send(campaign, sandbox.url, concurrency=1)
    assert len(sandbox.ledger) == 100
    assert (campaign.summary().in_flight, campaign.summary().pending) == (100, 150)
    if ended:
        with Campaign(campaign.path) as next_process:
            assert sender.send(next_process, sandbox.url) == Summary(accepted=150, unknown=100)
            assert {each.reason for each in next_process.records("unknown")} == {
                "the process that sent it ended before the answer came"
            }
    read_only(campaign, yes=False)
    expected = Summary(accepted=150, unknown=100) if ended else Summary(accepted=250)
    assert sender.send(campaign, sandbox.url) == expected
    assert set(sent(sandbox).values()) == {1}
    assert len(sandbox.ledger) == 250


def test_closing_writes_down_what_could_not_be_before(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign.add(messages(3))
    record = campaign._journal.settle

    def settle(outcomes: Any) -> None:
        read_only(campaign, yes=True)
        record(outcomes)

    monkeypatch.setattr(campaign._journal, "settle", settle)
    with pytest.raises(JournalError, match="it is read-only"):
        sender.send(campaign, sandbox.url)
    read_only(campaign, yes=False)
    campaign.close()
    with Campaign(campaign.path) as again:
        assert again.summary() == Summary(accepted=3)


def test_a_full_disk_makes_sending_pause_until_there_is_room(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, clock: Clock
) -> None:
    """Whatever is claimed is settled, also the last batch, and nothing becomes unknown."""
    campaign.add(messages(150))
    error = disk_full(campaign._journal.database)
    record, failures = campaign._journal.move, 0

    def move(outcomes: Any, before: Any, moved: Any) -> int:
        nonlocal failures
        if before == "in_flight" and failures < 3:
            failures += 1
            raise error
        return record(outcomes, before, moved)

    campaign._journal.move = move  # type: ignore[method-assign]
    assert sender.send(campaign, sandbox.url, concurrency=1) == Summary(accepted=150)
    assert failures == 3
    assert len(clock.pauses) >= 2
    assert set(sent(sandbox).values()) == {1}


def disk_full(journal_database: Any) -> JournalError:
    """What is raised when the disk is full: SQLite itself says so."""
    pages = journal_database.all("PRAGMA page_count")[0][0]
    limit = journal_database.all("PRAGMA max_page_count")[0][0]
    journal_database.all(f"PRAGMA max_page_count = {pages}")
    try:
        with pytest.raises(JournalError, match="the disk is full") as caught, journal_database.transaction():
            journal_database.change("CREATE TABLE more AS SELECT hex(randomblob(100000)) AS bytes")
    finally:
        journal_database.all(f"PRAGMA max_page_count = {limit}")
    return caught.value


def test_a_disk_that_stays_full_ends_sending_with_its_error(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign.add(messages(150))
    error = disk_full(campaign._journal.database)

    def pay() -> None:
        if campaign._journal._owed:
            raise error

    with monkeypatch.context() as patch:
        patch.setattr(campaign._journal, "pay", pay)
        with pytest.raises(JournalError, match="the disk is full"):
            sender.send(campaign, sandbox.url, concurrency=1, patience=60)
    assert sum(clock.pauses) >= 59
    assert sender.send(campaign, sandbox.url) == Summary(accepted=150)
    assert set(sent(sandbox).values()) == {1}


def test_errors_of_the_callers_own_database_pass_unchanged(campaign: Campaign) -> None:
    def people() -> Iterator[Any]:
        with closing(sqlite3.connect(":memory:")) as connection:
            yield from messages(2)
            yield from connection.execute("SELECT * FROM missing")

    with pytest.raises(sqlite3.OperationalError, match="no such table: missing"):
        campaign.add(people())
    assert campaign.summary().total == 0


def test_a_closed_campaign_says_so(campaign: Campaign) -> None:
    campaign.close()
    campaign.close()
    for action in (campaign.summary, lambda: campaign.add(messages(1)), lambda: list(campaign.records())):
        with pytest.raises(JournalError, match=r"the journal .* is closed\nHint: Make a new Campaign\."):
            action()


def test_errors_of_the_journal_survive_pickling(tmp_path: Path) -> None:
    with pytest.raises(JournalError) as caught:
        Campaign(tmp_path / "missing" / "spring.journal")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(copy, MessageMediaError)
    assert str(copy) == str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="platform: on Windows a link needs a privilege")
def test_a_journal_behind_a_link_has_one_lock(campaign: Campaign, tmp_path: Path) -> None:
    link = tmp_path / "link.journal"
    link.symlink_to(campaign.path)
    with (
        Campaign(link) as other,
        campaign._journal.database.exclusive(),
        pytest.raises(
            JournalInUseError, match=r"another process or thread is sending from the journal .*spring\.journal"
        ),
    ):
        other.add(messages(1))


@pytest.mark.slow
def test_many_threads_may_use_a_campaign(campaign: Campaign, sandbox: Sandbox, sender: Sender, clock: Clock) -> None:
    campaign.add(messages(900))
    seen: list[int] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.append(campaign.summary().total)
            seen.append(sum(1 for _ in campaign.records()))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        assert sender.send(campaign, sandbox.url).accepted == 900
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert set(seen) == {900}
    assert len(sends(sandbox)) == 9


def test_a_repr_names_the_file(campaign: Campaign) -> None:
    assert repr(campaign) == f"Campaign({str(campaign.path)!r})"


def test_importing_the_package_does_not_import_campaigns() -> None:
    script = (
        "import messagemedia, sys; print([name for name in sys.modules if 'campaign' in name or 'sqlite3' in name])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_what_is_public_is_sorted_and_there() -> None:
    assert campaign_package.__all__ == sorted(campaign_package.__all__, key=lambda name: (name.islower(), name))
    assert all(hasattr(campaign_package, name) for name in campaign_package.__all__)


@pytest.mark.off_contract(answers="an id that can't be encoded")
def test_an_id_that_can_not_be_stored_keeps_no_outcome_from_being_written(campaign: Campaign) -> None:
    def answered(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)["messages"]
        told = [{**each, "message_id": f"{index}\ud800"} for index, each in enumerate(asked)]
        return httpx.Response(202, content=json.dumps({"messages": told}))

    campaign.add(messages(3))
    with httpx.Client(transport=httpx.MockTransport(answered)) as http_client:
        campaign.send(Client("key", "secret", http_client=http_client))
    assert [(each.state, each.message_id) for each in campaign.records()] == [("accepted", f"{at}?") for at in range(3)]
