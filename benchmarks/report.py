"""Writes what was measured: one document with tables, and the data of the charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.answers import DELAY
from benchmarks.contenders import AGAIN, BASE, CONTENDERS
from benchmarks.measuring import compared, middle, ratio
from benchmarks.sandbox import BARE, STEPS

CALLS = ("send", "status", "send 100", "100 reports")
IMPORTS = ("import", "and a client", "and a first call")
OURS, OFFICIAL = "messagemedia", "deprecated official SDK"
CAP = 100 / (DELAY / 1000)
"""Calls per second that are possible with 100 at once, if each takes this long on the server."""

LIBRARIES = ("raw", "bare_pyreqwest", "bare_aiohttp", "plain")
"""The adapters of those that are no SDK."""

SHORT = (*(OURS + extras for extras in ("", "[speed]", "[aiohttp]", "[pyreqwest]", "[pyreqwest,speed]")), "twilio")
"""Who is in the short table."""

_HEAD = """\
# Benchmarks

What a call costs the program that makes it, with this SDK and with other clients. `make bench` measures that and writes
this page, so do not edit it.

## In short

Ratios to plain `httpx` in the same round: 0.50 is half of its CPU, and 2.00 is twice its rate. Extras of `messagemedia`
are in brackets. twilio talks to an API of its own.
"""

_HOW = """\
## How it was measured

- A server on the same machine, without TLS, answers every request with bytes that were made before. So the figures show
  the cost of the client, without that of the network and of the real API.
- Every contender has an environment of its own, with locked versions. In each round every contender runs once, in a new
  process, in an order that changes.
- A ratio compares a contender with `httpx` in the same round. The tables show the median of the rounds, and in
  parentheses the middle half of them.
- CPU is the time of all threads of the client, in user and system mode. They share one core here; elsewhere the thread
  of `pyreqwest` may have a core of its own.
- `raw socket`, `httpx`, `httpx2`, `httpx over aiohttp`, `aiohttp` and `pyreqwest` send and return plain dicts and check
  nothing: they show how low the cost could be. All others make and read typed objects.
- `messagemedia` also checks what it sends, and is ready to retry. With `pyreqwest`, the main thread has another thread
  make the call, so that Ctrl-C works. "In a thread" means calls outside of the main thread.
- twilio and sinch talk to APIs of their own, with other payloads: compare orders of magnitude only.

