"""Builds what is published, and looks at it before anybody else does.

Wheel and sdist are built twice: here, and from the sdist in another folder, with other modes, umask, time zone, locale
and order of hashes. The bytes must be the same, so anybody can check a release by building it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]

PACKAGES = {"messagemedia", "messagemedia_generated"}
NEEDED = (
    "messagemedia/py.typed", "messagemedia_generated/py.typed", "messagemedia_generated/contract.json",
    *(f"messagemedia/sandbox/pages/{name}" for name in ("static/pages.css", "static/pages.js", "templates/base.html")),
)  # fmt: skip
OTHER_MACHINE = {"TZ": "Asia/Kolkata", "LC_ALL": "C", "PYTHONHASHSEED": "4711"}

# What tells a file of others. Ours say nothing of a licence: LICENSE does, once for all.
FONTS_AND_BINARIES = (".woff", ".woff2", ".ttf", ".otf", ".eot", ".wasm")
READABLE = (".py", ".js", ".mjs", ".css", ".html", ".svg", ".json")
SCRIPTS_AND_STYLES = (".js", ".mjs", ".css")
LONGEST_LINE = 1000
OF_OTHERS = re.compile(
    r"@licen[cs]e|SPDX-License-Identifier|copyright\s+(?:\(c\)|©|\d{4})|^\s*/\*!", re.IGNORECASE | re.MULTILINE
)
LICENCE = ".LICENSE"


class Built(NamedTuple):
    """What is published."""

    wheel: Path
    sdist: Path

    def __str__(self) -> str:
        lines = [f"{each.stat().st_size:>9,} bytes  {each.name}  sha256:{digest(each)}" for each in self]
        return "\n".join(lines)


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run(*command: object, check: bool = True, code: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command, and end with what it said if it fails."""
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False, input=code)
    if check and done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done


def build(folder: Path) -> Built:
    """Build wheel and sdist into a folder, and end with what is wrong with them."""
    built = _build(ROOT, folder, {})
    with tempfile.TemporaryDirectory() as name:
        with tarfile.open(built.sdist) as archive:
            archive.extractall(name, filter="data")
        (source,) = Path(name).iterdir()
        other = source.rename(source.with_name("somewhere else"))
        for each in other.rglob("*"):
            each.chmod(each.stat().st_mode & 0o700)  # what nobody else may do is no part of it
        again = _build(other, Path(name) / "again", OTHER_MACHINE, umask=0o077)
        problems = [each for one, two in zip(built, again, strict=True) for each in differences(one, two)]
        if problems:
            sys.exit("\n".join(["built a second time, it is not the same:", *problems]))
    run(sys.executable, "-m", "twine", "check", "--strict", *built)
    run(Path(sys.executable).with_name("check-wheel-contents"), "--ignore=W009", built.wheel)  # two packages: by design
    with zipfile.ZipFile(built.wheel) as archive:
        problems = list(wrong_with({name: archive.read(name) for name in archive.namelist()}))
    if problems:
        sys.exit("\n".join([f"{built.wheel.name} can't be published:", *problems]))
    return built


def _build(source: Path, folder: Path, environment: Mapping[str, str], umask: int = -1) -> Built:
    """Build from a source, in an environment that differs from this one."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(source)]
    done = subprocess.run(
        command,
        env={**os.environ, "SOURCE_DATE_EPOCH": moment(), **environment}, umask=umask, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return Built(wheel, sdist)


def moment() -> str:
    """The time that files in the archives have: that of the commit, or of 2020 where there is none."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return "1580601600"
    return run(git, "-C", ROOT, "log", "-1", "--format=%ct").stdout.strip()


def differences(one: Path, two: Path) -> list[str]:
    """What differs between two archives, by member; empty if they are the same bytes."""
    if one.read_bytes() == two.read_bytes():
        return []
    before, after = members(one), members(two)
    names = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    return [f"  {one.name}: {name}" for name in names] or [f"  {one.name}: only in how it is packed"]


def members(path: Path) -> dict[str, tuple[object, ...]]:
    """What an archive holds: content, mode and time of each member."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            return {each.filename: (wheel.read(each), each.external_attr, each.date_time) for each in wheel.infolist()}
    with tarfile.open(path) as sdist:
        return {
            each.name: (_read(sdist, each), each.mode, each.mtime, each.uid, each.gid, each.uname, each.gname)
            for each in sdist.getmembers()
        }


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes | None:
    file = archive.extractfile(member)
    return file.read() if file else None


def wrong_with(files: Mapping[str, bytes]) -> Iterator[str]:
    """What is wrong with the content of a wheel."""
    tops = {name.split("/")[0] for name in files if ".dist-info/" not in name}
    if tops != PACKAGES:
        yield f"  it holds {', '.join(sorted(tops))}: it must hold {', '.join(sorted(PACKAGES))}, see [tool.hatch.build]"
    yield from (f"  {name} is missing" for name in NEEDED if name not in files)
    if not any(name.endswith(".dist-info/licenses/LICENSE") for name in files):
        yield "  LICENSE is missing"
    metadata = next((text.decode() for name, text in files.items() if name.endswith(".dist-info/METADATA")), "")
    yield from (
        f"  the package index would show a link to nowhere: {link}"
        for link in re.findall(r"\]\((?!https://|#)([^)]+)", metadata)
    )
    yield from (
        f"  {name} is a file of others ({why}): put its licence beside it, as {name}{LICENCE}"
        for name, why in of_others(files)
        if not files.get(name + LICENCE, b"").strip()
    )


def of_others(files: Mapping[str, bytes]) -> Iterable[tuple[str, str]]:
    """The files that look as if others wrote them, and why."""
    for name, content in files.items():
        if ".dist-info/" in name or name.endswith((LICENCE, "contract.json")):
            continue
        if name.endswith(FONTS_AND_BINARIES):
            yield name, "a font or a binary"
        elif re.search(r"[.-]min\.\w+$", name):
            yield name, "minified"
        elif name.endswith(READABLE):
            text = content.decode("utf-8")
            if said := OF_OTHERS.search(text):
                yield name, f"it says {said[0].strip()!r}"
            elif name.endswith(SCRIPTS_AND_STYLES) and max(map(len, text.splitlines()), default=0) > LONGEST_LINE:
                yield name, f"a line of more than {LONGEST_LINE} characters, so it is minified"
