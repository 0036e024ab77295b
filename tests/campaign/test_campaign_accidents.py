"""What may happen to the files of a journal, in use and between two runs: it goes on rightly, or is refused in clear words."""

import contextlib
import itertools
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from campaign_kit import KEY, SECRET, Sender, in_the_file, message, messages, number, sent
from messagemedia import Client
from messagemedia.campaign import Added, Campaign, JournalError, JournalInUseError, Row, Summary
from messagemedia.sandbox import Sandbox

Accident = Callable[[Path], None]


def keyed(count: int, content: str = "Hello") -> Iterator[Row]:
    return (Row(message(index, content=f"{content} {index}"), key=f"c{index}") for index in range(count))


def interrupted(path: Path, sandbox: Sandbox, rows: int = 450) -> None:
    """A campaign that was stopped after its first batch."""

    def stop(summary: Summary) -> None:
        if summary.accepted:
            raise KeyboardInterrupt

    with (
        Client(KEY, SECRET, base_url=sandbox.url) as client,
        Campaign(path) as campaign,
        contextlib.suppress(KeyboardInterrupt),
    ):
        campaign.add(keyed(rows))
        campaign.send(client, concurrency=1, progress=stop)
    assert len(sandbox.ledger) >= 100


def start_again(path: Path, sandbox: Sandbox, rows: int = 450) -> Summary:
    with Client(KEY, SECRET, base_url=sandbox.url) as client, Campaign(path) as campaign:
        campaign.add(keyed(rows))
        return campaign.send(client, progress=False)


def nothing_is_double(sandbox: Sandbox) -> None:
    assert set(sent(sandbox).values()) == {1}


# --- between two runs ---------------------------------------------------------------------------------------------


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def deleted(path: Path) -> None:
    path.unlink()


def emptied_without_lock(path: Path) -> None:
    """The process was killed in the middle of a transaction, so there is something in the file beside it."""
    os.truncate(path, 0)
    path.with_name(f"{path.name}-lock").unlink()
    path.with_name(f"{path.name}-journal").write_bytes(b"x" * 512)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 4096)


def replaced(path: Path) -> None:
    other = path.with_name("other.journal")
    Campaign(other).close()
    other.replace(path)


@pytest.mark.parametrize(
    ("accident", "said"),
    [
        (emptied, "is empty, but the files next to it show that there was a campaign"),
        (deleted, "is not there, but the files next to it show that there was a campaign"),
        (emptied_without_lock, "is empty, but the files next to it show that there was a campaign"),
        (cut, "is damaged"),
        (replaced, "was replaced by another one"),
    ],
)
def test_a_part_that_is_missing_or_another_one_is_refused(
    path: Path, sandbox: Sandbox, accident: Accident, said: str
) -> None:
    interrupted(path, sandbox)
    before = len(sandbox.ledger)
    accident(path)
    for _ in range(2):  # and it stays refused
        with pytest.raises(JournalError, match=said) as caught:
            start_again(path, sandbox)
        assert caught.value.hint
    assert len(sandbox.ledger) == before


def test_an_older_copy_is_refused(path: Path, sandbox: Sandbox) -> None:
    with Campaign(path) as campaign:
        campaign.add(keyed(450))
    shutil.copy(path, path.with_name("backup"))
    interrupted(path, sandbox)
    shutil.copy(path.with_name("backup"), path)
    before = len(sandbox.ledger)
    with pytest.raises(JournalError, match="is an older copy: rows have been sent since it was made"):
        start_again(path, sandbox)
    assert len(sandbox.ledger) == before


@pytest.mark.parametrize("names", [["-lock"], ["-journal"], ["-lock", "-journal"]])
def test_a_journal_goes_on_without_what_is_beside_it(path: Path, sandbox: Sandbox, names: list[str]) -> None:
    interrupted(path, sandbox)
    for name in names:
        path.with_name(f"{path.name}{name}").unlink()
    assert start_again(path, sandbox) == Summary(accepted=450)
    nothing_is_double(sandbox)


