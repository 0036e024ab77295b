import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import messagemedia.sandbox
import pytest
from messagemedia.sandbox import Fault, LedgerEntry, Options, Sandbox
from sandbox_caller import KEY, SECRET, caller_of

NUMBER = "61491570156"
PRIVATE = (
    "Hello",
    "Thanks",
    "canned",
    "password",
    "token",
    NUMBER,
    SECRET,
    "another",
    "Basic",
    base64.b64encode(f"{KEY}:{SECRET}".encode()).decode(),
)


@pytest.fixture
def used() -> Iterator[Sandbox]:
    """A sandbox that has something of everything to show."""
    with Sandbox(clock_runs=False, other_credentials={"K": "another"}) as running, caller_of(running) as caller:
        message_id = caller.send_one(
            callback_url=f"http://user:password@127.0.0.1:99999/{NUMBER}?token=1", delivery_report=True
        )
        caller.get(f"/v1/{NUMBER}?to=%2B{NUMBER}&content=Hello")
        running.reply("Thanks!", message_id=message_id)
        running.wait_for_pushes()
        running.fault("answer", body="canned", headers={"X-Token": "token"}, values={"content": "Hello"})
        yield running


def test_the_ledger_shows_what_was_sent_and_to_whom(used: Sandbox) -> None:
    """It is test data, and what a test's author looks for; what else a message has may hold credentials."""
    (entry,) = used.ledger
    message = "{'content': 'Hello', 'destination_number': '+61491570156', …}"
    assert repr(entry) == (
        f"LedgerEntry(order=0, message_id={entry.message_id!r}, account='SandboxAccount',"
        f" message={message}, accepted={entry.accepted!r})"
    )
    assert "callback_url" in entry.message


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ({"content": "Hi", "destination_number": "1"}, "{'content': 'Hi', 'destination_number': '1'}"),
        ({"destination_number": "1", "content": "Hi"}, "{'content': 'Hi', 'destination_number': '1'}"),
        ({"content": "Hi", "subject": "S"}, "{'content': 'Hi', …}"),
        ({"subject": "S"}, "{…}"),
        ({}, "{}"),
    ],
)
def test_the_ledger_marks_what_it_leaves_out(message: dict[str, Any], shown: str) -> None:
    entry = LedgerEntry(0, "id", "account", message, datetime(2026, 1, 15, tzinfo=UTC))
    assert f" message={shown}, accepted=" in repr(entry)


def test_no_other_repr_shows_contents_numbers_or_credentials(used: Sandbox) -> None:
    shown = repr([used, used.options, used.requests, used.pushes, used.faults])
    assert [text for text in PRIVATE if text in shown] == []
    assert [text for text in ("password", "token", "callback", SECRET) if text in repr(used.ledger)] == []
    for text in (
        used.url,
        "/v1/…156?…",
        "http://…@127.0.0.1:99999/…156?…",
        "PushAttempt(kind='reply'",
    ):
        assert text in shown


def test_what_no_repr_shows_is_in_the_fields(used: Sandbox) -> None:
    assert used.ledger[0].message["content"] == "Hello"
    assert (used.requests[0].header("authorization") or "").startswith("Basic ")
    assert b"Hello" in used.requests[0].body
    assert used.requests[1].query == f"to=%2B{NUMBER}&content=Hello"
    assert used.pushes[0].body["content"] == "Thanks!"
    assert used.pushes[0].url == f"http://user:password@127.0.0.1:99999/{NUMBER}?token=1"
    assert (used.faults[0].body, used.faults[0].values) == ("canned", {"content": "Hello"})


@pytest.mark.parametrize("name", messagemedia.sandbox.__all__)
def test_every_public_record_is_looked_at_here(name: str, used: Sandbox) -> None:
    kind: Any = getattr(messagemedia.sandbox, name)
    records = (used.ledger[0], used.requests[0], used.pushes[0], used.faults[0], used.options, used)
    is_record = hasattr(kind, "__attrs_attrs__") or kind is Sandbox
    assert not is_record or any(isinstance(record, kind) for record in records)
    assert repr(Fault(kind="hang")).startswith("Fault(")
    assert SECRET not in repr(Options())
