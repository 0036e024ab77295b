"""Workers that are killed, stopped for longer than a lease, and cut off from a server that crashes, double nothing.

Sandbox, workers, PostgreSQL and the test are processes of their own; what was accepted comes from the ledger of the
sandbox. `KILL_POSTGRES_MESSAGES`, `_KILLS` and `_RATE` change the size; `KILL_SEED` repeats a run.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from kill_campaign_kit import Server as Sandbox
from kill_campaign_kit import assert_nothing_is_double
from kill_kit import running_sandbox
from messagemedia import Client, DeliveryReport, Message
from messagemedia.campaign import Campaign, Row, RowsError, Summary
from postgres_kit import URL, Server, ask, new_database, running_server
from postgres_worker import LEASE, TIMEOUT

pytestmark = pytest.mark.slow

MESSAGES = int(os.environ.get("KILL_POSTGRES_MESSAGES", "500"))
KILLS = int(os.environ.get("KILL_POSTGRES_KILLS", "3"))
RATE = os.environ.get("KILL_POSTGRES_RATE", "60")
SEED = int(os.environ.get("KILL_SEED", str(random.randrange(1_000_000))))
WORKERS = 4
PATIENCE = 300.0
NAME = "killed"


class Workers:
    """Processes that send one campaign; one that has ended with an error or was killed is started again."""

    def __init__(self, sandbox: Sandbox, address: str, chance: random.Random) -> None:
        self._command = [sandbox.url, address, NAME, RATE]
        self._chance = chance
        self.running: list[subprocess.Popen[str]] = []
        self.why: list[str] = []
        for _ in range(WORKERS):
            self.start()

    def start(self) -> None:
        script = Path(__file__).with_name("postgres_worker.py")
        kind = self._chance.choice(["blocking", "awaited"])
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        self.running.append(subprocess.Popen([sys.executable, script, kind, *self._command], **pipes))

    def kill(self) -> None:
        process = self.running.pop(self._chance.randrange(len(self.running)))
        process.kill()
        process.communicate()
        self.start()

    def freeze(self) -> None:
        """Stop one for longer than its lease, and let it go on."""
        process = self._chance.choice(self.running)
        process.send_signal(signal.SIGSTOP)
        time.sleep(LEASE + TIMEOUT)
        process.send_signal(signal.SIGCONT)

    def look_after(self) -> bool:
        """Start again what has failed; return whether all have ended because nothing is left."""
        for process in [each for each in self.running if each.poll() is not None]:
            said, errors = process.communicate()
            if process.returncode == 0:
                self.why.append(said.strip())
                assert errors == ""
            elif "JournalError" in errors or "StalledError" in errors:
                self.start()
            else:
                raise AssertionError(errors)
            self.running.remove(process)
        return not self.running

    def close(self) -> None:
        for process in self.running:
            process.kill()
            process.communicate()


def rows(count: int) -> list[Row]:
    return [Row(Message(content=f"Hi {n}", destination_number=f"+614{n:08}"), key=f"c{n}") for n in range(count)]


def states(address: str) -> dict[str, str]:
    with Campaign(address, name=NAME) as campaign:
        return {each.message.destination_number or "": each.state for each in campaign.records()}


def wait_for(sandbox: Sandbox, enough: int, workers: Workers) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(sandbox.ledger) < enough and not workers.look_after():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def restart(server: Server) -> None:
    if not URL:
        server.stop(signal.SIGQUIT)  # at once, as after `pg_ctl stop -m immediate`
        time.sleep(0.3)
        server.start()


def test_workers_that_are_killed_stopped_and_cut_off_send_every_row_at_most_once() -> None:
    chance = random.Random(SEED)
    print(f"KILL_SEED={SEED} {MESSAGES} messages, {KILLS} kills, {RATE}/s, {WORKERS} workers")
    with running_server() as server, running_sandbox(Sandbox) as sandbox:
        address = new_database(server)
        with Campaign(address, name=NAME) as campaign:
            campaign.add(rows(MESSAGES))
        workers = Workers(sandbox, address, chance)
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'messagemedia'"
        more: list[Callable[[], object]] = [workers.freeze, lambda: restart(server), lambda: ask(address, cut)]
        events = [*[workers.kill] * KILLS, *more * max(1, KILLS // 8)]
        chance.shuffle(events)
        try:
            for number, event in enumerate(events, 1):
                wait_for(sandbox, number * MESSAGES // (len(events) + 2), workers)
                time.sleep(max(0.0, chance.random() - 0.5) * 0.1)  # often before the answer is written down
                if chance.random() < 0.3:
                    sandbox.trouble(chance)
                event()
                workers.look_after()
                assert_nothing_is_double(sandbox)
            sandbox.no_trouble()
            deadline = time.monotonic() + PATIENCE
            while not workers.look_after():
                assert time.monotonic() < deadline
                time.sleep(0.02)
        finally:
            workers.close()
        assert set(workers.why) == {"done"}
        check(sandbox, address)
        settle(sandbox, address)


def check(sandbox: Sandbox, address: str) -> None:
    """What the journal says is what the ledger says, and what it does not know it lists as unknown."""
    assert_nothing_is_double(sandbox)
    in_the_ledger = {entry["message"]["destination_number"] for entry in sandbox.ledger}
    found = states(address)
    accepted = {number for number, state in found.items() if state == "accepted"}
    unknown = {number for number, state in found.items() if state == "unknown"}
    assert len(found) == MESSAGES
    assert accepted | unknown == found.keys()
    assert accepted <= in_the_ledger
    assert in_the_ledger - accepted <= unknown
    print(f"{len(accepted)} accepted, {len(unknown)} unknown, of which {len(in_the_ledger & unknown)} had been sent")


def settle(sandbox: Sandbox, address: str) -> None:
    """Delivery reports settle what was sent after all, and the caller has the rest sent: everybody got one message."""
    with Campaign(address, name=NAME) as campaign, Client("KEY", "SECRET", base_url=sandbox.url) as client:
        for entry in sandbox.ledger:
            told = {"message_id": entry["message_id"], "metadata": entry["message"]["metadata"]}
            campaign.observe(DeliveryReport.from_dict(told))
        assert campaign.summary().accepted == len(sandbox.ledger)
        deadline = time.monotonic() + PATIENCE
        while not retried(campaign):  # something may still be on its way
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert campaign.work(client, progress=False) == "done"
        assert campaign.summary() == Summary(accepted=MESSAGES)
    assert_nothing_is_double(sandbox)
    assert len(sandbox.ledger) == MESSAGES


def retried(campaign: Campaign) -> bool:
    try:
        campaign.retry(campaign.records("unknown"))
    except RowsError as error:
        return "may still be in progress" not in str(error)
    return True
