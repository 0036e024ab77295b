"""A real browser before a running sandbox: whatever it complains about fails the test."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from messagemedia.sandbox import Sandbox
from pages_kit import START, WIDE, Complaints, Open, Receiver
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.browser import launch


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    running = launch(playwright)
    yield running
    running.close()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox whose clock stands until it is advanced."""
    with Sandbox(clock_start=START, clock_runs=False) as running:
        yield running


@pytest.fixture
def caller(sandbox: Sandbox) -> Iterator[httpx.Client]:
    pair = ("SANDBOX_KEY", "SANDBOX_SECRET")
    with httpx.Client(base_url=sandbox.url, auth=pair, trust_env=False, verify=False) as client:
        yield client


@pytest.fixture
def complaints(sandbox: Sandbox) -> Complaints:
    return Complaints(sandbox)


@pytest.fixture
def opened(browser: Browser, sandbox: Sandbox, complaints: Complaints) -> Iterator[Open]:
    """Opens an address of the sandbox; all pages of a test are tabs of one browser, unless they look different."""
    contexts: dict[str, Any] = {}

    def open_page(address: str = "/", *, viewport: dict[str, int] = WIDE, **options: Any) -> Page:
        look = json.dumps([viewport, options], sort_keys=True)
        if look not in contexts:
            contexts[look] = browser.new_context(viewport=viewport, **options)
        page = contexts[look].new_page()
        complaints.listen(page)
        page.goto(sandbox.url + address)
        return page

    yield open_page
    for context in contexts.values():
        context.close()
    assert complaints.heard == []


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver()
    thread = threading.Thread(target=running.server.serve_forever)
    thread.start()
    yield running
    running.server.shutdown()
    running.server.server_close()
    thread.join()
