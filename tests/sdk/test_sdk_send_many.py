"""Many messages: each has a result that is true, and none is ever sent twice."""

import asyncio
import json
import threading
import warnings
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from messagemedia import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    Message,
    MessageMediaError,
    NotSentError,
    OutcomeUnknownError,
    RateLimitError,
    SendResult,
    ValidationError,
)
from sdk_face import NUMBER, Face, Wire, answer

from tests import inside

# What the service does about a message, which its content names.
FATES = {
    "good": "is accepted",
    "named": "is refused by name",
    "first": "is refused by name, if it is the first such one of its request",
    "nameless": "is refused without a name",
    "local": "is refused before anything is sent",
    "lost": "its request is processed, and the answer lost",
    "broken": "its request is processed, and answered with 502",
    "down": "its request does not get through",
    "busy": "its request is answered with 429",
}


def id_of(number: int) -> str:
    """The id that the service gives to a message."""
    return str(UUID(int=number))


class Service:
    """A service in memory that processes a request as a whole, and keeps what it may have sent."""

    def __init__(self) -> None:
        self.processed: Counter[int] = Counter()
        self.sizes: list[int] = []
        self._lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        messages = json.loads(request.content)["messages"]
        fates = [message["content"].split()[0] for message in messages]
        numbers = [int(message["content"].split()[1]) for message in messages]
        with self._lock:
            self.sizes.append(len(messages))
            if "down" in fates:
                raise httpx.ConnectError("made up")
            if "busy" in fates:
                return answer(429, headers={"retry-after": "0"})
            if refused := self._refused(fates):
                return refused
            self.processed.update(numbers)
            if "lost" in fates:
                raise httpx.ReadError("made up")
            if "broken" in fates:
                return answer(502)
            return answer(
                202,
                {"messages": [{**each, "message_id": id_of(n)} for each, n in zip(messages, numbers, strict=True)]},
            )

    @staticmethod
    def _refused(fates: list[str]) -> httpx.Response | None:
        named = [at for at, fate in enumerate(fates) if fate == "named"] + (
            [fates.index("first")] if "first" in fates else []
        )
        if not named and "nameless" not in fates:
            return None
        details = [f"/messages/{at}/destinationNumber: is no number" for at in sorted(named)]
        return answer(400, {"message": "Request failed", "details": details or ["Something is wrong"]})


class Lost:
    """Stands for something that is not there, as a proxy for the current request does outside of one."""

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        raise LookupError


def message(fate: str, number: int = 0) -> Message:
    return Message(content=f"{fate} {number}", destination_number="1" if fate == "local" else NUMBER)


def collect(face: Face, results: Any) -> tuple[list[SendResult], MessageMediaError | None]:
    """All results, and the error that came after them."""
    taken: list[SendResult] = []

    async def drain() -> None:
        async for each in results:
            taken.append(each)  # noqa: PERF401  # kept when an error comes after it

    try:
        if face.blocking:
            for each in results:
                taken.append(each)  # noqa: PERF402
        else:
            face.run(drain())
    except MessageMediaError as error:
        return taken, error
    return taken, None


def send_many(face: Face, service: Callable[[httpx.Request], httpx.Response], messages: Any, **options: Any) -> Any:
    client = face.client(Wire(service), max_retries=1)
    return collect(face, client.messages.send_many(messages, **options))


