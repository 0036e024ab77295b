"""Which error says what became of a call."""

import asyncio
import json
import time
from typing import Any

import anyio
import httpx
import pytest
from messagemedia import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    InvalidResponseError,
    MessageMediaError,
    NotFoundError,
    NotSentError,
    OutcomeUnknownError,
    OutcomeUnknownServerError,
    PermissionDeniedError,
    RateLimitError,
    RequestTimeoutError,
    ServerError,
    TransportError,
    UnprocessableEntityError,
)
from sdk_face import HTML, JSON, MESSAGE_ID, ORDERS, PAGE, READS, SENDS, SMS, TYPICAL, Face, Wire, answer, call
from sdk_servers import Scripted, scripted

STATUSES: list[tuple[int, object, type[Exception], type[Exception]]] = [  # status, body, error, error of a send
    (300, None, APIStatusError, APIStatusError),
    (304, None, APIStatusError, APIStatusError),
    (307, None, APIStatusError, APIStatusError),
    (400, {"message": "no"}, BadRequestError, BadRequestError),
    (401, {"message": "Invalid authentication credentials"}, AuthenticationError, AuthenticationError),
    (401, b"", AuthenticationError, AuthenticationError),
    (403, {"message": "Invalid authentication credentials"}, AuthenticationError, AuthenticationError),
    (403, {"message": "Invalid account 'X' in header Account"}, PermissionDeniedError, PermissionDeniedError),
    (403, {"message": "This feature has not been enabled"}, PermissionDeniedError, PermissionDeniedError),
    (403, b"", PermissionDeniedError, PermissionDeniedError),
    (404, {"message": "Resource not found."}, NotFoundError, NotFoundError),
    (408, b"", APIStatusError, APIStatusError),
    (409, b"", ConflictError, ConflictError),
    (418, {"message": "teapot"}, APIStatusError, APIStatusError),
    (422, {"message": "TLS"}, UnprocessableEntityError, UnprocessableEntityError),
    (429, b"", RateLimitError, RateLimitError),
    (500, {"message": "oops"}, ServerError, OutcomeUnknownServerError),
    (502, PAGE, ServerError, OutcomeUnknownServerError),  # pitfall 32
    (503, b"", ServerError, OutcomeUnknownServerError),
    (520, b"error code: 520", ServerError, OutcomeUnknownServerError),
]


@pytest.mark.parametrize("name", TYPICAL)
@pytest.mark.off_contract(answers="101 is not documented")
def test_an_answer_that_begins_another_protocol_says_nothing_of_the_call(face: Face, name: str) -> None:
    with pytest.raises(OutcomeUnknownError if name == "send" else InvalidResponseError):
        face.run(call(face.client(Wire(answer(101))), name))


@pytest.mark.parametrize(
    ("status", "body", "kind", "of_send"), STATUSES, ids=[f"{row[0]}-{number}" for number, row in enumerate(STATUSES)]
)
@pytest.mark.parametrize("name", TYPICAL)
@pytest.mark.off_contract(answers="statuses and bodies that are not documented")
def test_each_status_has_its_error(
    face: Face, name: str, status: int, body: object, kind: type[Exception], of_send: type[Exception]
) -> None:
    wire = Wire(answer(status, body, HTML if isinstance(body, bytes) else JSON))  # pitfalls 45 and 47
    with pytest.raises(APIStatusError, match=str(status)) as caught:
        face.run(call(face.client(wire, max_retries=0), name))
    error = caught.value
    assert type(error) is (of_send if name in SENDS else kind)
    assert error.status_code == status
    assert error.message == (body["message"] if isinstance(body, dict) else "")


@pytest.mark.parametrize("except_", [OutcomeUnknownError, ServerError, APIStatusError, MessageMediaError])
def test_a_5xx_to_a_send_is_caught_as_unknown_and_as_a_server_error(face: Face, except_: type[Exception]) -> None:
    client = face.client(Wire(answer(502, PAGE, HTML)))
    with pytest.raises(except_, match="Do not retry"):
        face.run(client.messages.send(**SMS))


