"""What the sandbox takes, beside a bare server of the same kind; each round is a process of its own.

The bare one is uvicorn with an application that reads a body and answers the same bytes to all. What the sandbox takes
more is what it does: it authenticates, validates, and walks messages through their statuses.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

NAMES = SANDBOX, BARE = ("the sandbox", "a bare server")
STEPS = ("start and stop", "send 100", "fetch and confirm 100")
ROOT = Path(__file__).parents[1]


def rounds(number: int, batches: int) -> dict[str, dict[str, list[float]]]:
    """Milliseconds of each step, round by round; in a round one server follows the other."""
    found: dict[str, dict[str, list[float]]] = {name: {step: [] for step in STEPS} for name in NAMES}
    for _ in range(number):
        command = [sys.executable, "-m", "benchmarks.sandbox", str(batches)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        for name, steps in json.loads(done.stdout).items():
            for step, milliseconds in steps.items():
                found[name][step].append(milliseconds)
    return found


def measure(batches: int) -> dict[str, dict[str, float]]:
    """Milliseconds of each step; the first start, which imports and reads, does not count."""
    found = {}
    for name, running in ((SANDBOX, _sandbox), (BARE, _bare)):
        with running() as (client, _):
            client.get("/v1/replies")
        begin = time.perf_counter()
        with running():
            pass
        started = time.perf_counter()
        with running() as (client, advance):
            found[name] = {STEPS[0]: (started - begin) * 1000, **_work(client, advance, batches)}
    return found


def _work(client: httpx.Client, advance: Callable[[float], None], batches: int) -> dict[str, float]:
    message = {"content": "Hello", "destination_number": "+61491570156", "delivery_report": True}
    began = time.perf_counter()
    for _ in range(batches):
        client.post("/v1/messages", json={"messages": [message] * 100}).raise_for_status()
    sent = time.perf_counter()
    advance(10)  # enroute, submitted and delivered: three reports of each message
    fetched = 0
    begin = time.perf_counter()
    for _ in range(3 * batches):
        reports = client.get("/v1/delivery_reports").json()["delivery_reports"]
        fetched += len(reports)
        ids = [each["delivery_report_id"] for each in reports]
        client.post("/v1/delivery_reports/confirmed", json={"delivery_report_ids": ids}).raise_for_status()
    end = time.perf_counter()
    if fetched != 300 * batches:
        raise ValueError(f"{fetched} reports came of {300 * batches}")
    return {STEPS[1]: (sent - began) * 1000 / batches, STEPS[2]: (end - begin) * 1000 / (3 * batches)}


@contextlib.contextmanager
def _sandbox() -> Iterator[tuple[httpx.Client, Callable[[float], None]]]:
    from messagemedia.sandbox import Sandbox  # noqa: PLC0415  # an extra

    options: dict[str, Any] = {"api_key": "KEY", "api_secret": "SECRET", "clock_runs": False}
    with Sandbox(**options) as running, _client(running.url) as client:
        yield client, running.advance


@contextlib.contextmanager
def _bare() -> Iterator[tuple[httpx.Client, Callable[[float], None]]]:
    import uvicorn  # noqa: PLC0415  # belongs to the extra

    server = uvicorn.Server(uvicorn.Config(_answer, port=0, log_config=None, lifespan="off", http="h11"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    try:
        while not server.started:
            time.sleep(0.001)
        port = server.servers[0].sockets[0].getsockname()[1]
        with _client(f"http://127.0.0.1:{port}") as client:
            yield client, lambda _: None
    finally:
        server.should_exit = True
        thread.join()


REPORTS = {"delivery_reports": [{"delivery_report_id": f"{number:036}"} for number in range(100)]}
BODY = json.dumps(REPORTS).encode()


async def _answer(_: Mapping[str, Any], receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


def _client(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, auth=("KEY", "SECRET"), trust_env=False, verify=False, timeout=60)  # noqa: S501  # loopback


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(int(sys.argv[1]))))