@settings(max_examples=60, deadline=None)
@given(
    fates=st.lists(st.sampled_from(list(FATES)), max_size=30)
    | st.lists(st.sampled_from(["good", "named", "nameless"]), max_size=30),
    batch_size=st.integers(1, 8),
    concurrency=st.integers(1, 3),
    on_invalid=st.sampled_from(["skip", "raise"]),
    kind=st.sampled_from(["sync", "async"]),
)
@example(fates=["good", "nameless", "named", "lost"] * 3, batch_size=6, concurrency=2, on_invalid="skip", kind="sync")
@example(fates=["busy"], batch_size=1, concurrency=1, on_invalid="skip", kind="sync")
@pytest.mark.off_contract(answers="429 is not documented")
def test_the_results_add_up_and_nothing_may_be_sent_twice(
    fates: list[str], batch_size: int, concurrency: int, on_invalid: Any, kind: str
) -> None:
    service = Service()
    messages = [message(fate, number) for number, fate in enumerate(fates)]
    with Face(kind) as face:
        results, error = send_many(
            face, service, messages, batch_size=batch_size, concurrency=concurrency, on_invalid=on_invalid
        )
    # Each result is about the caller's own message, in order, and without an error there is one for each.
    assert [each.index for each in results] == list(range(len(results)))
    assert all(each.message is messages[each.index] for each in results)
    assert error is not None or len(results) == len(messages)
    # What is told is true, and nothing is in two requests that may have been processed.
    assert set(service.processed.values()) <= {1}
    told = {outcome: {each.index for each in results if each.outcome == outcome} for outcome in ("accepted", "unknown")}
    assert told["accepted"] <= set(service.processed) == told["accepted"] | told["unknown"]
    for each in results:
        assert each.message_id == (id_of(each.index) if each.outcome == "accepted" else "")
        assert bool(each.reason) == (each.outcome != "accepted") == (each.error is not None)
        assert bool(each.errors) == (each.outcome == "invalid")
        if each.outcome == "invalid":
            assert fates[each.index] in ("named", "first", "nameless", "local")
            assert {found.index for found in each.errors} == {each.index}
            assert all(found.item is each.message for found in each.errors)


def test_bad_messages_cost_the_others_nothing(face: Face) -> None:
    fates = ["good"] * 250
    for at, fate in {3: "local", 99: "named", 100: "first", 101: "first", 249: "nameless"}.items():
        fates[at] = fate
    service = Service()
    results, error = send_many(face, service, (message(fate, n) for n, fate in enumerate(fates)))
    assert error is None
    assert Counter(each.outcome for each in results) == {"accepted": 245, "invalid": 5}
    assert [each.index for each in results if each.outcome == "invalid"] == [3, 99, 100, 101, 249]
    assert results[99].errors[0].field == "destination_number"
    assert results[99].errors[0].pointer == "/messages/99/destinationNumber"
    assert results[99].reason == "destination_number: is no number"
    assert isinstance(results[3].error, ValidationError)
    assert isinstance(results[249].error, BadRequestError)
    assert max(service.sizes) == 100


def test_an_invalid_message_stops_everything_if_that_is_asked_for(face: Face) -> None:
    messages = [message("named" if n in (120, 130) else "good", n) for n in range(1000)]
    service = Service()
    results, error = send_many(face, service, iter(messages), on_invalid="raise", concurrency=1)
    assert isinstance(error, BadRequestError)
    assert [each.index for each in error.errors] == [120, 130]
    assert [each.item for each in error.errors] == [messages[120], messages[130]]
    assert "The server counts from message 100" in str(error)
    assert [each.outcome for each in results] == ["accepted"] * 100 + [
        "invalid" if n in (120, 130) else "not_sent" for n in range(100, 200)
    ]
    assert sorted(service.processed) == list(range(100))


def test_what_is_found_locally_stops_everything_too_and_all_is_named(face: Face) -> None:
    service = Service()
    messages = [message("local" if n in (1, 5) else "good", n) for n in range(10)]
    results, error = send_many(face, service, messages, on_invalid="raise")
    assert isinstance(error, ValidationError)
    assert [each.index for each in error.errors] == [1, 5]
    assert Counter(each.outcome for each in results) == {"not_sent": 8, "invalid": 2}
    assert not service.sizes


def test_wrong_credentials_stop_the_run_after_the_results_of_what_was_read(face: Face) -> None:
    read: list[int] = []

    def messages() -> Iterator[Message]:
        for number in range(10_000):
            read.append(number)
            yield message("good", number)

    wire = Wire(answer(401, {"message": "Invalid authentication credentials"}))
    results, error = collect(face, face.client(wire).messages.send_many(messages(), concurrency=2))
    assert isinstance(error, AuthenticationError)
    assert 100 <= len(results) == len(read) <= 200
    assert {each.outcome for each in results} == {"not_sent"}


