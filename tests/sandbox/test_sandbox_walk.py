from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from messagemedia.sandbox import Sandbox
from sandbox_caller import Caller, caller_of, sms

DAY = 86400


def walked(caller: Caller, sandbox: Sandbox, message_id: str, steps: int = 6) -> list[str]:
    """The statuses of a message, second by second."""
    statuses = [caller.status(message_id)]
    for _ in range(steps):
        sandbox.advance(seconds=1)
        statuses.append(caller.status(message_id))
    return list(dict.fromkeys(statuses))


@pytest.mark.parametrize("form", ["SMS", "MMS", "TTS"])
def test_a_message_walks_from_queued_to_delivered(caller: Caller, sandbox: Sandbox, form: str) -> None:
    message_id = caller.send_one(format=form)
    assert walked(caller, sandbox, message_id) == ["queued", "enroute", "submitted", "delivered"]


def test_a_scheduled_message_waits_for_its_time(caller: Caller, sandbox: Sandbox) -> None:
    message_id = caller.send_one(scheduled="2026-01-15T04:04:05+00:00")
    assert caller.status(message_id) == "scheduled"
    sandbox.advance(seconds=3600)
    assert walked(caller, sandbox, message_id) == ["scheduled", "enroute", "submitted", "delivered"]


def test_a_time_with_an_offset_is_the_same_moment_elsewhere(caller: Caller, sandbox: Sandbox) -> None:
    message_id = caller.send_one(scheduled="2026-01-15T15:04:05+11:00")
    sandbox.advance(seconds=3600)
    assert caller.status(message_id) == "scheduled"
    sandbox.advance(seconds=1)
    assert caller.status(message_id) == "enroute"


def test_the_walk_does_not_depend_on_anyone_looking(caller: Caller, sandbox: Sandbox) -> None:
    message_id = caller.send_one(delivery_report=True)
    sandbox.advance(seconds=DAY)
    assert sandbox.status(message_id) == "delivered"
    assert [report["submitted_date"] for report in caller.reports()] == [
        "2026-01-15T03:04:06.000Z",
        "2026-01-15T03:04:07.000Z",
        "2026-01-15T03:04:08.000Z",
    ]


@pytest.mark.parametrize(
    ("expiry", "expected", "code"),
    [
        ("2020-01-01T00:00:00Z", ["expired"], "320"),
        ("2026-01-15T03:04:06.500Z", ["queued", "enroute", "expired"], "320"),
        ("2026-01-15T03:04:07.500Z", ["queued", "enroute", "submitted", "expired"], "401"),
        ("2026-01-15T03:04:08.500Z", ["queued", "enroute", "submitted", "delivered"], "220"),
    ],
)
def test_a_message_expires_unless_it_arrived_before(
    caller: Caller, sandbox: Sandbox, expiry: str, expected: list[str], code: str
) -> None:
    message_id = caller.send_one(message_expiry_timestamp=expiry, delivery_report=True)
    assert walked(caller, sandbox, message_id) == expected
    assert caller.reports()[-1]["error_code"] == code


def test_a_scheduled_message_can_expire_before_its_time(caller: Caller, sandbox: Sandbox) -> None:
    message_id = caller.send_one(scheduled="2026-01-17T00:00:00Z", message_expiry_timestamp="2026-01-16T00:00:00Z")
    sandbox.advance(seconds=DAY)
    assert caller.status(message_id) == "expired"
    assert caller.cancel(message_id).status_code == 400


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("221", ["enroute", "submitted", "delivered"]),
        ("305", ["enroute", "rejected"]),
        ("410", ["enroute", "submitted", "rejected"]),
        ("330", ["enroute", "failed"]),
        ("400", ["enroute", "submitted", "failed"]),
        ("320", ["enroute", "expired"]),
        ("401", ["enroute", "submitted", "expired"]),
        ("151", ["enroute"]),
        ("210", ["enroute", "submitted"]),
    ],
)
def test_a_magic_number_ends_with_the_code_it_ends_with(
    caller: Caller, sandbox: Sandbox, code: str, expected: list[str]
) -> None:
    caller.send_one(destination_number=f"+99900000{code}", delivery_report=True)
    sandbox.advance(seconds=10)
    reports = caller.reports()
    assert [report["status"] for report in reports] == expected
    assert reports[-1]["error_code"] == code


@pytest.mark.parametrize(("number", "content"), [("+99900000001", "Thanks!"), ("+99900000002", "STOP")])
def test_a_magic_number_answers_after_the_delivery(caller: Caller, sandbox: Sandbox, number: str, content: str) -> None:
    message_id = caller.send_one(destination_number=number)
    sandbox.advance(seconds=3)
    assert caller.replies() == []
    sandbox.advance(seconds=1)
    (reply,) = caller.replies()
    assert (reply["message_id"], reply["content"], reply["source_number"]) == (message_id, content, number)


