"""The command line with a campaign in PostgreSQL, as people and services run it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from messagemedia.sandbox import Sandbox
from postgres_kit import PATIENCE

COMMAND = (sys.executable, "-m", "messagemedia")
ROWS = 1000


@pytest.fixture
def address(url: str) -> str:
    """The database, without the password that the address of a server of somebody else's may have."""
    return url.replace(f":{urlsplit(url).password}@", "@")


@pytest.fixture
def environment(sandbox: Sandbox, url: str, tmp_path: Path) -> dict[str, str]:
    """What a process of its own finds, and nothing of this machine."""
    return {
        **os.environ,
        **dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"), str(tmp_path)),
        "PGPASSWORD": urlsplit(url).password or "",
        "MESSAGEMEDIA_BASE_URL": sandbox.url,
        "MESSAGEMEDIA_API_KEY": sandbox.options.api_key,
        "MESSAGEMEDIA_API_SECRET": sandbox.options.api_secret,
    }


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    lines = [f"k{n},+6149157{n:04}\n" for n in range(ROWS)]
    path.write_text(f"id,destination_number\n{''.join(lines)}", "utf-8")
    return path


def ran(environment: Mapping[str, str], *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False, env=environment, timeout=PATIENCE
    )


def test_workers_end_on_sigterm_and_others_go_on(
    environment: dict[str, str], people: Path, address: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    at = ("spring tour", "--in", address)
    done = ran(environment, "campaign", "status", *at)
    assert (done.returncode, f"campaign add 'spring tour' --in {address} FILE.csv" in done.stderr) == (2, True)
    done = ran(environment, "campaign", "add", *at, people, "--content", "Hi", "--key", "id")
    assert (done.returncode, done.stdout) == (0, f"{ROWS:,} new, 0 known, 0 invalid\n")
    assert f"{ROWS:,} SMS parts" in ran(environment, "campaign", "plan", *at).stdout

    worker = subprocess.Popen(
        [*COMMAND, "campaign", "work", *at, "--rate", "100"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    deadline = time.monotonic() + PATIENCE
    while not sandbox.ledger:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    worker.send_signal(signal.SIGTERM)
    out, err = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0, err
    assert out.startswith("stopped by SIGTERM; ")
    assert "in_flight" not in out
    assert "batch" not in err  # a line each minute, not one for each batch
    assert 0 < len(sandbox.ledger) < ROWS

    assert (
        "held up: it is paused"
        in (ran(environment, "campaign", "pause", *at), ran(environment, "campaign", "status", *at))[1].stdout
    )
    assert f"campaign send 'spring tour' --in {address}\n" in ran(environment, "campaign", "resume", *at).stderr
    # The address comes from the environment: then it needs no option, and is never told.
    set_so = {**environment, "MESSAGEMEDIA_CAMPAIGN_DSN": address}
    done = ran(set_so, "campaign", "work", "spring tour", "--concurrency", "2", "--claims")
    assert (done.returncode, done.stdout) == (0, f"done, nothing is left to send; {ROWS:,} rows: {ROWS:,} accepted\n")
    assert "batch" in done.stderr
    assert len({each.message["destination_number"] for each in sandbox.ledger}) == len(sandbox.ledger) == ROWS
    status = json.loads(ran(set_so, "campaign", "status", "spring tour", "--json").stdout)
    assert (status["accepted"], status["paused"], status["held_up"], status["leases"]) == (ROWS, False, "", [])
    assert status["rate"] > 0
    results = tmp_path / "results.csv"
    assert ran(set_so, "campaign", "results", "spring tour", "--output", results).returncode == 0
    assert len(results.read_text("utf-8").splitlines()) == ROWS + 1
    done = ran(set_so, "campaign", "doubt", "spring tour", "--since", "2020-01-01T00:00Z")
    assert (done.returncode, done.stdout) == (0, "0 newly unknown\n")


def test_a_file_moves_and_is_worked_on(
    environment: dict[str, str], people: Path, address: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    journal = tmp_path / "autumn.journal"
    assert (
        ran(environment, "campaign", "add", journal, people, "--content", "Hi", "--key", "id", "--report").returncode
        == 0
    )
    done = ran(environment, "campaign", "move", journal, "--in", address)
    assert (done.returncode, done.stdout) == (0, f"{ROWS:,} rows are in PostgreSQL, as autumn\n")
    assert f"  messagemedia campaign work autumn --in {address}\n" in done.stderr
    sandbox.fault("drop_after_accept", operation="sendMessages", times=1)
    done = ran(environment, "campaign", "work", "autumn", "--in", address, "--max-batches", "1")
    assert (done.returncode, done.stdout.partition(";")[0]) == (3, "stopped after --max-batches")
    assert f"  messagemedia reports --observe autumn --in {address}\n" in done.stderr
    # A service file has the address, and would have the password.
    parts = urlsplit(address)
    lines = (
        "[app]",
        f"host={parts.hostname}",
        f"port={parts.port}",
        f"user={parts.username}",
        f"dbname={parts.path[1:]}",
    )
    (tmp_path / "services").write_text("\n".join(lines), "utf-8")
    at = ("autumn", "--in", "postgresql:///?service=app")
    environment["PGSERVICEFILE"] = str(tmp_path / "services")
    assert "unknown since" in ran(environment, "campaign", "status", *at).stdout
    sandbox.advance(3600)
    assert ran(environment, "reports", "--observe", *at).returncode == 0
    done = ran(environment, "campaign", "status", *at)
    assert ("accepted" in done.stdout, "unknown" in done.stdout) == (True, False)
