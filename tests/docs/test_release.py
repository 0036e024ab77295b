"""A release is refused for whatever is missing, with the fix, and its notes say what has changed for users."""

import subprocess
import sys
import zipfile
from pathlib import Path

import building
import pytest
import release
import release_notes
from building import Built
from release_notes import Diff

GOOD = "# Changelog\n\n## 1.2.0 - 2026-01-31\n\n### Added\n\n- A thing.\n\n## 1.1.0 - 2025-12-31\n\n- An older one.\n"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "", ""),
        ("## 1.2.0", "## 1.3.0", "has no section for 1.2.0 at its top: write one, beginning with `## 1.2.0 - "),
        ("## ", "### ", "has no section for 1.2.0"),
        (" - 2026-01-31", "", "has no date: write `## 1.2.0 - "),
        ("- A thing.", "", "lists nothing: say what has changed"),
        ("- A thing.", "- A thing.\n\nNot yet released.", "says that it is not released: remove that"),
    ],
)
def test_the_changelog_must_be_ready(old: str, new: str, said: str) -> None:
    section = release.newest_section(GOOD.replace(old, new) if old else GOOD)
    found = "\n".join(release.wrong_with_changelog(section, "1.2.0"))
    assert said in found
    assert bool(said) == bool(found)


def test_the_section_of_a_release_is_its_own_alone() -> None:
    assert release.newest_section(GOOD) == ("1.2.0", "2026-01-31", "### Added\n\n- A thing.")


TAGS = ["v0.9.0", "v1.10.0", "v1.2.0", "vendored"]


@pytest.mark.parametrize(
    ("version", "tag", "is_here", "said"),
    [
        ("1.11.0", None, False, ""),
        ("1.11.0", "v1.11.0", False, ""),
        ("1.10.0", "v1.10.0", True, ""),
        ("1.11.0rc1", None, False, ""),
        ("1.10.0", None, False, "is released: tag v1.10.0 is on another commit. Raise the version in overrides/"),
        ("1.9.0", None, False, "is older than v1.10.0: raise it in overrides/"),
        ("1.11.0", "v1.12.0", False, "tag v1.12.0 is not version 1.11.0: delete the tag"),
        ("1.11.0-rc.1", None, False, "not in its normal form: write 1.11.0rc1 in overrides/"),
        ("next", None, False, "next is no version: write one like 1.2.3 in overrides/"),
    ],
)
def test_the_version_must_be_new_and_be_that_of_the_tag(
    version: str, tag: str | None, is_here: bool, said: str
) -> None:
    found = "\n".join(release.wrong_with_version(version, tag, TAGS, is_here=is_here))
    assert said in found
    assert bool(said) == bool(found)


@pytest.mark.parametrize(
    ("before", "version", "broken", "added", "least"),
    [
        ("v1.2.3", "1.2.4", False, False, ""),
        ("v1.2.3", "1.2.4", False, True, "1.3.0"),
        ("v1.2.3", "1.3.0", False, True, ""),
        ("v1.2.3", "1.3.0", True, True, "2.0.0"),
        ("v1.2.3", "2.0.0", True, True, ""),
        ("v0.2.3", "0.2.4", False, True, ""),
        ("v0.2.3", "0.2.4", True, False, "0.3.0"),
        ("v0.2.3", "0.3.0", True, False, ""),
        ("v0.2.3", "1.0.0", True, False, ""),
    ],
)
def test_a_version_says_how_much_has_changed(before: str, version: str, broken: bool, added: bool, least: str) -> None:
    diff = Diff("the contract", ["x is gone"] * broken, ["y"] * added)
    found = "\n".join(release.wrong_with_step(version, before, diff))
    assert bool(least) == bool(found)
    assert not least or f"must be {least} at least, not {version}" in found


def test_what_is_new_is_told_once_by_its_outermost_name() -> None:
    old = "class A:\n    x: int\n    def f__overload_1(self, a: int) -> None: ...\n"
    new = old + "    def f__overload_2(self, a: int, b: int) -> None: ...\nclass B:\n    y = 1\n    z: int\n"
    assert release_notes.added(*map(release_notes.names_in_stub, (old, new))) == ["A.f.b", "B"]
    facts = "operations/a: GET /a\nschemas/A: object\n"
    more = (
        facts
        + "operations/a answers 404: nothing\nschemas/A/x: string\nschemas/A/x maxLength: 5\nschemas/B: object\nschemas/B/x: string\n"
    )
    assert release_notes.added(*map(release_notes.names_in_contract, (facts, more))) == [
        "operations.a.404",
        "schemas.A.x",
        "schemas.B",
    ]


