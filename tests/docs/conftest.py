from collections.abc import Iterator
from pathlib import Path

import pytest
from messagemedia.sandbox import Sandbox

from tests.docs.blocks import surroundings


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox that every region leads to, and an empty folder to work in."""
    with surroundings(monkeypatch, tmp_path) as server:
        yield server
