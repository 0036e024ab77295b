"""Between workers and PostgreSQL may stand PgBouncer in transaction mode, with fewer connections than there are workers."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from campaign_kit import KEY, SECRET, message, messages, number, row, sent
from messagemedia import Client
from messagemedia.campaign import Added, Campaign, Summary
from messagemedia.sandbox import Sandbox
from postgres_kit import NOBODY, URL, Server, free_port, new_database

PATIENCE = 60.0
WORKERS = 4

pytestmark = [
    pytest.mark.skipif(shutil.which("pgbouncer") is None, reason="pgbouncer is not installed"),
    pytest.mark.skipif(bool(URL), reason="platform: PgBouncer is put before a server of our own"),
]


@pytest.fixture
def bouncer(server: Server, tmp_path: Path) -> Iterator[str]:
    """The address of a new database through PgBouncer, with two connections to the server."""
    port, folder = free_port(), server.folder / f"bouncer-{os.urandom(4).hex()}"
    folder.mkdir()
    (folder / "users").write_text('"tests" ""\n')
    (folder / "ini").write_text(
        f"[databases]\n* = host=127.0.0.1 port={server.port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n"
        f"auth_type = trust\nauth_file = {folder / 'users'}\npool_mode = transaction\ndefault_pool_size = 2\nunix_socket_dir =\n"
    )
    as_nobody: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    address = new_database(server).replace(f":{server.port}/", f":{port}/")
    program = shutil.which("pgbouncer")
    assert program
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen([program, "-q", folder / "ini"], stderr=log, **as_nobody) as process,
    ):
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(address, connect_timeout=5).close()
                break
            except psycopg.OperationalError:
                assert process.poll() is None, (tmp_path / "log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.02)
        yield address
        process.terminate()


def test_a_campaign_does_all_that_it_does_through_transaction_mode(bouncer: str, sandbox: Sandbox) -> None:
    with Campaign(bouncer, name="spring") as campaign, Client(KEY, SECRET, base_url=sandbox.url) as client:
        campaign.add(messages(1500))
        campaign.add(
            [row("a", "one", to=number(2001)), row("b", "two", to=number(2002)), row("c", "", to=number(2003))],
            on_invalid="skip",
        )
        changed = [row("a", "ONE", to=number(2001)), row("c", "three", to=number(2003))]
        assert campaign.add(changed, on_changed="replace") == Added(new=1, replaced=1)
        assert campaign.withdraw(numbers=number(2002)) == 1
        sandbox.fault("drop_after_accept", operation="sendMessages", times=1, after=2)
        why: list[str] = []

        def worker() -> None:
            with Campaign(bouncer, name="spring") as own:
                why.append(own.work(client, max_rate=5000, progress=False))

        workers = [threading.Thread(target=worker) for _ in range(WORKERS)]
        for each in workers:
            each.start()
        for each in workers:
            each.join(PATIENCE)
        assert why == ["done"] * WORKERS
        assert campaign.summary() == Summary(accepted=1402, unknown=100, withdrawn=1)
        assert campaign.retry(campaign.records("unknown")) == 100
        campaign.pause()
        campaign.resume()
        assert campaign.status().summary.pending == 100
        assert campaign.add([message(3000)]) == Added(new=1)
    assert set(sent(sandbox).values()) == {1}
    assert len(sandbox.ledger) == 1502
