"""The summary, the result file and the bar of a campaign."""

import contextlib
import csv
import errno
import io
import os
import pickle
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from messagemedia import Message, ValidationError
from messagemedia.campaign import Campaign, ProgressBar, Record, Summary, write_results
from messagemedia.campaign.rows import read_csv

NUMBER = "+61491570156"
CHANGED = datetime(2027, 3, 1, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=10)))
SENT = Record(
    key="A-1",
    number=17,
    message=Message(content="Diagnosis", destination_number=NUMBER),
    state="accepted",
    message_id="877c19ef-fa2e-4cec-827a-e1df9b5509f7",
    reason="",
    changed=CHANGED,
)
HEADER = ["row", "key", "destination_number", "state", "message_id", "reason", "changed"]


def written(path: Path, *records: Record) -> list[list[str]]:
    write_results(path, records)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


# --- the summary --------------------------------------------------------------------------------------------------


def test_a_summary_adds_up() -> None:
    summary = Summary(pending=1, in_flight=20, accepted=300, invalid=4000, unknown=50000)
    assert (summary.total, summary.settled, summary.left) == (54321, 54300, 21)
    assert Summary().total == 0
    assert pickle.loads(pickle.dumps(summary)) == summary


@pytest.mark.parametrize(("summary", "text"), [
    (Summary(), "0 rows: 0 accepted"),
    (Summary(accepted=1), "1 row: 1 accepted"),
    (Summary(pending=20_000), "20,000 rows: 0 accepted, 20,000 pending"),
    (Summary(accepted=19_990, invalid=7, unknown=3), "20,000 rows: 19,990 accepted, 7 invalid, 3 unknown"),
    (Summary(1, 2, 3, 4, 5), "15 rows: 3 accepted, 4 invalid, 5 unknown, 2 in flight, 1 pending"),
])  # fmt: skip
def test_a_summary_reads_like_a_sentence(summary: Summary, text: str) -> None:
    assert str(summary) == text


# --- the result file ----------------------------------------------------------------------------------------------


def test_a_result_file_has_a_line_for_each_record(tmp_path: Path) -> None:
    invalid = attrs.evolve(
        SENT, key="", number=None, state="invalid", message_id="", reason="content: is \u201cempty\u201d"
    )
    assert written(tmp_path / "results.csv", SENT, invalid) == [
        HEADER,
        ["17", "A-1", NUMBER, "accepted", "877c19ef-fa2e-4cec-827a-e1df9b5509f7", "", "2027-02-28T23:00:00.123Z"],
        ["", "", NUMBER, "invalid", "", "content: is \u201cempty\u201d", "2027-02-28T23:00:00.123Z"],
    ]


def test_a_result_file_without_records_has_a_header(tmp_path: Path) -> None:
    assert written(tmp_path / "results.csv") == [HEADER]