@pytest.mark.off_contract(answers="nonsense")
def test_an_unknown_outcome_is_never_a_transport_error(face: Face) -> None:
    for outcome in (httpx.ReadTimeout, httpx.ReadError, answer(500), answer(200, PAGE)):
        with pytest.raises(OutcomeUnknownError) as caught:
            face.run(face.client(Wire(outcome)).messages.send(**SMS))
        assert not isinstance(caught.value, TransportError | TimeoutError)
        assert "may have been sent" in str(caught.value)


NO_ANSWER: list[tuple[type[Exception], type[Exception], type[Exception]]] = [
    (httpx.ConnectError, NotSentError, NotSentError),
    (httpx.ConnectTimeout, NotSentError, NotSentError),
    (httpx.PoolTimeout, NotSentError, NotSentError),
    (httpx.ReadTimeout, RequestTimeoutError, OutcomeUnknownError),
    (httpx.WriteTimeout, RequestTimeoutError, OutcomeUnknownError),
    (httpx.ReadError, TransportError, OutcomeUnknownError),
    (httpx.RemoteProtocolError, TransportError, OutcomeUnknownError),
    (ConnectionResetError, TransportError, OutcomeUnknownError),
    (OSError, TransportError, OutcomeUnknownError),
]


@pytest.mark.parametrize(("raised", "kind", "of_send"), NO_ANSWER, ids=[row[0].__name__ for row in NO_ANSWER])
@pytest.mark.parametrize("name", TYPICAL)
def test_no_answer_is_an_error_with_its_cause(
    face: Face, name: str, raised: type[Exception], kind: type[Exception], of_send: type[Exception]
) -> None:
    with pytest.raises(MessageMediaError, match=raised.__name__) as caught:
        face.run(call(face.client(Wire(raised("made up"))), name))
    error = caught.value
    assert type(error) is (of_send if name in SENDS else kind)
    assert type(error.__cause__) is raised  # pitfall 50
    assert "made up" in str(error)
    assert error.__context__ is None or error.__context__ is error.__cause__


NONSENSE = {
    "html": (200, PAGE, HTML),
    "empty": (200, b"", JSON),
    "204": (204, b"", {}),
    "text": (200, b"OK", {"content-type": "text/plain"}),
    "list": (200, [], JSON),
    "number": (200, 5, JSON),
    "string": (200, "ok", JSON),
    "null": (200, b"null", JSON),
    "cut": (200, b'{"messages": [', JSON),
    "207-html": (207, PAGE, HTML),
}


@pytest.mark.parametrize("nonsense", NONSENSE)
@pytest.mark.parametrize("name", READS)
@pytest.mark.off_contract(answers="nonsense")
def test_nonsense_for_an_answer_is_an_error_that_carries_it(face: Face, name: str, nonsense: str) -> None:
    """Pitfalls 30 and 42."""
    reply = answer(*NONSENSE[nonsense])
    with pytest.raises(InvalidResponseError, match="base_url") as caught:
        face.run(call(face.client(Wire(reply)), name))
    error = caught.value
    assert (error.status_code, error.body) == (reply.status_code, reply.content)
    assert error.headers is not None
    assert error.headers.get("content-type") == reply.headers.get("content-type")
    assert str(reply.status_code) in str(error)
    assert not isinstance(error, TransportError | APIStatusError)


@pytest.mark.parametrize("nonsense", NONSENSE)
@pytest.mark.off_contract(answers="nonsense")
def test_nonsense_after_a_send_leaves_its_outcome_unknown(face: Face, nonsense: str) -> None:
    reply = answer(*NONSENSE[nonsense])  # pitfalls 30 and 42
    with pytest.raises(OutcomeUnknownError, match="Do not retry") as caught:
        face.run(face.client(Wire(reply)).messages.send(**SMS))
    assert type(caught.value) is OutcomeUnknownError
    assert (caught.value.status_code, caught.value.body) == (reply.status_code, reply.content)


