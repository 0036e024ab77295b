"""What a process of `benchmarks.postgres` does: it gets ready, waits for a line, works, and tells what it found.

Each is a process of its own, as workers are, and so that its memory is that of one job.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from messagemedia import Client
from messagemedia.campaign import Campaign, read_csv
from messagemedia.campaign.entries import Settled
from messagemedia.campaign.postgres.journal import PostgresJournal
from messagemedia.campaign.protocol import Sender

STAND_IN = Sender(b"benchmark", timeout=30.0, lease=300.0)


def claim_and_settle(address: str, name: str) -> Callable[[], object]:
    """Accept all rows without an API: what is left is the work of the journal."""
    journal = PostgresJournal(address, name, begin=True)

    def run() -> None:
        with journal.sending(STAND_IN):
            while claimed := journal.claim(100):
                journal.settle(accepted(claimed))

    return run


def accepted(claimed: Sequence[tuple[int, Any]]) -> list[Settled]:
    """What a stand-in for the API says of claimed rows; ids are as long as real ones."""
    return [Settled(entry, "accepted", f"{entry:036}") for entry, _ in claimed]


def work(address: str, name: str, url: str, rate: float) -> Callable[[], object]:
    """Be one of many workers."""
    campaign, client = Campaign(address, name=name), _client(url)
    return lambda: campaign.work(client, max_rate=rate, progress=False)


def add(address: str, name: str, path: str) -> Callable[[], object]:
    """Add the rows of a CSV file."""
    campaign = Campaign(address, name=name)
    return lambda: campaign.add(read_csv(path, content="Hi {name}, we close at 5 on Friday", key="customer_id"))


def send(address: str, name: str, url: str) -> Callable[[], object]:
    """Send all rows as `send` does unless it is told otherwise: 4 requests at a time."""
    campaign, client = Campaign(address, name=name), _client(url)
    return lambda: campaign.send(client, progress=False)


def write_results(address: str, name: str, path: str) -> Callable[[], object]:
    """Write the results of all rows."""
    campaign = Campaign(address, name=name)
    return lambda: campaign.write_results(path)


def _client(url: str) -> Client:
    return Client("KEY", "SECRET", base_url=url)


JOBS: dict[str, Callable[..., Callable[[], object]]] = {
    job.__name__: job for job in (claim_and_settle, work, add, send, write_results)
}


class Running:
    """A process for a job."""

    def __init__(self, job: Callable[..., object], *arguments: object) -> None:
        """Start it."""
        command = [sys.executable, "-m", __name__, job.__name__, json.dumps(arguments)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def get_ready(self) -> None:
        """Wait until it is ready."""
        self._process.stdout.readline()

    def go(self) -> None:
        """Let it begin."""
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def result(self) -> dict[str, float]:
        """When it began and ended, and its memory: `begin`, `end`, `idle_mb`, `peak_mb`.

        Raises:
            RuntimeError: It failed.
        """
        told, _ = self._process.communicate()
        if self._process.returncode:
            raise RuntimeError("a process of the benchmark failed; it has said why above")
        found: dict[str, float] = json.loads(told)
        return found


def begin(processes: Sequence[Running]) -> None:
    """Let processes begin at once, when all are ready."""
    for process in processes:
        process.get_ready()
    for process in processes:
        process.go()


def _peak() -> float:
    """The most memory that this process has had, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # `ru_maxrss` of Linux is that of the process that started this one, if that had more
        lines = dict(line.partition(":")[::2] for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def main(job: str, arguments: str) -> None:
    """Do a job."""
    run = JOBS[job](*json.loads(arguments))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    idle, begin = _peak(), time.monotonic()
    run()
    sys.stdout.write(json.dumps({"begin": begin, "end": time.monotonic(), "idle_mb": idle, "peak_mb": _peak()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
