"""Takes samples: each in a process of its own, the contenders in turn within each round, in an order that changes."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

from benchmarks import serving
from benchmarks.contenders import BASE, Contender

HERE = Path(__file__).parent
ADAPTERS = HERE / "contenders"

Samples = Mapping[str, Sequence[float]]
"""What was measured in each round, by what it is."""


class Ratio(NamedTuple):
    """The middle of ratios that were taken round by round, and their middle half."""

    middle: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.low:.2f} to {self.high:.2f})"


def ratio(samples: Sequence[float], base: Sequence[float]) -> Ratio:
    """How samples compare with those of the base in the same rounds."""
    ratios = [one / other for one, other in zip(samples, base, strict=True)]
    low, middle, high = quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else ratios * 3
    return Ratio(middle, low, high)


def middle(samples: Sequence[float]) -> float:
    """The median."""
    return median(samples)


class Bench:
    """Runs jobs in the environments of contenders, against a server."""

    def __init__(self, url: str, pythons: Mapping[str, Path]) -> None:
        self._url = url
        self._pythons = pythons
        self.failures: dict[str, str] = {}

    def has(self, contender: Contender) -> bool:
        """Whether a contender can be measured."""
        return contender.environment in self._pythons and contender.name not in self.failures

    def run(self, contender: Contender, kind: str, path: str = "", **job: Any) -> dict[str, Any]:
        """The result of one job; nothing if the contender is not there, and a note if it fails."""
        if not self.has(contender):
            return {}
        job |= {
            "kind": kind,
            "url": self._url + path,
            "core": serving.cores()[0],
            "main_thread": contender.main_thread,
            "contenders": str(ADAPTERS),
        }
        done = subprocess.run(
            [self._pythons[contender.environment], HERE / "worker.py", contender.module, contender.variant],
            input=json.dumps(job),
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": os.environ["PATH"]},  # no proxy, no credentials
        )
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if re.match(r"[\w.]+(Error|Exception)\b", line)]
            self.failures[contender.name] = f"{kind}: {lines[-1] if lines else 'no result'}"
            sys.stderr.write(f"{contender.name} failed: {done.stderr}\n")
            return {}
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def rounds(
        self, contenders: Sequence[Contender], number: int, kind: str, path: str = "", **job: Any
    ) -> dict[str, Samples]:
        """Samples of each contender that is there, in rounds."""
        found: dict[str, dict[str, list[float]]] = {each.name: defaultdict(list) for each in contenders}
        for _ in range(number):
            for contender in random.sample(contenders, len(contenders)):
                for name, value in self.run(contender, kind, path, **job).items():
                    found[contender.name][name].append(value)
            sys.stderr.write(".")
            sys.stderr.flush()
        sys.stderr.write(f" {kind}\n")
        return {name: samples for name, samples in found.items() if samples and name not in self.failures}


def compared(samples: Mapping[str, Samples], what: str) -> dict[str, tuple[float, Ratio]]:
    """The median of each contender and its ratio to the base, cheapest first."""
    base = samples[BASE][what]
    found = {
        name: (middle(each[what]), ratio(each[what], base)) for name, each in samples.items() if len(each.get(what, ()))
    }
    return dict(sorted(found.items(), key=lambda item: item[1][1].middle))
