"""What is told of a campaign while it is sent: the bar, the log, and the line after Ctrl-C."""

import asyncio
import io
import logging
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from campaign_kit import KEY, SECRET, Clock, Sender, messages, sends, sent
from messagemedia import AsyncClient, Client
from messagemedia.campaign import Campaign, ProgressBar, Summary
from messagemedia.sandbox import Sandbox

from tests import inside


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def terminal_of(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal as the standard error output, to be put there by the test itself: pytest puts its own before that."""
    monkeypatch.setenv("COLUMNS", "120")
    made = Terminal()
    monkeypatch.setattr("sys.stderr", made)
    return made


def lines_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno == logging.INFO]


# --- the bar ------------------------------------------------------------------------------------------------------


def test_the_bar_ends_once(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several batches may have ended when the first of them is told of."""
    terminal = terminal_of(monkeypatch)
    campaign.add(messages(850))
    for _ in range(2):  # the second time, nothing is left to send
        sender.send(campaign, sandbox.url, progress=None)
        drawn = terminal.getvalue()
        assert drawn.count("100%") == drawn.count("\n") == 1
        assert drawn.endswith("\n")
        assert "850/850" in drawn
        terminal.seek(0)
        terminal.truncate()


def test_a_bar_that_has_ended_begins_anew_if_there_are_more_rows() -> None:
    terminal, clock = Terminal(), Clock()
    with ProgressBar(terminal, clock=clock.monotonic) as bar:
        for _ in range(3):
            bar(Summary(accepted=5))
        clock.now += 60
        bar(Summary(accepted=5, pending=20))
        clock.now += 2
        for _ in range(3):
            bar(Summary(accepted=25))
    assert [line.strip() for line in terminal.getvalue().split("\n")] == [
        "[########################] 100% 5/5",
        "[####--------------------]  20% 5/25\r[########################] 100% 25/25, 10/s",
        "",
    ]


# --- the log ------------------------------------------------------------------------------------------------------


def test_without_a_terminal_the_log_is_told_each_minute_and_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "messagemedia")
    clock = Clock()
    log = inside.ProgressLog("spring.journal", clock=clock.monotonic)
    for done in range(0, 15001, 100):  # a batch each second
        log(Summary(pending=20_000 - done, accepted=done))
        clock.now += 1
    log.close()
    assert lines_of(caplog) == [
        "spring.journal: 6,000/20,000, 100/s, 0:02:20 left",
        "spring.journal: 12,000/20,000, 100/s, 0:01:20 left",
        "spring.journal: sending ended with 20,000 rows: 15,000 accepted, 5,000 pending",
    ]


def test_a_campaign_without_a_terminal_tells_the_log(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "messagemedia")
    campaign.add(messages(250))
    sender.send(campaign, sandbox.url, progress=None)
    assert lines_of(caplog) == ["spring.journal: sending ended with 250 rows: 250 accepted"]


def test_the_log_ends_with_what_others_have_done_meanwhile(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "messagemedia")
    campaign.add(messages(250))
    claim = campaign._journal.claim

    def withdraw_the_rest(size: int) -> Any:
        found = claim(size)
        with Campaign(campaign.path) as other:
            other.withdraw(numbers=(each.message.destination_number for each in other.records("pending")))
        return found

    campaign._journal.claim = withdraw_the_rest  # type: ignore[method-assign]
    sender.send(campaign, sandbox.url, progress=None, concurrency=1)
    assert lines_of(caplog) == ["spring.journal: sending ended with 250 rows: 100 accepted, 150 withdrawn"]


