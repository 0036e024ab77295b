import os
from collections.abc import Iterator

import anyio
import pytest
from sdk_face import Face


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine reaches a test."""
    prefixes, suffix = ("messagemedia_", "ssl_cert_", "sslkeylogfile"), "_proxy"
    for name in [name for name in os.environ if name.lower().startswith(prefixes) or name.lower().endswith(suffix)]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that clients make, in seconds; nothing waits for real."""
    made: list[float] = []

    async def pause(seconds: float) -> None:
        made.append(seconds)

    monkeypatch.setattr("messagemedia._executing.time.sleep", made.append)
    monkeypatch.setattr(anyio, "sleep", pause)
    return made


KINDS = ["sync", "async"]
OF_EVERY_LIBRARY = [*KINDS, "sync-httpx2", "async-httpx2", "async-aiohttp"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with a face runs with both clients; in a module that says `EVERY_LIBRARY = True`, on every library."""
    if "face" in metafunc.fixturenames:
        kinds = OF_EVERY_LIBRARY if getattr(metafunc.module, "EVERY_LIBRARY", False) else KINDS
        metafunc.parametrize("face", kinds, indirect=True)


@pytest.fixture
def face(request: pytest.FixtureRequest) -> Iterator[Face]:
    """One of the clients."""
    with Face(request.param) as made:
        yield made
