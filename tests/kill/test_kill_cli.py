"""A campaign that is killed at the command line, and gone on with by the command that it names, sends nothing twice.

Nothing is known but what an operator sees: exit codes, and what `campaign status` and `results` say. What arrived
comes from the ledger of the sandbox. `KILL_CLI_MESSAGES` and `KILL_CLI_KILLS` change the size; `KILL_SEED` repeats a run.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kill_campaign_kit import BAD, People, Server, assert_nothing_is_double, check
from kill_kit import running_sandbox

pytestmark = pytest.mark.slow

MESSAGES = int(os.environ.get("KILL_CLI_MESSAGES", "1000"))
KILLS = int(os.environ.get("KILL_CLI_KILLS", "3"))
SEED = int(os.environ.get("KILL_SEED", str(random.randrange(1_000_000))))


class Operator:
    """Somebody at the command line."""

    def __init__(self, server: Server, home: Path, people: People) -> None:
        self.journal = home / "killed.journal"
        self._people = people
        self._log = home / "campaign.log"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MESSAGEMEDIA_")},
            **dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"), str(home)),
            "MESSAGEMEDIA_BASE_URL": server.url,
            "MESSAGEMEDIA_API_KEY": "KEY",
            "MESSAGEMEDIA_API_SECRET": "SECRET",
        }

    def start(self, verb: str, *arguments: object) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "messagemedia", "campaign", verb, self.journal, *map(str, arguments)]
        with self._log.open("ab") as log:
            return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=self._environment)

    def run(self, verb: str, *arguments: object) -> tuple[int, str]:
        with self.start(verb, *arguments) as process:
            out, _ = process.communicate(timeout=600)
        return process.returncode, out.decode()

    def add(self) -> subprocess.Popen[bytes]:
        options = ("--column", "destination_number=phone", "--key", "customer", "--on-invalid", "skip")
        return self.start("add", self._people.path, "--content", "Hi {name}", *options)

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8")


def kill(process: subprocess.Popen[bytes]) -> bool:
    """Kill a process; False if it had ended before."""
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode in (0, 3, -signal.SIGKILL)
    return process.returncode == -signal.SIGKILL


def test_a_campaign_that_is_killed_at_the_command_line_goes_on_where_it_was(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    print(f"KILL_SEED={SEED} {MESSAGES} messages, {KILLS} kills at the command line")
    people = People(tmp_path / "people.csv", MESSAGES)
    with running_sandbox(Server) as server:
        operator = Operator(server, tmp_path, people)
        adding = operator.add()
        time.sleep(chance.random())
        kill(adding)
        adding = operator.add()
        adding.communicate(timeout=300)
        assert adding.returncode == 0, operator.log

        kills = 0
        while kills < KILLS:
            server.trouble(chance)
            before = len(server.ledger)
            enough = before + chance.randrange(2 * max(1, (MESSAGES - before) // (KILLS - kills + 1) - 100))
            process = operator.start("send", "--concurrency", chance.randrange(1, 5))
            while process.poll() is None and len(server.ledger) < enough:
                time.sleep(0.001)
            time.sleep(chance.random() * 0.05)
            if kill(process):
                kills += 1
            else:
                people.write(300)
                operator.add().communicate(timeout=300)
            assert_nothing_is_double(server)
        server.no_trouble()

        code, _ = operator.run("send")
        _, told = operator.run("status", "--json")
        counts = json.loads(told)
        assert code == (3 if counts["unknown"] else 0), operator.log
        assert (counts["pending"], counts["in_flight"], counts["invalid"]) == (0, 0, BAD)
        assert counts["accepted"] + counts["unknown"] == len(people.numbers)
        check(server, operator.journal, people)

        _, rows = operator.run("results", "--json")
        accepted = {
            row["destination_number"] for row in map(json.loads, rows.splitlines()) if row["state"] == "accepted"
        }
        assert accepted <= {entry["message"]["destination_number"] for entry in server.ledger}
        assert "Traceback" not in operator.log
        assert "\r" not in operator.log
        assert "INFO killed.journal: sending ended with" in operator.log
