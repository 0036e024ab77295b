"""The documentation, built strictly from a copy, once for all tests, and opened from its folder in a real browser."""

import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from site_kit import ROOT, Site

from tests.browser import launch

# What the pages are made of.
PARTS = ("docs", "openapi", "codegen", "generated", "overrides", "examples")
MORE = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "SUPPORT.md")
MADE = shutil.ignore_patterns("__pycache__", "reference")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    source = tmp_path_factory.mktemp("source")
    for name in (*PARTS, *MORE):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=MADE)
        else:
            shutil.copy(ROOT / name, source / name)
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-n", "-W", "--keep-going", "-q", "-b", "html", "docs", str(folder)]
    built = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return Site(folder)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = launch(playwright)
        yield running
        running.close()


@pytest.fixture
def heard() -> list[str]:
    """What pages complained about, and the addresses outside of the site that they asked for."""
    return []


@pytest.fixture
def page(browser: Browser, site: Site, heard: list[str]) -> Iterator[Page]:
    """A tab that opens files, with no network."""
    context = browser.new_context(offline=True)
    opened = context.new_page()
    opened.on("pageerror", lambda error: heard.append(str(error)))
    opened.on("console", lambda message: heard.append(message.text) if message.type in {"error", "warning"} else None)
    opened.on("request", lambda request: None if request.url.startswith(site.url) else heard.append(request.url))
    yield opened
    context.close()
    assert heard == []
