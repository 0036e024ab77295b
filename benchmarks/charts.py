"""Draws the charts, in an environment of its own: `python charts.py FOLDER`, with the data as JSON in the input.

They are as wide as GitHub shows a page, so that their text keeps its size. A contender has the same color in all.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
mpl.rcParams.update(
    {
        "svg.hashsalt": "messagemedia",
        "svg.fonttype": "none",
        "font.size": 9,
        "figure.constrained_layout.w_pad": 0.12,  # who reads it may have wider letters
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": 10,
        "axes.titlelocation": "left",
        "legend.frameon": False,
        "legend.fontsize": 9,
        "xtick.minor.size": 0,
        "ytick.minor.size": 0,
    }
)

import matplotlib.pyplot as plt  # noqa: E402  # the backend comes first
from matplotlib.legend_handler import HandlerTuple  # noqa: E402
from matplotlib.lines import Line2D  # noqa: E402
from matplotlib.patches import Patch  # noqa: E402
from matplotlib.ticker import LogLocator  # noqa: E402

WIDTH = 9.2
"""Inches; at 96 pixels each that is a page's column."""

GAP = 0.6
"""Between groups of bars, in bars."""


class Colors:
    """Who is shown, group by group, and in which color."""

    def __init__(self, groups: Mapping[str, Mapping[str, str]]) -> None:
        self.groups = groups
        self.of = {name: color for group in groups.values() for name, color in group.items()}

    def places(self, names: Sequence[str]) -> dict[str, float]:
        """Where each has its bar: from the top, in the order given within its group, with a gap between groups."""
        places: dict[str, float] = {}
        place = 0.0
        for group in self.groups.values():
            for name in (each for each in names if each in group):
                places[name] = place
                place += 1
            place += GAP
        return places

    def legend(self, figure: Any, names: Sequence[str]) -> None:
        """Name the groups below a figure, each with all its colors."""
        shown = {
            group: [color for name, color in colors.items() if name in names] for group, colors in self.groups.items()
        }
        handles: list[Any] = [tuple(Patch(color=color) for color in colors) for colors in shown.values()]
        handles.append(Line2D([], [], color="#444", linewidth=1, linestyle="--"))
        figure.legend(
            handles,
            [*shown, "httpx = 1"],
            handler_map={tuple: HandlerTuple(ndivide=None, pad=0)},
            handlelength=5,
            loc="outside lower center",
            ncols=len(handles),
        )


def _panels(rows: int, names: Sequence[str], title: str, colors: Colors) -> tuple[Any, Any, dict[str, float]]:
    """A figure with two panels side by side in each row, and in each panel a place for the bar of each name."""
    places = colors.places(names)
    size = WIDTH, 0.8 + rows * (0.6 + 0.21 * len(places))
    figure, panels = plt.subplots(rows, 2, figsize=size, sharey=True, layout="constrained")
    for axes in panels.flat:
        axes.tick_params(axis="y", length=0)
    panels.flat[0].set_yticks(list(places.values()), list(places))
    panels.flat[0].set_ylim(max(places.values()) + 0.6, -0.6)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    colors.legend(figure, names)
    return figure, panels.flat, places


def _text(axes: Any, place: tuple[float, float], text: str, side: int = 1) -> None:
    """Write something beside a place, right of it, or left if the side is negative."""
    axes.annotate(
        text, place, (3 * side, 0), textcoords="offset points", va="center", ha="left" if side > 0 else "right"
    )


def _ratios(axes: Any, values: Mapping[str, float], places: Mapping[str, float], colors: Colors) -> None:
    """Bars that begin at httpx, to the left if they are less and to the right if they are more."""
    for name, value in values.items():
        axes.barh(places[name], value - 1, left=1, height=0.75, color=colors.of[name])
        _text(axes, (value, places[name]), f"{value:.2f}", 1 if value >= 1 else -1)
    for name in places.keys() - values.keys():
        _text(axes, (1, places[name]), "–")  # noqa: RUF001  # a dash: it has no such call
    axes.axvline(1, color="#444", linewidth=1, linestyle="--")
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_locator(LogLocator(base=4, numticks=20))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}" if value >= 1 else f"1/{1 / value:g}")