@pytest.mark.parametrize(
    ("fate", "outcome", "kind"),
    [
        ("lost", "unknown", OutcomeUnknownError),
        ("broken", "unknown", OutcomeUnknownError),
        ("down", "not_sent", NotSentError),
        ("busy", "not_sent", RateLimitError),
    ],
)
@pytest.mark.off_contract(answers="429 is not documented")
def test_a_batch_that_fares_badly_does_not_stop_the_next(
    face: Face, fate: str, outcome: str, kind: type[Exception]
) -> None:
    service = Service()
    fates = ["good", "good", fate, "good", "good", "good"]
    results, error = send_many(face, service, [message(f, n) for n, f in enumerate(fates)], batch_size=2)
    assert error is None
    assert [each.outcome for each in results] == ["accepted", "accepted", outcome, outcome, "accepted", "accepted"]
    assert isinstance(results[2].error, kind)


def test_a_refusal_of_everything_that_names_nothing_is_not_about_messages(face: Face) -> None:
    requests: list[int] = []

    def service(request: httpx.Request) -> httpx.Response:
        requests.append(len(json.loads(request.content)["messages"]))
        return answer(400, {"message": "Account is closed"})

    results, error = send_many(face, service, [message("good", n) for n in range(1000)], concurrency=1)
    assert isinstance(error, BadRequestError)
    assert [each.outcome for each in results] == ["not_sent"] * 100
    assert len(requests) == 199  # each was asked for alone, once


def test_messages_read_before_the_input_fails_are_sent_and_told(face: Face) -> None:
    def messages() -> Iterator[Message]:
        yield from (message("good", n) for n in range(7))
        raise LookupError("the cursor died")

    service, taken = Service(), []
    client = face.client(Wire(service))
    results = client.messages.send_many(messages(), batch_size=5)

    async def drain() -> None:
        async for each in results:
            taken.append(each.outcome)  # noqa: PERF401  # kept when an error comes after it

    with pytest.raises(LookupError):
        [taken.append(each.outcome) for each in results] if face.blocking else face.run(drain())
    assert taken == ["accepted"] * 7


@pytest.mark.parametrize("kind", [list, tuple])
def test_a_list_with_anything_but_messages_is_refused_at_once(face: Face, kind: Any) -> None:
    client = face.client(Wire(answer(500)))
    with pytest.raises(ValidationError) as caught:
        client.messages.send_many(kind([message("good"), {"content": "x"}, message("good"), "text", None, Lost()]))
    assert [(each.index, each.message) for each in caught.value.errors] == [
        (1, "must be a Message, not dict: make one, Message(**fields)"),
        (3, "must be a Message, not str"),
        (4, "must be a Message, not None"),
        (5, f"must be a Message, not {Lost.__module__}.Lost"),
    ]


@pytest.mark.parametrize("wrong", [{"content": "x"}, "text", None])
@pytest.mark.parametrize("on_invalid", ["skip", "raise"])
def test_anything_but_a_message_ends_a_run_after_the_results_of_what_came_before(
    face: Face, wrong: Any, on_invalid: str
) -> None:
    service = Service()
    messages = iter([*(message("good", n) for n in range(7)), wrong, message("good", 8)])
    results, error = send_many(face, service, messages, batch_size=3, on_invalid=on_invalid)
    assert isinstance(error, ValidationError)
    assert [each.index for each in error.errors] == [7]
    assert error.errors[0].item is wrong
    assert [each.outcome for each in results] == ["accepted"] * 7
    assert sorted(service.processed) == list(range(7))