def test_on_a_terminal_or_if_somebody_else_tells_it_the_log_stays_empty(
    campaign: Campaign,
    sandbox: Sandbox,
    sender: Sender,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal_of(monkeypatch)
    caplog.set_level(logging.INFO, "messagemedia")
    campaign.add(messages(3))
    for progress in (None, False, lambda _: None):
        sender.send(campaign, sandbox.url, progress=progress)
    assert lines_of(caplog) == []


def test_progress_is_told_after_a_pause_too(campaign: Campaign, sandbox: Sandbox, sender: Sender, clock: Clock) -> None:
    campaign.add(messages(250))
    sandbox.fault("status", status=503, times=None)
    clock.then = lambda: campaign.pause() if len(clock.pauses) > 20 else None
    told: list[Summary] = []
    summary = sender.send(campaign, sandbox.url, progress=told.append, patience=1e9, concurrency=1)
    assert summary == Summary(unknown=100, pending=150)
    assert len(sends(sandbox)) == 1
    assert told[:2] == [Summary(pending=250), summary]
    assert len(told) > 5


# --- Ctrl-C -------------------------------------------------------------------------------------------------------

PROGRAM = """
import asyncio, sys
from messagemedia import AsyncClient, Client
from messagemedia.campaign import Campaign

path, results, url, kind = sys.argv[1:]

def blocking():
    with Client("SANDBOX_KEY", "SANDBOX_SECRET", base_url=url) as client, Campaign(path) as campaign:
        try:
            campaign.send(client, concurrency=2)
        finally:
            campaign.write_results(results)

async def awaited():
    async with AsyncClient("SANDBOX_KEY", "SANDBOX_SECRET", base_url=url) as client:
        with Campaign(path) as campaign:
            try:
                await campaign.send_async(client, concurrency=2)
            finally:
                campaign.write_results(results)

blocking() if kind == "blocking" else asyncio.run(awaited())
"""


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows ends a process instead of sending this signal")
@pytest.mark.parametrize("kind", ["blocking", "awaited"])
def test_ctrl_c_ends_a_program_with_a_line_that_says_how_far_it_is(
    campaign: Campaign, sandbox: Sandbox, tmp_path: Path, kind: str
) -> None:
    campaign.add(messages(1000))
    sandbox.fault("hang", seconds=1, times=2)
    results = tmp_path / "results.csv"
    program = [sys.executable, "-c", PROGRAM, str(campaign.path), str(results), sandbox.url, kind]
    with subprocess.Popen(program, stderr=subprocess.PIPE, text=True) as process:
        wait_until(lambda: len(sandbox.ledger) == 200 or process.poll() is not None)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=120)
    assert process.returncode in (-signal.SIGINT, 1)
    first, *traceback = errors.splitlines()
    summary = campaign.summary()
    assert first == f"{summary}; run it again to continue"
    assert summary.pending > 0
    if kind == "blocking":
        assert first == "1,000 rows: 200 accepted, 800 pending; run it again to continue"
        assert (traceback[0], traceback[-1]) == ("Traceback (most recent call last):", "KeyboardInterrupt")
        assert sum(line.lstrip().startswith('File "') for line in traceback) <= 3
    else:
        assert traceback[-1] == "KeyboardInterrupt"
        assert not re.search(r"anyio|httpcore|httpx|_messages", errors)
    assert results.read_text(encoding="utf-8").count(",pending,") == summary.pending


@pytest.mark.parametrize("progress", [None, False])
def test_what_ends_it_is_raised_bare(
    campaign: Campaign,
    sandbox: Sandbox,
    sender: Sender,
    progress: Any,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    campaign.add(messages(1450))

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("messagemedia.campaign.course.Course.record", interrupt)
    with pytest.raises(KeyboardInterrupt) as caught:
        sender.send(campaign, sandbox.url, progress=progress, concurrency=2)
    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None
    assert not any("_messages" in str(entry.path) for entry in caught.traceback)
    said = capsys.readouterr().err
    assert said == ("" if progress is False else f"{campaign.summary()}; run it again to continue\n")


def test_a_cancellation_says_the_same(campaign: Campaign, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    campaign.add(messages(450))
    sandbox.fault("hang", seconds=60, times=2)

    async def cancelled() -> None:
        async with AsyncClient(KEY, SECRET, base_url=sandbox.url) as client:
            task = asyncio.create_task(campaign.send_async(client, concurrency=2))
            await asyncio.to_thread(wait_until, lambda: len(sandbox.ledger) == 200)
            task.cancel("the reason")
            with pytest.raises(asyncio.CancelledError, match="the reason"):
                await task

    asyncio.run(cancelled())
    said = "450 rows: 0 accepted, 200 unknown, 250 pending; run it again to continue\n"
    assert capsys.readouterr().err == said


def test_a_journal_that_is_gone_changes_nothing_of_it(
    campaign: Campaign, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    campaign.add(messages(3))

    def interrupt(summary: Summary) -> None:
        if summary.accepted:
            campaign.close()
            raise KeyboardInterrupt

    with Client(KEY, SECRET, base_url=sandbox.url) as client, pytest.raises(KeyboardInterrupt):
        campaign.send(client, progress=interrupt)
    assert capsys.readouterr().err == ""
    assert len(sent(sandbox)) == 3
