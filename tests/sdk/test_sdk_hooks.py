"""An answer that came counts, also when a hook of the HTTP client that was passed in raises an exception for it."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import httpx2
import pytest
from messagemedia import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    Message,
    MessageMediaError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitError,
    TransportError,
)
from messagemedia.sandbox import Sandbox
from sdk_face import KEY, MESSAGE_ID, SECRET, SMS, Face, Wire, accepted, answer
from sdk_servers import raw, refusing, scripted

LIBRARIES: dict[str, Any] = {"httpx": httpx, "httpx2": httpx2}


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> Any:
    return LIBRARIES[request.param]


def error_of(face: Face, call: Callable[[], Any], kind: type[Exception] = MessageMediaError) -> Any:
    with pytest.raises(kind) as caught:
        face.run(call())
    return caught.value


class UsersError(Exception):
    """What somebody raises in a hook."""


def _raise_for_status(response: Any) -> None:
    response.raise_for_status()


def _raise_with_body(response: Any) -> None:
    response.read()
    response.raise_for_status()


def _raise_wrapped(response: Any) -> None:
    try:
        response.raise_for_status()
    except Exception as error:
        raise UsersError from error


def _raise_own(response: Any) -> None:
    if response.is_error:
        raise UsersError(response.status_code)


HOOKS = {
    "raise_for_status": _raise_for_status,
    "with body": _raise_with_body,
    "wrapped": _raise_wrapped,
    "own": _raise_own,
}


def hooked(face: Face, library: Any, hook: Callable[[Any], None], **options: Any) -> Any:
    """A client of a library whose hook sees every answer."""

    async def awaited(response: Any) -> None:
        if hook is _raise_with_body:
            await response.aread()
            response.raise_for_status()
        hook(response)

    return face.http_client(library, event_hooks={"response": [hook if face.blocking else awaited]}, **options)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(api_key=KEY, api_secret=SECRET) as running:
        yield running


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
@pytest.mark.off_contract(requests="a number and an id that are none", answers="a body that nobody has read")
def test_an_answer_counts_although_a_hook_raises_for_it(
    face: Face, library: Any, hook: Callable[[Any], None], sandbox: Sandbox
) -> None:
    http_client = hooked(face, library, hook)
    wrong = face.client(api_key=KEY, api_secret="wrong", base_url=sandbox.url, http_client=http_client)
    assert error_of(face, lambda: wrong.messages.send(**SMS), AuthenticationError).status_code == 401
    client = face.client(base_url=sandbox.url, http_client=http_client, check_limits=False)
    bad = error_of(face, lambda: client.messages.send(**{**SMS, "destination_number": "x"}), BadRequestError)
    assert bool(bad.errors) == (hook is _raise_with_body)  # httpx closes an answer before we could read it
    error_of(face, lambda: client.messages.get("no-such-id"), NotFoundError)
    assert face.run(client.messages.send(**SMS)).message_id
    face.close(http_client)


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
@pytest.mark.off_contract(answers="429 is not documented")
def test_a_429_is_retried_although_a_hook_raises_for_it(
    face: Face, hook: Callable[[Any], None], pauses: list[float]
) -> None:
    with scripted(raw(answer(429))) as server:
        http_client = hooked(face, httpx, hook)
        client = face.client(base_url=server.url, http_client=http_client)
        error_of(face, lambda: client.messages.send(**SMS), RateLimitError)
        assert server.requests == 3
        assert len(pauses) == 2
        face.close(http_client)


@pytest.mark.off_contract(requests="a number that is none", answers="a body that nobody has read")
def test_the_bad_message_of_many_is_found_although_a_hook_raises(face: Face, sandbox: Sandbox) -> None:
    http_client = hooked(face, httpx, _raise_for_status)
    client = face.client(base_url=sandbox.url, http_client=http_client, check_limits=False)

    messages = [
        Message(**{**SMS, "destination_number": "x" if number == 3 else SMS["destination_number"]})
        for number in range(5)
    ]

    async def collect() -> list[Any]:
        return [result async for result in client.messages.send_many(messages)]

    results = list(client.messages.send_many(messages)) if face.blocking else face.runner.run(collect())
    assert [result.outcome for result in results] == ["accepted"] * 3 + ["invalid", "accepted"]
    face.close(http_client)


def test_a_message_that_was_accepted_stays_so_although_a_hook_raises(face: Face, library: Any) -> None:
    def fail(response: Any) -> None:
        response.read()
        raise UsersError

    async def fail_awaited(response: Any) -> None:
        await response.aread()
        raise UsersError

    wire = Wire(accepted(), library=library)
    hooks = {"response": [fail if face.blocking else fail_awaited]}
    http_client = face.http_client(library, transport=wire.transport, event_hooks=hooks)
    client = face.client(http_client=http_client)
    # Nothing but the exception is known here: it carries no answer, and this transport tells nothing.
    error_of(face, lambda: client.messages.send(**SMS), OutcomeUnknownError)
    face.close(http_client)

    with scripted(raw(accepted())) as server:
        http_client = hooked(face, library, _raise_after_reading)
        client = face.client(base_url=server.url, http_client=http_client)
        assert face.run(client.messages.send(**SMS)).message_id == MESSAGE_ID
        face.close(http_client)


def _raise_after_reading(response: Any) -> None:
    if not hasattr(response, "_content"):
        return
    error = UsersError()
    error.response = response  # type: ignore[attr-defined]
    raise error


def test_an_answer_to_another_request_does_not_count(face: Face, library: Any) -> None:
    """A hook may ask another server, a token service for instance, and raise what that answers."""

    def fetch_token(_: Any) -> None:
        other = library.Response(401, request=library.Request("GET", "https://tokens.example/"))
        other.raise_for_status()

    async def fetch_token_awaited(_: Any) -> None:
        fetch_token(_)

    wire = Wire(accepted(), library=library)
    hooks = {"request": [fetch_token if face.blocking else fetch_token_awaited]}
    http_client = face.http_client(library, transport=wire.transport, event_hooks=hooks)
    client = face.client(http_client=http_client, max_retries=0)
    error = error_of(face, lambda: client.messages.get(MESSAGE_ID), TransportError)
    assert not isinstance(error, APIStatusError)
    face.close(http_client)


def sends_again(face: Face, how: str) -> Any:
    """An HTTP client of the caller's that sends a request a second time by itself, once it was refused."""
    base = httpx.Client if face.blocking else httpx.AsyncClient

    class Retrying(base):  # type: ignore[misc,valid-type]
        def send(self, request: Any, **options: Any) -> Any:
            if not face.blocking:
                return self._send_awaited(request, **options)
            try:
                response = super().send(request, **options)
                response.raise_for_status()
            except httpx.HTTPStatusError as error:
                try:
                    return super().send(request, **options)
                except httpx.TransportError as lost:
                    raise (lost if how == "as it is" else UsersError()) from error
            return response

        async def _send_awaited(self, request: Any, **options: Any) -> Any:
            try:
                response = await super().send(request, **options)
                response.raise_for_status()
            except httpx.HTTPStatusError as error:
                try:
                    return await super().send(request, **options)
                except httpx.TransportError as lost:
                    raise (lost if how == "as it is" else UsersError()) from error
            return response

    return Retrying()


