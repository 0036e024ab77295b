"""Programs of the older SDK beside what they have become, and what is needed to run both against the sandbox."""

from __future__ import annotations

import json
import re
import runpy
import sys
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from messagemedia import Client, Message
from messagemedia.migration import Finding
from messagemedia.sandbox import Sandbox

from tests.migration import recorder, standin

PROGRAMS = Path(__file__).parent / "programs"
OLD = sorted(PROGRAMS.glob("*_old*"))
CALLS = {"call", "client", "model", "resource", "helper"}
"""The kinds of findings that may be calls."""

Lines = set[tuple[str, int]]


@frozen
class Pair:
    """A program of the older SDK, and the same with this package."""

    old: Path
    new: Path

    @property
    def generation(self) -> str:
        return "1.x" if "_1x_" in self.old.name else "2.x"


PAIRS = [pytest.param(Pair(old, old.with_name(old.name.replace("_old", "_new"))), id=old.stem) for old in OLD]


@contextmanager
def prepared(patch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox in which something waits to be fetched, with its address in the environment."""
    with Sandbox(api_key="API_KEY", api_secret="API_SECRET", accounts=("MySubAccount",)) as sandbox:
        with Client("API_KEY", "API_SECRET", base_url=sandbox.url) as client:
            sent = client.messages.send(content="Before", destination_number="+61491570156", delivery_report=True)
            later = client.messages.send(Message(content="Later", destination_number="+61491570156", scheduled=LATER))
        sandbox.advance(seconds=60)
        sandbox.reply("YES", message_id=sent.message_id)
        patch.setenv("BASE_URI", sandbox.url)
        patch.setenv("MESSAGE_ID", sent.message_id or "")
        patch.setenv("SCHEDULED_ID", later.message_id or "")
        yield sandbox


def left(sandbox: Sandbox) -> list[tuple[str, str, Any, str | None]]:
    """The requests that left a program: method, path, JSON and sub-account, and nothing that differs on purpose."""
    ids: dict[str, str] = {}
    seen = [_request(each) for each in sandbox.requests[PREPARATIONS:]]
    text = json.dumps(seen)
    for number, found in enumerate(dict.fromkeys(each[0] for each in _ID.finditer(text))):
        ids[found] = f"id {number}"
    return json.loads(_ID.sub(lambda found: ids[found[0]], text))


PREPARATIONS = 2  # the requests of `prepared`
LATER = datetime(2031, 1, 1, tzinfo=UTC)
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _request(record: Any) -> list[Any]:
    body = json.loads(record.body) if record.body else None
    for message in body.get("messages", []) if isinstance(body, dict) else []:
        if not message.get("delivery_report"):
            message.pop("delivery_report", None)  # 2.x sends `false`, see "fields sent" in the guide
        for name in ("scheduled", "message_expiry_timestamp"):
            if name in message:
                message[name] = datetime.fromisoformat(message[name]).astimezone(UTC).isoformat()
    return [record.method, record.target, body, record.header("account")]


def spans(findings: Iterable[Finding], kinds: Container[str] = CALLS) -> set[tuple[str, int]]:
    """The lines of findings, each from where it begins to where it ends."""
    return {
        (Path(each.file).name, line)
        for each in findings
        if each.kind in kinds
        for line in range(each.line, each.end_line + 1)
    }


def run_with_standin(program: Path, generation: str) -> Lines:
    """Run a program of the older SDK with what stands in for it; return the lines that called it."""
    recording: list[tuple[str, int]] = []
    with standin.installed(generation), own_modules(program):
        recorder.record(program, recording)
    return set(recording)


def run(program: Path) -> None:
    """Run a program."""
    with own_modules(program):
        runpy.run_path(str(program), run_name="__main__")


@contextmanager
def own_modules(program: Path) -> Iterator[None]:
    """Let a program of several files import its own ones, and nobody else."""
    before = set(sys.modules)
    try:
        yield
    finally:
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", None) or "").startswith(str(PROGRAMS)):
                del sys.modules[name]
