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


def test_it_runs_on_every_python_that_the_package_is_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    classifiers = "\n".join(project["classifiers"])
    supported = re.findall(r"^Programming Language :: Python :: (3\.\d+)$", classifiers, re.MULTILINE)
    assert JOBS["test"]["strategy"]["matrix"]["python"] == supported
    assert sorted(JOBS["check"]["steps"][1]["with"]["python-version"].split()) == supported


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
