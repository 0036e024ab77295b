from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from messagemedia.sandbox import Sandbox
from sandbox_caller import Caller, caller_of


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox whose clock stands until it is advanced."""
    start = datetime(2026, 1, 15, 3, 4, 5, tzinfo=UTC)
    with Sandbox(clock_start=start, clock_runs=False, accounts=("Branch", "Other")) as running:
        yield running


@pytest.fixture
def caller(sandbox: Sandbox) -> Iterator[Caller]:
    with caller_of(sandbox) as client:
        yield client
