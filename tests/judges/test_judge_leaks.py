"""The leak matrix: whatever goes wrong over real sockets, nothing secret and nothing private shows anywhere."""

import asyncio
import inspect
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import leak_kit as kit
import pytest
from leak_kit import HANG, RESET, Server, answer
from messagemedia import AsyncClient, BasicAuth, Client, HmacAuth, errors
from messagemedia.errors import __all__ as ERROR_NAMES  # noqa: N812

SCHEMES: dict[str, Callable[[], Any]] = {
    "basic": lambda: BasicAuth(kit.KEY, kit.SECRET),
    "hmac": lambda: HmacAuth(kit.KEY, kit.SECRET),
}
kinds = pytest.mark.parametrize("kind", ["sync", "async"])
schemes = pytest.mark.parametrize("scheme", SCHEMES)

# What goes wrong, what the server does, and what a send and a read end with.
SITUATIONS: dict[str, tuple[tuple[kit.Step, ...], str, str]] = {
    "timeout": ((HANG,), "OutcomeUnknownError", "RequestTimeoutError"),
    "timeout within the answer": ((answer(200, b"x" * 9)[:-5], HANG), "OutcomeUnknownError", "RequestTimeoutError"),
    "reset": ((RESET,), "OutcomeUnknownError", "TransportError"),
    "reset within the answer": ((answer(200, kit.PAGE)[:-9], RESET), "OutcomeUnknownError", "TransportError"),
    "cut": ((answer(200, kit.PAGE)[:-9],), "OutcomeUnknownError", "TransportError"),
    "no HTTP": ((kit.PAGE,), "OutcomeUnknownError", "TransportError"),
    "undecodable": (
        (answer(200, b"no gzip " + kit.PAGE, content_encoding="gzip"),),
        "OutcomeUnknownError",
        "TransportError",
    ),
    "cut within gzip": (
        (answer(200, kit.PACKED[:-20], content_encoding="gzip"),),
        "OutcomeUnknownError",
        "InvalidResponseError",
    ),
    "no JSON": ((answer(200, kit.PAGE, "text/html"),), "OutcomeUnknownError", "InvalidResponseError"),
    "half JSON": (
        (answer(202, answer(202, {"messages": kit.ECHO})[-99:-9]),),
        "OutcomeUnknownError",
        "InvalidResponseError",
    ),
    "redirect": ((answer(302, kit.PAGE, location="/elsewhere"),), "APIStatusError", "APIStatusError"),
    "400": ((answer(400, kit.REFUSAL),), "BadRequestError", "BadRequestError"),
    "401": ((answer(401, kit.REFUSAL),), "AuthenticationError", "AuthenticationError"),
    "401 by the clock": (
        (answer(401, kit.REFUSAL, date="Thu, 15 Jan 2015 03:04:05 GMT"),),
        "AuthenticationError",
        "AuthenticationError",
    ),
    "403": ((answer(403, kit.REFUSAL),), "PermissionDeniedError", "PermissionDeniedError"),
    "404": ((answer(404, kit.REFUSAL),), "NotFoundError", "NotFoundError"),
    "409": ((answer(409, kit.REFUSAL),), "ConflictError", "ConflictError"),
    "422": ((answer(422, kit.REFUSAL),), "UnprocessableEntityError", "UnprocessableEntityError"),
    "429": ((answer(429, kit.REFUSAL, retry_after="99"),), "RateLimitError", "RateLimitError"),
    "500": ((answer(500, kit.PAGE, "text/html"),), "OutcomeUnknownServerError", "ServerError"),
    "503": ((answer(503, kit.REFUSAL),), "OutcomeUnknownServerError", "ServerError"),
    "echo of Authorization": ((kit.echo_authorization,), "BadRequestError", "BadRequestError"),
}
# Classes that tests of their own, below, meet; a base that is never raised itself; and what no exception is.
ELSEWHERE = {
    "MessageMediaError",
    "ConfigurationError",
    "ValidationError",
    "NotSentError",
    "FieldError",
    "WaitTimeoutError",
    "NotConfirmedError",
}

