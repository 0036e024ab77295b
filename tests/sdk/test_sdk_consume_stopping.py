"""How a run of `consume` is stopped: by an event, a signal, or a cancellation."""

import asyncio
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import anyio
import httpx
import pytest
from messagemedia import Consumed, ValidationError
from messagemedia.sandbox import Sandbox
from sdk_face import Face, Wire, answer
from sdk_inbox import (
    CHECK,
    CONFIRM,
    Book,
    asked,
    client_of,
    confirmed,
    consume,
    fill,
    iterate,
    left,
    numbers,
    sandbox,
    server,
)

from tests import inside

__all__ = ["sandbox", "server"]  # the fixtures

# Whoever sleeps that long has not been woken.
FOR_EVER: dict[str, Any] = {"poll_interval": 3600.0, "max_poll_interval": 3600.0}
SIGNALS = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[dict[int, Any]]:
    """What signals do; it must be the same afterwards."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield before
    assert {number: signal.getsignal(number) for number in SIGNALS} == before


def when_asked(sandbox: Sandbox, times: int, act: Callable[[], object]) -> threading.Thread:
    """Do something from another thread as soon as the queue was asked for so many times."""

    def watch() -> None:
        while len(asked(sandbox, CHECK)) < times:
            time.sleep(0.005)
        act()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


def event(face: Face) -> Any:
    return threading.Event() if face.blocking else asyncio.Event()


def test_an_event_ends_the_run_after_the_item_at_hand(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 5)
    stop, book = event(face), Book()

    def handle(reply: Any) -> None:
        if reply.content == "2":
            stop.set()
        book(reply)

    assert consume(face, client_of(face, sandbox).replies, handle, stop=stop) == Consumed(handled=3)
    assert book.read == numbers(0, 1, 2)
    assert left(sandbox) == numbers(3, 4)


def test_an_event_ends_an_iterator_when_the_next_item_is_asked_for(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 5)
    stop = event(face)
    iterate(
        face, client_of(face, sandbox).replies, lambda reply: stop.set() if reply.content == "2" else None, stop=stop
    )
    assert left(sandbox) == numbers(3, 4)


def test_an_event_that_is_set_before_lets_nothing_begin(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 1)
    stop = event(face)
    stop.set()
    assert consume(face, client_of(face, sandbox).replies, Book(), stop=stop) == Consumed()
    assert not sandbox.requests


def test_an_event_wakes_a_blocking_run_that_waits(sandbox: Sandbox) -> None:
    stop = threading.Event()
    with Face("sync") as face:
        when_asked(sandbox, 1, stop.set)
        assert consume(face, client_of(face, sandbox).replies, Book(), stop=stop, **FOR_EVER) == Consumed()
    assert len(asked(sandbox, CHECK)) == 1


@pytest.mark.parametrize("kind", [asyncio.Event, anyio.Event])
def test_an_event_wakes_an_awaited_run_that_waits(sandbox: Sandbox, kind: Any) -> None:
    async def run(face: Face) -> Any:
        stop, loop = kind(), asyncio.get_running_loop()
        when_asked(sandbox, 1, lambda: loop.call_soon_threadsafe(stop.set))
        return await client_of(face, sandbox).replies.consume(Book(), stop=stop, **FOR_EVER)

    with Face("async") as face:
        assert face.run(run(face)) == Consumed()
    assert len(asked(sandbox, CHECK)) == 1


def test_an_event_of_the_other_kind_is_refused(face: Face, sandbox: Sandbox) -> None:
    other = asyncio.Event() if face.blocking else threading.Event()
    with pytest.raises(ValidationError, match="stop"):
        client_of(face, sandbox).replies.consume(print, stop=other)


# --- signals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_the_run_after_the_item_at_hand(face: Face, sandbox: Sandbox, number: signal.Signals) -> None:
    fill(sandbox, 5)
    stop, book = event(face), Book()

    def handle(reply: Any) -> None:
        if reply.content == "2":
            signal.raise_signal(number)
        book(reply)

    replies = client_of(face, sandbox).replies
    assert consume(face, replies, handle, stop_on=SIGNALS, stop=stop) == Consumed(handled=3)
    assert book.read == numbers(0, 1, 2)
    assert left(sandbox) == numbers(3, 4)
    assert stop.is_set()


def test_the_event_is_set_when_the_run_has_ended_however_late_others_set_it(sandbox: Sandbox) -> None:
    """A signal's handler must not wait for the lock of an event, so another thread sets it."""

    looked = threading.Event()

    class Late(threading.Event):
        def set(self) -> None:
            if threading.current_thread() is not threading.main_thread():
                looked.wait(60)
            super().set()

    fill(sandbox, 1)
    stop = Late()
    with Face("sync") as face:
        replies = client_of(face, sandbox).replies
        replies.consume(lambda _: signal.raise_signal(signal.SIGINT), stop_on=SIGNALS, stop=stop)
    was_set = stop.is_set()
    looked.set()
    assert was_set