def test_a_journal_that_was_moved_alone_goes_on(path: Path, sandbox: Sandbox) -> None:
    interrupted(path, sandbox)
    moved = path.with_name("moved.journal")
    path.rename(moved)
    assert start_again(moved, sandbox) == Summary(accepted=450)
    nothing_is_double(sandbox)


def test_a_process_that_was_killed_while_it_made_the_journal_leaves_a_new_one(path: Path) -> None:
    path.with_name(f"{path.name}-lock").touch()
    path.touch()
    with Campaign(path) as campaign:
        assert campaign.add(messages(1)) == Added(new=1)


@pytest.mark.parametrize("seal", ["", "\0" * 34, "nonsense", "much longer than a seal is " * 20])
def test_a_seal_that_a_power_failure_took_is_made_again(path: Path, sandbox: Sandbox, seal: str) -> None:
    interrupted(path, sandbox)
    lock = path.with_name(f"{path.name}-lock")
    said = lock.read_text()
    lock.write_text(seal)
    Campaign(path).close()
    assert lock.read_text() == said


# --- in use -------------------------------------------------------------------------------------------------------


def renamed_in_use(path: Path) -> None:
    path.rename(path.with_name("elsewhere.journal"))


def replaced_in_use(path: Path) -> None:
    """By a copy, as an editor or a synchronised folder does it."""
    copy = path.with_name("copy")
    shutil.copy(path, copy)
    copy.replace(path)


def all_deleted_in_use(path: Path) -> None:
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()


def lock_deleted_in_use(path: Path) -> None:
    path.with_name(f"{path.name}-lock").unlink()


def linked_in_use(path: Path) -> None:
    path.with_name("second.journal").hardlink_to(path)


@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows moves no file that is open")
@pytest.mark.parametrize(
    "accident", [renamed_in_use, replaced_in_use, all_deleted_in_use, lock_deleted_in_use, linked_in_use, emptied]
)
def test_an_accident_in_use_stops_sending(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, accident: Accident
) -> None:
    campaign.add(messages(450))

    def now(summary: Summary) -> None:
        if summary.accepted == 100:
            accident(campaign.path)

    with pytest.raises(JournalError, match=r"was moved, replaced, linked or deleted while it was in use|is damaged"):
        sender.send(campaign, sandbox.url, concurrency=1, progress=now)
    assert len(sandbox.ledger) == 100


def test_a_journal_that_another_process_went_on_with_is_not_gone_on_with(
    campaign: Campaign, sandbox: Sandbox, sender: Sender
) -> None:
    """Wherever locks fail, claims are counted."""
    campaign.add(messages(450))

    def now(summary: Summary) -> None:
        if summary.accepted == 100:
            in_the_file(campaign.path, "UPDATE campaign SET claims = claims + 1")

    with pytest.raises(JournalError, match="was replaced by another one"):
        sender.send(campaign, sandbox.url, concurrency=1, progress=now)
    assert len(sandbox.ledger) == 100


def test_a_row_is_sent_once_whatever_becomes_of_the_file(campaign: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    """A disk that gives back older pages, all of which fit together."""
    campaign.add(messages(150))

    def now(summary: Summary) -> None:
        if summary.accepted == 100:
            in_the_file(campaign.path, "UPDATE entry SET state = 'pending' WHERE id = 7")
            in_the_file(campaign.path, "UPDATE campaign SET pending = pending + 1, accepted = accepted - 1")

    with pytest.raises(JournalError, match="rows are pending that were sent"):
        sender.send(campaign, sandbox.url, concurrency=1, progress=now)
    nothing_is_double(sandbox)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE campaign SET pending = pending + 1",  # more than there are
        "UPDATE entry SET message = replace(message, '+614', '+615') WHERE id = 120",  # a bit that flips
    ],
)
def test_what_is_claimed_is_what_is_there(campaign: Campaign, sandbox: Sandbox, sender: Sender, statement: str) -> None:
    campaign.add(messages(150))

    def now(summary: Summary) -> None:
        if summary.accepted == 100:
            in_the_file(campaign.path, statement)

    with pytest.raises(JournalError, match="is damaged"):
        sender.send(campaign, sandbox.url, concurrency=1, progress=now)
    nothing_is_double(sandbox)
    assert number(120) not in sent(sandbox) or "pending" in statement