PAGE = """\
| | better | `messagemedia` | `[speed]` | `twilio` |
| --- | ---: | ---: | ---: | ---: |
| CPU of send | less | 0.77 | 0.75 | 1.46 |
| 50 at once | more | 2.60 | 3.72 | 8.43 |

| another | table |
"""


def test_the_notes_tell_which_of_our_figures_have_changed() -> None:
    told = release_notes.benchmarks(PAGE, PAGE.replace("0.77", "0.70").replace("8.43", "9.99"))
    assert told.splitlines()[2:] == ["| CPU of send (less is better) | `messagemedia` | 0.77 | 0.70 |"]
    assert "are those of the release before" in release_notes.benchmarks(PAGE, PAGE)
    assert "| - | 3.72 |" in release_notes.benchmarks("", PAGE)


def test_the_benchmarks_have_such_a_table() -> None:
    table = release_notes.short_table((building.ROOT / release_notes.TABLE).read_text(encoding="utf-8"))
    assert len(table) >= 5
    assert all("messagemedia" in row for row in table.values())


@pytest.fixture
def built(tmp_path: Path) -> Built:
    found = Built(tmp_path / "a.whl", tmp_path / "a.tar.gz")
    for each in found:
        each.write_bytes(b"x")
    return found


HASH = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"


def test_the_notes_have_section_changes_and_files(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_notes, "at", lambda _tag, _path: "")
    diffs = (Diff("the contract", ["x is gone"], ["y"]), Diff("the public Python API", [], []))
    notes = release_notes.write("- A thing.", "v1.1.0", diffs, built)
    assert notes.startswith(
        "- A thing.\n\n## Compared with v1.1.0\n\n**The contract**\n\nNo longer as it was:\n\n- `x is gone`"
    )
    assert "New:\n\n- `y`\n\n**The public Python API**\n\nNo change.\n" in notes
    assert f"| a.whl | 1 | `{HASH}` |" in notes
    assert "no earlier release" not in notes
    assert "The first release" in release_notes.write("- A thing.", "", (), built)