What each contender does is in `benchmarks/contenders`.
"""

_AT_ONCE = """\
More is better. `httpx` searches all its connections for every request, so it is slow with many calls at once. Ratios to
it are large, and vary.
"""

_IMPORTS = """\
Less is better. Each column contains the one before it, because packages import what they need at different times:
`messagemedia` imports its HTTP library with the first client, and its models with the first call.
"""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return ["", *("| " + " | ".join(line) + " |" for line in lines), ""]


def _short(found: Mapping[str, Any]) -> list[str]:
    """What most people want to know, in one table."""
    rows = [
        *((f"CPU of {each}", "less", _middles(found["calls"], each)) for each in CALLS),
        ("50 at once: calls per second", "more", _middles(found["fast"], "rate")),
        (f"100 at once, answered after {DELAY} ms: of what is possible", "more", _percents(found)),
        ("CPU of the import", "less", _middles(found["imports"], IMPORTS[0])),
        ("… and a client", "less", _middles(found["imports"], IMPORTS[1])),
        ("… and a first call", "less", _middles(found["imports"], IMPORTS[2])),
    ]
    head = [f"`{name.removeprefix(OURS) or OURS}`" for name in SHORT]
    lines = [[label, better, *(texts.get(name, "-") for name in SHORT)] for label, better, texts in rows]
    return _table(["", "better", *head], lines)


def _middles(samples: Mapping[str, Any], what: str) -> dict[str, str]:
    return {name: f"{against.middle:.2f}" for name, (_, against) in compared(samples, what).items()}


def _percents(found: Mapping[str, Any]) -> dict[str, str]:
    return {name: f"{share:.0%}" for name, share in _shares(found).items()}


def _shares(found: Mapping[str, Any]) -> dict[str, float]:
    """The rate of each contender as a share of what is possible, with a slow server."""
    return {name: rate / CAP for name, (rate, _) in compared(found["slow"], "rate").items()}


def _columns(samples: Mapping[str, Any], whats: Sequence[str], unit: str, form: str, by: int = 0) -> list[str]:
    """A row for each contender, the one first that is cheapest in one of the columns."""
    columns = [compared(samples, each) for each in whats]
    rows = [
        [name, *(f"{form.format(each[name][0])} · {each[name][1]}" if name in each else "-" for each in columns)]
        for name in columns[by]
    ]
    return _table([f"{unit} · ratio to httpx (middle half of the rounds)", *whats], rows)


def _awaited(found: Mapping[str, Any]) -> list[str]:
    shares, slow = _percents(found), compared(found["slow"], "rate")
    rows = [
        [name, f"{rate:.0f} · {against}", f"{slow[name][0]:.0f} · {shares[name]}" if name in slow else "-"]
        for name, (rate, against) in reversed(compared(found["fast"], "rate").items())
    ]
    calls = "50 at once: calls per second · ratio to httpx (middle half of the rounds)"
    return _table(["", calls, f"100 at once, answered after {DELAY} ms: calls per second · of what is possible"], rows)


def _noise(found: Mapping[str, Any]) -> list[str]:
    """How far the base is from itself."""
    if AGAIN not in found["calls"]:
        return []

    def most(samples: Mapping[str, Any], whats: Sequence[str]) -> str:
        return f"{max(abs(compared(samples, each)[AGAIN][1].middle - 1) for each in whats):.0%}"

    calls, imports = most(found["calls"], CALLS), most(found["imports"], IMPORTS)
    rates = most(found["fast"], ["rate"])
    return [
        f"**Noise.** `{AGAIN}` is `{BASE}` once more in every round. Its median ratio is off from 1 by up to {calls}",
        f"for single calls, {imports} for imports and {rates} for 50 at once. A difference that is not clearly larger",
        "means nothing.",
        "",
    ]


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
        *(_HEAD.rstrip(), *_short(found)),
        *(_HOW, *_noise(found), f"Measured with: {', '.join(found['conditions'])}.", ""),
        *("## One call after the other", "", "Less is better."),
        *(*_columns(found["calls"], CALLS, "µs of CPU", "{:.0f}"), *_against_official(found)),
        *("![CPU of each kind of call](benchmarks.svg)", ""),
        *("## Many calls at once", "", _AT_ONCE.rstrip(), *_awaited(found)),
        *("![Calls per second](benchmarks-at-once.svg)", ""),
        *("## Import, first client, first call", "", _IMPORTS.rstrip()),
        *_columns(found["imports"], IMPORTS, "ms of CPU", "{:.1f}", by=-1),
        *("## Scale", "", "How the cost changes as batches and pages grow, and the rate with more calls at once.", ""),
        *("![Scale](benchmarks-scale.svg)", ""),
        *("## Memory", *_memory(found)),
        *("## The sandbox", ""),
        "What it takes on loopback, client included, beside a bare server of the same kind that answers fixed bytes.",
        *_sandbox(found),
        *(["## Left out", "", *skipped, ""] if skipped else []),
    ]
    return "\n".join(lines).rstrip() + "\n"


def chart_data(found: Mapping[str, Any]) -> dict[str, Any]:
    """What the charts show, as JSON values."""
    at_once: dict[str, dict[str, float]] = {}
    for number, samples in found["at once"].items():
        for name, each in samples.items():
            at_once.setdefault(name, {})[number] = middle(each["rate"])
    return {
        "groups": _groups(),
        "dashed": [each.name for each in CONTENDERS if each.module in LIBRARIES],
        "calls": {what: _ratios(found["calls"], what) for what in CALLS},
        "rates": _ratios(found["fast"], "rate"),
        "shares": {name: share for name, share in _shares(found).items() if name != AGAIN},
        "delay": DELAY,
        "sized": {
            name: {what: middle(each) for what, each in samples.items()} for name, samples in found["sized"].items()
        },
        "at once": at_once,
    }


def _ratios(samples: Mapping[str, Any], what: str) -> dict[str, float]:
    return {name: against.middle for name, (_, against) in compared(samples, what).items() if name != AGAIN}


def _groups() -> dict[str, dict[str, str]]:
    """The contenders that are in charts and their colors, by what they are."""
    kinds = {"ours": "this SDK", **dict.fromkeys(LIBRARIES, "an HTTP library alone (dicts, no checks)")}
    groups: dict[str, dict[str, str]] = {}
    for each in CONTENDERS:
        if each.color:
            groups.setdefault(kinds.get(each.module, "other clients"), {})[each.name] = each.color
    return groups