@pytest.mark.parametrize("status", [200, 201, 202, 203, 206, 207, 226, 299])
@pytest.mark.off_contract(answers="successes with other statuses and bodies")
def test_an_object_after_any_2xx_is_read(face: Face, status: int) -> None:
    wire = Wire(answer(status, {"message_id": MESSAGE_ID, "messages": [{"message_id": MESSAGE_ID}]}))
    client = face.client(wire)  # pitfall 42
    assert face.run(client.messages.get(MESSAGE_ID)).message_id == MESSAGE_ID
    assert face.run(client.messages.send(**SMS)).message_id == MESSAGE_ID


EMPTY = [(b"", JSON), (b"", {}), (b"", {"content-type": "text/plain"}), (b"{}", JSON), (b" \r\n", JSON), (b"OK", {})]


@pytest.mark.parametrize(("body", "headers"), EMPTY)
@pytest.mark.parametrize("status", [200, 202, 204])
@pytest.mark.parametrize("name", ORDERS)
@pytest.mark.off_contract(answers="successes with other statuses and bodies")
def test_an_order_has_no_result(face: Face, name: str, status: int, body: bytes, headers: Any) -> None:
    """Pitfalls 28 and 29."""
    assert face.run(call(face.client(Wire(answer(status, body, headers))), name)) is None


# --- what is not ours passes through -----------------------------------------------------------------------------


class OwnError(Exception):
    """Something that a user's transport or callback raises."""


@pytest.mark.parametrize("raised", [OwnError, AssertionError, StopIteration, RuntimeError, StopAsyncIteration])
@pytest.mark.parametrize("name", TYPICAL)
def test_whatever_a_transport_raises_is_told_as_a_missing_answer(name: str, raised: type[Exception]) -> None:
    wanted = OutcomeUnknownError if name == "send" else TransportError
    with Face("sync") as face, pytest.raises(wanted) as caught:
        call(face.client(Wire(raised())), name)
    assert isinstance(caught.value.__cause__, raised)


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit, GeneratorExit])
@pytest.mark.parametrize("name", TYPICAL)
def test_what_is_not_about_the_exchange_passes_through(name: str, raised: type[BaseException]) -> None:
    with Face("sync") as face, pytest.raises(raised) as caught:
        call(face.client(Wire(raised())), name)
    assert type(caught.value) is raised


def test_ctrl_c_during_a_pause_passes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupted)
    wire = Wire(answer(503))
    with Face("sync") as face, pytest.raises(KeyboardInterrupt):
        face.client(wire).messages.get(MESSAGE_ID)
    assert len(wire.seen) == 1


@pytest.mark.parametrize("name", TYPICAL)
def test_cancellation_passes_through(name: str) -> None:
    async def main(server: Scripted, face: Face) -> None:
        await cancelled_when_heard(server, call(face.client(base_url=server.url), name))

    with Face("async") as face, scripted(None) as server:
        face.runner.run(main(server, face))


async def cancelled_when_heard(server: Scripted, awaitable: Any) -> None:
    """Cancel a call that the server does not answer, once the server has it."""
    server.heard.clear()
    task = asyncio.ensure_future(awaitable)
    assert await asyncio.to_thread(server.heard.wait, 60)
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_cancellation_during_a_pause_passes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main(face: Face) -> None:
        pausing = asyncio.Event()

        async def sleep(_: float) -> None:
            pausing.set()
            await asyncio.Event().wait()

        monkeypatch.setattr(anyio, "sleep", sleep)
        wire = Wire(answer(503))
        task = asyncio.ensure_future(face.client(wire).messages.get(MESSAGE_ID))
        await pausing.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(wire.seen) == 1

    with Face("async") as face:
        face.runner.run(main(face))


def test_a_client_works_on_after_a_cancelled_call() -> None:
    async def main(server: Scripted, face: Face) -> None:
        client = face.client(base_url=server.url, max_retries=0)
        for _ in range(3):
            await cancelled_when_heard(server, client.messages.get(MESSAGE_ID))
        assert (await client.messages.get(MESSAGE_ID)).message_id == MESSAGE_ID

    body = json.dumps({"message_id": MESSAGE_ID}).encode()
    found = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
    with Face("async") as face, scripted(None, None, None, found) as server:
        face.runner.run(main(server, face))