@pytest.mark.parametrize("with_event", [True, False])
@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_wakes_a_run_that_waits(
    face: Face, sandbox: Sandbox, number: signal.Signals, with_event: bool
) -> None:
    main = threading.main_thread().ident
    assert main
    options = {"stop": event(face)} if with_event else {}
    fill(sandbox, 1)
    replies = client_of(face, sandbox).replies
    watcher = when_asked(sandbox, 2, lambda: signal.pthread_kill(main, number))  # the handlers are there by then
    assert consume(face, replies, Book(), stop_on=SIGNALS, **options, **FOR_EVER) == Consumed(handled=1)
    watcher.join()
    assert len(asked(sandbox, CHECK)) == 2


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_during_a_request_is_not_forgotten_in_the_pause_after_it(face: Face, number: signal.Signals) -> None:
    def interrupted(_: httpx.Request) -> httpx.Response:
        signal.raise_signal(number)
        return answer(200, {"replies": []})

    wire = Wire(interrupted)
    assert consume(face, face.client(wire).replies, Book(), stop_on=SIGNALS, **FOR_EVER) == Consumed()
    assert len(wire.seen) == 1


def test_a_second_signal_does_what_it_did_before(sandbox: Sandbox) -> None:
    fill(sandbox, 3)
    later = Book()

    def handle(reply: Any) -> None:
        if reply.content == "1":
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
        later(reply)

    with Face("sync") as face, pytest.raises(KeyboardInterrupt):
        consume(face, client_of(face, sandbox).replies, handle, stop_on=SIGNALS)
    assert later.read == ["0"]
    assert left(sandbox) == numbers(1, 2)


def test_signals_do_what_they_did_before_after_an_error(face: Face, sandbox: Sandbox) -> None:
    fill(sandbox, 1)
    with pytest.raises(RuntimeError):
        consume(face, client_of(face, sandbox).replies, Book("0"), stop_on=SIGNALS)


def test_signals_are_left_alone_unless_they_are_asked_for(
    face: Face, sandbox: Sandbox, handlers: dict[int, Any]
) -> None:
    fill(sandbox, 2)
    seen: list[Any] = []
    replies = client_of(face, sandbox).replies
    consume(face, replies, lambda _: seen.append(signal.getsignal(signal.SIGTERM)), limit=1)
    consume(face, replies, lambda _: seen.append(signal.getsignal(signal.SIGTERM)), limit=1, stop_on=SIGNALS)
    assert seen[0] == handlers[signal.SIGTERM] != seen[1]


def test_signals_can_be_waited_for_in_the_main_thread_only(face: Face, sandbox: Sandbox) -> None:
    problems: list[Any] = []

    def elsewhere() -> None:
        try:
            client_of(face, sandbox).replies.consume(print, stop_on=SIGNALS)
        except ValidationError as error:
            problems.extend(error.errors)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert [(problem.pointer, "stop=" in problem.message) for problem in problems] == [("stop_on", True)]


# --- cancellation -----------------------------------------------------------------------------------------------


async def _until(reached: asyncio.Event, work: Awaitable[None]) -> None:
    """Do something under a timeout that comes right after an event."""
    async with asyncio.timeout(None) as limit:
        asyncio.ensure_future(reached.wait()).add_done_callback(lambda _: limit.reschedule(0))
        await work


async def _cancelled(face: Face, sandbox: Sandbox, how: str) -> list[str]:
    """A run that is cancelled while it handles the third item."""
    book, reached = Book(), asyncio.Event()

    async def handle(reply: Any) -> None:
        if reply.content == "2":
            reached.set()
            await asyncio.Event().wait()
        book(reply)

    async def run() -> None:
        await client_of(face, sandbox).replies.consume(handle, dead_letter=lambda *_: None)

    if how == "scope":
        async with anyio.create_task_group() as group:
            group.start_soon(run)
            await reached.wait()
            group.cancel_scope.cancel()
    elif how == "timeout":
        with pytest.raises(TimeoutError):
            await _until(reached, run())
    else:
        task = asyncio.ensure_future(run())
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    return book.read


@pytest.mark.parametrize("how", ["task", "scope", "timeout"])
def test_a_cancellation_passes_after_what_was_handled_is_confirmed(sandbox: Sandbox, how: str) -> None:
    fill(sandbox, 5)
    with Face("async") as face:
        assert face.run(_cancelled(face, sandbox, how)) == numbers(0, 1)
    assert left(sandbox) == numbers(2, 3, 4)


def test_a_cancellation_is_not_held_up_for_ever(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(sandbox, 5)
    sandbox.fault("hang_before", operation=CONFIRM, seconds=3600, times=None)
    inside.leave_within(monkeypatch, 0.05)
    with Face("async") as face:
        assert face.run(_cancelled(face, sandbox, "task")) == numbers(0, 1)
    assert len(asked(sandbox, CONFIRM)) == 1


def test_an_idle_run_can_be_cancelled(sandbox: Sandbox) -> None:
    async def run(face: Face) -> None:
        task = asyncio.ensure_future(client_of(face, sandbox).replies.consume(Book(), **FOR_EVER))
        while not sandbox.requests:
            await asyncio.get_running_loop().run_in_executor(None, threading.Event().wait, 0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with Face("async") as face:
        face.run(run(face))
    assert confirmed(sandbox) == []


def test_a_task_with_an_iterator_confirms_what_was_handled_when_it_is_cancelled(sandbox: Sandbox) -> None:
    fill(sandbox, 5)

    async def run(face: Face) -> None:
        reached = asyncio.Event()

        async def loop() -> None:
            items = client_of(face, sandbox).replies.consume()
            async for reply in items:
                if reply.content == "2":
                    reached.set()
                    try:
                        await asyncio.Event().wait()
                    finally:
                        await items.aclose()

        task = asyncio.ensure_future(loop())
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with Face("async") as face:
        face.run(run(face))
    assert left(sandbox) == numbers(2, 3, 4)
