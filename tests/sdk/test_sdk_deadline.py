"""A deadline limits a call with its retries and pauses, and `timeout` each wait of it."""

import asyncio
import contextlib
import math
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from messagemedia import (
    Client,
    ConfigurationError,
    MessageMediaError,
    NotSentError,
    OutcomeUnknownError,
    RequestTimeoutError,
    ServerError,
)
from sdk_face import KEY, MESSAGE_ID, SECRET, SMS, Face, Wire, accepted, answer, success
from sdk_servers import hanging, keeping, raw, refusing, scripted

EVERY_LIBRARY = True


@pytest.fixture
def http_client(face: Face) -> Iterator[Any]:
    """A client of the caller's own, for the faces that name no library; else None."""
    made = None if face.library else face.http_client()
    yield made
    if made is not None:
        face.close(made)


def error_of(face: Face, result: Any, kind: Any = MessageMediaError) -> Any:
    with pytest.raises(kind) as caught:
        face.run(result())
    return caught.value


class Dripping:
    """A server that sends an answer in pieces, for seconds or until the other side closes: its body, or its headers."""

    def __init__(self, begin: bytes = b"content-length: 1000000\r\n\r\n", piece: bytes = b" ") -> None:
        self._begin, self._piece = b"HTTP/1.1 200 OK\r\n" + begin, piece
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests = 0
        self.closed = threading.Event()
        self._rest = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.recv(65536)
                self.requests += 1
                connection.sendall(self._begin)
                for _ in range(300):
                    connection.sendall(self._piece)
                    self._rest.wait(0.02)  # which no test has replaced
            self.closed.set()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


@pytest.fixture
def dripping() -> Iterator[Dripping]:
    server = Dripping()
    yield server
    server.close()


def test_an_answer_that_drips_ends_with_the_deadline_and_closes_its_connection(
    face: Face, dripping: Dripping, http_client: Any
) -> None:
    options = {"http_client": http_client} if http_client is not None else {}
    client = face.client(base_url=dripping.url, timeout=5, **options).with_options(deadline=0.6)
    error = error_of(face, lambda: client.messages.get(MESSAGE_ID), RequestTimeoutError)
    assert "within its deadline of 0.6 s" in str(error)
    assert dripping.closed.wait(5)
    dripping.closed.clear()
    error_of(face, lambda: client.messages.send(**SMS), OutcomeUnknownError)
    assert dripping.requests == 2
    assert dripping.closed.wait(5)


@pytest.mark.slow
def test_headers_that_drip_end_with_the_deadline(face: Face) -> None:
    if face.blocking and face.library != "pyreqwest":
        return  # httpx limits each wait of a blocking call, and never looks at the time between them
    server = Dripping(b"x: ", b"x")
    client = face.client(base_url=server.url, timeout=5, deadline=0.8)
    error_of(face, lambda: client.messages.get(MESSAGE_ID), RequestTimeoutError)
    error_of(face, lambda: client.messages.send(**SMS), OutcomeUnknownError)
    assert server.requests == 2
    server.close()


def test_a_server_that_hangs_is_left_at_the_deadline(face: Face) -> None:
    with hanging() as url:
        client = face.client(base_url=url, timeout=30, deadline=0.5)
        error = error_of(face, lambda: client.messages.get(MESSAGE_ID), RequestTimeoutError)
        assert "within its deadline of 0.5 s" in str(error)
        assert "deadline=" in error.hint
        error_of(face, lambda: client.messages.send(**SMS), OutcomeUnknownError)


def test_no_pause_goes_beyond_the_deadline(face: Face, pauses: list[float]) -> None:
    with refusing() as url:
        client = face.client(base_url=url, max_retries=5, deadline=0.4)  # a pause is 0.5 s at least
        error = error_of(face, lambda: client.messages.send(**SMS), NotSentError)
        assert pauses == []
        assert error.hint.endswith("Its deadline of 0.4 s left no time for a retry.")


def test_an_answer_that_wants_a_longer_pause_than_is_left_is_told(face: Face, pauses: list[float]) -> None:
    with scripted(raw(answer(503, headers={"retry-after": "20"}))) as server:
        client = face.client(base_url=server.url, deadline=10)
        error = error_of(face, lambda: client.messages.get(MESSAGE_ID), ServerError)
        assert error.status_code == 503
        assert "left no time for a retry" in error.hint
        assert pauses == []
        assert server.requests == 1


def test_without_a_deadline_retries_go_on(face: Face, pauses: list[float]) -> None:
    with refusing() as url:
        for client in (
            face.client(base_url=url, max_retries=5),
            face.client(base_url=url, max_retries=5, deadline=0.1).with_options(deadline=math.inf),
            face.client(base_url=url, max_retries=5, deadline=1000),
        ):
            error = error_of(face, lambda client=client: client.messages.send(**SMS), NotSentError)
            assert len(pauses) == 5
            assert "deadline" not in str(error)
            pauses.clear()


