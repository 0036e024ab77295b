"""In CI, tests of properties try the same examples in every run; elsewhere they try new ones each time."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PROPERTY = """
from hypothesis import given, strategies
@given(strategies.integers())
def test_integers(number): print("tried", number)
"""


def tried(folder: Path, **environment: str) -> list[str]:
    """The examples of one run."""
    (folder / "test_property.py").write_text(PROPERTY)
    inherited = {
        name: value for name, value in os.environ.items() if name not in ("CI", "FIXED_EXAMPLES", "PYTEST_ADDOPTS")
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", "-p", "tests.conftest", "-p", "no:cacheprovider", "-c", os.devnull, "test_property.py"],
        cwd=folder, env={**inherited, "PYTHONPATH": os.pathsep.join(str(ROOT / each) for each in (".", "generated", "overrides")), **environment}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return re.findall(r"tried (-?\d+)", done.stdout)


@pytest.mark.slow
def test_examples_are_fixed_where_that_is_asked_for(tmp_path: Path) -> None:
    assert tried(tmp_path, FIXED_EXAMPLES="1") == tried(tmp_path, FIXED_EXAMPLES="1") != []
    assert tried(tmp_path) != tried(tmp_path)


def test_ci_asks_for_it() -> None:
    assert re.search(r"^export FIXED_EXAMPLES=1$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)
    workflow = (ROOT / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8")
    assert re.search(r'^  FIXED_EXAMPLES: "1"', workflow, re.MULTILINE)
