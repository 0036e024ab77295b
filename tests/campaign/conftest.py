import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from campaign_kit import Clock, Sender
from messagemedia.campaign import Campaign
from messagemedia.sandbox import Sandbox

from tests import inside
from tests.sdk.sdk_face import Face


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine reaches a test."""
    for name in [name for name in os.environ if name.startswith("MESSAGEMEDIA_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of a campaign and its client; nothing waits for real."""
    made = Clock()
    inside.replace_time(monkeypatch, made)
    return made


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "spring.journal"


@pytest.fixture
def campaign(path: Path) -> Iterator[Campaign]:
    with Campaign(path) as made:
        yield made


@pytest.fixture(params=["sync", "async"])
def sender(request: pytest.FixtureRequest) -> Iterator[Sender]:
    """Each test with it runs twice: with the blocking client and with the awaited one."""
    with Face(request.param) as face:
        yield Sender(face)
