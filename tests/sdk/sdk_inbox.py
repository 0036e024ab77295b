"""What the tests of `consume` share: a sandbox with something in its queues, and runs in both forms."""

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from messagemedia.sandbox import Sandbox
from sdk_face import KEY, NUMBER, SECRET, Face

# Short enough that nothing waits, and never what decides.
QUICK: dict[str, Any] = {"poll_interval": 0.001, "max_poll_interval": 0.002}
CHECK, CONFIRM = "checkReplies", "confirmRepliesAsReceived"


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox(api_key=KEY, api_secret=SECRET, clock_runs=False) as running:
        yield running


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    server.reset()
    return server


def client_of(face: Face, sandbox: Sandbox, **options: Any) -> Any:
    return face.client(base_url=sandbox.url, **options)


def fill(sandbox: Sandbox, count: int) -> list[str]:
    """Let people write `0`, `1` and so on; the ids of their replies."""
    return [sandbox.reply(str(number), source_number=NUMBER) for number in range(count)]


def left(sandbox: Sandbox) -> list[str]:
    """What the unconfirmed replies say, at most 100 of them."""
    return [reply["content"] for reply in sandbox._state.replies(sandbox.options.account)]


def asked(sandbox: Sandbox, operation: str) -> list[Any]:
    """The JSON of every request of an operation; those without a body count as None."""
    records = [record for record in sandbox.requests if record.operation == operation]
    return [json.loads(record.body) if record.body else None for record in records]


def confirmed(sandbox: Sandbox) -> list[list[str]]:
    return [body["reply_ids"] for body in asked(sandbox, CONFIRM)]


def consume(face: Face, inbox: Any, handler: Callable[[Any], object], *, verb: str = "consume", **options: Any) -> Any:
    """A run with a handler, which is a coroutine function for the awaited client."""

    async def awaited(item: Any) -> object:
        return handler(item)

    return face.run(getattr(inbox, verb)(handler if face.blocking else awaited, **{**QUICK, **options}))


def iterate(face: Face, inbox: Any, body: Callable[[Any], object], *, verb: str = "consume", **options: Any) -> None:
    """A run without a handler; the loop is left when the body returns True."""
    items = getattr(inbox, verb)(**{**QUICK, **options})
    if face.blocking:
        with contextlib.closing(items):
            for item in items:
                if body(item) is True:
                    break
        return

    async def loop() -> None:
        async with contextlib.aclosing(items):
            async for item in items:
                if body(item) is True:
                    break

    face.run(loop())


class Book:
    """A handler that writes down what items say, and fails with some."""

    def __init__(self, *failing: str, error: type[BaseException] = RuntimeError) -> None:
        self.read: list[str] = []
        self.failing = set(failing)
        self.error = error

    def __call__(self, item: Any) -> None:
        if item.content in self.failing:
            raise self.error(f"no good: {item.content}")
        self.read.append(item.content)


def numbers(*spans: range | int) -> list[str]:
    """Numbers as the texts that `fill` makes."""
    return [str(each) for span in spans for each in ([span] if isinstance(span, int) else span)]