CALLS: dict[str, Callable[[Any], Any]] = {
    "send": lambda client: client.messages.send(**kit.MESSAGE),
    "read": lambda client: client.messages.get(kit.MESSAGE_ID),
}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MESSAGEMEDIA_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """All that was logged, by whatever library, as text and as what the records hold."""
    loggers = [
        logging.getLogger(name) for name in ("", "messagemedia", "httpx", "httpcore", "asyncio", "uvicorn", "anyio")
    ]
    levels = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.DEBUG)
    yield lambda: caplog.text + "\n".join(repr(vars(record)) for record in caplog.records)
    for each, level in zip(loggers, levels, strict=True):
        each.setLevel(level)


def failing(kind: str, call: Callable[[Any], Any], **options: Any) -> BaseException:
    """What a call ends with that can't succeed, on a client of its own."""
    options = {"max_retries": 0, **options}
    if kind == "sync":
        with Client(**options) as client, pytest.raises(BaseException) as caught:  # noqa: PT011
            call(client)
        return caught.value

    async def main() -> None:
        async with AsyncClient(**options) as client:
            await call(client)

    with asyncio.Runner(debug=True) as runner, pytest.raises(BaseException) as caught:  # noqa: PT011
        runner.run(main())
    return caught.value


def assert_nothing_leaks(error: BaseException, logged: str, *seen: str) -> None:
    """That neither an error nor the logs show what was sent or how it was authenticated."""
    kit.assert_hides(kit.printed(error), *kit.SECRETS, *seen, *kit.PRIVATE)
    kit.assert_hides(kit.pickled(error), *kit.SECRETS, *seen, *kit.PRIVATE)
    kit.assert_hides(kit.with_locals(error), *kit.SECRETS, *seen)
    kit.assert_hides(logged, *kit.SECRETS, *seen, *kit.PRIVATE)


@kinds
@schemes
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_nothing_leaks_when(situation: str, call: str, scheme: str, kind: str, logs: Callable[[], str]) -> None:
    steps, *ends = SITUATIONS[situation]
    with Server(*steps) as server:
        # Short where it has to pass, but not so short that a busy machine would not even connect.
        timeout = 0.3 if situation.startswith("timeout") else 9
        error = failing(kind, CALLS[call], auth=SCHEMES[scheme](), base_url=server.url, timeout=timeout)
        assert type(error).__name__ == ends[list(CALLS).index(call)]
        seen = server.authorizations()
        assert len(seen) == (2 if situation == "401 by the clock" and scheme == "hmac" else 1)
        assert_nothing_leaks(error, logs(), *seen)
        if not situation.startswith(
            "echo"
        ):  # `message`, `details` and `body` are what the server said, whatever that is
            kit.assert_hides(kit.attributes(error), *kit.SECRETS, *seen)
    assert "messagemedia" in logs()
    assert "httpcore" in logs()


