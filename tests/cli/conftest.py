"""A command line without a past, and the sandbox that it talks to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_kit import Cli, isolated
from messagemedia.sandbox import Sandbox


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], server: Sandbox) -> Cli:
    isolated(monkeypatch, tmp_path, server)
    return Cli(tmp_path, capsys, server)
