"""Handlers: called once for each event, marked after success only, and what raises is answered so that it comes again."""

import asyncio
import io
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from messagemedia import ConfigurationError, DeliveryReport, OptOut, Reply
from messagemedia.webhooks import Event, MemorySeen, PushInProgressError, Seen, Unknown, UnreadablePushError, Webhooks

REPLY = Reply.from_dict({"reply_id": "1", "content": "Hi"})
REPORT = DeliveryReport.from_dict({"delivery_report_id": "1"})
OPT_OUT = OptOut.from_dict({"notification_id": "1"})

Dispatch = Callable[[Webhooks, Event], bool]


def _awaited(webhooks: Webhooks, event: Event) -> bool:
    return asyncio.run(webhooks.dispatch_async(event))


@pytest.fixture(params=[Webhooks.dispatch, _awaited], ids=["blocking", "awaited"])
def dispatch(request: pytest.FixtureRequest) -> Dispatch:
    return request.param


@pytest.fixture
def webhooks() -> Webhooks:
    return Webhooks(unsigned=True)


def test_each_kind_goes_to_its_handlers_in_their_order(webhooks: Webhooks, dispatch: Dispatch) -> None:
    handled: list[tuple[str, Event]] = []
    for kind, name in ((Reply, "first"), (Reply, "second"), (DeliveryReport, "report"), (OptOut, "opt-out")):
        webhooks.on(kind)(lambda event, name=name: handled.append((name, event)))
    for event in (REPLY, REPORT, OPT_OUT):
        assert dispatch(webhooks, event)
    assert handled == [("first", REPLY), ("second", REPLY), ("report", REPORT), ("opt-out", OPT_OUT)]


def test_a_handler_stays_what_it_was(webhooks: Webhooks) -> None:
    def handler(_: object) -> None: ...

    assert webhooks.on(Reply)(handler) is handler


def test_an_event_is_handled_once(webhooks: Webhooks, dispatch: Dispatch) -> None:
    handled: list[Event] = []
    webhooks.on(Reply)(handled.append)
    assert dispatch(webhooks, REPLY)
    assert not dispatch(webhooks, Reply.from_dict({"reply_id": "1", "content": "again"}))
    assert dispatch(webhooks, Reply.from_dict({"reply_id": "2"}))
    assert [event.reply_id for event in handled if isinstance(event, Reply)] == ["1", "2"]


def test_ids_of_different_kinds_are_different(webhooks: Webhooks, dispatch: Dispatch) -> None:
    assert dispatch(webhooks, REPLY)
    assert dispatch(webhooks, REPORT)
    assert dispatch(webhooks, OPT_OUT)


def test_a_handler_that_fails_gets_the_event_again_and_those_behind_it_do_not_run(
    webhooks: Webhooks, dispatch: Dispatch
) -> None:
    failures = [ValueError("made up")]
    handled: list[Event] = []

    @webhooks.on(Reply)
    def fragile(_: Reply) -> None:
        if failures:
            raise failures.pop()

    webhooks.on(Reply)(handled.append)
    with pytest.raises(ValueError, match="made up"):
        dispatch(webhooks, REPLY)
    assert handled == []
    assert dispatch(webhooks, REPLY)
    assert handled == [REPLY]


def test_async_handlers_are_awaited_and_others_run_in_a_thread(webhooks: Webhooks) -> None:
    threads: list[str] = []

    class Answering:
        async def __call__(self, _: Reply) -> None:
            threads.append("object")

    @webhooks.on(Reply)
    async def awaited(_: Reply) -> None:
        await asyncio.sleep(0)
        threads.append(threading.current_thread().name)

    webhooks.on(Reply)(Answering())
    webhooks.on(Reply)(
        lambda _: threads.append("other" if threading.current_thread() is not threading.main_thread() else "main")
    )
    assert asyncio.run(webhooks.dispatch_async(REPLY))
    assert threads == [threading.main_thread().name, "object", "other"]


def test_an_async_handler_meets_no_blocking_way(webhooks: Webhooks) -> None:
    async def handler(_: object) -> None: ...

    webhooks.on(Reply)(handler)
    for make in (webhooks.wsgi, webhooks.django, lambda: webhooks.dispatch(REPLY)):
        with pytest.raises(ConfigurationError, match="'handler' is async"):
            make()
    later = Webhooks(unsigned=True)
    later.wsgi()
    with pytest.raises(ConfigurationError, match="'handler' is async"):
        later.on(DeliveryReport)(handler)


@pytest.mark.parametrize("kind", [str, "Reply", None, Webhooks])
def test_there_are_four_kinds(webhooks: Webhooks, kind: Any) -> None:
    with pytest.raises(ConfigurationError, match="on\\(\\) takes Reply, DeliveryReport, OptOut, Unknown"):
        webhooks.on(kind)


def test_a_kind_without_a_handler_is_taken_and_an_unknown_one_is_not(webhooks: Webhooks, dispatch: Dispatch) -> None:
    assert dispatch(webhooks, REPORT)
    with pytest.raises(UnreadablePushError, match="neither a reply nor"):
        dispatch(webhooks, Unknown({"a": 1}))
    handled: list[Event] = []
    webhooks.on(Unknown)(handled.append)
    assert dispatch(webhooks, Unknown({"a": 1}))
    assert not dispatch(webhooks, Unknown({"a": 1}))
    assert dispatch(webhooks, Unknown({"a": 2}))
    assert len(handled) == 2


