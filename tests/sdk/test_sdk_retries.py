"""Which outcomes are repeated, how often, and after which pause."""

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from messagemedia import (
    APIStatusError,
    BadRequestError,
    MessageMediaError,
    NotSentError,
    RateLimitError,
    TransportError,
)
from sdk_face import (
    CALLS,
    HTML,
    MESSAGE_ID,
    MOMENT,
    ORDERS,
    PAGE,
    READS,
    SENDS,
    SMS,
    TYPICAL,
    Face,
    Wire,
    answer,
    call,
    success,
)

NEVER_REACHED = [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, answer(429)]
MAYBE_PROCESSED = [httpx.ReadTimeout, httpx.WriteTimeout, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError]
FAULTS = [answer(408), answer(500), answer(502, PAGE, HTML), answer(503), answer(504), answer(520), answer(599)]
REFUSALS = [answer(status) for status in (301, 302, 304, 400, 401, 403, 404, 405, 409, 410, 413, 418, 422, 501, 505)]


def name_of(outcome: Any) -> str:
    return outcome.__name__ if isinstance(outcome, type) else str(outcome.status_code)


def attempts(face: Face, name: str, outcome: Any, **options: Any) -> int:
    """How many attempts are made of a call that always fares the same."""
    wire = Wire(outcome)
    with pytest.raises(MessageMediaError):
        face.run(call(face.client(wire, **options), name))
    return len(wire.seen)


@pytest.mark.parametrize("outcome", NEVER_REACHED, ids=name_of)
@pytest.mark.parametrize("name", CALLS)
@pytest.mark.off_contract(answers="408 and 429 are not documented")
def test_what_provably_was_not_processed_is_repeated_twice(face: Face, name: str, outcome: Any) -> None:
    assert attempts(face, name, outcome) == 3


@pytest.mark.parametrize("name", READS + ORDERS)
def test_every_operation_but_sending_is_repeated_after_a_lost_answer(face: Face, name: str) -> None:
    assert attempts(face, name, httpx.ReadTimeout) == attempts(face, name, answer(503)) == 3


@pytest.mark.parametrize("outcome", MAYBE_PROCESSED + FAULTS, ids=name_of)
@pytest.mark.parametrize("name", TYPICAL[1:])
@pytest.mark.off_contract(answers="408 is not documented")
def test_what_may_have_been_processed_is_repeated_if_that_does_no_harm(face: Face, name: str, outcome: Any) -> None:
    assert attempts(face, name, outcome) >= 3  # a 408 to a cancel makes it look up the status, too


@pytest.mark.parametrize("outcome", MAYBE_PROCESSED + FAULTS, ids=name_of)
@pytest.mark.parametrize("name", SENDS)
@pytest.mark.off_contract(answers="408 is not documented")
def test_a_send_that_may_have_been_processed_is_never_repeated(face: Face, name: str, outcome: Any) -> None:
    assert attempts(face, name, outcome, max_retries=10) == 1  # pitfall 24


@pytest.mark.parametrize("outcome", [*REFUSALS, httpx.DecodingError], ids=name_of)
@pytest.mark.parametrize("name", TYPICAL)
@pytest.mark.off_contract(answers="statuses that are not documented")
def test_what_would_fare_the_same_again_is_not_repeated(face: Face, name: str, outcome: Any) -> None:
    assert attempts(face, name, outcome) == 1


@pytest.mark.parametrize("name", READS + SENDS)
@pytest.mark.off_contract(answers="nonsense")
def test_nonsense_after_a_success_is_not_repeated(face: Face, name: str) -> None:
    assert attempts(face, name, answer(200, PAGE, HTML)) == 1


@pytest.mark.parametrize("name", TYPICAL)
@pytest.mark.parametrize("failures", [0, 1, 2])
@pytest.mark.off_contract(answers="429 is not documented")
def test_a_later_success_is_a_success(face: Face, name: str, failures: int, pauses: list[float]) -> None:
    wire = Wire(*[answer(429)] * failures, success(name))
    face.run(call(face.client(wire), name))
    assert (len(wire.seen), len(pauses)) == (failures + 1, failures)