def test_a_result_file_holds_no_content(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    write_results(str(path), [SENT])
    assert "Diagnosis" not in path.read_text(encoding="utf-8")
    assert [each.name for each in tmp_path.iterdir()] == ["results.csv"]


def test_a_result_file_can_be_read_as_rows_again(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    write_results(path, [SENT, SENT])
    (first, _) = read_csv(path, content="Again, {state}", key="key")
    assert (first.key, first.message.destination_number, first.message.content) == ("A-1", NUMBER, "Again, accepted")
    assert first.errors == ()


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "'", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_what_a_spreadsheet_might_run_gets_an_apostrophe(tmp_path: Path, begin: str) -> None:
    formula = f"{begin}cmd|' /C calc'!A0"
    message = Message(content="x", destination_number=formula)
    record = attrs.evolve(SENT, key=formula, message_id=formula, reason=formula, message=message)
    (_, row) = written(tmp_path / "results.csv", record)
    assert [row[1], row[2], row[4], row[5]] == [f"'{formula}"] * 4


@pytest.mark.parametrize("text", [NUMBER, "61491570156", "-5", "+1.5", "A=1", " =1", "", "ann@example.com"])
def test_numbers_and_other_harmless_texts_stay_as_they_are(tmp_path: Path, text: str) -> None:
    message = Message(content="x", destination_number=text)
    (_, row) = written(tmp_path / "results.csv", attrs.evolve(SENT, key=text, message=message))
    assert row[1:3] == [text, text]


@pytest.mark.parametrize("text", ["+1+2", "+1 2", "-1-1", "+", "-", "=1", "+61491570156\n", "+\u0661", "+1E5"])
def test_what_is_more_than_a_number_is_no_number(tmp_path: Path, text: str) -> None:
    (_, row) = written(tmp_path / "results.csv", attrs.evolve(SENT, key=text))
    assert row[1] == f"'{text}"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_taking_off_an_apostrophe_gives_back_what_was_there(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "back.csv"
    (_, row) = written(path, attrs.evolve(SENT, key=text, reason=text))
    assert row[1].removeprefix("'") == row[5].removeprefix("'") == text
    assert not re.match(r"[=@\t\r\n]|[+-](?!\d+(\.\d+)?\Z)", row[1])


def test_there_is_never_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text("row,key,destination_number,state,message_id,reason,changed\nbefore")

    def records() -> Iterator[Record]:
        yield SENT
        assert path.read_text().endswith("before")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_results(path, records())
    assert path.read_text().endswith("before")
    assert [each.name for each in tmp_path.iterdir()] == ["results.csv"]
    assert len(written(path, SENT)) == 2


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "results.csv"
    path.touch()

    def full(file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("messagemedia.campaign.results.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_results(path, [SENT])
    assert path.read_text() == ""
    assert [each.name for each in tmp_path.iterdir()] == ["results.csv"]


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_results(tmp_path / "no" / "results.csv", [SENT])


@pytest.mark.skipif(sys.platform == "win32", reason="platform: on Windows a link needs a privilege")
def test_a_link_is_followed_and_kept(tmp_path: Path) -> None:
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    target.write_bytes(b"row,key,destination_number,state,message_id,reason,changed\r\nbefore")
    link.symlink_to(target)
    write_results(link, [SENT])
    assert link.is_symlink()
    assert target.read_text().startswith("row,key")


@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows has no device files")
def test_what_is_no_file_is_never_replaced(tmp_path: Path) -> None:
    for path in (tmp_path, "/dev/null"):
        with pytest.raises(ValidationError, match="not a file"):
            write_results(path, [SENT])
    assert not stat.S_ISREG(Path("/dev/null").stat().st_mode)


def test_only_results_are_replaced(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("row,name\n1,Ann\n")
    with pytest.raises(
        ValidationError, match=r"people\.csv exists already, and does not hold results \(overwrite=True"
    ) as caught:
        write_results(people, [SENT])
    assert "what the campaign has sent stays sent" in str(caught.value)
    assert people.read_text() == "row,name\n1,Ann\n"
    write_results(people, [SENT], overwrite=True)
    assert len(written(people, SENT, SENT)) == 3


@pytest.mark.parametrize("end", ["", "-journal", "-lock", "-wal", "-shm"])
@pytest.mark.parametrize("is_open", [True, False])
def test_a_journal_and_what_belongs_to_it_are_never_replaced(tmp_path: Path, end: str, *, is_open: bool) -> None:
    path = tmp_path / "spring.journal"
    with Campaign(path) as campaign:
        campaign.add([SENT.message])
        if not is_open:
            campaign.close()
        with pytest.raises(ValidationError, match="write the results to another file"):
            write_results(f"{path}{end}", [SENT], overwrite=True)
    with Campaign(path) as again:
        assert again.summary().pending == 1


def test_an_impossible_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="path: can't be a path"):
        write_results(f"{tmp_path}/a\0b", [SENT])


@pytest.mark.parametrize("nameless", [True, False])
@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows has no file modes")
def test_only_its_owner_can_read_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, nameless: bool) -> None:
    if not nameless:
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    path = tmp_path / "results.csv"
    path.touch(0o644)
    umask = os.umask(0)
    try:
        write_results(path, [SENT])
    finally:
        os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["results.csv"]


WRITER = """
import os, sys
from messagemedia.campaign import write_results

if sys.argv[2] == "named" and hasattr(os, "O_TMPFILE"):
    del os.O_TMPFILE

def records():
    print("writing", flush=True)
    sys.stdin.read()
    yield

write_results(sys.argv[1], records())
"""


@pytest.mark.parametrize("way", ["nameless", "named"])
def test_a_killed_process_leaves_nothing_that_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    path = tmp_path / "results.csv"
    command = [sys.executable, "-c", WRITER, path, way]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"writing\n"
        if way == "named":
            monkeypatch.delattr(os, "O_TMPFILE", raising=False)
            with pytest.raises(BlockingIOError, match=r"another process is writing .*results\.csv"):
                write_results(path, [SENT])
        process.kill()
    left = [each.name for each in tmp_path.iterdir()]
    assert left == ([".results.csv.tmp"] if way == "named" or not hasattr(os, "O_TMPFILE") else [])
    assert len(written(path, SENT)) == 2
    assert [each.name for each in tmp_path.iterdir()] == ["results.csv"]


# --- the bar ------------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True

    @property
    def drawn(self) -> list[str]:
        """Each state of the line, without the spaces that blank out the one before."""
        return [re.sub(r" +(?=\n?\Z)", "", line) for line in self.getvalue().split("\r")[1:]]


class Clock:
    """Seconds that pass when a test says so."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")


def test_the_bar_shows_counts_speed_and_time_left(clock: Clock) -> None:
    terminal = Terminal()
    bar = ProgressBar(terminal, clock=clock)
    bar(Summary(pending=20_000))
    clock.now += 10
    bar(Summary(pending=9_900, in_flight=100, accepted=9_990, invalid=7, unknown=3))
    clock.now += 10
    bar(Summary(accepted=19_990, invalid=7, unknown=3))
    assert terminal.drawn == [
        "[------------------------]   0% 0/20,000",
        "[############------------]  50% 10,000/20,000, 1,000/s, 0:00:10 left, 7 invalid, 3 unknown",
        "[########################] 100% 20,000/20,000, 1,000/s, 7 invalid, 3 unknown\n",
    ]


def test_what_an_earlier_run_has_done_does_not_count_as_speed(clock: Clock) -> None:
    terminal = Terminal()
    bar = ProgressBar(terminal, clock=clock)
    bar(Summary(pending=7_300, accepted=10_000))
    clock.now += 4
    bar(Summary(pending=7_290, accepted=10_010))
    assert terminal.drawn[-1].endswith(" 57% 10,010/17,300, 2.5/s, 0:48:36 left")


def test_a_hundred_percent_means_all(clock: Clock) -> None:
    terminal = Terminal()
    bar = ProgressBar(terminal, clock=clock)
    bar(Summary(pending=1, accepted=199_999))
    assert " 99% " in terminal.drawn[-1]
    assert "[#######################-]" in terminal.drawn[-1]


def test_the_bar_is_drawn_at_most_ten_times_a_second_and_at_the_end(clock: Clock) -> None:
    terminal = Terminal()
    bar = ProgressBar(terminal, clock=clock)
    for done in range(1000):
        bar(Summary(pending=1000 - done, accepted=done))
        clock.now += 0.001
    assert 9 <= len(terminal.drawn) <= 11
    assert "\n" not in terminal.getvalue()
    bar(Summary(accepted=1000))
    assert "100% 1,000/1,000" in terminal.drawn[-1]
    assert terminal.getvalue().count("\n") == 1
    assert terminal.getvalue().endswith("\n")


def test_a_shorter_line_blanks_out_the_longer_one_before(clock: Clock) -> None:
    terminal = Terminal()
    bar = ProgressBar(terminal, clock=clock)
    bar(Summary(pending=1))
    clock.now += 100
    bar(Summary(pending=99, accepted=1))
    clock.now += 100
    bar(Summary(accepted=100))
    lines = terminal.getvalue().rstrip("\n").split("\r")[1:]
    assert len(lines[1]) > len(lines[2].rstrip())
    assert len(lines[2]) == len(lines[1])


def test_a_line_never_reaches_the_edge_of_the_terminal(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    terminal = Terminal()
    ProgressBar(terminal, clock=clock)(Summary(pending=20_000))
    assert terminal.getvalue() == "\r[------------------------]   "


def test_leaving_the_block_ends_the_line_once(clock: Clock) -> None:
    terminal = Terminal()
    with contextlib.suppress(KeyboardInterrupt), ProgressBar(terminal, clock=clock) as bar:
        bar(Summary(pending=5))
        raise KeyboardInterrupt
    assert terminal.getvalue().endswith("0/5\n")
    bar.close()
    assert terminal.getvalue().count("\n") == 1


def test_a_bar_that_drew_nothing_ends_no_line() -> None:
    terminal = Terminal()
    with ProgressBar(terminal):
        pass
    assert terminal.getvalue() == ""


def test_nothing_is_drawn_where_there_is_no_terminal(clock: Clock) -> None:
    log = io.StringIO()
    with ProgressBar(log, clock=clock) as bar:
        bar(Summary(pending=5))
        bar(Summary(accepted=5))
    assert log.getvalue() == ""


def test_the_bar_is_drawn_on_standard_error_output(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    ProgressBar(clock=clock)(Summary(accepted=1))
    assert terminal.drawn == ["[########################] 100% 1/1\n"]


def test_without_standard_error_output_there_is_no_bar_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", None)
    with ProgressBar() as bar:
        bar(Summary(pending=1))
    closed = Terminal()
    closed.close()
    ProgressBar(closed)(Summary(pending=1))


@pytest.mark.parametrize(
    "error", [BrokenPipeError(errno.EPIPE, "gone"), OSError(errno.EIO, "gone"), ValueError("closed")]
)
def test_a_terminal_that_goes_away_does_not_stop_a_campaign(clock: Clock, error: Exception) -> None:
    class Gone(Terminal):
        tries = 0

        def write(self, text: str, /) -> int:
            self.tries += 1
            raise error

    gone = Gone()
    with ProgressBar(gone, clock=clock) as bar:
        for _ in range(3):
            bar(Summary(pending=1))
            clock.now += 1
    assert gone.tries <= 2


@given(st.lists(st.tuples(*[st.integers(0, 10**6)] * 5, st.floats(0, 10**6)), max_size=10))
def test_any_course_of_a_campaign_can_be_drawn(course: list[Any]) -> None:
    terminal, clock = Terminal(), Clock()
    with ProgressBar(terminal, clock=clock) as bar:
        for *counts, seconds in course:
            bar(Summary(*counts))
            clock.now += seconds
    for line in terminal.drawn:
        assert re.fullmatch(r"\[#*-*\] +\d{1,3}% [\d,]+/[\d,]+(, .*)?\n?", line), line
        assert len(line) < 120
    assert terminal.getvalue() == "" or terminal.getvalue().endswith("\n")


def test_time_left_has_hours() -> None:
    terminal, clock = Terminal(), Clock()
    bar = ProgressBar(terminal, clock=clock)
    bar(Summary(pending=100_001))
    clock.now += 1
    bar(Summary(pending=100_000, accepted=1))
    assert "1.0/s, 27:46:40 left" in terminal.drawn[-1]
