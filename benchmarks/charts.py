"""Draws the plots, in an environment of its own: `python charts.py FOLDER`, with the data as JSON in the input."""

from __future__ import annotations

import json
import sys
from itertools import cycle
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
mpl.rcParams.update({"svg.hashsalt": "messagemedia", "svg.fonttype": "none", "font.size": 8, "axes.axisbelow": True})

import matplotlib.pyplot as plt  # noqa: E402  # the backend comes first

OURS, OTHERS, BASE = "#1b6ca8", "#b8c4ce", "#5a6772"


def _color(name: str) -> str:
    return OURS if name.startswith("messagemedia") else BASE if name == "httpx" else OTHERS


def _bars(axes: Any, title: str, values: dict[str, float], text: str, limit: float | None = None) -> None:
    names = list(values)[::-1]
    shown = [min(values[name], limit or values[name]) for name in names]
    axes.barh(names, shown, color=[_color(name) for name in names])
    for place, name in enumerate(names):
        axes.text(shown[place], place, " " + text.format(values[name]), va="center", fontsize=7)
    axes.set_title(title, loc="left", fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlim(0, max(shown) * 1.18)


def _line(axes: Any, title: str, label: str, lines: dict[str, dict[float, float]]) -> None:
    colors = cycle(["#1b6ca8", "#5a6772", "#d1495b", "#66a182", "#edae49", "#8d6a9f", "#2a9d8f"])
    for name, values in lines.items():
        axes.plot(list(values), list(values.values()), marker="o", markersize=3, label=name, color=next(colors))
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.set_title(title, loc="left", fontsize=9)
    axes.set_xlabel(label)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=7)


def _save(figure: Any, file: Path) -> None:
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


def main() -> None:
    """Draw both."""
    data, folder = json.load(sys.stdin), Path(sys.argv[1])
    figure, axes = plt.subplots(2, 3, figsize=(13, 6.5))
    for place, (name, values) in zip(axes.flat, data["calls"].items(), strict=False):
        _bars(place, f"{name}: CPU of the client, httpx = 1", values, "{:.2f}", 4)
    rates = dict(sorted(data["rates"].items(), key=lambda item: -item[1]))
    _bars(axes.flat[4], "async, 50 at once: calls per second", rates, "{:.0f}")
    axes.flat[5].axis("off")
    _save(figure, folder / "benchmarks.svg")

    def sized(kind: str) -> dict[str, dict[float, float]]:
        return {
            name: {float(what.split()[1]): value for what, value in values.items() if what.startswith(kind)}
            for name, values in data["sized"].items()
        }

    figure, axes = plt.subplots(1, 3, figsize=(13, 3.6))
    _line(axes[0], "CPU per message, µs", "messages in a request", sized("messages"))
    _line(axes[1], "CPU per report, µs", "reports fetched", sized("reports"))
    at_once = {name: {float(number): rate for number, rate in rates.items()} for name, rates in data["at once"].items()}
    _line(axes[2], "Calls per second", "calls at once", at_once)
    _save(figure, folder / "benchmarks-scale.svg")


if __name__ == "__main__":
    main()
