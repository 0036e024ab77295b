"""Behind `make release-check`: shows what would be published, and fails if something is missing, with the fix.

It changes nothing but dist/, where it puts wheel, sdist and notes: no tag, no commit, no upload. The release workflow runs
it, too, and takes these files; there it also holds the version against the tag that was pushed.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import building
import release_notes
from building import ROOT
from packaging.version import InvalidVersion, Version

WHERE = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["version"]["path"]
VERSION = ROOT / WHERE
CHANGELOG = ROOT / "CHANGELOG.md"
DIST = ROOT / "dist"


class Section(NamedTuple):
    """The topmost section of the changelog."""

    version: str
    date: str
    text: str


def newest_section(changelog: str) -> Section:
    """The topmost section of a changelog; empty texts where it has none."""
    found = re.search(r"^## (\S+)(?: - (\S+))?[^\n]*\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    return Section(found[1], found[2] or "", found[3].strip()) if found else Section("", "", "")


def wrong_with_changelog(section: Section, version: str) -> Iterator[str]:
    """What the changelog lacks for a release of this version."""
    heading = f"## {version} - {datetime.now(UTC):%Y-%m-%d}"
    if section.version != version:
        yield f"CHANGELOG.md has no section for {version} at its top: write one, beginning with `{heading}`"
        return
    if not re.search(r"^[-*] ", section.text, re.MULTILINE):
        yield f"the section of {version} in CHANGELOG.md lists nothing: say what has changed for users"
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", section.date):
        yield f"the section of {version} in CHANGELOG.md has no date: write `{heading}`"
    if re.search(r"not yet released|unreleased", section.text, re.IGNORECASE):
        yield f"the section of {version} in CHANGELOG.md says that it is not released: remove that"


def versions_of(tags: list[str]) -> dict[Version, str]:
    """The tags of releases, by version, the oldest first."""
    found = {}
    for tag in tags:
        try:
            found[Version(tag.removeprefix("v"))] = tag
        except InvalidVersion:
            continue
    return dict(sorted(found.items()))


def wrong_with_version(version: str, tag: str | None, tags: list[str], *, is_here: bool) -> Iterator[str]:
    """What speaks against releasing this version, given the tags that lead here and its own; `is_here`: that is on this commit."""
    own = f"v{version}"
    try:
        if str(Version(version)) != version:
            yield f"version {version} is not in its normal form: write {Version(version)} in {WHERE}"
    except InvalidVersion:
        yield f"{version} is no version: write one like 1.2.3 in {WHERE}"
        return
    if tag and tag != own:
        yield f"tag {tag} is not version {version}: delete the tag, set the version in {WHERE}, and tag that commit"
    newer = [each for known, each in versions_of(tags).items() if known > Version(version)]
    if newer:
        yield f"version {version} is older than {newer[-1]}: raise it in {WHERE}"
    elif own in tags and not is_here:
        yield f"version {version} is released: tag {own} is on another commit. Raise the version in {WHERE}"


def wrong_with_step(version: str, before: str, diff: release_notes.Diff) -> Iterator[str]:
    """Whether a version says less than what has changed, as Semantic Versioning has it."""
    old, new = Version(before.removeprefix("v")), Version(version)
    is_major = new.major > old.major or (new.major == 0 and new.minor > old.minor)
    least = f"{old.major + 1}.0.0" if old.major else f"0.{old.minor + 1}.0"
    if diff.broken and not is_major:
        yield f"{diff.what} breaks who relied on {before}, so the version must be {least} at least, not {version}"
    elif diff.added and old.major and new.release[:2] == old.release[:2]:
        yield f"{diff.what} has additions, so the version must be {old.major}.{old.minor + 1}.0 at least, not {version}"


def git(*arguments: str) -> str:
    """What git says."""
    return building.run("git", "-C", ROOT, *arguments).stdout.rstrip()


def pushed_tag() -> str | None:
    """The tag for which the workflow runs."""
    return os.environ.get("GITHUB_REF_NAME") if os.environ.get("GITHUB_REF_TYPE") == "tag" else None


def main() -> int:
    """Show what would be published, then what is missing."""
    if not (ROOT / ".git").exists():
        sys.exit("a release is made from a clone of the repository, and this folder is none: clone it")
    shutil.rmtree(DIST, ignore_errors=True)  # what lay there is of another state
    version = re.findall(r'^__version__ = "(.+)"$', VERSION.read_text(encoding="utf-8"), re.MULTILINE)[0]
    section = newest_section(CHANGELOG.read_text(encoding="utf-8"))
    tags = (
        git("tag", "--list", "v*", "--merged", "HEAD").splitlines() + git("tag", "--list", f"v{version}").splitlines()
    )
    is_here = f"v{version}" in git("tag", "--points-at", "HEAD").splitlines()
    before = next((tag for tag in reversed(versions_of(tags).values()) if tag != f"v{version}"), "")
    diffs = release_notes.diffs(before) if before else ()
    problems = [*wrong_with_version(version, pushed_tag(), tags, is_here=is_here)]
    if not problems:
        problems += [each for diff in diffs for each in wrong_with_step(version, before, diff)]
    problems += wrong_with_changelog(section, version)
    if changed := git("status", "--porcelain"):
        problems.append(f"the checkout differs from its commit: commit this, or take it back\n{changed}")
    problems += release_notes.not_accepted()

    built = building.build(DIST / "packages")
    notes = release_notes.write(section.text, before, diffs, built)
    (DIST / "notes.md").write_text(notes, encoding="utf-8")
    hashes = " ".join(f"--hash=sha256:{building.digest(each)}" for each in built)
    (DIST / "published.txt").write_text(f"messagemedia=={version} {hashes}\n", encoding="utf-8")

    print(f"version {version}, tag v{version}, after {before or 'no earlier release'}")
    print(f"built twice, with the same bytes, and fit to be published:\n{built}\n")
    print("Release notes (dist/notes.md):\n")
    print(notes)
    if problems:
        print("NOT READY:", *(f"- {each}" for each in problems), sep="\n")
        return 1
    if not is_here:
        print(f"Ready. To release it: git tag --sign v{version} && git push origin v{version}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
