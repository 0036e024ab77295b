"""Waiting for a message to reach a status, and the statuses that are terminal. Pitfall 81."""

import pickle
from itertools import permutations
from typing import Any

import httpx
import pytest
from messagemedia import (
    AuthenticationError,
    MessageStatus,
    NotFoundError,
    ServerError,
    TransportError,
    ValidationError,
    WaitTimeoutError,
    errors,
)
from messagemedia.sandbox import Sandbox
from sdk_face import KEY, MESSAGE_ID, NUMBER, SECRET, SMS, Face, Wire, answer

from tests import inside

TERMINAL = {"delivered", "read", "expired", "rejected", "undeliverable", "failed", "cancelled"}


class Clock:
    """What `wait` takes for the time: it moves by the pauses that are made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []

        inside.replace_clock(monkeypatch, "wait", lambda: self.now)
        inside.replace_pauses(monkeypatch, self.sleep)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, pauses: list[float]) -> Clock:
    del pauses  # set before, and replaced
    return Clock(monkeypatch)


def status(value: str | None) -> httpx.Response:
    return answer(200, {**SMS, "message_id": MESSAGE_ID, **({"status": value} if value else {})})


def wait(face: Face, *reactions: Any, **options: Any) -> tuple[Any, Wire]:
    """The message that a wait gives, with `max_retries=0` so that each poll is one request."""
    wire = Wire(*[status(each) if isinstance(each, str) or each is None else each for each in reactions])
    return face.run(face.client(wire, max_retries=0).messages.wait(MESSAGE_ID, **options)), wire


@pytest.mark.parametrize("end", sorted(TERMINAL))
@pytest.mark.off_contract(answers="a status of tomorrow")
def test_it_waits_for_any_terminal_status(face: Face, clock: Clock, end: str) -> None:
    message, wire = wait(face, "queued", "enroute", None, "brand_new", "submitted", end)
    assert (message.status, message.message_id) == (end, MESSAGE_ID)
    assert len(wire.seen) == 6
    assert len(clock.pauses) == 5


def test_pauses_grow_from_1_to_15_seconds(face: Face, clock: Clock) -> None:
    wait(face, *["queued"] * 8, "failed")
    for pause, longest in zip(clock.pauses, [1, 2, 4, 8, 15, 15, 15, 15], strict=True):
        assert longest / 2 <= pause <= longest


@pytest.mark.parametrize(
    ("until", "seen", "found"),
    [
        (lambda: "submitted", ["queued", "submitted"], "submitted"),
        (lambda: MessageStatus.SUBMITTED, ["queued", "submitted"], "submitted"),
        (lambda: ["enroute", "submitted"], ["queued", "submitted"], "submitted"),
        (lambda: {"read"}, ["delivered", "read"], "read"),
        (lambda: ("delivered", MessageStatus.READ), ["queued", "read"], "read"),
        (lambda: iter(["delivered"]), ["delivered"], "delivered"),
    ],
    ids=["text", "member", "list", "set", "tuple", "iterator"],
)
def test_it_waits_for_the_statuses_that_are_asked_for(
    face: Face, clock: Clock, until: Any, seen: list[str], found: str
) -> None:
    assert wait(face, *seen, until=until())[0].status == found


@pytest.mark.parametrize("until", ["delivered", ["read", "delivered"], "submitted"])
def test_it_returns_as_soon_as_the_status_can_not_come_any_more(face: Face, clock: Clock, until: Any) -> None:
    message, wire = wait(face, "enroute", "rejected", until=until)
    assert message.status == "rejected"
    assert len(wire.seen) == 2


def test_a_late_answer_does_not_take_back_a_terminal_status(face: Face, clock: Clock) -> None:
    message, _ = wait(face, "delivered", "submitted", None, "queued", "read", until="read")
    assert message.status == "read"
    with pytest.raises(WaitTimeoutError, match="it is still delivered") as caught:
        wait(face, "delivered", "submitted", until="read", timeout=20)
    assert caught.value.last
    assert caught.value.last.status == "delivered"


@pytest.mark.parametrize(
    "failure",
    [
        answer(503, {"message": "no"}),
        answer(429, {"message": "slowly"}),
        httpx.ReadTimeout,
        httpx.ConnectError,
        httpx.RemoteProtocolError,
    ],
    ids=["503", "429", "timeout", "not sent", "lost"],
)
@pytest.mark.off_contract(answers="429 is not documented")
def test_a_passing_failure_does_not_end_it(face: Face, clock: Clock, failure: Any) -> None:
    message, wire = wait(face, failure, "queued", failure, failure, "delivered")
    assert message.status == "delivered"
    assert len(wire.seen) == 5


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (answer(404, {"message": "Resource not found."}), NotFoundError),
        (answer(401, {"message": "Invalid authentication credentials"}), AuthenticationError),
        (answer(200, b"<html>", {"content-type": "text/html"}), errors.InvalidResponseError),
    ],
    ids=["404", "401", "HTML"],
)
@pytest.mark.off_contract(answers="nonsense")
def test_a_refusal_ends_it(face: Face, clock: Clock, failure: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        wait(face, "queued", failure, "delivered")


# --- the time is up ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("options", "seconds"), [({}, 300.0), ({"timeout": 7}, 7.0), ({"timeout": 0.25}, 0.25)])
def test_a_timeout_is_an_error_that_carries_the_message(
    face: Face, clock: Clock, options: dict[str, float], seconds: float
) -> None:
    with pytest.raises(WaitTimeoutError) as caught:
        wait(face, "queued", "enroute", until="delivered", **options)
    assert sum(clock.pauses) == pytest.approx(seconds)  # the last look is at the very end
    error = caught.value
    assert isinstance(error, TimeoutError)
    assert error.last
    assert error.last.message_id == MESSAGE_ID
    assert error.__cause__ is None
    assert f"did not become delivered within {seconds:g} s, it is still" in str(error)


def test_a_wait_without_a_timeout_goes_on(face: Face, clock: Clock) -> None:
    message, _ = wait(face, *["queued"] * 200, "delivered", timeout=None)
    assert message.status == "delivered"
    assert sum(clock.pauses) > 1000


def test_a_timeout_tells_why_the_message_could_not_be_read(face: Face, clock: Clock) -> None:
    with pytest.raises(WaitTimeoutError, match="its status could not be read") as caught:
        wait(face, answer(503, {"message": "no"}), timeout=5)
    assert isinstance(caught.value.__cause__, ServerError)
    assert caught.value.last is None
    with pytest.raises(WaitTimeoutError, match="still queued") as caught:
        wait(face, answer(503, {"message": "no"}), "queued", timeout=5)
    assert caught.value.__cause__ is None
    with pytest.raises(WaitTimeoutError, match="still queued") as caught:
        wait(face, "queued", answer(503, {"message": "no"}), timeout=5)
    assert isinstance(caught.value.__cause__, ServerError)


def test_a_timeout_shows_and_pickles_nothing_private(face: Face, clock: Clock) -> None:
    with pytest.raises(WaitTimeoutError) as caught:
        wait(face, "queued", timeout=1)
    error = caught.value
    data = pickle.dumps(error)
    twin = pickle.loads(data)
    assert (type(twin), str(twin), twin.last) == (WaitTimeoutError, str(error), None)
    for private in (SMS["content"], NUMBER[3:]):
        assert private not in str(error) + repr(error)
        assert private.encode() not in data


# --- what is refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"until": "delivred"}, "did you mean 'delivered'?"),
        ({"until": "DELIVERED"}, "did you mean 'delivered'?"),
        ({"until": ["read", "xyz"]}, "'xyz' is not a status of a message; the statuses are undefined, queued"),
        ({"until": MessageStatus("brand_new")}, "'brand_new' is not a status"),
        ({"until": []}, "must name at least one status"),
        ({"until": b"read"}, "not bytes"),
        ({"until": 5}, "not int"),
        ({"until": ["read", None]}, "not NoneType"),
        ({"timeout": 0}, "timeout: must be"),
        ({"timeout": -1}, "timeout: must be"),
        ({"timeout": True}, "timeout: must be"),
        ({"timeout": float("inf")}, "None to wait for ever"),
        ({"timeout": "5"}, "timeout: must be"),
    ],
    ids=str,
)
def test_what_cannot_be_waited_for_is_refused_before_anything_is_asked(
    face: Face, options: dict[str, Any], said: str
) -> None:
    wire = Wire(status("delivered"))
    with pytest.raises(ValidationError) as caught:
        face.run(face.client(wire).messages.wait(MESSAGE_ID, **options))
    assert said in str(caught.value)
    assert not wire.seen


def test_everything_that_is_wrong_is_told_at_once(face: Face) -> None:
    with pytest.raises(ValidationError) as caught:
        face.run(face.client(Wire(status("read"))).messages.wait(MESSAGE_ID, until=["raed", 5], timeout=0))
    assert [error.pointer for error in caught.value.errors] == ["until", "until", "timeout"]


def test_an_empty_id_is_refused(face: Face) -> None:
    wire = Wire(status("read"))
    with pytest.raises(ValidationError):
        face.run(face.client(wire).messages.wait(""))
    assert not wire.seen


# --- the statuses -----------------------------------------------------------------------------------------------


def test_the_terminal_statuses_are_those_of_the_documentation() -> None:
    assert {status.value for status in MessageStatus if status.is_terminal} == TERMINAL
    assert not MessageStatus("brand_new").is_terminal
    assert not MessageStatus("").is_terminal


def test_only_read_may_follow_a_terminal_status_and_only_delivered() -> None:
    for first, second in permutations(MessageStatus, 2):
        follows = not first.is_terminal or (first, second) == (MessageStatus.DELIVERED, MessageStatus.READ)
        assert first.may_become(second) is follows
        assert MessageStatus.latest(first, second) is (second if follows else first)
    assert MessageStatus("brand_new").may_become("queued")
    assert not MessageStatus.READ.may_become("brand_new")


def test_the_latest_status_is_found_in_any_order_of_arrival() -> None:
    latest = MessageStatus.latest
    for order in permutations(["enroute", "submitted", "delivered", None]):
        assert latest(*order) is MessageStatus.DELIVERED
    assert latest("delivered", "read", "delivered", "submitted") is MessageStatus.READ
    assert latest("rejected", "delivered") is MessageStatus.REJECTED
    assert latest("queued", "brand_new") == "brand_new"
    assert type(latest("brand_new")) is MessageStatus
    assert latest(None, None) is latest() is None


def test_a_message_is_followed_to_its_end(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox(api_key=KEY, api_secret=SECRET, clock_runs=False) as sandbox:
        inside.replace_pauses(monkeypatch, sandbox.advance)
        client = face.client(base_url=sandbox.url)
        for number, end in (("+61491570156", "delivered"), ("+99900000305", "rejected"), ("+99900000401", "expired")):
            sent = face.run(client.messages.send(content="Hello", destination_number=number))
            assert face.run(client.messages.wait(sent.message_id)).status == end


class TimeIsUpError(Exception):
    """What a signal handler may raise to end a task, in the middle of a request."""


def test_what_a_signal_handler_raises_ends_the_wait(face: Face, clock: Clock) -> None:
    del clock
    with pytest.raises(TransportError) as caught:
        wait(face, "queued", TimeIsUpError, "delivered")
    assert isinstance(caught.value.__cause__, TimeIsUpError)


def test_a_fault_of_the_network_does_not_end_the_wait(face: Face, clock: Clock) -> None:
    del clock
    message, _ = wait(face, httpx.ReadTimeout, httpx.DecodingError, ConnectionResetError, "delivered")
    assert message.status == "delivered"
