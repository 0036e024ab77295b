import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from messagemedia.campaign import Campaign
from messagemedia.sandbox import Sandbox

from tests import inside
from tests.sdk.sdk_face import Face

for folder in ("campaign", "kill"):
    sys.path.insert(0, str(Path(__file__).parents[1] / folder))

from campaign_kit import Clock, Sender  # noqa: E402
from postgres_kit import Server, ask, in_postgres, new_database, running_server  # noqa: E402


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine reaches a test."""
    for name in [name for name in os.environ if name.startswith(("MESSAGEMEDIA_", "PG"))]:
        monkeypatch.delenv(name)
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running_server() as running:
        yield running


@pytest.fixture(scope="session")
def url(server: Server) -> str:
    """A database that the tests of a process share: each has campaigns of its own."""
    return new_database(server)


@pytest.fixture(autouse=True)
def _journals_are_in_postgres(url: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Tests of other folders find their journals in PostgreSQL."""
    home: Any = sys.modules.get(request.function.__module__)
    if home is not None and "postgres" not in home.__name__:
        monkeypatch.setattr(home, "Campaign", in_postgres(url))


@pytest.fixture(autouse=True)
def _no_brake_is_left_on(url: str) -> None:
    """A sandbox may get the port of an earlier one, and so its account, which a test may have left in trouble."""
    if ask(url, "SELECT to_regclass('messagemedia.account')") != [(None,)]:
        ask(url, "DELETE FROM messagemedia.account")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "spring.journal"


@pytest.fixture
def campaign(path: Path, url: str) -> Iterator[Campaign]:
    with in_postgres(url)(path) as made:
        yield made


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


@pytest.fixture(params=["sync", "async"])
def sender(request: pytest.FixtureRequest) -> Iterator[Sender]:
    with Face(request.param) as face:
        yield Sender(face)