def _lines(
    axes: Any, title: str, label: str, lines: Mapping[str, Mapping[str, float]], data: Mapping[str, Any]
) -> None:
    """Lines on axes that are both logarithmic; a library alone is dashed."""
    for name, values in lines.items():
        axes.plot(
            [float(each) for each in values],
            list(values.values()),
            "--" if name in data["dashed"] else "-",
            marker="o",
            markersize=3.5,
            label=name,
            color=Colors(data["groups"]).of[name],
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_title(title)
    axes.set_xlabel(label)
    axes.grid(alpha=0.3)


def _save(figure: Any, file: Path) -> None:
    figure.savefig(file, metadata={"Date": None})
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


def _calls(data: Mapping[str, Any]) -> Any:
    calls, colors = data["calls"], Colors(data["groups"])
    title = "CPU of the client for a call, in comparison with httpx"
    figure, panels, places = _panels(len(calls) // 2, list(next(iter(calls.values()))), title, colors)
    every = [value for values in calls.values() for value in values.values()]
    for axes, (name, values) in zip(panels, calls.items(), strict=True):
        _ratios(axes, values, places, colors)
        axes.set_xlim(min([*every, 1]) / 2, max([*every, 1]) * 2)  # room for the figures
        axes.set_title(name)
        axes.set_xlabel("← less is better (logarithmic)")
    return figure


def _at_once(data: Mapping[str, Any]) -> Any:
    rates, colors = data["rates"], Colors(data["groups"])
    figure, (left, right), places = _panels(1, list(rates)[::-1], "Calls per second", colors)
    _ratios(left, rates, places, colors)
    left.set_xlim(min([*rates.values(), 1]) / 1.5, max([*rates.values(), 1]) * 1.8)
    left.set_title("50 at once, in comparison with httpx")
    left.set_xlabel("more is better → (logarithmic)")
    for name, share in data["shares"].items():
        right.barh(places[name], share * 100, height=0.75, color=colors.of[name])
        _text(right, (share * 100, places[name]), f"{share:.0%}")
    right.set_xlim(0, 115)
    right.set_xticks([0, 25, 50, 75, 100])
    right.set_title(f"100 at once, answered after {data['delay']} ms")
    right.set_xlabel("% of what is possible, more is better →")
    return figure


def _scale(data: Mapping[str, Any]) -> Any:
    def sized(kind: str) -> dict[str, dict[str, float]]:
        return {
            name: {what.split()[1]: value for what, value in values.items() if what.startswith(kind)}
            for name, values in data["sized"].items()
        }

    places = [["messages", "reports"], ["at once"] * 2]
    figure, panels = plt.subplot_mosaic(places, figsize=(WIDTH, 7.5), layout="constrained")
    for kind, label in (("messages", "messages in a request"), ("reports", "reports fetched")):
        _lines(panels[kind], f"CPU for each of the {kind}, µs (less is better)", label, sized(kind), data)
    _lines(panels["at once"], "Calls per second (more is better)", "calls at once", data["at once"], data)
    handles = {handle.get_label(): handle for axes in panels.values() for handle in axes.lines}
    order = [handles[name] for name in Colors(data["groups"]).of if name in handles]
    figure.legend(handles=order, loc="outside lower center", ncols=3)
    return figure


def main() -> None:
    """Draw all."""
    data, folder = json.load(sys.stdin), Path(sys.argv[1])
    for name, draw in {"benchmarks": _calls, "benchmarks-at-once": _at_once, "benchmarks-scale": _scale}.items():
        _save(draw(data), folder / f"{name}.svg")


if __name__ == "__main__":
    main()
