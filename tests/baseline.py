"""Behind `make accept-changes`: holds the public Python API and the contract against what was accepted last.

    python tests/baseline.py              fails if something broke, and says what and what to do
    python tests/baseline.py --accept     says that it is intended: writes what is there now as the new baseline
    python tests/baseline.py --complete   fails also if something new is not in the baseline; for a release

Additions break nobody, so they need no acceptance. The baseline takes them in with the next `--accept`, at the latest
when a version is released: from then on somebody may rely on them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

sys.path += [str(Path(__file__).parent / "judges"), str(Path(__file__).parents[1])]

import contract_facts
import python_api

FOLDER = Path(__file__).parent / "judges" / "baselines"
COMMAND = "make accept-changes (python tests/baseline.py --accept)"


class Baseline(NamedTuple):
    """Something public, as it was accepted last and as it is."""

    what: str
    file: str
    now: Callable[[], str]
    breakages: Callable[[str, str], list[str]]


def _contract_breakages(old: str, new: str) -> list[str]:
    return contract_facts.breakages(contract_facts.read(old), contract_facts.read(new))


BASELINES = (
    Baseline("the public Python API", "python_api.txt", python_api.stub, python_api.breakages),
    Baseline(
        "the contract",
        "contract.txt",
        lambda: contract_facts.write(contract_facts.facts(contract_facts.load())),
        _contract_breakages,
    ),
)


def check(baseline: Baseline, folder: Path = FOLDER, *, complete: bool = False) -> str:
    """What is wrong and what to do about it; empty if nothing is."""
    path = folder / baseline.file
    if not path.is_file():
        return f"{baseline.what} has no baseline ({path.name}). To make one: {COMMAND}"
    old, new = path.read_text(encoding="utf-8"), baseline.now()
    broken = baseline.breakages(old, new)
    if broken:
        lines = "".join(f"  {each}\n" for each in broken)
        return f"{baseline.what} breaks who relied on it:\n{lines}If that is intended: {COMMAND}"
    if complete and old != new:
        return f"{baseline.what} has additions that the baseline does not protect yet. To take them in: {COMMAND}"
    return ""


def accept(folder: Path = FOLDER) -> None:
    """Write what is there now as the new baseline."""
    folder.mkdir(exist_ok=True)
    for each in BASELINES:
        (folder / each.file).write_text(each.now(), encoding="utf-8")
        print(f"accepted: {each.what} as it is now ({each.file})")


def main() -> int:
    """Do what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accept", action="store_true", help="what is there now is intended")
    parser.add_argument("--complete", action="store_true", help="fail for additions, too, that are not in the baseline")
    arguments = parser.parse_args()
    if arguments.accept:
        accept()
        return 0
    problems = [each for each in (check(baseline, complete=arguments.complete) for baseline in BASELINES) if each]
    print("\n".join(problems) or "nothing is broken")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
