"""A real browser for the tests that look at pages: Debian's Chromium."""

import os
import shutil

import pytest
from playwright.sync_api import Browser, Playwright


def launch(playwright: Playwright, *arguments: str) -> Browser:
    """Start Chromium without a window."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium here")
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=chromium, args=["--disable-dev-shm-usage", *root, *arguments])
