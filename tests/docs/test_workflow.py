"""The published workflows check what the documents and the package promise, and release only what was checked."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
WORKFLOWS = {path.stem: path for path in (ROOT / ".github" / "workflows").iterdir()}
JOBS: dict[str, Any] = YAML(typ="safe").load(WORKFLOWS["check"])["jobs"]
RELEASE: dict[str, Any] = YAML(typ="safe").load(WORKFLOWS["release"])
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
    assert f"{supported[0]} to {supported[-1]}" in (ROOT / "SUPPORT.md").read_text(encoding="utf-8")


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


@pytest.mark.parametrize("name", WORKFLOWS)
def test_nothing_of_it_may_fail_unseen(name: str) -> None:
    text = WORKFLOWS[name].read_text(encoding="utf-8")
    assert "continue-on-error" not in text
    assert "|| true" not in text


@pytest.mark.parametrize("name", WORKFLOWS)
def test_actions_are_pinned_to_a_commit_whose_tag_is_named(name: str) -> None:
    uses = [line for line in WORKFLOWS[name].read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert uses
    assert all(re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line) for line in uses)
    commits = {re.sub(r"^.*uses: ", "", line) for line in uses}
    assert len({each.partition("@")[0] for each in commits}) == len(commits)  # one version of each


# --- the release --------------------------------------------------------------------------------------------------


def steps_of(job: str, action: str) -> list[dict[str, Any]]:
    return [step for step in RELEASE["jobs"][job]["steps"] if step.get("uses", "").partition("@")[0] == action]


def test_a_tag_releases_and_nothing_else_does() -> None:
    assert RELEASE["on"] == {"push": {"tags": ["v*"]}}
    assert not any("workflow_call" in path.read_text(encoding="utf-8") for path in WORKFLOWS.values())
    assert not any("jobs" in each or "uses" in each for each in RELEASE["jobs"].values())  # flat: see its head


def test_each_job_of_the_release_may_do_what_it_needs_and_no_more() -> None:
    assert RELEASE["permissions"] == {}
    assert {name: job["permissions"] for name, job in RELEASE["jobs"].items()} == {
        "build": {"contents": "read"},
        "probe": {"contents": "read"},
        "publish": {"id-token": "write"},
        "verify": {},
        "announce": {"contents": "write"},
    }
    assert "secrets." not in WORKFLOWS["release"].read_text(encoding="utf-8")
    assert all(
        step["with"]["persist-credentials"] is False
        for job in RELEASE["jobs"]
        for step in steps_of(job, "actions/checkout")
    )


def test_only_the_protected_environment_publishes_and_it_runs_nothing_of_ours() -> None:
    publish = RELEASE["jobs"]["publish"]
    assert [name for name, job in RELEASE["jobs"].items() if "environment" in job] == ["publish"]
    actions = [step["uses"].partition("@")[0] for step in publish["steps"]]  # no step runs a command
    assert actions == ["actions/download-artifact", "pypa/gh-action-pypi-publish"]
    options = publish["steps"][1]["with"]
    assert options["attestations"] is True
    assert not {"password", "user", "repository-url"} & options.keys()


def test_what_is_published_was_probed_where_the_package_is_for() -> None:
    needs = {name: job.get("needs") for name, job in RELEASE["jobs"].items()}
    assert needs == {
        "build": None,
        "probe": "build",
        "publish": ["build", "probe"],
        "verify": "publish",
        "announce": "verify",
    }
    matrix = RELEASE["jobs"]["probe"]["strategy"]["matrix"]
    assert matrix["python"] == classified("Programming Language :: Python")
    assert set(matrix["system"]) == images()


def test_the_jobs_of_the_release_hand_on_what_was_built() -> None:
    uploaded = {
        step["with"]["name"]: step["with"]["path"].split() for step in steps_of("build", "actions/upload-artifact")
    }
    assert uploaded == {"packages": ["dist/packages"], "notes": ["dist/notes.md", "dist/published.txt"]}
    for job in ("probe", "publish", "verify", "announce"):
        taken = [step["with"]["name"] for step in steps_of(job, "actions/download-artifact")]
        assert taken
        assert set(taken) <= uploaded.keys()
    assert "run: make release-check\n" in WORKFLOWS["release"].read_text(encoding="utf-8")


def test_the_documents_say_who_may_publish() -> None:
    """The index has to be told both names, and refuses a release if they differ."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert "`release.yml`" in text
    assert f"the environment `{RELEASE['jobs']['publish']['environment']}`" in text
