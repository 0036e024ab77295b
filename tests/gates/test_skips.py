"""In CI a test that is skipped for something missing is a failure; one that the platform can't do is not."""

import re
from pathlib import Path

import pytest
from gates_kit import is_set_in_ci, run_pytest

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
    done = run_pytest(folder, "-rA", *options, **environment)
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
    assert is_set_in_ci("NO_SKIPS")