# --- two names ----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="platform: another file system")
def test_a_hard_link_is_refused(campaign: Campaign) -> None:
    link = campaign.path.with_name("link.journal")
    link.hardlink_to(campaign.path)
    with pytest.raises(JournalError, match="has another name as well, by a hard link"):
        Campaign(link)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="platform: only Linux mounts single files")
def test_a_journal_that_is_mounted_alone_is_refused(
    campaign: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `docker run -v /srv/spring.journal:/app/spring.journal` does; a line of /proc/self/mountinfo stands for it."""
    place = tmp_path / "a folder" / "spring.journal"
    place.parent.mkdir()
    campaign.path.rename(place)
    mounts = f"36 35 98:0 /srv/spring.journal {str(place).replace(' ', chr(92) + '040')} rw - ext4 /dev/root rw\n"
    read_bytes = Path.read_bytes
    with monkeypatch.context() as patch:
        patch.setattr(
            Path,
            "read_bytes",
            lambda each: mounts.encode() if each == Path("/proc/self/mountinfo") else read_bytes(each),
        )
        with pytest.raises(JournalError, match=r"is mounted as a single file") as caught:
            Campaign(place)
    assert caught.value.hint == "Mount the folder that it is in instead."


OPENED = """
import sys
from messagemedia.campaign import Campaign, JournalInUseError

print("begins", flush=True)
with Campaign(sys.argv[1]) as campaign:
    print(campaign.summary())
    try:
        campaign.add([])
        print("added")
    except JournalInUseError:
        print("in use")
"""


def test_a_sender_that_opens_and_closes_its_journal_keeps_its_locks(
    campaign: Campaign, sandbox: Sandbox, sender: Sender
) -> None:
    """POSIX takes all locks of a process on a file away when it closes any descriptor of it."""
    campaign.add(messages(250))
    told: list[str] = []

    def now(summary: Summary) -> None:
        if summary.accepted == 100:
            campaign.path.read_bytes()
            done = subprocess.run(
                [sys.executable, "-c", OPENED, campaign.path], capture_output=True, text=True, check=True
            )
            told.extend(done.stdout.splitlines())

    assert sender.send(campaign, sandbox.url, concurrency=1, progress=now) == Summary(accepted=250)
    assert told == ["begins", "250 rows: 100 accepted, 150 pending", "in use"]
    nothing_is_double(sandbox)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="platform: elsewhere SQLite's own locks have to do")
def test_nobody_reads_in_the_middle_of_a_transaction_whose_locks_are_lost(campaign: Campaign) -> None:
    campaign.add(messages(3))
    database = campaign._journal.database
    with database.transaction():
        database.change("UPDATE entry SET reason = 'x'")
        campaign.path.read_bytes()
        process = subprocess.Popen([sys.executable, "-c", OPENED, campaign.path], stdout=subprocess.PIPE, text=True)
        assert process.stdout
        assert process.stdout.readline() == "begins\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)
    told, _ = process.communicate(timeout=60)
    assert told.splitlines() == ["3 rows: 0 accepted, 3 pending", "added"]


FORKED = """
import os, signal, sys
from messagemedia.campaign import Campaign

with Campaign(sys.argv[1])._journal.database.exclusive():
    child = os.fork()
    if not child:
        print(os.getpid(), flush=True)
        signal.pause()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows has no fork")
def test_the_forked_child_of_a_killed_sender_keeps_no_lock(campaign: Campaign) -> None:
    campaign.add(messages(1))
    with subprocess.Popen([sys.executable, "-c", FORKED, campaign.path], stdout=subprocess.PIPE, text=True) as sender:
        assert sender.stdout
        child = int(sender.stdout.readline())
        try:
            sender.wait(60)
            assert campaign.add(messages(2)) == Added(new=1, known=1)
        finally:
            os.kill(child, signal.SIGKILL)


@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows has no fork")
def test_a_forked_child_keeps_no_lock(campaign: Campaign) -> None:
    campaign.add(messages(1))
    with campaign._journal.database.exclusive():
        child = os.fork()
        if not child:
            signal.pause()
    try:
        with Campaign(campaign.path) as other:
            assert other.add(messages(2)) == Added(new=1, known=1)
        campaign.close()
        with Campaign(campaign.path) as other:
            assert other.summary() == Summary(pending=2)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_two_campaigns_of_one_process_keep_each_other_out(campaign: Campaign) -> None:
    with Campaign(campaign.path) as other:
        with campaign._journal.database.exclusive(), pytest.raises(JournalInUseError):
            other.add(messages(1))
        assert other.add(messages(1)) == Added(new=1)
    assert campaign.summary() == Summary(pending=1)


# --- pages --------------------------------------------------------------------------------------------------------


def pages(path: Path) -> list[bytes]:
    content = path.read_bytes()
    return [content[start : start + 4096] for start in range(0, len(content), 4096)]


def half_sent(path: Path, sandbox: Sandbox, rows: int) -> tuple[list[bytes], list[bytes]]:
    """The pages of a journal before it was half sent, and those after."""
    with Campaign(path) as campaign:
        campaign.add(keyed(rows))
    before = pages(path)
    interrupted(path, sandbox, rows)
    return before, pages(path)


def resumed(path: Path, sandbox: Sandbox, rows: int) -> bool:
    """Whether it goes on, and then rightly."""
    path.with_name(f"{path.name}-lock").unlink(missing_ok=True)
    before = sent(sandbox)
    try:
        start_again(path, sandbox, rows)
    except JournalError:
        assert sent(sandbox) == before
        return False
    return True


def test_a_page_that_is_older_than_the_others_is_found(path: Path, sandbox: Sandbox) -> None:
    """A write that the disk lost, one for each page that was written."""
    before, after = half_sent(path, sandbox, 250)
    changed = [at for at, page in enumerate(before) if page != after[at]]
    assert len(changed) > 5
    for at in changed:
        path.write_bytes(b"".join([*after[:at], before[at], *after[at + 1 :]]))
        if resumed(path, sandbox, 250):
            assert at == 0  # nothing of the first page but counters of SQLite's own
            break
    nothing_is_double(sandbox)


def test_half_a_transaction_is_found(path: Path, sandbox: Sandbox) -> None:
    """The process was killed while it wrote its pages, and the file that would have undone that is gone."""
    before, after = half_sent(path, sandbox, 250)
    changed = [at for at, page in enumerate(before) if page != after[at]]
    chance = random.Random(1)
    for _ in range(20):
        written = set(chance.sample(changed, chance.randrange(1, len(changed))))
        mixed = [page if at in written or at >= len(before) else before[at] for at, page in enumerate(after)]
        path.write_bytes(b"".join(mixed))
        assert not resumed(path, sandbox, 250)
    nothing_is_double(sandbox)


def test_pages_of_an_index_that_changed_places_are_found(path: Path, sandbox: Sandbox) -> None:
    """Each of them is whole, and all rows are there; but keys are not found, and would be added once more."""
    with Campaign(path) as campaign:
        campaign.add(keyed(700))
    size = in_the_file(path, "PRAGMA page_size")[0][0]
    whole = path.read_bytes()
    pages = [whole[at : at + size] for at in range(0, len(whole), size)]
    leaves = [at for at, page in enumerate(pages) if page[0] == 10]  # leaves of indices
    assert len(leaves) > 5
    for one, other in itertools.pairwise(leaves):
        swapped = list(pages)
        swapped[one], swapped[other] = pages[other], pages[one]
        path.write_bytes(b"".join(swapped))
        with pytest.raises(JournalError, match="is damaged"):
            start_again(path, sandbox, 750)
    assert sandbox.ledger == []


def test_an_index_that_lacks_a_row_is_found(campaign: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    campaign.add(messages(3))
    in_the_file(campaign.path, "DELETE FROM entry_by_key WHERE entry = 2")
    with Campaign(campaign.path) as damaged:
        for action in (lambda: damaged.add(messages(3)), lambda: sender.send(damaged, sandbox.url)):
            with pytest.raises(JournalError, match="is damaged: parts of it were changed, or are older than others"):
                action()
    assert sandbox.requests == []


@pytest.mark.parametrize(
    "statement",
    [
        """UPDATE entry SET message = '{"content":"your PIN is 4711"' WHERE id = 2""",
        "UPDATE entry SET message = CAST(x'50494e2034373131ff' AS TEXT) WHERE id = 2",
        "UPDATE entry SET message = '4711' WHERE id = 2",
        "UPDATE entry SET key = x'34373131' WHERE id = 2",
    ],
)
def test_a_damaged_row_shows_nothing_of_itself(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, tmp_path: Path, statement: str
) -> None:
    campaign.add(messages(3))
    in_the_file(campaign.path, statement)
    for action in (
        lambda: list(campaign.records()),
        lambda: sender.send(campaign, sandbox.url),
        lambda: campaign.write_results(tmp_path / "results.csv"),
    ):
        with pytest.raises(JournalError, match="is damaged") as caught:
            action()
        error: BaseException | None = caught.value
        while error is not None:
            assert "4711" not in str(error)
            error = error.__cause__ or error.__context__
    assert sandbox.requests == []


# --- adding -------------------------------------------------------------------------------------------------------


def test_others_read_and_decide_while_rows_are_added(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign.add(keyed(3))
    in_the_file(campaign.path, "UPDATE entry SET state = 'unknown' WHERE id < 3")
    in_the_file(campaign.path, "UPDATE campaign SET unknown = 2, pending = 1")
    monkeypatch.setattr("messagemedia.campaign.adding.PIECE", 2)

    def rows() -> Iterator[Row]:
        yield from keyed(9)
        with Campaign(campaign.path) as other:
            assert other.summary() == campaign.summary() == Summary(unknown=2, pending=1)
            assert [each.key for each in other.records()] == ["c0", "c1", "c2"]
            assert other.retry("c0") == 1
            assert other.accept("c1") == 1
            assert [each.key for each in other.records("pending")] == ["c0", "c2"]

    assert campaign.add(rows()) == Added(new=6, known=3)
    assert campaign.summary() == Summary(accepted=1, pending=8)


ADDING = """
import sys
from messagemedia.campaign import Campaign, Row, adding
from messagemedia import Message

adding.PIECE = 3

def rows():
    for index in range(10):
        yield Row(Message(content="Hi", destination_number=f"+6149157{index:04}"), key=f"c{index}")
    print("added", flush=True)
    sys.stdin.read()

with Campaign(sys.argv[1]) as campaign:
    campaign.add(rows())
"""


def test_what_a_killed_process_added_is_no_part_of_the_campaign(
    campaign: Campaign, sandbox: Sandbox, sender: Sender
) -> None:
    campaign.add(keyed(1))
    with subprocess.Popen(
        [sys.executable, "-c", ADDING, campaign.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        # Its first row is another one under a known key, which is told at the end.
        assert process.stdout.readline() == b"added\n"
        process.kill()
    assert in_the_file(campaign.path, "SELECT count(*) FROM entry")[0][0] > 1
    assert campaign.summary() == Summary(pending=1)
    assert [each.key for each in campaign.records()] == ["c0"]
    assert sender.send(campaign, sandbox.url) == Summary(accepted=1)
    assert campaign.add(keyed(3)) == Added(new=2, known=1)
    assert sender.send(campaign, sandbox.url) == Summary(accepted=3)
    assert in_the_file(campaign.path, "SELECT count(*) FROM entry") == [(3,)]
    nothing_is_double(sandbox)


def test_rows_of_an_error_leave_nothing_behind(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messagemedia.campaign.adding.PIECE", 2)

    def rows() -> Iterator[Row]:
        yield from keyed(7)
        raise RuntimeError("the caller's own")

    with pytest.raises(RuntimeError, match="the caller's own"):
        campaign.add(rows())
    with closing(sqlite3.connect(campaign.path)) as connection:
        for table in ("entry", "entry_by_key", "entry_by_recipient"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchall() == [(0,)]


# --- a campaign that says of itself what can't be true -------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM campaign",
        "INSERT INTO campaign (id) VALUES ('another')",
        "UPDATE campaign SET claims = 'none'",
        "UPDATE campaign SET claims = 1e300",
        "UPDATE campaign SET pending = 'none'",
        "UPDATE campaign SET paused = 'no'",
        "UPDATE campaign SET entries = 'none'",
    ],
)
def test_a_campaign_that_says_nonsense_of_itself_is_damaged(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, statement: str
) -> None:
    campaign.add(messages(3))
    in_the_file(campaign.path, statement)
    for attempt in (lambda: sender.send(campaign, sandbox.url), lambda: start_again(campaign.path, sandbox)):
        with pytest.raises(JournalError, match="is damaged"):
            attempt()
    assert sandbox.ledger == []


def test_what_met_a_damaged_page_keeps_nobody_out(campaign: Campaign) -> None:
    campaign.add(messages(600))
    in_the_file(campaign.path, "UPDATE entry SET key = CAST(x'ff' AS TEXT) WHERE id = 300")
    with pytest.raises(JournalError, match="is damaged") as caught:
        list(campaign.records())
    campaign.close()
    with closing(sqlite3.connect(campaign.path, isolation_level=None, timeout=0)) as other:
        other.execute("BEGIN EXCLUSIVE")
    assert caught.value.__cause__ is None  # and it was alive until here, with all that it holds


# --- a lock that is none ------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows has none of these")
@pytest.mark.parametrize("kind", ["fifo", "link", "device"])
def test_a_lock_that_is_not_a_file_is_refused(path: Path, sandbox: Sandbox, kind: str) -> None:
    Campaign(path).close()
    lock = path.with_name(f"{path.name}-lock")
    lock.unlink()
    if kind == "fifo":
        os.mkfifo(lock)
    else:
        lock.symlink_to("/dev/null" if kind == "device" else path.with_name("elsewhere"))
    with pytest.raises(JournalError, match=r"spring\.journal-lock (can't be opened: Not a file|was moved, replaced)"):
        start_again(path, sandbox)
    assert sandbox.ledger == []


@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows has no such limit")
def test_a_lock_that_can_not_be_written_is_refused(campaign: Campaign) -> None:
    import resource  # there is none on Windows

    campaign.add(messages(3))
    campaign.close()
    campaign.path.with_name(f"{campaign.path.name}-lock").unlink()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with pytest.raises(JournalError, match=r"spring\.journal-lock can't be written: File too large"):
            Campaign(campaign.path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    with Campaign(campaign.path) as again:
        assert again.summary() == Summary(pending=3)


@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows moves no file that is open")
def test_a_link_in_the_place_of_the_journal_stops_sending(campaign: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    campaign.add(messages(3))
    moved = campaign.path.with_name("moved")
    campaign.path.rename(moved)
    campaign.path.symlink_to(moved)
    with pytest.raises(JournalError, match="was moved, replaced, linked or deleted"):
        sender.send(campaign, sandbox.url)
    assert sandbox.ledger == []
