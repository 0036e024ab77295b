"""Measures everything and writes `docs/benchmarks.md` and its charts: `python -m benchmarks`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import environments, report, sandbox, serving
from benchmarks.answers import SIZES
from benchmarks.contenders import BASE, CONTENDERS, named
from benchmarks.measuring import Bench

COUNTS = [1, 10, 100, 1000, 10_000, 100_000]
AT_ONCE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

SIZED = named("messagemedia", "messagemedia[speed]", "messagemedia[pyreqwest,speed]", BASE, "pyreqwest")
"""Whose cost is measured as sizes grow; and whose rate, as more calls are under way at once:"""
CROWDED = named(
    *("messagemedia", "messagemedia[speed]", "messagemedia[aiohttp]", "messagemedia[pyreqwest]"),
    *(BASE, "httpx over aiohttp", "aiohttp", "pyreqwest", "twilio"),
)
REMEMBERED = named("messagemedia", "messagemedia[pyreqwest]", BASE)
"""Whose memory is measured."""

MEASURED = environments.FOLDER / "measured.json"
"""What was measured last."""


class Effort(NamedTuple):
    """How much is measured: rounds, seconds for each call, calls for the memory, repeats and length of the scales."""

    rounds: int
    seconds: float
    calls: int
    repeats: int
    counts: int


FULL = Effort(rounds=11, seconds=0.25, calls=100_000, repeats=3, counts=6)
QUICK = Effort(rounds=3, seconds=0.05, calls=2_000, repeats=1, counts=4)


def main() -> int:
    """Measure, and write what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="some seconds for each part, good for a first look")
    parser.add_argument("--only", nargs="+", metavar="ENVIRONMENT", help="leave out what needs other environments")
    parser.add_argument("--output", type=Path, default=environments.ROOT / "docs", help="folder to write into")
    parser.add_argument("--rewrite", action="store_true", help="measure nothing, write what was measured last again")
    arguments = parser.parse_args()
    if arguments.rewrite and not MEASURED.exists():
        parser.error("nothing was measured yet")
    if not arguments.rewrite:
        _measure(QUICK if arguments.quick else FULL, arguments.only)
    found = json.loads(MEASURED.read_text(encoding="utf-8"))
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / "benchmarks.md").write_text(report.document(found), encoding="utf-8")
    pythons, _ = _install({"plots"})
    if "plots" in pythons:
        charts = [pythons["plots"], Path(__file__).parent / "charts.py", arguments.output]
        subprocess.run(charts, input=json.dumps(report.chart_data(found)), text=True, check=True)
    sys.stderr.write(f"{arguments.output / 'benchmarks.md'} is written\n")
    return 0


def _measure(effort: Effort, only: list[str] | None) -> None:
    """Measure everything, and keep what was found."""
    begin = time.monotonic()
    wanted = {each.environment for each in CONTENDERS}
    pythons, skipped = _install(wanted & set(only) if only else wanted)
    with serving.server() as (url, kind):
        bench = Bench(url, pythons)
        found = _found(bench, effort)
    found |= {
        "skipped": {**skipped, **bench.failures},
        "conditions": [
            f"{platform.python_implementation()} {platform.python_version()}",
            platform.system(),
            f"{os.cpu_count()} cores",
            f"server in {kind}",
            f"client and server on {'a core each' if serving.cores()[0] is not None else 'any core'}",
            f"{effort.rounds} rounds",
            f"{(time.monotonic() - begin) / 60:.0f} minutes",
        ],
    }
    MEASURED.write_text(json.dumps(found), encoding="utf-8")


def _install(names: set[str]) -> tuple[dict[str, Path], dict[str, str]]:
    """The environments that can be made, and why others can't."""
    pythons: dict[str, Path] = {}
    skipped: dict[str, str] = {}
    for name in sorted(names):
        try:
            pythons[name] = environments.environment(name)
        except environments.NotInstallableError as error:
            skipped[name] = f"can't be installed: {error}"
            sys.stderr.write(f"{name} is skipped, it {skipped[name]}\n")
    ours = {each.environment for each in CONTENDERS if each.module == "ours"}
    environments.install_ours([python for name, python in pythons.items() if name in ours])
    if "core" in pythons:
        environments.generate_stock(pythons["core"])
    return pythons, skipped


def _found(bench: Bench, effort: Effort) -> dict[str, Any]:
    """Everything, by the names of the tables."""
    blocking = [each for each in CONTENDERS if each.blocking]
    awaited = [each for each in CONTENDERS if each.awaited]
    imported = [each for each in blocking if each.main_thread]
    rounds, seconds, repeats = effort.rounds, effort.seconds, effort.repeats
    counts = COUNTS[: effort.counts]
    return {
        "imports": bench.rounds(imported, rounds, "imports"),
        "calls": bench.rounds(blocking, rounds, "blocking", seconds=seconds),
        "fast": bench.rounds(awaited, rounds, "awaited", at_once=50, seconds=seconds * 2),
        "slow": bench.rounds(awaited, rounds, "awaited", "/slow", at_once=100, seconds=seconds * 4),
        "sized": bench.rounds(SIZED, repeats, "sized", sizes=SIZES, counts=counts, seconds=seconds),
        "at once": {
            str(number): bench.rounds(CROWDED, repeats, "awaited", at_once=number, seconds=seconds * 2)
            for number in AT_ONCE
        },
        "memory": {
            "calls": {each.name: bench.run(each, "memory", calls=effort.calls, size=1) for each in REMEMBERED},
            "batches": {
                each.name: bench.run(each, "memory", calls=effort.calls // 10, size=100)
                for each in REMEMBERED
                if each.name != BASE
            },
            "number": effort.calls,
        },
        "sandbox": sandbox.rounds(rounds, batches=20),
    }


if __name__ == "__main__":
    sys.exit(main())