@pytest.fixture
def repository(tmp_path: Path, built: Built, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with version 1.2.0 on it, after the tag v1.1.0."""
    root = tmp_path / "clone"
    (root / "dist").mkdir(parents=True)
    for name, value in {
        "ROOT": root,
        "VERSION": root / "v.py",
        "CHANGELOG": root / "c.md",
        "DIST": root / "dist",
    }.items():
        monkeypatch.setattr(release, name, value)
    monkeypatch.setattr(building, "build", lambda folder: folder.mkdir(parents=True) or built)
    monkeypatch.setattr(release_notes, "not_accepted", list)
    monkeypatch.setattr(release_notes, "diffs", lambda _tag: (Diff("the contract", [], ["y"]),))
    monkeypatch.setattr(release_notes, "at", lambda _tag, _path: "")
    monkeypatch.delenv("GITHUB_REF_TYPE", raising=False)
    (root / "v.py").write_text('__version__ = "1.2.0"\n')
    (root / "c.md").write_text(GOOD)
    (root / ".gitignore").write_text("dist/\n")
    git(root, "init", "--quiet")
    commit(root)
    git(root, "tag", "v1.1.0")
    return root


def git(root: Path, *arguments: str) -> None:
    who = [
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@example.com",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "tag.gpgsign=false",
    ]
    subprocess.run(["git", "-C", str(root), *who, *arguments], check=True)


def commit(root: Path) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", "x")


def test_what_is_ready_says_how_to_release_it(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(repository)
    assert release.main() == 0
    said = capsys.readouterr().out
    assert "version 1.2.0, tag v1.2.0, after v1.1.0" in said
    assert "Ready. To release it: git tag --sign v1.2.0" in said
    assert "- A thing." in (repository / "dist" / "notes.md").read_text()
    pinned = (repository / "dist" / "published.txt").read_text()
    assert pinned == f"messagemedia==1.2.0 --hash=sha256:{HASH} --hash=sha256:{HASH}\n"


def test_what_is_missing_is_said_and_fails(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "v.py").write_text('__version__ = "1.2.1"\n')
    monkeypatch.setenv("GITHUB_REF_TYPE", "tag")
    monkeypatch.setenv("GITHUB_REF_NAME", "v1.2.0")
    assert release.main() == 1
    said = capsys.readouterr().out
    assert "tag v1.2.0 is not version 1.2.1" in said
    assert "CHANGELOG.md has no section for 1.2.1" in said
    assert "commit this, or take it back" in said
    assert "v.py" in said
    assert "Ready." not in said


def test_a_version_that_is_tagged_anywhere_else_is_released(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(repository, "checkout", "--quiet", "-b", "elsewhere")
    commit(repository)
    git(repository, "tag", "v1.2.0")
    git(repository, "checkout", "--quiet", "-")
    assert release.main() == 1
    assert "tag v1.2.0 is on another commit" in capsys.readouterr().out


def test_a_folder_that_is_no_clone_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "ROOT", tmp_path)
    with pytest.raises(SystemExit, match="from a clone"):
        release.main()


# --- what the wheel holds -----------------------------------------------------------------------------------------

WHEEL = {
    **dict.fromkeys(building.NEEDED, b""),
    "messagemedia/pages/ours.js": b"const a = 1;\n",
    "messagemedia-1.dist-info/licenses/LICENSE": b"Apache License, Copyright 2004",
}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("htmx.min.js", b"x"),
        ("font.woff2", b"\x00\xff"),
        ("packed.css", b"a" * 1001),
        ("other.js", b"/*! jQuery v9 */\n"),
        ("other.html", b"<!-- Copyright (c) 2020 Somebody -->"),
        ("other.py", b"# SPDX-License-Identifier: MIT\n"),
    ],
)
def test_a_file_of_others_needs_its_licence_beside_it(name: str, content: bytes) -> None:
    path = f"messagemedia/pages/{name}"
    (said,) = building.wrong_with(WHEEL | {path: content})
    assert path in said
    assert f"put its licence beside it, as {path}.LICENSE" in said
    assert list(building.wrong_with(WHEEL | {path: content, f"{path}.LICENSE": b"\n"})) == [said]
    assert not list(building.wrong_with(WHEEL | {path: content, f"{path}.LICENSE": b"MIT, by Somebody\n"}))


@pytest.mark.parametrize("name", [*building.NEEDED, "messagemedia-1.dist-info/licenses/LICENSE"])
def test_a_wheel_without_what_it_needs_is_refused(name: str) -> None:
    assert not list(building.wrong_with(WHEEL))
    assert list(building.wrong_with({each: content for each, content in WHEEL.items() if each != name}))


def test_the_package_index_shows_no_link_to_nowhere() -> None:
    text = b"[a](https://example.com) [b](#here) [c](docs/there.md)"
    (said,) = building.wrong_with(WHEEL | {"messagemedia-1.2.0.dist-info/METADATA": text})
    assert said.endswith("docs/there.md")


def test_nothing_but_our_packages_is_in_the_wheel() -> None:
    (said,) = building.wrong_with(WHEEL | {"tests/x.py": b""})
    assert "it holds messagemedia, messagemedia_generated, tests" in said


def archive(path: Path, moment: int, content: str, method: int = zipfile.ZIP_STORED) -> Path:
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w", method) as file:
        file.writestr(zipfile.ZipInfo("same.py", (2020, 2, 2, 0, 0, 0)), "same")
        file.writestr(zipfile.ZipInfo("other.py", (2020, 2, 2, 0, 0, moment)), content)
    return path


def test_what_differs_between_two_builds_is_named(tmp_path: Path) -> None:
    one = archive(tmp_path / "1" / "a.whl", 0, "x" * 99)
    assert building.differences(one, archive(tmp_path / "2" / "a.whl", 0, "x" * 99)) == []
    assert building.differences(one, archive(tmp_path / "3" / "a.whl", 0, "y" * 99)) == ["  a.whl: other.py"]
    assert building.differences(one, archive(tmp_path / "4" / "a.whl", 8, "x" * 99)) == ["  a.whl: other.py"]
    packed = tmp_path / "5.whl"
    packed.write_bytes(one.read_bytes() + b"\0")
    assert building.differences(one, packed) == ["  a.whl: only in how it is packed"]


def test_the_first_steps_need_no_more_than_python() -> None:
    """The release workflow runs them where nothing is installed."""
    code = "import sys; sys.path.insert(0, 'tests'); import first_use; print(len(first_use.PARTS))"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], cwd=building.ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == "3\n", done.stderr
