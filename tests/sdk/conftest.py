import os
from collections.abc import Iterator

import anyio
import pytest
from sdk_face import Face


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine reaches a test."""
    for name in [name for name in os.environ if name.startswith("MESSAGEMEDIA_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that clients make, in seconds; nothing waits for real."""
    made: list[float] = []

    async def pause(seconds: float) -> None:
        made.append(seconds)

    monkeypatch.setattr("messagemedia.client.time.sleep", made.append)
    monkeypatch.setattr(anyio, "sleep", pause)
    return made


@pytest.fixture(params=["sync", "async"])
def face(request: pytest.FixtureRequest) -> Iterator[Face]:
    """Each test with it runs twice: with the blocking client and with the awaited one."""
    with Face(request.param) as made:
        yield made
