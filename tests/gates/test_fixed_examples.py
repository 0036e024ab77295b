"""In CI, tests of properties try the same examples in every run; elsewhere they try new ones each time."""

import re
from pathlib import Path

import pytest
from gates_kit import is_set_in_ci, run_pytest

PROPERTY = """
from hypothesis import given, strategies
@given(strategies.integers())
def test_integers(number): print("tried", number)
"""


def tried(folder: Path, **environment: str) -> list[str]:
    """The examples of one run."""
    (folder / "test_property.py").write_text(PROPERTY)
    done = run_pytest(folder, "-s", **environment)
    assert done.returncode == pytest.ExitCode.OK, done.stdout
    return re.findall(r"tried (-?\d+)", done.stdout)


@pytest.mark.slow
def test_examples_are_fixed_where_that_is_asked_for(tmp_path: Path) -> None:
    assert tried(tmp_path, FIXED_EXAMPLES="1") == tried(tmp_path, FIXED_EXAMPLES="1") != []
    assert tried(tmp_path) != tried(tmp_path)


def test_ci_asks_for_it() -> None:
    assert is_set_in_ci("FIXED_EXAMPLES")
