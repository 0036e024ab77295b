"""The published workflow checks what the documents and the package promise."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
JOBS: dict[str, Any] = YAML(typ="safe").load(ROOT / ".github" / "workflows" / "check.yml")["jobs"]
COMMANDS = [step["run"] for job in JOBS.values() for step in job["steps"] if "run" in step]


PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SYSTEMS = {"ubuntu": "POSIX :: Linux", "macos": "MacOS", "windows": "Microsoft :: Windows"}


def classified(kind: str) -> list[str]:
    prefix = f"{kind} :: "
    return [each.removeprefix(prefix) for each in PROJECT["classifiers"] if each.startswith(prefix)]


def test_it_runs_on_every_python_that_the_package_is_for() -> None:
    supported = classified("Programming Language :: Python")
    assert supported == sorted(supported, key=lambda each: int(each.partition(".")[2]))
    assert JOBS["test"]["strategy"]["matrix"]["python"] == supported
    assert sorted(JOBS["check"]["steps"][1]["with"]["python-version"].split()) == supported


def images() -> set[str]:
    """Where the jobs run."""
    found: set[str] = set()
    for job in JOBS.values():
        where = job["runs-on"]
        found |= set(job["strategy"]["matrix"]["system"]) if where == "${{ matrix.system }}" else {where}
    return found


def test_it_runs_on_every_system_that_the_package_is_for() -> None:
    assert all(re.fullmatch(r"[a-z]+-\d[\d.]*", image) for image in images())  # one that stays the same
    assert sorted(SYSTEMS[image.partition("-")[0]] for image in images()) == sorted(classified("Operating System"))


def test_it_runs_the_fast_tests_of_the_makefile_where_there_is_no_make() -> None:
    steps = JOBS["systems"]["steps"]
    commands = [step["run"] for step in steps if "run" in step]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("'", '"')
    assert [command.partition(" -m ")[0] for command in commands] == ["python"] * 3
    installs = [command.removeprefix("python -m pip install ") for command in commands[:2]]
    assert all(f"$(PIP) {install}\n" in makefile for install in installs)
    apart = re.search(r"^APART := (.*)$", makefile, re.MULTILINE)
    assert apart
    ignored = "".join(f" --ignore=tests/{name}" for name in apart[1].split())
    assert commands[2] == f'python -m pytest -q -m "not slow" --ignore=tests/judges{ignored}'
    assert 'FAST := -q -m "not slow" $(WITHOUT_APART)\n' in makefile


def test_the_project_says_where_it_lives() -> None:
    urls = PROJECT["urls"]
    assert {"Homepage", "Documentation", "Changelog", "Issues"} <= urls.keys()
    assert all(url.startswith(urls["Homepage"]) for url in urls.values())
    name = urls["Changelog"].rpartition("/")[2]
    assert (ROOT / name).exists()


@pytest.mark.parametrize("command", ["make demo", "make test", "make check-stranger", "make check", "make audit"])
def test_it_runs_what_the_documents_name(command: str) -> None:
    assert any(re.match(rf"{command}\b(?!-)", each) for each in COMMANDS)
    assert any(f"`{command}" in (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md"))


def test_nothing_of_it_may_fail_unseen() -> None:
    text = (ROOT / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8")
    assert "continue-on-error" not in text
    assert "|| true" not in text


def test_actions_are_pinned_to_a_commit_whose_tag_is_named() -> None:
    lines = (ROOT / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8").splitlines()
    uses = [line for line in lines if "uses:" in line]
    assert uses
    assert all(re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line) for line in uses)
