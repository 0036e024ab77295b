"""Engines ring the bell: whatever they do with a task, run it twice, lose it, or die with it, nothing is doubled."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from campaign_kit import KEY, SECRET, messages, sent
from messagemedia.campaign import Campaign, Summary
from messagemedia.sandbox import Sandbox
from postgres_kit import Server, free_port, new_database

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "examples"
PATIENCE = 120.0
ROWS = 3000


def wait_until(fact: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not fact():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


@contextmanager
def running(log: Path, *command: object, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process group that is killed at the end."""
    path = os.pathsep.join([str(EXAMPLES), *filter(None, [os.environ.get("PYTHONPATH")])])
    with log.open("ab") as output:
        process = subprocess.Popen(
            list(map(str, command)),
            env={**os.environ, "PYTHONPATH": path, **environment},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def environment(server: Server, sandbox: Sandbox) -> dict[str, str]:
    account = {"API_KEY": KEY, "API_SECRET": SECRET, "BASE_URL": sandbox.url}
    return {"CAMPAIGNS_URL": new_database(server), **{f"MESSAGEMEDIA_{name}": value for name, value in account.items()}}


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    port, log = free_port(), tmp_path / "redis.log"
    with running(log, program, "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", tmp_path) as process:
        wait_until(lambda: b"Ready to accept connections" in log.read_bytes(), process, log)
        yield f"redis://127.0.0.1:{port}/0"


def ring(times: int, environment: dict[str, str]) -> None:
    program = f"from work_celery import work\nfor _ in range({times}): work.delay('spring')"
    subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(EXAMPLES), **environment},
        check=True,
        timeout=60,
    )


CELERY = (sys.executable, "-m", "celery", "-A", "work_celery", "worker", "--concurrency", "3", "--loglevel", "WARNING")


def test_celery_rings_and_workers_send_each_row_once(
    environment: dict[str, str], redis: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    environment["CELERY_BROKER_URL"] = redis
    log = tmp_path / "celery.log"
    with Campaign(environment["CAMPAIGNS_URL"], name="spring") as campaign:
        campaign.add(messages(ROWS))
        ring(3, environment)
        with running(log, *CELERY, **environment) as process:
            wait_until(lambda: campaign.summary().left == 0, process, log)
        assert campaign.summary() == Summary(accepted=ROWS)
    assert set(sent(sandbox).values()) == {1}


def test_celery_that_delivers_late_and_loses_its_queue_doubles_nothing(
    environment: dict[str, str], redis: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    """As if somebody had set `acks_late`, with a visibility timeout that is over at once; and Redis is emptied."""
    environment |= {"CELERY_BROKER_URL": redis}
    wrong = tmp_path / "work_wrongly.py"
    wrong.write_text(
        "from work_celery import app, work\n"
        "work.acks_late = True\n"
        "app.conf.update(task_reject_on_worker_lost=True, broker_transport_options={'visibility_timeout': 1})\n"
    )
    environment["PYTHONPATH"] = os.pathsep.join([str(tmp_path), str(EXAMPLES)])
    command = [each if each != "work_celery" else "work_wrongly" for each in CELERY]
    log = tmp_path / "celery.log"
    with Campaign(environment["CAMPAIGNS_URL"], name="spring") as campaign:
        campaign.add(messages(ROWS))
        for kill in range(4):
            ring(3, environment)
            with running(log, *command, **environment) as process:  # killed with all its children when it is left
                enough = min(ROWS, len(sandbox.ledger) + 400)
                wait_until(
                    lambda enough=enough: len(sandbox.ledger) >= enough or not campaign.summary().pending, process, log
                )
            if kill == 1:
                flush = "import sys, redis; redis.Redis.from_url(sys.argv[1]).flushall()"
                subprocess.run([sys.executable, "-c", flush, redis], check=True, timeout=60)
            assert set(sent(sandbox).values()) == {1}
        found = {(each.message.destination_number, each.state) for each in campaign.records()}
    accepted = {number for number, state in found if state == "accepted"}
    assert accepted <= set(sent(sandbox))
    assert set(sent(sandbox)) - accepted <= {number for number, state in found if state in ("in_flight", "unknown")}


def test_procrastinate_rings_and_a_worker_sends_each_row_once(
    environment: dict[str, str], sandbox: Sandbox, tmp_path: Path
) -> None:
    log = tmp_path / "procrastinate.log"
    procrastinate = (sys.executable, "-m", "procrastinate", "--app", "work_procrastinate.app")
    with running(log, *procrastinate, "schema", "--apply", **environment) as process:
        assert process.wait(PATIENCE) == 0, log.read_text()
    with Campaign(environment["CAMPAIGNS_URL"], name="spring") as campaign:
        campaign.add(messages(ROWS))
        with running(
            log, *procrastinate, "defer", "work_procrastinate.work", '{"name": "spring"}', **environment
        ) as process:
            assert process.wait(PATIENCE) == 0, log.read_text()
        with running(log, *procrastinate, "worker", **environment) as process:
            wait_until(lambda: campaign.summary().left == 0, process, log)
        assert campaign.summary() == Summary(accepted=ROWS)
    assert set(sent(sandbox).values()) == {1}
