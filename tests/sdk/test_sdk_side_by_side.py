"""Requests side by side: a slow one does not hold up the others, and whatever is raised, what was sent is told before."""

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from messagemedia import ConfigurationError, Message, OutcomeUnknownError, SendResult
from messagemedia.sandbox import Sandbox
from sdk_face import NUMBER, Face, answer

MINUTE = 60  # only a mistake lasts that long
AHEAD = 4  # how many times as many batches may have begun and not be told of as may be under way


def id_of(number: int | str) -> str:
    """The id that the service gives to a message."""
    return str(UUID(int=int(number)))


class Service:
    """A service that accepts everything, and answers each request when it may."""

    def __init__(self, face: Face, may_answer: Callable[[int], bool] = lambda _: True) -> None:
        self._blocking = face.blocking
        self._may_answer = may_answer
        self._changed = threading.Condition()
        self.arrived: list[int] = []
        self.answered: list[int] = []
        self.cancelled: list[int] = []
        self.most = 0

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.handle if self._blocking else self.handle_async)

    def handle(self, request: httpx.Request) -> httpx.Response:
        number = self._arrives(request)
        self.wait_for(lambda: self._may_answer(number))
        return self._answer(request, number)

    async def handle_async(self, request: httpx.Request) -> httpx.Response:
        number = self._arrives(request)
        try:
            await self.wait_for_async(lambda: self._may_answer(number))
        except asyncio.CancelledError:
            self.cancelled.append(number)
            raise
        return self._answer(request, number)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, MINUTE)

    async def wait_for_async(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(MINUTE):
            while not condition():  # noqa: ASYNC110  # it may look at anything
                await asyncio.sleep(0)

    def look_again(self) -> None:
        """Let conditions be looked at that something outside has changed."""
        with self._changed:
            self._changed.notify_all()

    @property
    def is_idle(self) -> bool:
        return len(self.arrived) == len(self.answered)

    def _arrives(self, request: httpx.Request) -> int:
        """Note that a request has come; return the number of its first message."""
        number = int(json.loads(request.content)["messages"][0]["content"])
        with self._changed:
            self.arrived.append(number)
            self.most = max(self.most, len(self.arrived) - len(self.answered))
            self._changed.notify_all()
        return number

    def _answer(self, request: httpx.Request, number: int) -> httpx.Response:
        with self._changed:
            self.answered.append(number)
            self._changed.notify_all()
        sent = json.loads(request.content)["messages"]
        return answer(202, {"messages": [{**each, "message_id": id_of(each["content"])} for each in sent]})


def message(number: int) -> Message:
    return Message(content=str(number), destination_number=NUMBER)


def messages(count: int) -> Iterator[Message]:
    return (message(number) for number in range(count))


class Told(list[SendResult]):
    """The results that were told, and what was raised after them."""

    error: BaseException | None = None

    @property
    def outcomes(self) -> list[str]:
        return [each.outcome for each in self]


def told_by(face: Face, results: Any) -> Told:
    told = Told()

    async def drain() -> None:
        try:
            async for each in results:
                told.append(each)  # kept when an error comes after it
        except BaseException as error:  # noqa: BLE001  # judged by the tests
            told.error = error

    if not face.blocking:
        face.run(drain())
        return told
    try:
        for each in results:
            told.append(each)
    except BaseException as error:  # noqa: BLE001
        told.error = error
    return told


def in_turn(told: Told, count: int) -> bool:
    return [each.index for each in told] == list(range(count))


# --- the window ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("concurrency", [2, 3])
def test_a_slow_request_does_not_hold_up_the_others(face: Face, concurrency: int) -> None:
    ahead = AHEAD * concurrency
    service = Service(face, lambda number: number != 0 or len(service.arrived) >= ahead)
    results = face.client(service).messages.send_many(messages(30), batch_size=1, concurrency=concurrency)
    told = told_by(face, results)
    assert (told.error, told.outcomes) == (None, ["accepted"] * 30)
    assert in_turn(told, 30)
    assert [each.message_id for each in told] == [id_of(number) for number in range(30)]
    assert service.answered.index(0) >= ahead - 1
    assert service.most <= concurrency


def test_memory_is_bounded_however_slow_a_request_is(face: Face) -> None:
    concurrency, told = 2, Told()
    behind: list[int] = []

    def numbered() -> Iterator[Message]:
        for number in range(60):
            behind.append(number // 3 - len(told) // 3)  # batches that have begun before this one and are not told
            yield message(number)

    service = Service(face, lambda number: number % 30 != 0 or len(service.arrived) >= min(20, number // 3 + 8))
    results = face.client(service).messages.send_many(numbered(), batch_size=3, concurrency=concurrency)

    async def drain() -> None:
        async for each in results:
            told.append(each)  # the input looks at it

    if face.blocking:
        for each in results:
            told.append(each)
    else:
        face.run(drain())
    assert told.outcomes == ["accepted"] * 60
    assert max(behind) < AHEAD * concurrency
    assert max(behind) >= concurrency  # it went ahead of the slow ones


def test_a_caller_that_is_slow_has_no_more_begun_than_can_be_under_way(face: Face) -> None:
    service = Service(face)
    results = face.client(service).messages.send_many(messages(30), batch_size=1, concurrency=1)  # none overtakes
    behind: list[int] = []

    async def slowly() -> None:
        async for each in results:
            await service.wait_for_async(lambda: service.is_idle)
            behind.append(len(service.arrived) - each.index)

    if face.blocking:
        for each in results:
            service.wait_for(lambda: service.is_idle)
            behind.append(len(service.arrived) - each.index)
    else:
        face.run(slowly())
    assert behind == [1] * 30


def test_a_caller_that_stops_lets_those_under_way_end_and_begins_no_other(face: Face) -> None:
    stopping: list[bool] = []
    service = Service(face, lambda number: number == 0 or bool(stopping))
    results = face.client(service).messages.send_many(messages(30), batch_size=1, concurrency=2)

    async def stop() -> None:
        assert (await anext(results)).outcome == "accepted"
        await service.wait_for_async(lambda: len(service.arrived) == 2)
        stopping.append(True)
        await results.aclose()

    if face.blocking:
        assert next(results).outcome == "accepted"
        service.wait_for(lambda: len(service.arrived) == 2)
        stopping.append(True)
        service.look_again()
        results.close()
    else:
        face.run(stop())
    assert sorted(service.arrived) == sorted(service.answered) == [0, 1]


def test_a_cancelled_caller_cancels_what_is_under_way() -> None:
    async def main(face: Face) -> None:
        service = Service(face, lambda _: False)
        results = face.client(service).messages.send_many(messages(30), batch_size=1, concurrency=2)
        task = asyncio.create_task(anext(results))
        await service.wait_for_async(lambda: len(service.arrived) == 2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (service.arrived, service.cancelled) == ([0, 1], [0, 1])
        assert len(asyncio.all_tasks()) == 1

    with Face("async") as face:
        face.runner.run(main(face))


def test_a_run_is_refused_in_another_event_loop_and_does_not_seem_to_be_complete() -> None:
    with Face("async") as face:
        results = face.client(Service(face)).messages.send_many(messages(30), batch_size=1)

        async def some() -> None:
            await anext(results)

        asyncio.run(some())
        with pytest.raises(ConfigurationError, match="another event loop"):
            asyncio.run(some())


# --- whatever is raised -----------------------------------------------------------------------------------------


class StopNow(BaseException):
    """What some libraries end a thread or a task with: no Exception."""


RAISED = [LookupError, StopNow, KeyboardInterrupt, SystemExit]


def raising(face: Face, service: Service, method: str, error: type[BaseException]) -> Any:
    """An HTTP client whose method raises for the third batch, when the others have arrived."""
    base: Any = httpx.Client if face.blocking else httpx.AsyncClient

    def check(content: bytes) -> None:
        if json.loads(content)["messages"][0]["content"] == "4":
            if face.blocking and method == "send":
                service.wait_for(lambda: len(service.arrived) == 3)
            raise error("made up")

    class Raising(base):  # type: ignore[misc]
        def build_request(self, *args: Any, **options: Any) -> Any:
            if method == "build_request":
                check(options["content"])
            return super().build_request(*args, **options)

        def send(self, request: Any, **options: Any) -> Any:
            if method == "send":
                check(request.content)
            return super().send(request, **options)

    return Raising(transport=service.transport)


@pytest.mark.parametrize("error", RAISED)
@pytest.mark.parametrize("method", ["build_request", "send"])
def test_an_http_client_that_raises_takes_no_results_with_it(
    face: Face, method: str, error: type[BaseException]
) -> None:
    service = Service(face)
    http_client = raising(face, service, method, error)
    client = face.client(http_client=http_client)
    told = told_by(face, client.messages.send_many(messages(8), batch_size=2, concurrency=4))
    assert in_turn(told, len(told))
    assert len(told) >= 6
    assert {each.index for each in told if each.outcome == "accepted"} == {
        index for number in service.answered for index in (number, number + 1)
    }
    outcome = "not_sent" if (method, error) == ("build_request", LookupError) else "unknown"
    assert told.outcomes[4:6] == [outcome] * 2
    if (method, error) == ("send", LookupError):
        assert told.error is None  # a transport of the caller's may raise anything: no answer has come
    else:
        assert isinstance(told.error, ConfigurationError if outcome == "not_sent" else error)
    face.run(http_client.close() if face.blocking else http_client.aclose())


class Quitting(logging.Handler):
    """Ends the program when it is told of an answer: by then the message was accepted."""

    def emit(self, record: logging.LogRecord) -> None:
        raise SystemExit("no disk")


def test_what_is_raised_after_an_answer_leaves_its_messages_unknown_and_the_next_requests_unmade(face: Face) -> None:
    logger, handler = logging.getLogger("messagemedia"), Quitting(logging.DEBUG)
    service = Service(face)
    results = face.client(service).messages.send_many(messages(6), batch_size=2, concurrency=1)
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        told = told_by(face, results)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    assert isinstance(told.error, SystemExit)
    assert told.outcomes == ["unknown"] * 2
    assert told[0].reason.startswith("sending was interrupted by SystemExit before the answer came")
    assert isinstance(told[0].error, OutcomeUnknownError)
    assert told[0].error.__cause__ is told.error
    assert service.arrived == [0]


@pytest.mark.parametrize("error", RAISED)
def test_an_input_that_raises_takes_no_results_with_it(face: Face, error: type[BaseException]) -> None:
    raised: list[bool] = []
    service = Service(face, lambda _: bool(raised))

    def fail() -> None:
        raised.append(True)
        service.look_again()
        raise error("made up")

    def given() -> Iterator[Message]:
        yield from messages(4)
        service.wait_for(lambda: len(service.arrived) == 2)
        fail()

    async def given_async() -> AsyncIterator[Message]:
        for each in messages(4):
            yield each
        await service.wait_for_async(lambda: len(service.arrived) == 2)
        fail()

    client = face.client(service)
    told = told_by(face, client.messages.send_many(given() if face.blocking else given_async(), batch_size=2))
    assert isinstance(told.error, error)
    assert told.outcomes == ["accepted"] * 4


def test_a_batch_whose_task_has_not_run_yet_when_the_input_is_interrupted_is_not_sent() -> None:
    def given() -> Iterator[Message]:
        yield from messages(4)
        raise KeyboardInterrupt

    with Face("async") as face:
        service = Service(face)
        told = told_by(face, face.client(service).messages.send_many(given(), batch_size=2))
    assert isinstance(told.error, KeyboardInterrupt)
    assert (told, service.arrived) == ([], [])


@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows has no signal for one thread")
def test_ctrl_c_is_raised_after_the_results_of_what_is_under_way() -> None:
    handled = threading.Event()

    def interrupt(*_: Any) -> None:
        handled.set()
        raise KeyboardInterrupt

    def may_answer(number: int) -> bool:
        if number == 0 and len(service.arrived) == 2 and not handled.is_set():
            signal.pthread_kill(main, signal.SIGINT)
        return handled.is_set()

    def look() -> None:
        handled.wait(MINUTE)
        service.look_again()

    main = threading.main_thread().ident or 0
    before = signal.signal(signal.SIGINT, interrupt)
    try:
        with Face("sync") as face:
            service = Service(face, may_answer)
            threading.Thread(target=look).start()
            told = told_by(face, face.client(service).messages.send_many(messages(30), batch_size=1, concurrency=2))
    finally:
        signal.signal(signal.SIGINT, before)
    assert isinstance(told.error, KeyboardInterrupt)
    assert told.outcomes == ["accepted"] * 2
    assert sorted(service.arrived) == [0, 1]


# --- threads -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("possible", [0, 1, 3])
def test_if_no_thread_can_be_started_the_caller_sends_in_its_own(
    monkeypatch: pytest.MonkeyPatch, possible: int
) -> None:
    start, started = threading.Thread.start, []

    def limited(thread: threading.Thread) -> None:
        if len(started) >= possible:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    with Face("sync") as face:
        service = Service(face)
        client = face.client(service)
        monkeypatch.setattr(threading.Thread, "start", limited)
        told = told_by(face, client.messages.send_many(messages(9), batch_size=1, concurrency=3))
        monkeypatch.undo()
    assert (told.error, told.outcomes) == (None, ["accepted"] * 9)
    assert sorted(service.arrived) == list(range(9))
    assert len(started) == possible


@pytest.mark.parametrize("error", [RuntimeError, TimeoutError, KeyboardInterrupt])
@pytest.mark.parametrize("has_started", [True, False])
def test_a_signal_while_a_thread_starts_sends_nothing_twice_and_loses_no_result(
    monkeypatch: pytest.MonkeyPatch, error: type[BaseException], has_started: bool
) -> None:
    start, begun = threading.Thread.start, []

    def interrupted(thread: threading.Thread) -> None:
        begun.append(thread)
        if len(begun) != 2:
            start(thread)
        else:
            if has_started:
                start(thread)
            raise error("made up")

    with Face("sync") as face:
        service = Service(face)
        client = face.client(service)
        monkeypatch.setattr(threading.Thread, "start", interrupted)
        told = told_by(face, client.messages.send_many(messages(9), batch_size=1, concurrency=3))
        monkeypatch.undo()
    for thread in begun:
        if thread.ident is not None:
            thread.join(MINUTE)
    assert len(set(service.arrived)) == len(service.arrived)
    assert [each.index for each in told if each.outcome == "accepted"] == sorted(service.arrived)
    assert (told.error is None) == (error is RuntimeError)


SHUTDOWN = """
import threading, sys
from messagemedia import Client, Message

def run():
    main.join()
    with Client("SANDBOX_KEY", "SANDBOX_SECRET", base_url=sys.argv[1]) as client:
        some = [Message(content=str(n), destination_number="+61491570156") for n in range(9)]
        print([each.outcome for each in client.messages.send_many(some, batch_size=1, concurrency=3)])

main = threading.main_thread()
threading.Thread(target=run).start()
"""


def test_a_run_goes_on_while_the_interpreter_shuts_down() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV_")}
    with Sandbox() as sandbox:
        done = subprocess.run(
            [sys.executable, "-c", SHUTDOWN, sandbox.url],
            capture_output=True,
            text=True,
            check=False,
            timeout=MINUTE,
            env=environment,
        )
        assert (done.stdout.strip(), done.stderr) == (str(["accepted"] * 9), "")
        assert len(sandbox.ledger) == 9


def test_what_is_left_unread_does_not_keep_the_interpreter_from_ending() -> None:
    program = """
import sys
from messagemedia import Client, Message

client = Client("SANDBOX_KEY", "SANDBOX_SECRET", base_url=sys.argv[1])
some = [Message(content=str(n), destination_number="+61491570156") for n in range(90)]
results = client.messages.send_many(some, batch_size=1, concurrency=3)
print(next(results).outcome)
"""
    with Sandbox() as sandbox:
        done = subprocess.run(
            [sys.executable, "-c", program, sandbox.url], capture_output=True, text=True, check=False, timeout=MINUTE
        )
        assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "accepted", "")
        assert len(sandbox.ledger) <= 1 + AHEAD * 3
