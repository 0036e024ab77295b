"""In CI a test that is skipped for something missing is a failure; one that the platform can't do is not."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

TESTS = {
    "test_calls.py": """
        import pytest
        def test_missing_in_a_call(): pytest.skip("no browser here")
        @pytest.mark.skip(reason="no server here")
        def test_missing_by_mark(): ...
        @pytest.fixture
        def database(): pytest.skip("no database here")
        def test_missing_in_a_fixture(database): ...
        @pytest.mark.skipif(True, reason="platform: no /dev/fd")
        def test_of_another_platform(): ...
        @pytest.mark.xfail(strict=True)
        def test_expected_to_fail(): assert False
        def test_passing(): ...
    """,
    "test_module.py": "import pytest\npytest.importorskip('module_that_nobody_has')\ndef test_never(): ...\n",
    "test_module_of_a_platform.py": "import pytest\npytest.skip('platform: not on Linux', allow_module_level=True)\n",
}


def outcomes(folder: Path, *options: str, **environment: str) -> tuple[int, set[tuple[str, str]]]:
    """How a run of these tests ended, and what became of each test or module."""
    for name, text in TESTS.items():
        (folder / name).write_text(re.sub(r"^ {8}", "", text, flags=re.MULTILINE))
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "tests.conftest", "-p", "no:cacheprovider", *options]
    inherited = {name: value for name, value in os.environ.items() if name not in ("NO_SKIPS", "PYTEST_ADDOPTS")}
    done = subprocess.run(
        [*command, str(folder)],
        cwd=folder, env={**inherited, "PYTHONPATH": os.pathsep.join(str(ROOT / each) for each in (".", "generated", "overrides")), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.findall(r"^(PASSED|FAILED|ERROR|XFAIL) (?:\S+::)?(\w+(?:\.py)?)", done.stdout, re.MULTILINE)
    skipped = re.findall(r"^SKIPPED \[1\] (?:\S+): (.*)$", done.stdout, re.MULTILINE)
    return done.returncode, {*found, *(("SKIPPED", reason) for reason in skipped)}


ALWAYS = {
    ("PASSED", "test_passing"),
    ("XFAIL", "test_expected_to_fail"),
    ("SKIPPED", "platform: no /dev/fd"),
    ("SKIPPED", "platform: not on Linux"),
}


@pytest.mark.slow
@pytest.mark.parametrize("how", ["option", "variable"])
def test_a_skip_for_something_missing_is_a_failure_where_none_may_be(tmp_path: Path, how: str) -> None:
    options, environment = (["--no-skips"], {}) if how == "option" else ([], {"NO_SKIPS": "1"})
    code, found = outcomes(tmp_path, "--continue-on-collection-errors", *options, **environment)
    assert code == pytest.ExitCode.TESTS_FAILED
    assert found == ALWAYS | {
        ("FAILED", "test_missing_in_a_call"),
        ("ERROR", "test_missing_by_mark"),
        ("ERROR", "test_missing_in_a_fixture"),
        ("ERROR", "test_module.py"),
    }


@pytest.mark.slow
def test_elsewhere_a_skip_is_a_skip(tmp_path: Path) -> None:
    code, found = outcomes(tmp_path)
    assert code == pytest.ExitCode.OK
    assert found >= ALWAYS
    assert {outcome for outcome, _ in found} == {"PASSED", "XFAIL", "SKIPPED"}
    assert len(found) == len(ALWAYS) + 4


def test_ci_allows_no_skip() -> None:
    assert re.search(r"^export NO_SKIPS=1$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)
    workflow = (ROOT / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8")
    assert re.search(r'^env:\n  NO_SKIPS: "1"', workflow, re.MULTILINE)
