"""The long poll that keeps pages up to date, and the time that they can stop."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from messagemedia.sandbox import Sandbox
from sandbox_caller import Caller, caller_of

EVENTS = "/__sandbox__/events"


def changes(caller: httpx.Client, after: int | None = None) -> int:
    answer = caller.get(EVENTS, params={} if after is None else {"after": after}, auth=None, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()["changes"]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as running:
        yield running


def waiting(sandbox: Sandbox, count: int = 1) -> None:
    """Wait until so many polls wait."""
    end = time.monotonic() + 60
    while sandbox._changes.waiting != count:
        assert time.monotonic() < end
        time.sleep(0.001)


THINGS: dict[str, Callable[[Sandbox, Caller], Any]] = {
    "a message": lambda _, caller: caller.send_one(),
    "a refused request": lambda _, caller: caller.get("/v1/replies", auth=("x", "y")),
    "a reply": lambda sandbox, _: sandbox.reply("Hi", source_number="+61491570156"),
    "time": lambda sandbox, _: sandbox.advance(1),
    "a clock that runs": lambda sandbox, _: sandbox.resume(),
    "a clock that stands": lambda sandbox, _: sandbox.pause(),
    "a fault": lambda sandbox, _: sandbox.fault("drop_before"),
    "no faults": lambda sandbox, _: sandbox.clear_faults(),
    "a reset": lambda sandbox, _: sandbox.reset(),
    "an outcome": lambda sandbox, _: sandbox.outcome("+61491570156", "failed"),
}


@pytest.mark.parametrize("thing", THINGS)
def test_whatever_happens_ends_the_wait(sandbox: Sandbox, caller: Caller, pool: ThreadPoolExecutor, thing: str) -> None:
    seen = changes(caller)
    poll: Future[int] = pool.submit(changes, caller, seen)
    waiting(sandbox)
    THINGS[thing](sandbox, caller)
    assert poll.result(timeout=60) > seen
    assert changes(caller, seen) > seen  # and who comes late is told at once


def test_a_push_ends_the_wait(sandbox: Sandbox, caller: Caller, pool: ThreadPoolExecutor) -> None:
    message_id = caller.send_one(callback_url="http://127.0.0.1:9/")
    sandbox.reply("Hi", message_id=message_id)
    seen = changes(caller)  # before looking, so that a push between the two ends the wait at once
    while not sandbox.pushes:
        before, seen = seen, pool.submit(changes, caller, seen).result(timeout=60)
        assert seen > before
    assert sandbox.pushes[0].attempt == 1


def test_a_status_that_comes_with_time_ends_the_wait(pool: ThreadPoolExecutor) -> None:
    with Sandbox(step_seconds=0.2) as sandbox, caller_of(sandbox) as caller:
        message_id = caller.send_one()
        statuses = ["queued"]
        seen = changes(caller)
        while statuses[-1] != "delivered":
            seen = changes(caller, seen)
            status = sandbox._state.message(message_id).status
            statuses += [status] if status != statuses[-1] else []
        assert statuses == ["queued", "enroute", "submitted", "delivered"]


def test_a_sandbox_stops_at_once_with_open_polls(pool: ThreadPoolExecutor) -> None:
    with Sandbox(clock_runs=False) as sandbox, caller_of(sandbox) as caller:
        seen = changes(caller)
        polls = [pool.submit(changes, caller, seen) for _ in range(3)]
        waiting(sandbox, 3)
        begun = time.monotonic()
    assert time.monotonic() - begun < 20  # a poll would last 25
    for poll in polls:
        assert isinstance(poll.exception(timeout=60), httpx.RemoteProtocolError | httpx.ReadError)


def test_who_has_gone_waits_no_longer(sandbox: Sandbox, caller: Caller) -> None:
    seen = changes(caller)
    with pytest.raises(httpx.ReadTimeout):
        caller.get(EVENTS, params={"after": seen}, timeout=0.2)
    waiting(sandbox, 0)


def test_polls_leave_connections_to_the_rest(sandbox: Sandbox, caller: Caller, pool: ThreadPoolExecutor) -> None:
    """Four wait; a browser with more tabs than that gets an answer at once, and so has free connections."""
    seen = changes(caller)
    polls = [pool.submit(changes, caller, seen) for _ in range(4)]
    waiting(sandbox, 4)
    begun = time.monotonic()
    assert changes(caller, seen) == seen
    assert time.monotonic() - begun < 20  # one that waits would last 25
    assert not [poll for poll in polls if poll.done()]
    sandbox.advance(0)
    for poll in polls:
        poll.result(timeout=60)


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "", "9" * 30])
def test_what_is_no_number_of_changes_is_refused(caller: Caller, after: str) -> None:
    answer = caller.get(f"{EVENTS}?after={after}")
    assert (answer.status_code, answer.json()) == (400, {"message": "after must be a whole number, 0 or more"})


# --- time --------------------------------------------------------------------------------------------------------


def test_time_goes_from_event_to_event(sandbox: Sandbox, caller: Caller) -> None:
    began = sandbox.now
    assert sandbox.next_event is None
    sandbox.advance_to_next_event()
    assert sandbox.now == began
    message_id = caller.send_one(scheduled="2026-01-15T05:00:00Z", destination_number="+99900000002")
    seen = []
    while sandbox.next_event is not None:
        sandbox.advance_to_next_event()
        seen.append((sandbox.status(message_id), sandbox.now.strftime("%H:%M:%S")))
    assert seen == [
        ("enroute", "05:00:01"),
        ("submitted", "05:00:02"),
        ("delivered", "05:00:03"),
        ("delivered", "05:00:04"),
    ]
    assert [reply["content"] for reply in caller.replies()] == ["STOP"]


def test_a_push_that_is_repeated_is_an_event(sandbox: Sandbox, caller: Caller) -> None:
    message_id = caller.send_one(callback_url="http://127.0.0.1:9/")
    sandbox.advance(10)
    sandbox.reply("Hi", message_id=message_id)
    sandbox.wait_for_pushes()
    assert sandbox.next_event == sandbox.now + timedelta(seconds=1)
    sandbox.advance_to_next_event()
    sandbox.wait_for_pushes()
    assert [attempt.attempt for attempt in sandbox.pushes] == [1, 2]


def test_a_message_that_was_cancelled_has_no_event(sandbox: Sandbox, caller: Caller) -> None:
    caller.cancel(caller.send_one(scheduled="2026-01-15T05:00:00Z"))
    assert sandbox.next_event is None


def test_the_clock_stands_and_goes_on() -> None:
    with Sandbox() as sandbox, caller_of(sandbox) as caller:
        assert caller.post("/__sandbox__/pause").status_code == 200
        stood = sandbox.now
        assert not sandbox.runs
        threading.Event().wait(0.01)
        assert sandbox.now == stood
        assert caller.post("/__sandbox__/advance", json={"seconds": 5}).status_code == 200
        assert sandbox.now == stood + timedelta(seconds=5)
        assert caller.post("/__sandbox__/resume").status_code == 200
        assert sandbox.runs
        while sandbox.now == stood + timedelta(seconds=5):
            pass
        sandbox.pause()
        sandbox.reset()
        assert sandbox.runs  # as freshly started


def test_a_clock_that_is_resumed_wakes_what_has_become_due(pool: ThreadPoolExecutor) -> None:
    with Sandbox(clock_runs=False, step_seconds=0.05) as sandbox, caller_of(sandbox) as caller:
        caller.send_one()
        seen = changes(caller)
        poll = pool.submit(changes, caller, seen)
        waiting(sandbox)
        sandbox.resume()
        poll.result(timeout=60)
        while sandbox.next_event is not None:
            seen = changes(caller, seen)
