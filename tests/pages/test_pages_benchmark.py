"""What measures the pages does its work; how long that takes is no matter of a test."""

import shutil

import pytest

from benchmarks import pages


@pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no chromium here")
def test_the_benchmark_of_the_pages_does_its_work() -> None:
    found = pages.measure(held=150, rate=100, seconds=0.2)
    assert len(found) == 6
    assert all(value > 0 for value in found.values())