def test_each_attempt_gets_what_is_left_as_its_timeout(face: Face) -> None:
    wire = Wire(httpx.ConnectError("made up"), success("get"))
    client = face.client(wire, timeout=30, deadline=5)
    face.run(client.messages.get(MESSAGE_ID))
    assert [seen.timeout is not None and 4 < seen.timeout <= 5 for seen in wire.seen] == [True, True]
    wire = Wire(success("get"))
    face.run(face.client(wire, timeout=2, deadline=5).messages.get(MESSAGE_ID))
    assert wire.only.timeout == 2


def test_a_deadline_that_passed_before_the_request_left_means_not_sent(face: Face, http_client: Any) -> None:
    with scripted(raw(accepted())) as server:
        options = {"http_client": http_client} if http_client is not None else {}
        client = face.client(base_url=server.url, deadline=1e-9, **options)
        error_of(face, lambda: client.messages.send(**SMS), NotSentError)
        assert not server.received.strip()


def test_a_request_does_not_leave_when_its_deadline_passed_on_the_way(face: Face) -> None:
    def late(_: Any) -> None:
        threading.Event().wait(0.1)  # longer than the deadline, however busy the machine is

    async def late_awaited(_: Any) -> None:
        late(_)

    with scripted(raw(accepted())) as server:
        http_client = face.http_client(event_hooks={"request": [late if face.blocking else late_awaited]})
        client = face.client(base_url=server.url, http_client=http_client, deadline=0.05)
        error_of(face, lambda: client.messages.send(**SMS), NotSentError)
        assert not server.received.strip()
        face.close(http_client)


def test_deadlines_that_pass_before_requests_leave_use_up_no_connections(face: Face) -> None:
    with keeping(raw(accepted(), keep=True)) as server:
        client = face.client(base_url=server.url, max_retries=0)
        late = client.with_options(deadline=1e-9)
        for _ in range(120):  # more than there may be connections
            error_of(face, lambda: late.messages.send(**SMS), NotSentError)
        assert face.run(client.messages.send(**SMS)).message_id == MESSAGE_ID


def test_an_answer_that_is_complete_counts_though_the_deadline_has_passed(face: Face) -> None:
    with keeping(raw(accepted(), keep=True)) as server:
        server.may_answer.clear()
        client = face.client(base_url=server.url, timeout=5)
        threading.Timer(0.05, server.may_answer.set).start()
        if face.blocking:
            # Its deadline is over when the answer is read, and all of it is there.
            client = client.with_options(deadline=30)
            assert face.run(client.messages.send(**SMS)).message_id == MESSAGE_ID
            return

        async def stalled() -> str:
            task = asyncio.create_task(client.with_options(deadline=0.5).messages.send(**SMS))
            await asyncio.to_thread(server.may_answer.wait, 5)
            await asyncio.sleep(0)
            time.sleep(0.6)  # noqa: ASYNC251  # as something may that blocks the loop
            return (await task).message_id

        assert face.runner.run(stalled()) == MESSAGE_ID


def test_a_call_within_its_deadline_succeeds(face: Face, http_client: Any) -> None:
    with scripted(raw(accepted())) as server:
        options = {"http_client": http_client} if http_client is not None else {}
        client = face.client(base_url=server.url, deadline=30, **options)
        assert face.run(client.messages.send(**SMS)).message_id == MESSAGE_ID


@pytest.mark.parametrize("wrong", [0, -1, math.nan, "5", True, -math.inf], ids=repr)
def test_a_deadline_that_is_no_span_of_time_is_refused(wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match="deadline must be a number of seconds greater than 0"):
        Client(KEY, SECRET, deadline=wrong)
    with Client(KEY, SECRET) as client, pytest.raises(ConfigurationError, match="deadline"):
        client.with_options(deadline=wrong)


def test_a_deadline_beyond_all_floats_is_none(face: Face) -> None:
    with scripted(raw(accepted())) as server:
        client = face.client(base_url=server.url, deadline=10**400)
        assert face.run(client.messages.send(**SMS)).message_id == MESSAGE_ID


def test_a_copy_keeps_the_deadline(face: Face) -> None:
    with refusing() as url:
        client = face.client(base_url=url, deadline=0.1).with_options(timeout=3)
        error = error_of(face, lambda: client.messages.send(**SMS), NotSentError)
        assert "deadline of 0.1 s" in str(error)


def test_the_deadline_of_a_cancel_counts_for_how_it_is_settled(face: Face) -> None:
    """The refusal of a retried cancel is settled by a read, which is part of the call."""
    lost = raw(answer(503))
    refused = raw(answer(400))
    with scripted(lost, refused, None) as server:
        client = face.client(base_url=server.url, deadline=0.6, timeout=30)
        error_of(face, lambda: client.messages.cancel(MESSAGE_ID))
        assert server.requests <= 3
