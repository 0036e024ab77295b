"""A consumer that is killed at random moments loses nothing, and confirms nothing that was not handled.

The sandbox, the consumer and the test are processes of their own; what the sandbox was asked to confirm comes from its
own record. `KILL_CONSUME_REPLIES` and `KILL_CONSUME_KILLS` change the size; `KILL_SEED` repeats a run.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
from kill_kit import running_sandbox

pytestmark = pytest.mark.slow

REPLIES = int(os.environ.get("KILL_CONSUME_REPLIES", "400"))
KILLS = int(os.environ.get("KILL_CONSUME_KILLS", "4"))
SEED = int(os.environ.get("KILL_SEED", str(random.randrange(1_000_000))))

PAGE = 100  # what an answer and a confirmation hold
CONFIRM, CHECK = "confirmRepliesAsReceived", "checkReplies"


class Server:
    """A sandbox in another process."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, trust_env=False, timeout=60)

    def control(self, name: str, **body: Any) -> Any:
        answer = self._http.post(f"/__sandbox__/{name}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def asked_to_confirm(self, offset: int) -> tuple[list[str], int]:
        """The ids of all confirmations from a request on, and how many requests there were."""
        records = self._http.get("/__sandbox__/requests", params={"offset": offset}).json()
        bodies = [json.loads(record["body"]) for record in records if record["operation"] == CONFIRM]
        return [each for body in bodies for each in body["reply_ids"]], offset + len(records)

    def unconfirmed(self) -> list[str]:
        self._http.delete("/__sandbox__/fault")  # one that the killed process did not get to see
        answer = self._http.get("/v1/replies", auth=("KEY", "SECRET"))
        return [reply["reply_id"] for reply in answer.json()["replies"]]

    def close(self) -> None:
        self._http.close()


class Journal:
    """What the consumers have written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()

    def lines(self) -> list[list[str]]:
        return [line.split(" ", 3) for line in self.path.read_text(encoding="utf-8").splitlines()]

    def ids(self, what: str) -> set[str]:
        return {line[2] for line in self.lines() if line[0] == what}

    @property
    def size(self) -> int:
        return self.path.stat().st_size


def start(kind: str, verb: str, server: Server, journal: Journal) -> subprocess.Popen[bytes]:
    script = Path(__file__).with_name("receiver.py")
    return subprocess.Popen([sys.executable, script, kind, verb, server.url, journal.path], stderr=subprocess.PIPE)


def kill_somewhere(process: subprocess.Popen[bytes], journal: Journal, chance: random.Random) -> bool:
    """Kill a process at a random moment of its work; False if it had ended before."""
    enough = journal.size + chance.randrange(1, 80 * 2 * PAGE)  # a line has about 80 bytes
    while process.poll() is None and journal.size < enough:
        time.sleep(0.001)
    time.sleep(chance.random() * 0.01)
    process.send_signal(signal.SIGKILL)
    _, errors = process.communicate()
    assert process.returncode in (0, -signal.SIGKILL), errors.decode()
    return process.returncode != 0


def trouble(server: Server, chance: random.Random) -> None:
    """Now and then, let a request of the next consumer fail."""
    fault = chance.choice(
        [
            None,
            {"kind": "status", "status": 503, "operation": CONFIRM},
            {"kind": "drop_after_accept", "operation": CONFIRM},
            {"kind": "drop_before", "operation": CHECK},
        ]
    )
    if fault:
        server.control("fault", **fault, times=1, after=chance.randrange(2))


class People:
    """Those who write, some of them what nobody can handle."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.ids: list[str] = []
        self.poison: set[str] = set()

    def write(self, count: int, *, poison_every: int) -> None:
        for number in range(count):
            content = "fine" if number % poison_every else "poison"
            reply_id = self._server.control("reply", content=content, source_number="+61491570156")["reply_id"]
            self.ids.append(reply_id)
            if content == "poison":
                self.poison.add(reply_id)


@pytest.mark.parametrize("verb", ["consume", "consume_batches"])
@pytest.mark.parametrize("kind", ["blocking", "awaited"])
def test_a_killed_consumer_loses_nothing_and_confirms_nothing_unhandled(tmp_path: Path, kind: str, verb: str) -> None:
    chance = random.Random(SEED)
    journal = Journal(tmp_path / "journal")
    with running_sandbox(Server) as server:
        people = People(server)
        people.write(PAGE + 20, poison_every=1)  # so many that nothing else is to be seen
        people.write(max(1, REPLIES - PAGE - 20), poison_every=23)
        seen = killed = 0
        while killed < KILLS:
            trouble(server, chance)
            killed += kill_somewhere(start(kind, verb, server, journal), journal, chance)
            confirmations, seen = server.asked_to_confirm(seen)
            assert set(confirmations) <= journal.ids("handled") | journal.ids("dead"), "confirmed, and not handled"
            if not server.unconfirmed():
                people.write(PAGE, poison_every=23)
        last = start(kind, verb, server, journal)
        _, errors = last.communicate()
        assert last.returncode == 0, errors.decode()
        assert server.unconfirmed() == []
        confirmations, _ = server.asked_to_confirm(0)
    assert set(confirmations) == set(people.ids)
    assert journal.ids("handled") == set(people.ids) - people.poison
    assert journal.ids("dead") == people.poison
    in_one_run = Counter((process, reply_id) for _, process, reply_id, _ in journal.lines())
    assert set(in_one_run.values()) == {1}, "twice in one run"
    # A crash costs at most what was not confirmed: one batch, or two if a confirmation had failed.
    repeated = len(journal.lines()) - len(people.ids)
    print(f"{verb}, {kind}, seed {SEED}: {len(people.ids)} replies, {killed} kills, {repeated} handled again")
    assert repeated <= killed * 2 * PAGE
