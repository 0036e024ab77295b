"""What measures the pages does its work; how long that takes is no matter of a test."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SMALL = "import json; from benchmarks import pages; print(json.dumps(pages.measure(held=150, rate=100, seconds=0.2)))"


@pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no chromium here")
def test_the_benchmark_of_the_pages_does_its_work() -> None:
    """In a process of its own, because there is one browser in this one already."""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", SMALL], cwd=root, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert len(found) == 6
    assert all(value > 0 for value in found.values())
