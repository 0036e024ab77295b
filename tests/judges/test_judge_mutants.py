"""The tests notice mistakes: each of these, made in a copy of the project, makes a test fail that is about it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
from mutants import COPIES, IN_CODE, MUTANTS, PRIVACY, REFUSALS, SIGNING, VALIDATION, VECTORS, Mutant

ROOT = Path(__file__).parents[2]
COPIED = ("codegen", "generated", "openapi", "overrides", "tests")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "judges", "sandbox.log")
TIMEOUT = 120  # some seconds, or many where much else runs
# A mistake may make a test hang or write without end; pytest's own code for "tests failed" is 1.
FAILED, HUNG = 1, -1

pytestmark = pytest.mark.slow


class Verdict(NamedTuple):
    """What became of the tests: pytest's exit code and what it said."""

    code: int
    said: str


def copy_project(folder: Path) -> None:
    """What the tests need, in a folder of its own."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=LEFT_OUT)
    shutil.copy(ROOT / "pyproject.toml", folder)


def run(folder: Path, *arguments: str) -> Verdict:
    """Run Python in a copy, with its packages before those that are installed."""
    path = os.pathsep.join(str(folder / name) for name in ("generated", "overrides"))
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "COV_"))}
    environment |= {
        "PYTHONPATH": path,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # loading only the plugin that is needed halves the time
        "TZ": "Australia/Sydney",  # where UTC is, local time passes for UTC
    }
    try:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=TIMEOUT,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Verdict(HUNG, f"took longer than {TIMEOUT} s")
    return Verdict(done.returncode, done.stdout + done.stderr)


def run_tests(folder: Path, *files: str) -> Verdict:
    return run(
        folder,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-m",
        "not slow",
        "-p",
        "pytest_socket",
        *(f"tests/{each}" for each in files),
    )


def judge(mutant: Mutant, folder: Path) -> Verdict:
    """Make the mistake in a copy, and run the tests that are to notice it."""
    copy_project(folder)
    changed = folder / mutant.file
    changed.write_text(changed.read_text(encoding="utf-8").replace(mutant.old, mutant.new), encoding="utf-8")
    if mutant.regenerates:
        generated = run(folder, "-m", "codegen", "generate")
        if generated.code:
            return generated  # the generator itself has refused what its template made
    verdict = run_tests(folder, mutant.tests)
    shutil.rmtree(folder)
    return verdict


Verdicts = dict[str, Future[Verdict]]


@pytest.fixture(scope="module")
def verdicts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verdicts]:
    """The verdicts on all mutants that were asked for, in the making: as many at a time as there are processors."""
    folder = tmp_path_factory.mktemp("mutants")
    wanted = [
        item.callspec.params["mutant"]
        for item in request.session.items
        if "mutant" in getattr(item, "fixturenames", ())
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {each.what: pool.submit(judge, each, folder / str(number)) for number, each in enumerate(wanted)}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_a_mistake_is_noticed(mutant: Mutant, verdicts: Verdicts) -> None:
    text = (ROOT / mutant.file).read_text(encoding="utf-8")
    assert mutant.old in text, f"{mutant.file} has changed: give the mutant {mutant.what!r} another place"
    verdict = verdicts[mutant.what].result()
    assert verdict.code in (FAILED, HUNG), (
        f"tests/{mutant.tests} does not notice that {mutant.what}\n{verdict.said[-2000:]}"
    )
    # A mutant that can't even be imported proves nothing about the tests; a fixture may fail with its test, too.
    counts = verdict.said.splitlines()[-1].split()
    assert "failed," in counts or "error" not in counts, verdict.said[-2000:]


@pytest.mark.parametrize("file", [VECTORS, SIGNING, PRIVACY, VALIDATION, COPIES, IN_CODE, REFUSALS])
def test_without_a_mistake_the_tests_pass_in_a_copy(file: str, tmp_path: Path) -> None:
    """Else a mutant would be noticed for being a copy."""
    copy_project(tmp_path / "copy")
    verdict = run_tests(tmp_path / "copy", file)
    assert verdict.code == 0, verdict.said[-2000:]


def test_every_mutant_is_another_one() -> None:
    assert len({mutant.what for mutant in MUTANTS}) == len(MUTANTS)
    assert len({(mutant.file, mutant.old, mutant.new) for mutant in MUTANTS}) == len(MUTANTS)