@kinds
@schemes
@pytest.mark.parametrize("call", CALLS)
def test_nothing_leaks_when_the_connection_is_refused(
    call: str, scheme: str, kind: str, logs: Callable[[], str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        error = failing(kind, CALLS[call], auth=SCHEMES[scheme](), base_url=url)
    assert type(error) is errors.NotSentError
    assert_nothing_leaks(error, logs())


@kinds
@schemes
def test_nothing_leaks_when_arguments_are_wrong(scheme: str, kind: str, logs: Callable[[], str]) -> None:
    wrong: dict[str, Any] = {
        **kit.MESSAGE,
        "content": kit.CONTENT * 999,
        "scheduled": kit.CONTENT,
        "format": kit.CONTENT,
        "metadata": {kit.CONTENT * 9: kit.NUMBERS[0] * 99, kit.NUMBERS[1]: 5},
        "destination_number": kit.NUMBERS[0] * 3,
    }
    calls = [
        lambda client: client.messages.send(**wrong),
        lambda client: client.messages.send(**kit.MESSAGE, to=kit.NUMBERS[0], message_id=kit.CONTENT),
        lambda client: client.replies.confirm([kit.MESSAGE, kit.NUMBERS]),
        lambda client: client.messages.get([kit.NUMBERS[0]]),
    ]
    for call in calls:
        error = failing(kind, call, auth=SCHEMES[scheme](), base_url="http://127.0.0.1:9")
        assert type(error) is errors.ValidationError
        assert_nothing_leaks(error, logs())


@kinds
@schemes
def test_nothing_leaks_when_a_message_is_waited_for_in_vain(scheme: str, kind: str, logs: Callable[[], str]) -> None:
    with Server(answer(200, {**kit.ECHO[0], "status": "queued"})) as server:
        error = failing(
            kind,
            lambda client: client.messages.wait(kit.MESSAGE_ID, timeout=0.01),
            auth=SCHEMES[scheme](),
            base_url=server.url,
        )
        assert type(error) is errors.WaitTimeoutError
        assert_nothing_leaks(error, logs(), *server.authorizations())


@kinds
@schemes
@pytest.mark.parametrize("during", ["request", "pause"])
def test_nothing_leaks_at_ctrl_c(during: str, scheme: str, kind: str, logs: Callable[[], str]) -> None:
    step = HANG if during == "request" else answer(503, kit.REFUSAL, retry_after="30")
    with Server(step) as server:

        def press_ctrl_c() -> None:
            server.heard.wait(60)
            threading.Event().wait(0.1)
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

        finger = threading.Thread(target=press_ctrl_c)
        finger.start()
        error = failing(kind, CALLS["read"], auth=SCHEMES[scheme](), base_url=server.url, timeout=9, max_retries=1)
        finger.join(60)
        assert type(error) is KeyboardInterrupt
        kit.assert_hides(kit.with_locals(error) + logs(), *kit.SECRETS, *server.authorizations())
        kit.assert_hides(kit.printed(error) + logs(), *kit.PRIVATE)


@schemes
@pytest.mark.parametrize("during", ["request", "pause"])
def test_nothing_leaks_when_tasks_are_cancelled(during: str, scheme: str, logs: Callable[[], str]) -> None:
    step = HANG if during == "request" else answer(503, kit.REFUSAL, retry_after="30")

    async def call(client: Any) -> None:
        async with asyncio.timeout(0.2 if during == "request" else 9), asyncio.TaskGroup() as group:
            for each in CALLS.values():
                group.create_task(each(client))

    with Server(step) as server:
        error = failing("async", call, auth=SCHEMES[scheme](), base_url=server.url, timeout=9, max_retries=1)
        # A send is not repeated after a 503, so there it ends the group before the time is over.
        assert type(error) is (TimeoutError if during == "request" else ExceptionGroup)
        kit.assert_hides(kit.with_locals(error) + logs(), *kit.SECRETS, *server.authorizations())
        kit.assert_hides(kit.printed(error) + logs(), *kit.SECRETS, *server.authorizations(), *kit.PRIVATE)


@kinds
def test_nothing_leaks_of_an_environment_that_cannot_be_used(
    kind: str, monkeypatch: pytest.MonkeyPatch, logs: Callable[[], str]
) -> None:
    made: Any = Client if kind == "sync" else AsyncClient
    right = {"_API_KEY": kit.KEY, "_API_SECRET": kit.SECRET}
    wrong = {
        "_BASE_URL": f"https://{kit.KEY}:{kit.SECRET}@example.com",
        "_AUTH": kit.SECRET,
    }
    for name, value in wrong.items():
        with monkeypatch.context() as patch:
            for each, text in {**right, name: value}.items():
                patch.setitem(os.environ, f"MESSAGEMEDIA{each}", text)
            with pytest.raises(errors.ConfigurationError) as caught:
                made()
        assert_nothing_leaks(caught.value, logs())


def test_every_class_of_errors_is_in_the_matrix() -> None:
    met = {name for _, *names in SITUATIONS.values() for name in names}
    assert met | ELSEWHERE == set(ERROR_NAMES)
    assert all(inspect.isclass(getattr(errors, name)) for name in ERROR_NAMES)