@pytest.mark.parametrize("how", ["as it is", "wrapped"])
@pytest.mark.parametrize("status", [429, 400, 401])
def test_the_answer_to_an_earlier_attempt_says_nothing_of_a_later_one(face: Face, how: str, status: int) -> None:
    with scripted(raw(answer(status)), b"", raw(accepted())) as server:
        http_client = sends_again(face, how)
        client = face.client(base_url=server.url, http_client=http_client)
        error_of(face, lambda: client.messages.send(**SMS), OutcomeUnknownError)
        assert server.requests == 2
        face.close(http_client)


class Failover(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Tries an address where nobody listens, then another way that tells nothing of what it does."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._refused = httpx.HTTPTransport(), httpx.AsyncHTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return self._refused[0].handle_request(request)
        except httpx.ConnectError:
            with httpx.Client(trust_env=False, verify=False) as other:
                return other.post(f"{self._url}/v1/messages", content=request.content)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._refused[1].handle_async_request(request)
        except httpx.ConnectError:
            async with httpx.AsyncClient(trust_env=False, verify=False) as other:
                return await other.post(f"{self._url}/v1/messages", content=request.content)


def test_a_way_round_that_tells_nothing_may_have_sent(face: Face) -> None:
    with refusing() as nobody, scripted(b"") as server:
        http_client = face.http_client(transport=Failover(server.url))
        client = face.client(base_url=nobody, http_client=http_client)
        error_of(face, lambda: client.messages.send(**SMS), OutcomeUnknownError)
        assert server.requests == 1
        face.close(http_client)


class SecondServer(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends a request whose connection was lost once more, to another server."""

    def __init__(self, url: str) -> None:
        self._url = httpx.URL(url)
        self._blocking, self._awaited = httpx.HTTPTransport(), httpx.AsyncHTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return self._blocking.handle_request(request)
        except httpx.RemoteProtocolError:
            request.url = self._url
            return self._blocking.handle_request(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._awaited.handle_async_request(request)
        except httpx.RemoteProtocolError:
            request.url = self._url
            return await self._awaited.handle_async_request(request)


def test_a_refused_connection_proves_nothing_of_an_attempt_before_it(face: Face) -> None:
    with refusing() as nobody, scripted(b"") as server:
        http_client = face.http_client(transport=SecondServer(nobody))
        client = face.client(base_url=server.url, http_client=http_client)
        error = error_of(face, lambda: client.messages.send(**SMS), OutcomeUnknownError)
        assert isinstance(error.__cause__, httpx.ConnectError)
        assert server.requests == 1
        face.close(http_client)


@pytest.mark.off_contract(answers="a body that nobody has read")
def test_a_hook_whose_own_request_fails_proves_nothing(face: Face, sandbox: Sandbox) -> None:
    """Such as one that counts calls at an address where nobody listens."""
    with refusing() as nobody:

        def count(_: Any) -> None:
            httpx.post(nobody, trust_env=False, verify=False)

        async def count_awaited(_: Any) -> None:
            count(_)

        before = len(sandbox.ledger)
        http_client = face.http_client(event_hooks={"response": [count if face.blocking else count_awaited]})
        client = face.client(base_url=sandbox.url, http_client=http_client)
        error_of(face, lambda: client.messages.send(**SMS), OutcomeUnknownError)
        assert len(sandbox.ledger) == before + 1
        face.close(http_client)
