import os
from collections.abc import Iterator

import pytest
from sdk_face import KINDS, OF_EVERY_LIBRARY, Face

from tests import inside


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
    inside.replace_pauses(monkeypatch, made.append)
    return made


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with a face runs with both clients; in a module that says `EVERY_LIBRARY = True`, on every library.

    That is for tests that go over sockets: below a `Wire` is httpx in any case, and three runs of five are the same.
    """
    if "face" in metafunc.fixturenames:
        kinds = OF_EVERY_LIBRARY if getattr(metafunc.module, "EVERY_LIBRARY", False) else KINDS
        metafunc.parametrize("face", kinds, indirect=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the turns of httpx2 to `make check`: it has the classes and the ways of httpx, which `make test` runs."""
    for item in items:
        if "httpx2" in item.name:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def face(request: pytest.FixtureRequest) -> Iterator[Face]:
    """One of the clients."""
    with Face(request.param) as made:
        yield made
