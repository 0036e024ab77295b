"""How the pages of the sandbox bear many messages, in Chromium: `python -m benchmarks.pages`.

The sandbox is a process of its own, as a browser and a sender are: they share nothing but the machine.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

HELD, RATE, SECONDS = 10_000, 200, 10
NUMBERS = 500
_BATCH = 100


def measure(held: int = HELD, rate: int = RATE, seconds: float = SECONDS) -> dict[str, float]:
    """Seconds that pages take to open with so many messages, and how far one lags behind a stream of them.

    Args:
        held: How many messages there are.
        rate: How many are sent in a second of the stream.
        seconds: How long it lasts.
    """
    with _sandbox() as client, _browser() as browser:
        for begin in range(0, held, _BATCH):
            _send(client, begin, min(_BATCH, held - begin))
        page = browser.new_page()
        url = str(client.base_url).rstrip("/")
        found = {
            f"seconds to open {name}": _opened(page, url + address)
            for name, address in (
                ("all conversations", "/"),
                ("a conversation", "/pages/conversation?number=61491570000"),
                ("a search", "/?q=message"),
                ("the requests", "/pages/requests"),
            )
        }
        return {**found, **_streamed(client, page, url, rate, seconds)}


def _opened(page: Any, address: str) -> float:
    """Seconds until a page is loaded and its script has run; the middle one of five."""
    taken: list[float] = []
    for _ in range(5):
        begin = time.perf_counter()
        page.goto(address, wait_until="load")
        taken.append(time.perf_counter() - begin)
    return sorted(taken)[2]


def _streamed(client: httpx.Client, page: Any, url: str, rate: int, seconds: float) -> dict[str, float]:
    """What becomes of a page that is open while messages come, each in a request of its own."""
    page.goto(f"{url}/pages/conversation?number=61491599999")
    count = round(rate * seconds)
    begin = time.perf_counter()
    with ThreadPoolExecutor(4) as senders:
        for number in range(count):
            time.sleep(max(0.0, begin + number / rate - time.perf_counter()))
            senders.submit(_send, client, number, 1, "+61491599999")
    sent = time.perf_counter()
    page.get_by_text(f"Message {count - 1} ", exact=False).last.wait_for(timeout=60_000)
    return {"messages a second": count / (sent - begin), "seconds until the last is seen": time.perf_counter() - sent}


def _send(client: httpx.Client, begin: int, count: int, number: str | None = None) -> None:
    messages = [
        {"content": f"Message {each} of many", "destination_number": number or f"+614915{70_000 + each % NUMBERS}"}
        for each in range(begin, begin + count)
    ]
    client.post("/v1/messages", json={"messages": messages}).raise_for_status()


@contextlib.contextmanager
def _sandbox() -> Iterator[httpx.Client]:
    command = [sys.executable, "-m", "messagemedia.sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            url = server.stdout.readline().strip()
            pair = ("SANDBOX_KEY", "SANDBOX_SECRET")
            with httpx.Client(base_url=url, auth=pair, trust_env=False, verify=False, timeout=60) as client:  # noqa: S501  # loopback
                yield client
        finally:
            server.terminate()


@contextlib.contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # one of the checking tools

    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=root)
        yield browser
        browser.close()


if __name__ == "__main__":
    for what, value in measure().items():
        sys.stdout.write(f"{what:40} {value:8.2f}\n")