@pytest.mark.parametrize("fields", [{"content": Lost()}, {"metadata": Lost()}, {"scheduled": Lost()}], ids=list)
def test_a_value_whose_own_methods_raise_is_invalid_and_costs_the_others_nothing(
    face: Face, fields: dict[str, Any]
) -> None:
    service = Service()
    messages = [message("good", n) for n in range(301)]
    for name, value in fields.items():
        setattr(messages[250], name, value)
    results, error = send_many(face, service, messages, duplicates_within=timedelta(hours=1))
    assert error is None
    assert len(results) == 301
    assert Counter(each.outcome for each in results) == {"accepted": 300, "invalid": 1}
    (problem,) = results[250].errors
    assert ([problem.index, problem.field], problem.item) == ([250, *fields], messages[250])
    assert sorted(service.processed) == [n for n in range(301) if n != 250]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"concurrency": 0}, "concurrency"),
        ({"concurrency": 101}, "concurrency"),
        ({"concurrency": True}, "concurrency"),
        ({"batch_size": 101}, "batch_size"),
        ({"batch_size": 0}, "batch_size"),
        ({"max_rate": 0}, "max_rate"),
        ({"max_rate": float("nan")}, "max_rate"),
        ({"max_rate": "10"}, "max_rate"),
        ({"on_invalid": "ignore"}, "on_invalid"),
        ({"duplicates_within": 5}, "duplicates_within"),
        ({"duplicates_within": timedelta()}, "duplicates_within"),
    ],
)
def test_an_option_that_cant_be_used_is_refused_at_once(face: Face, options: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        face.client(Wire(answer(500))).messages.send_many([], **options)
    assert [each.field for each in caught.value.errors] == [field]


@pytest.mark.parametrize("messages", ["text", {"content": "x"}, message("good"), 5, None])
def test_what_is_no_iterable_of_messages_is_refused_at_once(face: Face, messages: Any) -> None:
    with pytest.raises(ValidationError, match="messages"):
        face.client(Wire(answer(500))).messages.send_many(messages)


def test_an_empty_input_sends_nothing(face: Face) -> None:
    assert send_many(face, Service(), []) == ([], None)


def test_results_that_nobody_asks_for_are_a_warning(face: Face) -> None:
    client = face.client(Wire(answer(500)))
    with pytest.warns(RuntimeWarning, match="nothing was sent"):
        client.messages.send_many([message("good")])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = client.messages.send_many([message("good")])
        face.run(results.close() if face.blocking else results.aclose())
        del results


def test_nothing_more_is_sent_once_nobody_listens() -> None:
    service = Service()
    with Face("sync") as face:
        for result in face.client(Wire(service)).messages.send_many(
            (message("good", n) for n in range(10_000)), batch_size=10, concurrency=3
        ):
            if result.index == 35:
                break
    assert 40 <= len(service.processed) <= 40 + 4 * 3 * 10


def test_an_asynchronous_input_is_read_as_it_comes() -> None:
    async def messages() -> AsyncIterator[Message]:
        for number in range(7):
            await asyncio.sleep(0)
            yield message("good", number)

    service = Service()
    with Face("async") as face:
        results, error = send_many(face, service, messages(), batch_size=3)
    assert error is None
    assert [each.message_id for each in results] == [id_of(n) for n in range(7)]
    assert sorted(service.sizes) == [1, 3, 3]


def test_duplicates_are_refused_if_that_is_asked_for(face: Face) -> None:
    same = [Message(content="good 1", destination_number=NUMBER) for _ in range(3)]
    other = Message(content="good 2", destination_number=NUMBER)
    results, _ = send_many(face, Service(), [*same, other], duplicates_within=timedelta(hours=24), batch_size=2)
    assert [each.outcome for each in results] == ["accepted", "invalid", "invalid", "accepted"]
    assert "message 0" in results[2].reason
    assert results[2].errors[0].item is same[2]
    results, error = send_many(face, Service(), same, duplicates_within=timedelta(hours=24), on_invalid="raise")
    assert isinstance(error, ValidationError)
    assert [each.index for each in error.errors] == [1, 2]
    results, error = send_many(face, Service(), same[:1] * 2)
    assert [each.outcome for each in results] == ["accepted", "accepted"]


def test_a_duplicate_is_none_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 50.0, 101.0])
    inside.replace_clock(monkeypatch, "duplicates", lambda: next(times))
    with Face("sync") as face:
        same = [Message(content="good 1", destination_number=NUMBER) for _ in range(3)]
        results, _ = send_many(face, Service(), same, duplicates_within=timedelta(seconds=100), batch_size=1)
    assert [each.outcome for each in results] == ["accepted", "invalid", "accepted"]