def test_an_event_that_is_being_handled_is_refused_meanwhile(webhooks: Webhooks) -> None:
    inside, leave = threading.Event(), threading.Event()
    handled: list[Event] = []

    @webhooks.on(Reply)
    def slow(event: Reply) -> None:
        inside.set()
        assert leave.wait(60)
        handled.append(event)

    thread = threading.Thread(target=webhooks.dispatch, args=(REPLY,))
    thread.start()
    try:
        assert inside.wait(60)
        with pytest.raises(PushInProgressError) as caught:
            webhooks.dispatch(REPLY)
        assert caught.value.status_code == 503
    finally:
        leave.set()
        thread.join()
    assert not webhooks.dispatch(REPLY)
    assert handled == [REPLY]


def test_a_cancelled_handler_is_not_marked(webhooks: Webhooks) -> None:
    handled: list[Event] = []
    inside = asyncio.Event()

    @webhooks.on(Reply)
    async def slow(event: Reply) -> None:
        handled.append(event)
        inside.set()
        await asyncio.sleep(60 if len(handled) == 1 else 0)

    async def run() -> None:
        task = asyncio.create_task(webhooks.dispatch_async(REPLY))
        await inside.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await webhooks.dispatch_async(REPLY)

    asyncio.run(run())
    assert len(handled) == 2


# --- seen ---------------------------------------------------------------------------------------------------------


class Table:
    """What a user may write over a database of their own."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("CREATE TABLE IF NOT EXISTS seen (key TEXT PRIMARY KEY) WITHOUT ROWID")

    def __contains__(self, key: str) -> bool:
        return self._connection.execute("SELECT 1 FROM seen WHERE key = ?", (key,)).fetchone() is not None

    def add(self, key: str) -> None:
        self._connection.execute("INSERT OR IGNORE INTO seen VALUES (?)", (key,))

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    made = Table(tmp_path / "seen.sqlite")
    yield made
    made.close()


def test_a_table_of_ones_own_remembers_beyond_the_process(table: Table, dispatch: Dispatch) -> None:
    assert isinstance(table, Seen)
    assert dispatch(Webhooks(unsigned=True, seen=table), REPLY)
    assert not dispatch(Webhooks(unsigned=True, seen=table), REPLY)


def test_a_set_is_one(dispatch: Dispatch) -> None:
    seen: set[str] = set()
    assert dispatch(Webhooks(unsigned=True, seen=seen), REPLY)
    assert seen == {"reply:1"}


def test_what_fails_to_be_marked_is_an_error_and_comes_again(dispatch: Dispatch) -> None:
    class Full(set[str]):
        def add(self, _: str) -> None:
            raise OSError("made up")

    with pytest.raises(OSError, match="made up"):
        dispatch(Webhooks(unsigned=True, seen=Full()), REPLY)


def test_memory_is_bounded_and_keeps_the_newest() -> None:
    seen = MemorySeen(3)
    for key in ("a", "b", "c", "a", "d"):
        seen.add(key)
    assert [key in seen for key in "abcd"] == [True, False, True, True]


# --- logged -------------------------------------------------------------------------------------------------------


def test_what_was_refused_and_what_failed_is_logged_without_content(
    webhooks: Webhooks, caplog: pytest.LogCaptureFixture
) -> None:
    @webhooks.on(Reply)
    def fragile(_: Reply) -> None:
        raise ValueError("made up")

    application = webhooks.wsgi()
    for body in (b'{"reply_id": "1", "content": "PIN 4711"}', b"no push 4711"):
        environ = {
            "REQUEST_METHOD": "POST",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        with caplog.at_level(logging.DEBUG, logger="messagemedia"):
            list(application(environ, lambda *_: None))
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    assert "made up" in caplog.text
    assert "4711" not in caplog.text


# --- sizes --------------------------------------------------------------------------------------------------------


def test_a_body_that_says_that_it_is_too_large_is_not_read(webhooks: Webhooks) -> None:
    def read(_: int) -> bytes:
        raise AssertionError("it was read")

    told: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_LENGTH": str(2**20 + 1),
        "wsgi.input": SimpleNamespace(read=read),
    }
    list(webhooks.wsgi()(environ, lambda status, _: told.append(status)))
    assert told[0].startswith("413 ")

    async def receive() -> dict[str, Any]:
        raise AssertionError("it was read")

    sent: list[Any] = []

    async def send(event: Any) -> None:
        sent.append(event.get("status"))

    scope = {"type": "http", "method": "POST", "headers": [(b"content-length", str(2**20 + 1).encode())]}
    asyncio.run(webhooks.asgi()(scope, receive, send))  # type: ignore[arg-type]
    assert sent[0] == 413


def test_a_body_without_a_length_is_read_up_to_the_limit(webhooks: Webhooks) -> None:
    asked: list[int] = []

    def read(size: int) -> bytes:
        asked.append(size)
        return b"x" * size

    told: list[str] = []
    environ = {"REQUEST_METHOD": "POST", "wsgi.input_terminated": True, "wsgi.input": SimpleNamespace(read=read)}
    list(webhooks.wsgi()(environ, lambda status, _: told.append(status)))
    assert (asked, told[0][:4]) == ([2**20 + 1], "413 ")

    chunks = iter(range(1000))

    async def receive() -> dict[str, Any]:
        next(chunks)
        return {"type": "http.request", "body": b"x" * 65536, "more_body": True}

    sent: list[Any] = []

    async def send(event: Any) -> None:
        sent.append(event.get("status"))

    asyncio.run(webhooks.asgi()({"type": "http", "method": "POST", "headers": []}, receive, send))
    assert (sent[0], next(chunks)) == (413, 17)
