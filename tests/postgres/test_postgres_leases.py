"""Batches that are leased: what becomes of them when a worker is late, frozen, cut off or wrong, and nothing is doubled."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from campaign_kit import KEY, SECRET, Sender, message, messages, number, sends, sent, sizes
from messagemedia import Client, DeliveryReport, ValidationError
from messagemedia.campaign import Campaign, JournalInUseError, Row, RowsError, Summary
from messagemedia.campaign.entries import Settled
from messagemedia.campaign.protocol import LeaseExpiredError
from messagemedia.campaign.protocol import Sender as Leasing
from messagemedia.errors import AuthenticationError
from messagemedia.sandbox import Sandbox
from postgres_kit import ask, in_postgres

LEASE = Leasing(b"account", timeout=0.3, lease=1.0)
PATIENCE = 60.0


def wait_until(fact: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def other(path: Path, url: str) -> Iterator[Campaign]:
    """The same campaign in another process, as far as it can tell."""
    with in_postgres(url)(path) as made:
        yield made


def work(campaign: Campaign, url: str, **options: Any) -> str:
    with Client(KEY, SECRET, base_url=url) as client:
        return campaign.work(client, **{"progress": False, **options})


def expire(campaign: Campaign, url: str) -> None:
    """Let the time of all leases be over."""
    ask(
        url,
        "UPDATE messagemedia.batch SET lease_until = clock_timestamp(), quiet_at = clock_timestamp() + interval '9 s' "
        "WHERE campaign = %s AND state = 'leased'",
        campaign._journal.id,
    )


def batches(campaign: Campaign, url: str) -> list[Any]:
    statement = "SELECT state, pending, unknown FROM messagemedia.batch WHERE campaign = %s ORDER BY first"
    return ask(url, statement, campaign._journal.id)


# --- leases that run out ------------------------------------------------------------------------------------------


def test_a_lease_that_ran_out_makes_its_rows_unknown_and_never_pending(
    campaign: Campaign, other: Campaign, url: str
) -> None:
    campaign.add(messages(150))
    with campaign._journal.sending(LEASE):
        assert len(campaign._journal.claim(100)) == 100
        assert other.summary() == Summary(pending=50, in_flight=100)
        expire(campaign, url)
        assert other.summary() == Summary(pending=50, unknown=100)
        assert {each.reason for each in other.records("unknown")} == {
            "its worker did not record the outcome before its lease ran out"
        }
        with other._journal.sending(LEASE):
            assert len(other._journal.claim(100)) == 50
            assert other._journal.claim(100) == []


def test_a_late_word_is_evidence_and_puts_nothing_back(campaign: Campaign, other: Campaign, url: str) -> None:
    campaign.add(messages(4))
    with campaign._journal.sending(LEASE):
        first, second, third, fourth = [entry for entry, _ in campaign._journal.claim(100)]
        expire(campaign, url)
        assert other.summary() == Summary(unknown=4)
        late = [Settled(first, "accepted", "m-1"), Settled(second, "invalid", reason="bad"), Settled(third, "pending")]
        campaign._journal.settle([*late, Settled(fourth, "unknown", reason="no answer")])
    assert [(each.state, each.message_id) for each in other.records()] == [
        ("accepted", "m-1"),
        ("invalid", ""),
        ("unknown", ""),
        ("unknown", ""),
    ]
    assert other.retry(other.records("unknown")) == 2  # its sender has said that nothing of it is on its way any more


def test_a_retry_waits_until_nothing_can_be_on_its_way(campaign: Campaign, other: Campaign, url: str) -> None:
    campaign.add(messages(2))
    with campaign._journal.sending(LEASE):
        claimed = campaign._journal.claim(100)
        expire(campaign, url)
        with pytest.raises(RowsError, match=r"its request may still be in progress; it can be retried in \d s"):
            other.retry(other.records("unknown"))
        assert other.accept(next(other.records("unknown"))) == 1
        ask(url, "UPDATE messagemedia.batch SET quiet_at = clock_timestamp() WHERE campaign = %s", campaign._journal.id)
        assert other.retry(other.records("unknown")) == 1
        assert other.summary() == Summary(pending=1, accepted=1)
        campaign._journal.settle([Settled(entry, "unknown") for entry, _ in claimed])
        assert other.summary() == Summary(pending=1, accepted=1)  # what was decided meanwhile stays


def test_the_word_of_an_older_claim_says_nothing_about_a_newer_one(
    campaign: Campaign, other: Campaign, url: str
) -> None:
    campaign.add(messages(1))
    with campaign._journal.sending(LEASE), other._journal.sending(LEASE):
        ((entry, _),) = campaign._journal.claim(100)
        expire(campaign, url)
        assert other.summary() == Summary(unknown=1)
        ask(url, "UPDATE messagemedia.batch SET quiet_at = clock_timestamp() WHERE campaign = %s", campaign._journal.id)
        other.retry(other.records("unknown"))
        assert [found for found, _ in other._journal.claim(100)] == [entry]
        campaign._journal.settle([Settled(entry, "pending")])
        assert other.summary() == Summary(in_flight=1)
        assert campaign._journal.claim(100) == []


def test_a_worker_that_was_frozen_before_its_request_sends_nothing(
    campaign: Campaign, other: Campaign, url: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign.add(messages(3))
    claim = campaign._journal.claim
    later = [0.0]

    def claim_and_freeze(size: int) -> Any:
        found = claim(size)
        if found:
            later[0] += 1000.0  # the machine sleeps, and the clock that it keeps goes on
            expire(campaign, url)
            assert other.summary() == Summary(unknown=3)
        return found

    monkeypatch.setattr("messagemedia.campaign.postgres.leases.clock", lambda: time.monotonic() + later[0])
    monkeypatch.setattr(campaign._journal, "claim", claim_and_freeze)
    assert work(campaign, sandbox.url) == "done"
    assert sandbox.requests == []
    assert campaign.summary() == Summary(unknown=3)


def test_a_worker_whose_lease_is_gone_sends_nothing_though_its_clock_stood_still(
    campaign: Campaign, other: Campaign, url: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign.add(messages(3))
    claim = campaign._journal.claim

    def claim_and_lose(size: int) -> Any:
        if found := claim(size):
            found[0][0].lease.confirmed -= 2.0  # some seconds have passed since the database was asked
            expire(campaign, url)
            other.summary()
        return found

    monkeypatch.setattr(campaign._journal, "claim", claim_and_lose)
    assert work(campaign, sandbox.url) == "done"
    assert (sandbox.requests, campaign.summary()) == ([], Summary(unknown=3))


def test_before_each_request_the_lease_is_asked_for(campaign: Campaign, url: str) -> None:
    campaign.add(messages(1))
    with campaign._journal.sending(LEASE):
        ((entry, _),) = campaign._journal.claim(1)
        assert campaign._journal.is_fresh(entry)
        campaign._journal.confirm(entry)
        expire(campaign, url)
        with pytest.raises(LeaseExpiredError):
            campaign._journal.confirm(entry)


def test_a_lease_that_leaves_no_time_to_send_is_refused(campaign: Campaign, sandbox: Sandbox) -> None:
    with pytest.raises(ValidationError, match="lease: must be a number of seconds, at least 60: twice the timeout"):
        work(campaign, sandbox.url, lease=59)


# --- claims and answers that are lost -----------------------------------------------------------------------------


def test_a_claim_whose_answer_is_lost_is_given_back(
    campaign: Campaign, other: Campaign, url: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign.add(messages(250))
    everything = campaign._journal.connection.all
    lost: list[str] = []

    def cut(statement: str, parameters: Any = None) -> Any:
        found = everything(statement, parameters)
        if "SET state = 'leased'" in statement and found and not lost:
            lost.append(str(other.summary()))
            ask(url, "SELECT pg_terminate_backend(%s)", campaign._journal.connection._connection.info.backend_pid)
            return everything("SELECT 1")
        return found

    monkeypatch.setattr(campaign._journal.connection, "all", cut)
    assert work(campaign, sandbox.url) == "done"
    assert lost == ["250 rows: 0 accepted, 100 in flight, 150 pending"]
    assert campaign.summary() == Summary(accepted=250)
    assert set(sent(sandbox).values()) == {1}


def test_connections_that_are_cut_again_and_again_lose_and_double_nothing(
    campaign: Campaign, url: str, sandbox: Sandbox
) -> None:
    campaign.add(messages(1500))
    cut_at: list[int] = []

    def cut(told: Summary) -> None:
        if told.accepted > (cut_at[-1] if cut_at else 0) and len(cut_at) < 4:
            cut_at.append(told.accepted)
            pid = campaign._journal.connection._connection.info.backend_pid
            ask(url, "SELECT pg_terminate_backend(%s)", pid)

    assert work(campaign, sandbox.url, concurrency=2, progress=cut) == "done"
    assert len(cut_at) == 4
    assert campaign.summary() == Summary(accepted=1500)
    assert set(sent(sandbox).values()) == {1}


@pytest.mark.parametrize("outcome", ["accepted", "unknown"])
def test_a_claim_that_a_failover_lost_is_not_pending_once_its_sender_speaks(
    campaign: Campaign, url: str, outcome: Any
) -> None:
    campaign.add(messages(2))
    with campaign._journal.sending(LEASE):
        claimed = campaign._journal.claim(100)
        ask(
            url,
            "UPDATE messagemedia.batch SET state = 'pending', token = NULL WHERE campaign = %s",
            campaign._journal.id,
        )
        assert campaign.summary() == Summary(pending=2)
        campaign._journal.settle([Settled(entry, outcome, "id") for entry, _ in claimed])
    assert campaign.summary() == Summary(**{outcome: 2})
    assert batches(campaign, url) == [("done", 0, 2 if outcome == "unknown" else 0)]


def test_what_was_begun_since_a_failover_can_be_doubted(
    campaign: Campaign, url: str, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    campaign.add(messages(300))
    with caplog.at_level(logging.INFO, "messagemedia.claims"):
        assert work(campaign, sandbox.url, max_batches=1) == "max_batches"
    since = datetime.now(UTC) - timedelta(minutes=1)
    ask(
        url,
        "UPDATE messagemedia.batch SET state = 'pending', pending = 100, accepted = 0, token = NULL, begun = NULL "
        "WHERE campaign = %s AND accepted > 0",
        campaign._journal.id,
    )
    ask(url, "UPDATE messagemedia.entry SET state = 'pending' WHERE campaign = %s", campaign._journal.id)
    (told,) = [record.getMessage() for record in caplog.records if record.name == "messagemedia.claims"]
    assert told.endswith(" begins, rows 1 to 100")
    lost = int(told.rpartition(" begins")[0].rpartition(" ")[2])
    assert campaign.doubt(since) == 0  # nothing is known of it but by the log of its worker
    assert campaign.doubt(since, batches=[lost]) == 100
    assert work(campaign, sandbox.url) == "done"
    assert campaign.summary() == Summary(accepted=200, unknown=100)
    for entry in sandbox.ledger:
        told_later = {"message_id": entry.message_id, "metadata": entry.message["metadata"]}
        campaign.observe(DeliveryReport.from_dict(told_later))
    assert campaign.summary() == Summary(accepted=300)
    assert set(sent(sandbox).values()) == {1}


def test_what_is_in_flight_can_be_doubted_too(campaign: Campaign) -> None:
    campaign.add(messages(150))
    with campaign._journal.sending(LEASE):
        claimed = campaign._journal.claim(100)
        assert campaign.doubt(datetime.now(UTC) - timedelta(hours=1)) == 100
        assert campaign.summary() == Summary(pending=50, unknown=100)
        campaign._journal.settle([Settled(entry, "accepted", "id") for entry, _ in claimed])
    assert campaign.summary() == Summary(pending=50, accepted=100)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [((datetime(2026, 1, 1),), "since"), ((datetime.now(UTC), ["x"]), "batches")],  # noqa: DTZ001  # what is refused
)
def test_a_doubt_that_says_nothing_is_refused(campaign: Campaign, arguments: Any, said: str) -> None:
    since, *rest = arguments
    with pytest.raises(ValidationError, match=said):
        campaign.doubt(since, batches=rest[0] if rest else ())


# --- many workers -------------------------------------------------------------------------------------------------


def test_workers_share_what_is_pending(campaign: Campaign, path: Path, url: str, sandbox: Sandbox) -> None:
    campaign.add(messages(2500))
    why: list[str] = []

    def worker() -> None:
        with in_postgres(url)(path) as own:
            why.append(work(own, sandbox.url, concurrency=2))

    workers = [threading.Thread(target=worker) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(PATIENCE)
    assert why == ["done"] * 4
    assert campaign.summary() == Summary(accepted=2500)
    assert set(sent(sandbox).values()) == {1}
    assert len(sends(sandbox)) == 25


def test_wrong_credentials_end_one_worker_and_give_its_batch_back(
    campaign: Campaign, other: Campaign, sandbox: Sandbox
) -> None:
    campaign.add(messages(150))
    with Client(KEY, "wrong", base_url=sandbox.url) as client, pytest.raises(AuthenticationError):
        campaign.work(client, progress=False)
    assert campaign.summary() == Summary(pending=150)
    assert work(other, sandbox.url) == "done"
    assert campaign.summary() == Summary(accepted=150)


def test_trouble_that_one_meets_stops_all_until_one_has_felt_it_out(campaign: Campaign, other: Campaign) -> None:
    campaign.add(messages(1500))
    first, second = campaign._journal, other._journal
    account = Leasing(b"brake", timeout=5.0, lease=60.0)
    with first.sending(account), second.sending(account):
        assert first.brake().seconds == second.brake().seconds == 0.0
        assert first.scout(0.2)
        assert second.claim(100) == []
        assert second.brake().seconds > 0
        assert not second.scout(0.0)
        assert len(first.claim(1)) == 1  # who feels it out may
        first.release()
        assert len(second.claim(100)) == 99  # the rest of the batch of which one was taken


def test_a_scout_that_is_gone_is_replaced(campaign: Campaign, other: Campaign, url: str) -> None:
    campaign.add(messages(150))
    account = Leasing(b"gone scout", timeout=5.0, lease=60.0)
    with other._journal.sending(account):
        with campaign._journal.sending(account):
            assert campaign._journal.scout(0.0)
            assert other._journal.brake().seconds > 0
        assert other._journal.brake().scouts  # it has ended in order
        with campaign._journal.sending(account):
            ask(
                url, "UPDATE messagemedia.account SET scout_until = clock_timestamp() WHERE account = %s", b"gone scout"
            )
            assert campaign._journal.brake().scouts  # the one before did not
            assert other._journal.claim(100) == []


def test_an_outage_that_many_workers_meet_costs_few_messages(
    campaign: Campaign, path: Path, url: str, sandbox: Sandbox
) -> None:
    campaign.add(messages(3000))
    sandbox.fault("status", operation="sendMessages", status=500, times=1, after=5)
    why: list[str] = []

    def worker() -> None:
        with in_postgres(url)(path) as own:
            why.append(work(own, sandbox.url))

    workers = [threading.Thread(target=worker) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(PATIENCE)
    assert why == ["done"] * 4
    summary = campaign.summary()
    assert (summary.unknown, summary.accepted) == (100, 2900)
    assert 1 in sizes(sandbox)  # a single message led the way
    assert set(sent(sandbox).values()) == {1}


def test_one_rate_holds_for_all_who_share_an_account(campaign: Campaign, other: Campaign) -> None:
    with campaign._journal.sending(LEASE), other._journal.sending(LEASE):
        one, two = campaign._journal.pace(50.0), other._journal.pace(50.0)
        delays = [pace.delay(100) for pace in (one, two, one, two)]
    assert [round(delay - delays[0]) for delay in delays] == [0, 2, 4, 6]


def test_another_account_has_a_rate_of_its_own(campaign: Campaign, other: Campaign) -> None:
    with campaign._journal.sending(Leasing(b"a1", 1.0, 60.0)), other._journal.sending(Leasing(b"a2", 1.0, 60.0)):
        campaign._journal.pace(1.0).delay(100)
        assert other._journal.pace(1.0).delay(100) == 0.0


# --- telling workers what to do -----------------------------------------------------------------------------------


def test_a_worker_stops_between_batches(campaign: Campaign, sandbox: Sandbox) -> None:
    campaign.add(messages(500))
    stop = threading.Event()
    assert (
        work(campaign, sandbox.url, stop=stop, progress=lambda told: stop.set() if told.accepted else None) == "stopped"
    )
    assert campaign.summary() == Summary(accepted=100, pending=400)
    assert work(campaign, sandbox.url, max_batches=2, concurrency=4) == "max_batches"
    assert campaign.summary() == Summary(accepted=300, pending=200)
    assert work(campaign, sandbox.url, stop=lambda: False) == "done"


def test_the_awaited_worker_does_the_same(campaign: Campaign, sandbox: Sandbox, sender: Sender) -> None:
    campaign.add(messages(250))
    client = sender.client(sandbox.url)
    method = campaign.work if isinstance(client, Client) else campaign.work_async
    assert sender.run(method(client, progress=False, max_batches=1)) == "max_batches"
    assert sender.run(method(client, progress=False, concurrency=3, max_rate=1e6)) == "done"
    assert campaign.summary() == Summary(accepted=250)


@pytest.mark.parametrize(
    "wrong", [{"stop": 1}, {"max_batches": 0}, {"max_batches": "2"}, {"lease": "x"}, {"max_rate": 0}]
)
def test_what_no_worker_can_do_is_refused(campaign: Campaign, sandbox: Sandbox, wrong: Any) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        work(campaign, sandbox.url, **wrong)


def test_a_pause_reaches_a_worker_and_a_resume_sets_it_going(
    campaign: Campaign, other: Campaign, sandbox: Sandbox
) -> None:
    campaign.add(messages(500))
    other.pause()
    why: list[str] = []
    worker = threading.Thread(target=lambda: why.append(work(campaign, sandbox.url)))
    worker.start()
    wait_until(lambda: bool(campaign._journal.counts["pending"]))
    assert (sends(sandbox), why) == ([], [])
    assert other.status().held_up == "it is paused"
    other.resume()
    worker.join(PATIENCE)
    assert why == ["done"]
    assert campaign.summary() == Summary(accepted=500)


def test_nothing_is_claimed_once_a_pause_has_returned(campaign: Campaign, other: Campaign) -> None:
    campaign.add(messages(300))
    with campaign._journal.sending(LEASE):
        assert campaign._journal.claim(100)
        other.pause()
        assert campaign._journal.claim(100) == []


def test_a_row_in_flight_that_is_withdrawn_and_comes_back_is_not_sent(campaign: Campaign, other: Campaign) -> None:
    campaign.add(messages(3))
    with campaign._journal.sending(LEASE):
        claimed = campaign._journal.claim(100)
        assert other.withdraw(numbers=[number(0), number(1)]) == 0
        first, *rest = claimed
        outcomes = [Settled(first[0], "accepted", "id"), *(Settled(entry, "pending") for entry, _ in rest)]
        campaign._journal.settle(outcomes)
        assert other.summary() == Summary(accepted=1, withdrawn=1, pending=1)
        assert [sent_message.content for _, sent_message in campaign._journal.claim(100)] == ["Hello 2"]


def test_the_status_tells_who_has_what(campaign: Campaign, sandbox: Sandbox) -> None:
    assert campaign.status().held_up == ""
    campaign.add(messages(350))
    assert campaign.status().held_up == "no worker is running"
    work(campaign, sandbox.url, max_batches=1)
    with campaign._journal.sending(Leasing(b"status", timeout=5.0, lease=60.0)):
        claimed = campaign._journal.claim(100)
        status = campaign.status()
        (lease,) = status.leases
        assert (lease.batches, lease.rows, lease.until > datetime.now(UTC)) == (1, 100, True)
        assert status.rate == pytest.approx(100 / 60)
        assert status.left == timedelta(seconds=150)
        assert (status.held_up, status.oldest_unknown) == ("", None)
        assert campaign._journal.scout(10.0)
        assert "and one worker is testing it" in campaign.status().held_up
        campaign._journal.settle([Settled(entry, "unknown") for entry, _ in claimed])
        campaign._journal.release()
    status = campaign.status()
    assert status.oldest_unknown is not None
    assert str(status).startswith(
        "350 rows: 100 accepted, 100 unknown, 150 pending\n  3.3 rows/s in the last minute, 0:00:45 left\n"
    )


def test_a_replacement_that_is_overtaken_by_a_sender_is_no_replacement(
    campaign: Campaign, other: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messagemedia.campaign.adding.PIECE", 1)
    campaign.add([message(0)])
    key = next(campaign.records()).key

    def rows() -> Any:
        yield Row(message(0, content="Other"), key=key)
        with other._journal.sending(LEASE):
            assert len(other._journal.claim(1)) == 1
        yield message(5)

    with pytest.raises(JournalInUseError, match="were sent meanwhile, and nothing was added"):
        campaign.add(rows(), on_changed="replace")
    assert campaign.summary().total == 1


def test_a_second_thread_needs_a_campaign_of_its_own(campaign: Campaign, sandbox: Sandbox) -> None:
    campaign.add(messages(3))
    with campaign._journal.sending(LEASE), pytest.raises(JournalInUseError, match="Open a Campaign for each"):
        work(campaign, sandbox.url)
    assert work(campaign, sandbox.url) == "done"


def test_evidence_between_a_claim_and_its_reading_is_no_damage(
    campaign: Campaign, other: Campaign, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign.add(messages(2))
    everything = campaign._journal.connection.all
    left = [1, 2]

    def proved(statement: str, parameters: Any = None) -> Any:
        found = everything(statement, parameters)
        if "SET state = 'leased'" in statement and found:
            other._journal.prove(left.pop(0), "id")
        return found

    monkeypatch.setattr(campaign._journal.connection, "all", proved)
    with campaign._journal.sending(LEASE):
        ((entry, _),) = campaign._journal.claim(100)
        campaign._journal.settle([Settled(entry, "pending")])
        assert campaign._journal.claim(100) == []
    assert campaign.summary() == Summary(accepted=2)
    assert batches(campaign, url) == [("done", 0, 0)]


def test_a_claim_that_a_failover_lost_at_once_is_no_claim(
    campaign: Campaign, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign.add(messages(2))
    everything = campaign._journal.connection.all

    def lost(statement: str, parameters: Any = None) -> Any:
        found = everything(statement, parameters)
        if "SET state = 'leased'" in statement:
            undo = "UPDATE messagemedia.batch SET state = 'pending', token = NULL WHERE campaign = %s"
            ask(url, undo, campaign._journal.id)
        return found

    monkeypatch.setattr(campaign._journal.connection, "all", lost)
    with campaign._journal.sending(LEASE):
        assert campaign._journal.claim(100) == []
    assert campaign.summary() == Summary(pending=2)


def test_a_late_job_of_the_same_process_says_nothing_about_a_newer_one(campaign: Campaign, url: str) -> None:
    campaign.add(messages(1))
    with campaign._journal.sending(LEASE):
        ((first, _),) = campaign._journal.claim(100)
        expire(campaign, url)
        assert campaign.summary() == Summary(unknown=1)
        ask(url, "UPDATE messagemedia.batch SET quiet_at = clock_timestamp() WHERE campaign = %s", campaign._journal.id)
        campaign.retry(campaign.records("unknown"))
        ((second, _),) = campaign._journal.claim(100)
        campaign._journal.settle([Settled(first, "pending")])
        assert campaign.summary() == Summary(in_flight=1)
        assert campaign._journal.claim(100) == []
        campaign._journal.settle([Settled(second, "accepted", "id")])
    assert campaign.summary() == Summary(accepted=1)