def test_the_pace_leaves_room_for_each_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    inside.replace_clock(monkeypatch, "pace", lambda: now[0])
    pace = inside.Pace(50)
    assert [pace.delay(25), pace.delay(25), pace.delay(25)] == [0.0, 0.5, 1.0]
    now[0] += 10
    assert [pace.delay(50), pace.delay(50)] == [0.0, 1.0]


def test_with_a_rate_no_second_takes_more_than_it_allows(
    face: Face, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inside.Pace, "wait", lambda pace, count: pauses.append(pace.delay(count)))
    service = Service()
    results, _ = send_many(face, service, [message("good", n) for n in range(35)], max_rate=10)
    assert len(results) == 35
    assert sorted(service.sizes) == [5, 10, 10, 10]
    assert [round(each) for each in sorted(pauses)] == [0, 1, 2, 3]
    send_many(face, service, [message("good", n) for n in range(3)], max_rate=0.5)
    assert service.sizes[-3:] == [1, 1, 1]


def test_ctrl_c_lets_requests_under_way_end_and_begins_no_other() -> None:
    service = Service()
    begun = threading.Barrier(2)

    def interrupted(request: httpx.Request) -> httpx.Response:
        begun.wait(60)
        return service(request)

    def messages() -> Iterator[Message]:
        yield from (message("good", n) for n in range(4))
        raise KeyboardInterrupt

    with Face("sync") as face:
        results = face.client(Wire(interrupted)).messages.send_many(messages(), batch_size=2, concurrency=2)
        assert [next(results).outcome for _ in range(4)] == ["accepted"] * 4
        with pytest.raises(KeyboardInterrupt):
            next(results)
    assert sorted(service.processed) == [0, 1, 2, 3]


def test_cancellation_reaches_the_requests_under_way() -> None:
    async def main(face: Face) -> None:
        asked, ended = asyncio.Event(), []

        async def hang(request: httpx.Request) -> httpx.Response:
            asked.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(request)
            raise AssertionError

        async with httpx.AsyncClient(transport=httpx.MockTransport(hang)) as http_client:
            client = face.client(http_client=http_client)

            async def run() -> None:
                async for _ in client.messages.send_many([message("good", n) for n in range(4)], batch_size=2):
                    raise AssertionError

            task = asyncio.create_task(run())
            await asked.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert len(ended) == 2

    with Face("async") as face:
        face.runner.run(main(face))


def test_a_client_that_is_closed_is_told_after_the_results(face: Face) -> None:
    client = face.client(api_key="k", api_secret="s")
    face.close(client)
    results, error = collect(face, client.messages.send_many([message("good")]))
    assert isinstance(error, ConfigurationError)
    assert [each.outcome for each in results] == ["not_sent"]


@pytest.mark.parametrize("status", [403, 404, 409, 302])
@pytest.mark.off_contract(answers="statuses that are not documented")
def test_a_refusal_that_is_not_about_messages_stops_the_run(face: Face, status: int) -> None:
    results, error = collect(
        face, face.client(Wire(answer(status, {"message": "no"}))).messages.send_many([message("good")] * 3)
    )
    assert isinstance(error, APIStatusError)
    assert [each.outcome for each in results] == ["not_sent"] * 3


def test_a_result_shows_neither_content_nor_number(face: Face) -> None:
    results, _ = send_many(face, Service(), [message("named"), message("good", 1), message("lost", 2)], batch_size=1)
    for each in results:
        assert NUMBER not in repr(each) + each.reason
        assert each.message.content not in repr(each) + each.reason
