import base64
from collections.abc import Iterator
from typing import Any

import messagemedia.sandbox
import pytest
from messagemedia.sandbox import Fault, Options, Sandbox
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


def test_no_repr_shows_contents_numbers_or_credentials(used: Sandbox) -> None:
    shown = repr([used, used.options, used.ledger, used.requests, used.pushes, used.faults])
    assert [text for text in PRIVATE if text in shown] == []
    for text in (
        used.url,
        used.ledger[0].message_id,
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