@pytest.mark.parametrize("max_retries", [0, 1, 2, 5])
@pytest.mark.off_contract(answers="429 is not documented")
def test_the_number_of_retries_can_be_chosen(face: Face, max_retries: int) -> None:
    assert attempts(face, "get", answer(503), max_retries=max_retries) == max_retries + 1
    assert attempts(face, "send", answer(429), max_retries=max_retries) == max_retries + 1


@pytest.mark.off_contract(answers="429 is not documented")
def test_all_attempts_send_the_same_bytes(face: Face) -> None:
    wire = Wire(answer(429), httpx.ConnectError, success("send"))
    face.run(face.client(wire).messages.send(**SMS, metadata={"b": "1", "a": "2"}))
    assert len({(seen.method, seen.target, seen.body) for seen in wire.seen}) == 1


def test_pauses_grow_from_half_a_second_to_eight(face: Face, pauses: list[float]) -> None:
    rounds = 40
    for _ in range(rounds):
        attempts(face, "get", answer(503), max_retries=6)
    ceilings = [1, 2, 4, 8, 8, 8]
    for position, ceiling in enumerate(ceilings):
        waited = pauses[position :: len(ceilings)]
        assert len(waited) == rounds
        assert all(0.5 <= seconds <= ceiling for seconds in waited)
        assert len(set(waited)) > 1, "without jitter, clients that failed together come back together"
    assert max(pauses[3 :: len(ceilings)]) > 4


def http_date(seconds: float) -> str:
    return format_datetime(MOMENT + timedelta(seconds=seconds), usegmt=True)


# Retry-After, and the pause that comes of it: from, to; None if there must be no further attempt.
WISHES: list[tuple[str, tuple[float, float] | None]] = [
    ("7", (7, 7)),
    ("60", (60, 60)),
    ("61", None),
    ("86400", None),
    (" 9 ", (9, 9)),
    ("2.5", (2.5, 2.5)),
    ("0", (0.5, 1)),
    ("-5", (0.5, 1)),
    (http_date(20), (20, 20)),
    (http_date(60), (60, 60)),
    (http_date(61), None),
    (http_date(-20), (0.5, 1)),
    ("", (0.5, 1)),
    ("soon", (0.5, 1)),
    ("nan", (0.5, 1)),
    ("inf", (0.5, 1)),
    ("Thu, 99 Foo 2026", (0.5, 1)),
    (f"Thu, 15 Jan 2026 {'9' * 20}:00:00 GMT", (0.5, 1)),
    ("Fri, 31 Dec 9999 23:59:59 -2359", (0.5, 1)),
]


@pytest.mark.parametrize(("wish", "wanted"), WISHES, ids=[repr(wish) for wish, _ in WISHES])
@pytest.mark.parametrize(("name", "status"), [("get", 429), ("get", 503), ("cancel", 503), ("send", 429)])
@pytest.mark.off_contract(answers="429 is not documented")
def test_retry_after_is_honoured_up_to_a_minute(
    face: Face, pauses: list[float], name: str, status: int, wish: str, wanted: tuple[float, float] | None
) -> None:
    wire = Wire(answer(status, headers={"retry-after": wish}), success(name))
    client = face.client(wire, now=lambda: MOMENT)
    if wanted is None:
        with pytest.raises(APIStatusError, match=str(status)) as caught:
            face.run(call(client, name))
        assert caught.value.headers is not None
        assert caught.value.headers["retry-after"] == wish
        assert (len(wire.seen), pauses) == (1, [])
    else:
        face.run(call(client, name))
        assert len(pauses) == 1
        assert wanted[0] <= pauses[0] <= wanted[1]


def test_retry_after_does_not_make_a_send_repeatable(face: Face, pauses: list[float]) -> None:
    assert attempts(face, "send", answer(503, headers={"retry-after": "1"})) == 1  # pitfall 24
    assert pauses == []


