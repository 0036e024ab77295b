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
from sdk_servers import raw, scripted

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
@pytest.mark.off_contract(answers="what a hook is told of an answer, has no body that anybody has read")
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


@pytest.mark.off_contract(answers="the body is not read")
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
