"""Writes what was measured: one document with tables, and the data of the plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.answers import DELAY
from benchmarks.measuring import compared, middle, ratio
from benchmarks.sandbox import BARE, STEPS

CALLS = ("send", "status", "send 100", "100 reports")
OURS, OFFICIAL = "messagemedia", "deprecated official SDK"
CAP = 100 / (DELAY / 1000)
"""Calls per second that are possible with 100 at once, if each takes this long on the server."""

_HEAD = """\
# Benchmarks

Written by `make bench`; do not edit. What a call costs the client, side by side with other clients, against a canned
server on loopback without TLS. In each round every contender runs once, in a process of its own, in an order that
changes; ratios are taken within a round, and their median is shown. A difference of less than 5 % means nothing.

`httpx`, `httpx2`, `httpx over aiohttp` and the raw socket, which is the floor, decode JSON to dicts; all others make
and read typed objects. `messagemedia` also validates, and has its repetitions armed. twilio and sinch talk to APIs of
their own, with other payloads: read them as orders of magnitude. What each does is in `benchmarks/contenders`.
"""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return ["", *("| " + " | ".join(line) + " |" for line in lines), ""]


def _calls(found: Mapping[str, Any]) -> list[str]:
    columns = [compared(found["calls"], each) for each in CALLS]
    rows = [
        [name, *(f"{column[name][0]:.0f} · {column[name][1]}" if name in column else "-" for column in columns)]
        for name in columns[0]
    ]
    return _table(["µs of CPU · ratio to httpx (middle half of the rounds)", *CALLS], rows)


def _awaited(found: Mapping[str, Any]) -> list[str]:
    fast, slow = compared(found["fast"], "rate"), compared(found["slow"], "rate")
    rows = [
        [name, f"{rate:.0f} · {against}"]
        + ([f"{slow[name][0]:.0f} · {slow[name][0] / CAP:.0%}"] if name in slow else ["-"])
        for name, (rate, against) in reversed(fast.items())
    ]
    calls = "50 at once: calls per second · ratio to httpx"
    return _table(["", calls, f"100 at once, answered after {DELAY} ms: calls per second · of what is possible"], rows)


def _imports(found: Mapping[str, Any]) -> list[str]:
    columns = compared(found["imports"], "together")
    rows = [[name, f"{time:.0f} · {against}"] for name, (time, against) in columns.items()]
    return _table(["", "ms of CPU · ratio to httpx"], rows)


def _import_alone(found: Mapping[str, Any]) -> str:
    alone = middle(found["imports"][OURS]["import"])
    return (
        f"`import messagemedia` alone takes {alone:.1f} ms. What calls need beyond that is imported with the first one."
    )


def _memory(found: Mapping[str, Any]) -> list[str]:
    memory, number = found["memory"], found["memory"]["number"]
    rows = [
        [f"{name}, {label}", *(f"{each[tenth]:.1f}" for tenth in ("0", "1", "5", "10"))]
        for kind, label in (("calls", f"{number:,} calls"), ("batches", f"{number * 10:,} messages in batches of 100"))
        for name, each in memory[kind].items()
        if each
    ]
    return _table(["MB of resident memory", "before", "after a tenth", "after a half", "after all"], rows)


def _against_official(found: Mapping[str, Any]) -> list[str]:
    calls = found["calls"]
    if OFFICIAL not in calls:
        return []
    ratios = [f"{name} {ratio(calls[OURS][name], calls[OFFICIAL][name])}" for name in CALLS]
    return [f"CPU of `{OURS}` in comparison with the {OFFICIAL}: {', '.join(ratios)}.", ""]


def _sandbox(found: Mapping[str, Any]) -> list[str]:
    """Under another head than the clients: here the server is what is measured."""
    samples = found["sandbox"]
    rows = [
        [name, *(f"{middle(each[step]):.1f} · {ratio(each[step], samples[BARE][step])}" for step in STEPS)]
        for name, each in samples.items()
    ]
    return _table(["ms · ratio to the bare server (middle half of the rounds)", *STEPS], rows)


def document(found: Mapping[str, Any]) -> str:
    """The document."""
    skipped = [f"- {name}: {why}" for name, why in found["skipped"].items()]
    lines = [
        _HEAD,
        f"Measured with: {', '.join(found['conditions'])}.",
        "",
        "![CPU of a call, and calls per second](benchmarks.svg)",
        "",
        "## One call after the other",
        *_calls(found),
        *_against_official(found),
        "## Many calls at once",
        *_awaited(found),
        "## Import and first client",
        *_imports(found),
        _import_alone(found),
        "",
        "## Scale",
        "",
        "Cost of a message as batches grow, cost of a report as more are fetched, and calls per second as more are",
        "under way at once.",
        "",
        "![Scale](benchmarks-scale.svg)",
        "",
        "## Memory",
        *_memory(found),
        "## The sandbox",
        "",
        "What it takes on loopback, client included, beside a bare server of the same kind that answers fixed bytes.",
        *_sandbox(found),
        *(["## Left out", "", *skipped, ""] if skipped else []),
    ]
    return "\n".join(lines).rstrip() + "\n"


def chart_data(found: Mapping[str, Any]) -> dict[str, Any]:
    """What the plots show, as JSON values."""
    rates: dict[str, dict[str, float]] = {}
    for number, samples in found["at once"].items():
        for name, each in samples.items():
            rates.setdefault(name, {})[number] = middle(each["rate"])
    calls = {what: compared(found["calls"], what) for what in CALLS}
    sized = {name: {what: middle(each) for what, each in samples.items()} for name, samples in found["sized"].items()}
    return {
        "calls": {what: {name: against.middle for name, (_, against) in each.items()} for what, each in calls.items()},
        "rates": {name: rate for name, (rate, _) in compared(found["fast"], "rate").items()},
        "sized": sized,
        "at once": rates,
    }