@pytest.mark.off_contract(answers="429 is not documented")
def test_the_last_error_is_the_one_that_is_raised(face: Face) -> None:
    wire = Wire(httpx.ReadTimeout, answer(503), answer(404, {"message": "Resource not found."}))
    with pytest.raises(APIStatusError, match="The server said: “Resource not found"):
        face.run(face.client(wire).messages.get(MESSAGE_ID))
    wire = Wire(answer(429, {"message": "slow down"}))
    with pytest.raises(RateLimitError, match="slow down"):
        face.run(face.client(wire).messages.send(**SMS))


# --- a cancel whose first answer was lost ------------------------------------------------------------------------

NOT_SCHEDULED = answer(400, {"message": "Message is not currently scheduled"})


@pytest.mark.parametrize("loss", [*MAYBE_PROCESSED, answer(500), answer(502, PAGE, HTML)], ids=name_of)
@pytest.mark.off_contract(answers="a message with nothing but its status")
def test_a_repeated_cancel_that_is_refused_is_settled_by_the_status(face: Face, loss: Any) -> None:
    wire = Wire(loss, NOT_SCHEDULED, answer(200, {"status": "cancelled"}))
    assert face.run(face.client(wire, account="A").messages.cancel(MESSAGE_ID)) is None
    assert [(seen.method, seen.target) for seen in wire.seen] == [
        (method, f"/v1/messages/{MESSAGE_ID}") for method in ("PUT", "PUT", "GET")
    ]
    assert {seen.headers["account"] for seen in wire.seen} == {"A"}
    assert wire.seen[2].body == b""


FOUND = [{"status": "delivered"}, {"status": "scheduled"}, {"status": "brand_new"}, {"status": None}, {}]


@pytest.mark.parametrize("found", [*FOUND, None], ids=str)
@pytest.mark.off_contract(answers="a message with nothing but its status")
def test_a_repeated_cancel_of_a_message_that_is_not_cancelled_is_refused(face: Face, found: object) -> None:
    looked = answer(404) if found is None else answer(200, found)
    wire = Wire(httpx.ReadTimeout, NOT_SCHEDULED, looked)
    with pytest.raises(BadRequestError, match="not currently scheduled"):
        face.run(face.client(wire).messages.cancel(MESSAGE_ID))
    assert len(wire.seen) == 3


def test_whether_a_lost_cancel_succeeded_stays_open_if_the_status_can_not_be_read(face: Face) -> None:
    wire = Wire(httpx.ReadTimeout, NOT_SCHEDULED, httpx.ReadTimeout)
    with pytest.raises(TransportError, match="whether it had succeeded could not be read"):
        face.run(face.client(wire).messages.cancel(MESSAGE_ID))


@pytest.mark.parametrize("first", [[], [answer(429)], [httpx.ConnectError]], ids=["none", "429", "refused"])
@pytest.mark.off_contract(answers="429 is not documented")
def test_a_refusal_is_final_if_no_answer_was_lost(face: Face, first: list[Any]) -> None:
    wire = Wire(*first, NOT_SCHEDULED)
    with pytest.raises(BadRequestError):
        face.run(face.client(wire).messages.cancel(MESSAGE_ID))
    assert {seen.method for seen in wire.seen} == {"PUT"}


@pytest.mark.parametrize("name", ["replies.confirm", "reports.confirm"])
def test_a_confirmation_is_repeated_without_further_questions(face: Face, name: str) -> None:
    wire = Wire(httpx.ReadTimeout, success(name))
    assert face.run(call(face.client(wire), name)) is None
    assert [seen.method for seen in wire.seen] == ["POST", "POST"]


def test_a_lost_attempt_makes_a_later_refusal_to_connect_no_proof(face: Face) -> None:
    wire = Wire(httpx.ReadTimeout, httpx.ConnectError)
    with pytest.raises(MessageMediaError) as caught:
        face.run(face.client(wire).messages.cancel(MESSAGE_ID))
    assert not isinstance(caught.value, NotSentError)
