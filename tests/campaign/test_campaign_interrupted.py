"""Ctrl-C, cancellation, a second process, and a process that is killed."""

import asyncio
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from campaign_kit import KEY, SECRET, Sender, messages, sends, sent
from messagemedia import AsyncClient, Client, DeliveryReport, OutcomeUnknownError, SendResult
from messagemedia.campaign import Campaign, JournalError, JournalInUseError, Summary, sending
from messagemedia.campaign.course import Course, Job, Round
from messagemedia.sandbox import Sandbox

from tests import inside

PROGRAM = """
import sys
from messagemedia import Client
from messagemedia.campaign import Campaign

path, url = sys.argv[1:]
with Client("SANDBOX_KEY", "SANDBOX_SECRET", base_url=url) as client, Campaign(path) as campaign:
    print("ready", flush=True)
    campaign.send(client, concurrency=2)
"""


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


def another_process(path: Path, sandbox: Sandbox) -> subprocess.Popen[str]:
    """A process that sends, and is under way with two batches that get no answer for some time."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path), sandbox.url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: len(sandbox.ledger) == 200 or process.poll() is not None)
    return process


def test_a_second_process_is_refused_and_a_killed_one_leaves_the_lock_and_unknown_rows(
    campaign: Campaign, sandbox: Sandbox
) -> None:
    campaign.add(messages(450))
    sandbox.fault("hang", seconds=60, times=2)
    with Client(KEY, SECRET, base_url=sandbox.url) as client:
        with another_process(campaign.path, sandbox) as process:
            try:
                for action in (lambda: campaign.send(client), lambda: campaign.add(messages(500))):
                    with pytest.raises(JournalInUseError) as caught:
                        action()
                    assert "another process or thread is sending from the journal" in str(caught.value)
                # Reading goes on meanwhile.
                assert campaign.summary() == Summary(pending=250, in_flight=200)
                assert sum(1 for _ in campaign.records("in_flight")) == 200
            finally:
                process.kill()
        assert campaign.send(client) == Summary(accepted=250, unknown=200)
    assert set(sent(sandbox).values()) == {1}
    assert len(sandbox.ledger) == 450


def test_what_another_process_learns_counts(campaign: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    """A process that receives reports may settle rows while this one sends; one batch at a time, so nothing moves meanwhile."""
    campaign.add(messages(450))
    with Campaign(campaign.path) as other:

        def meanwhile(summary: Summary) -> None:
            assert other.summary() == summary

        assert sender.send(campaign, sandbox.url, progress=meanwhile, concurrency=1) == Summary(accepted=450)


def test_another_thread_is_refused(campaign: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    campaign.add(messages(3))
    refused: list[type[BaseException]] = []

    def second(_: Summary) -> None:
        for action in (lambda: campaign.send(client, progress=False), lambda: campaign.add(messages(1))):
            try:
                action()
            except JournalInUseError as error:
                refused.append(type(error))

    with Client(KEY, SECRET, base_url=sandbox.url) as client:

        def in_a_thread(summary: Summary) -> None:
            thread = threading.Thread(target=second, args=(summary,))
            thread.start()
            thread.join()

        assert sender.send(campaign, sandbox.url, progress=in_a_thread) == Summary(accepted=3)
    assert len(refused) == 4
    assert len(sandbox.ledger) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows ends a process instead of sending this signal")
def test_ctrl_c_finishes_the_batches_in_flight_and_leaves_a_clean_journal(campaign: Campaign, sandbox: Sandbox) -> None:
    campaign.add(messages(4000))
    sandbox.fault("hang", seconds=1, times=2)
    with another_process(campaign.path, sandbox) as process:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=120)
    assert errors.rstrip().endswith("KeyboardInterrupt")
    summary = campaign.summary()
    assert (summary.in_flight, summary.unknown, summary.accepted) == (0, 0, len(sandbox.ledger))
    assert summary.pending > 0
    with Client(KEY, SECRET, base_url=sandbox.url) as client:
        assert campaign.send(client) == Summary(accepted=4000)
    assert set(sent(sandbox).values()) == {1}


def test_ctrl_c_between_batches_leaves_a_clean_journal(campaign: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    campaign.add(messages(1450))

    def interrupt(summary: Summary) -> None:
        if summary.accepted:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sender.send(campaign, sandbox.url, progress=interrupt, concurrency=2)
    summary = campaign.summary()
    assert (summary.in_flight, summary.unknown, summary.accepted) == (0, 0, len(sandbox.ledger))
    assert summary.pending + summary.accepted == 1450
    assert summary.accepted <= 900  # the one that was told, and four times as many as may be under way


def test_a_cancellation_passes_and_makes_unknown_what_was_in_flight(
    campaign: Campaign, sandbox: Sandbox, sender: Sender
) -> None:
    campaign.add(messages(450))
    sandbox.fault("hang", seconds=60, times=2)

    async def cancelled() -> None:
        async with AsyncClient(KEY, SECRET, base_url=sandbox.url) as client:
            task = asyncio.create_task(campaign.send_async(client, concurrency=2, progress=False))
            await asyncio.to_thread(wait_until, lambda: len(sandbox.ledger) == 200)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert task.cancelled()

    asyncio.run(cancelled())
    assert campaign.summary() == Summary(pending=250, unknown=200)
    assert {record.reason for record in campaign.records("unknown")} == {
        "sending was interrupted by CancelledError before the answer came"
    }
    assert sender.send(campaign, sandbox.url) == Summary(accepted=250, unknown=200)
    assert set(sent(sandbox).values()) == {1}


def test_a_timeout_around_it_is_a_cancellation(campaign: Campaign, sandbox: Sandbox) -> None:
    campaign.add(messages(150))
    sandbox.fault("hang", seconds=60)

    async def timed_out() -> None:
        async with AsyncClient(KEY, SECRET, base_url=sandbox.url) as client, asyncio.timeout(None) as limit:
            sending = campaign.send_async(client, concurrency=1, progress=False)
            task = asyncio.current_task()
            assert task is not None

            def expire() -> None:
                if sandbox.ledger:
                    limit.reschedule(asyncio.get_running_loop().time())
                else:
                    asyncio.get_running_loop().call_later(0.01, expire)

            expire()
            await sending

    with pytest.raises(TimeoutError):
        asyncio.run(timed_out())
    assert campaign.summary() == Summary(pending=50, unknown=100)


# --- a job that is interrupted at any point ---------------------------------------------------------------------


@pytest.fixture
def course(campaign: Campaign) -> Course:
    campaign.add(messages(5))
    campaign._journal.count()
    return Course(campaign._journal, size=3, concurrency=1, patience=1.0, marks=True)


def test_a_job_that_was_given_up_claims_nothing_any_more(course: Course, campaign: Campaign) -> None:
    """Its thread may come to it only after the task was cancelled."""
    job = Job(3)
    course.give_up(job)
    assert not course.begin(job)
    assert campaign.summary() == Summary(pending=5)


def test_a_job_that_was_claimed_and_not_begun_is_pending_again(course: Course, campaign: Campaign) -> None:
    job = Job(3)
    assert course.begin(job)
    assert campaign.summary() == Summary(pending=2, in_flight=3)
    course.give_up(job)
    assert campaign.summary() == Summary(pending=5)


def test_a_job_whose_request_has_left_is_unknown(course: Course, campaign: Campaign) -> None:
    job = Job(3)
    assert course.begin(job)
    job.begun = True
    course.give_up(job)
    assert campaign.summary() == Summary(pending=2, unknown=3)


def test_a_job_whose_answer_is_there_is_recorded(course: Course, campaign: Campaign, sandbox: Sandbox) -> None:
    job = Job(3)
    assert course.begin(job)
    job.begun = True
    with Client(KEY, SECRET, base_url=sandbox.url) as client:
        job.outcome = inside.send_batch(client.api.messages, job.batch)
    course.give_up(job)
    course.record(job)  # by the thread that was about to
    assert campaign.summary() == Summary(pending=2, accepted=3)
    assert all(record.message_id for record in campaign.records("accepted"))


def test_any_other_error_in_a_job_makes_its_rows_unknown_and_passes(
    campaign: Campaign, sandbox: Sandbox, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("a bug")

    campaign.add(messages(250))
    monkeypatch.setattr(sending, "send_batch", broken)
    monkeypatch.setattr(sending, "send_batch_async", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        sender.send(campaign, sandbox.url, concurrency=1)
    assert campaign.summary() == Summary(pending=150, unknown=100)
    assert sends(sandbox) == []


def test_a_job_does_not_begin_after_another_one_met_trouble(course: Course, campaign: Campaign) -> None:
    first, second = Job(2), Job(3)
    assert course.begin(first)
    first.begun = True
    error = OutcomeUnknownError("no answer")
    results = [SendResult(at, each, "unknown", error=error) for at, each in enumerate(first.batch.messages)]
    first.outcome = inside.BatchOutcome(tuple(results))
    course.record(first)
    assert not course.begin(second)
    assert list(course.jobs(Round(messages=3, size=3))) == []
    assert campaign.summary() == Summary(pending=3, unknown=2)


def test_evidence_that_comes_before_the_answer_stays(course: Course, campaign: Campaign) -> None:
    """A delivery report may be faster than the answer, which may then be lost."""
    job = Job(2)
    assert course.begin(job)
    mark = {"mm-row": f"{campaign._journal.id}:1"}
    record = campaign.observe(DeliveryReport.from_dict({"message_id": "m-1", "metadata": mark}))
    assert record is not None
    job.begun = True
    course.give_up(job)
    assert [(each.state, each.message_id) for each in campaign.records()][:2] == [("accepted", "m-1"), ("unknown", "")]
    assert course.summary == campaign.summary() == Summary(pending=3, accepted=1, unknown=1)


def test_a_job_does_not_begin_after_an_outcome_could_not_be_written_down(
    course: Course, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job(2)
    assert course.begin(job)
    with monkeypatch.context() as patch:

        def fail(_: object) -> None:
            raise JournalError("the disk is full")

        patch.setattr(campaign._journal, "settle", fail)
        with pytest.raises(JournalError):
            course.record(job)
    assert not course.begin(Job(3))
    assert campaign.summary() == Summary(pending=3, in_flight=2)
