"""What the tests of campaigns share: a clock that nobody waits for, rows, and both ways of sending behind one face."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from messagemedia import Message
from messagemedia.campaign import Campaign, Row, Summary
from messagemedia.sandbox import Sandbox

from tests.sdk.sdk_face import Face

KEY, SECRET = "SANDBOX_KEY", "SANDBOX_SECRET"


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []
        self.then: Callable[[], None] = lambda: None

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds
        self.then()


class Sender:
    """Sends a campaign with the blocking or the awaited client."""

    def __init__(self, face: Face) -> None:
        self._face = face

    def client(self, url: str | None = None, **options: Any) -> Any:
        return self._face.client(**{"api_key": KEY, "api_secret": SECRET, "base_url": url, **options})

    def run(self, result: Any) -> Any:
        return self._face.run(result)

    def send(self, campaign: Campaign, url_or_client: Any, **options: Any) -> Summary:
        client = self.client(url_or_client) if isinstance(url_or_client, str) else url_or_client
        method = campaign.send if self._face.blocking else campaign.send_async
        return self._face.run(method(client, **{"progress": False, **options}))


def number(index: int) -> str:
    return f"+6149157{index:04}"


def message(index: int, **fields: Any) -> Message:
    return Message(**{"content": f"Hello {index}", "destination_number": number(index), **fields})


def messages(count: int, **fields: Any) -> Iterator[Message]:
    return (message(index, **fields) for index in range(count))


def row(key: str, content: str = "Hello", **fields: Any) -> Row:
    return Row(Message(content=content, destination_number=fields.pop("to", number(0))), key=key, **fields)


def states(campaign: Campaign) -> dict[str, str]:
    """The state of each row by its content."""
    return {record.message.content: record.state for record in campaign.records()}


def sent(sandbox: Sandbox) -> Counter[str]:
    """How often the sandbox accepted each number."""
    return Counter(entry.message["destination_number"] for entry in sandbox.ledger)


def sizes(sandbox: Sandbox) -> list[int]:
    """How many messages each request to send had."""
    return [record.body.count(b'"destination_number"') for record in sends(sandbox)]


def sends(sandbox: Sandbox) -> list[Any]:
    return [record for record in sandbox.requests if record.operation == "sendMessages"]


def in_the_file(path: Path, statement: str) -> list[Any]:
    """What another program finds in a journal, or makes of it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return connection.execute(statement).fetchall()
