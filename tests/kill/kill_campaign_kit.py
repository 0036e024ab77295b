"""What the kill tests of campaigns share: the server and its ledger, the people, and the process that sends to them."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
from messagemedia.campaign import Campaign

BAD = 3
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "drop_after_accept"},
    {"kind": "drop_before"},
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 500, "processed": True},
    {"kind": "rate_limit"},
)


class Server:
    """A sandbox in another process, and what it has accepted so far."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, trust_env=False, timeout=60)
        self._ledger: list[dict[str, Any]] = []

    @property
    def ledger(self) -> list[dict[str, Any]]:
        path = "/__sandbox__/ledger"
        self._ledger += self._http.get(path, params={"offset": len(self._ledger)}).raise_for_status().json()
        return self._ledger

    def trouble(self, chance: random.Random) -> None:
        """Let some requests of the next process fail."""
        self.no_trouble()
        for _ in range(chance.randrange(4)):
            fault = {**chance.choice(FAULTS), "operation": "sendMessages", "after": chance.randrange(6)}
            self._http.post("/__sandbox__/fault", json=fault).raise_for_status()

    def no_trouble(self) -> None:
        self._http.delete("/__sandbox__/fault").raise_for_status()

    def close(self) -> None:
        self._http.close()


class People:
    """The file that the campaign is made from. It may grow."""

    def __init__(self, path: Path, count: int) -> None:
        self.path = path
        self.numbers: dict[str, str] = {}  # by key
        path.write_text("customer,phone,name\n" + "".join(f"bad-{n},12ab,Bad\n" for n in range(BAD)), encoding="utf-8")
        self.write(count)

    def write(self, count: int) -> None:
        first = len(self.numbers)
        more = {f"c{index}": f"+614{index:08}" for index in range(first, first + count)}
        with self.path.open("a", encoding="utf-8") as file:
            file.writelines(f"{key},{number},Person {key}\n" for key, number in more.items())
        self.numbers |= more


def start(
    kind: str, server: Server, journal: Path, people: People, concurrency: int, habit: str = "none"
) -> subprocess.Popen[bytes]:
    script = Path(__file__).with_name("campaign_operator.py")
    command = [sys.executable, script, kind, server.url, journal, people.path, str(concurrency), habit]
    return subprocess.Popen(command, stderr=subprocess.PIPE)


def kill_somewhere(process: subprocess.Popen[bytes], server: Server, about: int, chance: random.Random) -> bool:
    """Kill a process at a random moment of its work, after about so many messages; False if it had ended before."""
    if chance.random() < 0.2:  # while it starts, reads or adds
        time.sleep(chance.random() * 1.5)
    else:
        enough = len(server.ledger) + chance.randrange(2 * about + 1)
        while process.poll() is None and len(server.ledger) < enough:
            time.sleep(0.001)
        time.sleep(chance.random() * 0.05)
    process.send_signal(signal.SIGKILL)
    _, errors = process.communicate()
    assert process.returncode in (0, -signal.SIGKILL), errors.decode()
    return process.returncode != 0


def states(journal: Path) -> dict[str, str]:
    with Campaign(journal) as campaign:
        return {record.key: record.state for record in campaign.records()}


def finish(kind: str, server: Server, journal: Path, people: People) -> None:
    """Let the last process come to its end, with the faults that are left."""
    _, errors = start(kind, server, journal, people, 4).communicate(timeout=600)
    assert errors == b""
    server.no_trouble()


def assert_nothing_is_double(server: Server) -> None:
    numbers = [entry["message"]["destination_number"] for entry in server.ledger]
    assert len(set(numbers)) == len(numbers)


def check(server: Server, journal: Path, people: People) -> None:
    """What the journal says is what the ledger says, and what it does not know it lists as unknown."""
    assert_nothing_is_double(server)
    in_the_ledger = {entry["message"]["destination_number"] for entry in server.ledger}
    found = states(journal)
    assert found.keys() == people.numbers.keys() | {f"bad-{index}" for index in range(BAD)}
    assert set(found.values()) <= {"accepted", "invalid", "unknown"}
    assert [key for key, state in found.items() if state == "invalid"] == [f"bad-{index}" for index in range(BAD)]
    accepted = {people.numbers[key] for key, state in found.items() if state == "accepted"}
    unknown = {people.numbers[key] for key, state in found.items() if state == "unknown"}
    assert accepted <= in_the_ledger
    assert in_the_ledger - accepted <= unknown
    sent = len(in_the_ledger & unknown)
    print(f"{len(accepted)} accepted, {len(unknown)} unknown, of which {sent} had been sent")