def test_the_end_of_any_number_can_be_decided(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.outcome("61491570156", "undeliverable", error_code="400")
    sandbox.outcome("+61491570157", "read", reply="Seen")
    first = caller.send_one(delivery_report=True)
    second = caller.send_one(destination_number="+61491570157", delivery_report=True)
    sandbox.advance(seconds=10)
    assert [caller.status(first), caller.status(second)] == ["undeliverable", "read"]
    reports = [report for report in caller.reports() if report["message_id"] == second]
    assert [report["status"] for report in reports] == ["enroute", "submitted", "delivered", "read"]
    assert [reply["content"] for reply in caller.replies()] == ["Seen"]


def test_reports_of_many_messages_come_in_the_order_of_time(caller: Caller, sandbox: Sandbox) -> None:
    caller.send_messages(*[sms(delivery_report=True)] * 3)
    sandbox.advance(seconds=10)
    assert [report["status"] for report in caller.reports()] == ["enroute"] * 3 + ["submitted"] * 3 + ["delivered"] * 3


def test_a_running_clock_lets_messages_walk_by_themselves() -> None:
    with Sandbox(step_seconds=0) as running, caller_of(running) as caller:
        message_id = caller.send_one()
        assert caller.status(message_id) == "delivered"


@pytest.mark.parametrize("status", ["bogus", "DELIVERED", "", None, []])
def test_an_end_that_the_contract_does_not_know_is_refused(sandbox: Sandbox, status: Any) -> None:
    with pytest.raises(ValueError, match=r"^status must be one of undefined, queued, .*, cancelled$"):
        sandbox.outcome("+61491570156", status)


def test_a_message_can_be_scheduled_for_the_end_of_time(caller: Caller) -> None:
    message_id = caller.send_one(scheduled="9999-12-31T23:59:59Z", destination_number="+99900000001")
    assert caller.status(message_id) == "scheduled"


@pytest.mark.parametrize("seconds", [-1, -0.5, float("-inf")])
def test_the_clock_cannot_be_turned_back(sandbox: Sandbox, seconds: float) -> None:
    with pytest.raises(ValueError, match="turned back"):
        sandbox.advance(seconds=seconds)


@pytest.mark.parametrize("seconds", [1e20, 10**400, float("inf"), float("nan"), "60", None, True])
def test_the_clock_is_advanced_by_seconds_that_there_are_only(caller: Caller, sandbox: Sandbox, seconds: Any) -> None:
    before = sandbox.now
    with pytest.raises(ValueError, match=r"^seconds must be a number from 0 to "):
        sandbox.advance(seconds)
    assert sandbox.now == before
    assert caller.send_messages(sms()).status_code == 202


def test_messages_also_walk_at_the_end_of_the_clock(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.advance((datetime(9000, 1, 1, tzinfo=UTC) - sandbox.now).total_seconds())
    message_id = caller.send_one(delivery_report=True)
    with pytest.raises(ValueError, match=r"^seconds must be a number from 0 to 0$"):
        sandbox.advance(3)
    assert caller.status(message_id) == "queued"


def test_the_clock_is_advanced_with_or_without_the_name(sandbox: Sandbox) -> None:
    before = sandbox.now
    sandbox.advance(60)
    sandbox.advance(seconds=0.5)
    sandbox.advance(0)
    assert (sandbox.now - before).total_seconds() == 60.5


def test_a_clock_that_runs_shows_the_time_of_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients sign with that time, which tests freeze."""
    with Sandbox() as sandbox, caller_of(sandbox) as caller:
        message_id = caller.send_one()
        times = [datetime(2020, 2, 29, 12, tzinfo=UTC)]

        class Frozen(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return times[-1].astimezone(tz)

        monkeypatch.setattr("messagemedia.sandbox.clock.datetime", Frozen)
        assert sandbox.now == times[0]
        sandbox.advance(60)
        assert sandbox.now == times[0] + timedelta(seconds=60)
        times.append(datetime(2090, 1, 1, tzinfo=UTC))
        assert sandbox.status(message_id) == "delivered"
        sandbox.reset()
        assert sandbox.now == times[-1]


def test_a_message_ends_at_once_as_it_is_told(caller: Caller, sandbox: Sandbox) -> None:
    first, second = (caller.send_one(delivery_report=True) for _ in range(2))
    sandbox.advance(seconds=1)
    sandbox.end(first, "rejected", error_code="305")
    assert (caller.status(first), caller.status(second)) == ("rejected", "enroute")
    sandbox.advance(seconds=60)
    assert (caller.status(first), caller.status(second)) == ("rejected", "delivered")
    told = [(report["status"], report["error_code"]) for report in caller.reports() if report["message_id"] == first]
    assert told == [("enroute", "101"), ("rejected", "305")]
    for message_id, status, said in (
        (first, "failed", "already has a final status: rejected"),
        ("unknown", "failed", "no message"),
        (second, "lost", "status must be one of"),
    ):
        with pytest.raises(ValueError, match=said):
            sandbox.end(message_id, status)
