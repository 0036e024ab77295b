"""The benchmarks work: whoever is compared does its work on the canned server, and the document says what was found."""

import asyncio
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import report, sandbox, serving, worker
from benchmarks.answers import SIZES
from benchmarks.contenders import (
    AGAIN,
    BASE,
    CONTENDERS,
    Contender,
    bare_aiohttp,
    bare_pyreqwest,
    named,
    ours,
    plain,
    raw,
)
from benchmarks.environments import HERE
from benchmarks.measuring import Bench, ratio

SHORT: dict[str, Any] = {"seconds": 0.001, "at_once": 3}


@pytest.fixture(scope="module", params=["compiled", "Python"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serving, "cores", lambda: (None, None))
        if request.param == "Python":
            patch.setattr("shutil.which", lambda _: None)
        with serving.server() as (address, kind):
            if request.param == "Python":
                assert kind == "Python"
            yield address


@pytest.mark.parametrize(
    ("module", "variant"),
    [
        (ours, ""),
        (ours, "hmac"),
        (ours, "httpx2"),
        (ours, "pyreqwest"),
        (plain, ""),
        (plain, "httpx2"),
        (bare_pyreqwest, ""),
        (raw, ""),
    ],
)
def test_a_blocking_contender_does_its_work(url: str, module: Any, variant: str) -> None:
    client = module.Blocking(url, variant)
    assert isinstance(client.send(), str)
    assert isinstance(client.status(), str)
    assert client.batch(100) == client.reports() == 100
    sized = module.Blocking(f"{url}/{SIZES[0]}", variant)
    assert sized.batch(SIZES[0]) == sized.reports() == SIZES[0]
    for each in (client, sized):
        getattr(each, "_client", getattr(each, "_socket", None)).close()


@pytest.mark.parametrize(
    ("module", "variant"),
    [
        (ours, ""),
        (ours, "aiohttp"),
        (ours, "pyreqwest"),
        (plain, ""),
        (plain, "aiohttp"),
        (bare_aiohttp, ""),
        (bare_pyreqwest, ""),
        (raw, ""),
    ],
)
def test_an_awaited_contender_does_its_work(url: str, module: Any, variant: str) -> None:
    async def run() -> str:
        client = module.Awaited(f"{url}/slow", variant)
        first, *others = await asyncio.gather(*(client.send() for _ in range(5)))
        assert others == [first] * 4
        await client.close()
        return first

    assert isinstance(asyncio.run(run()), str)


def test_a_contender_that_does_not_do_its_work_is_not_measured() -> None:
    with pytest.raises(ValueError, match="the call gave 99"):
        worker._expect(99, fits=False)


@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows runs no shell script as a program")
def test_a_contender_that_fails_is_left_out_and_named(
    url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'some.Error: broken' >&2\nexit 1\n")
    broken.chmod(0o700)
    bench = Bench(url, {"core": broken})
    base = next(each for each in CONTENDERS if each.name == BASE)
    assert bench.rounds([base], 2, "blocking", **SHORT) == {}
    assert bench.failures == {BASE: "blocking: some.Error: broken"}
    assert not bench.has(base)
    assert "broken" in capfd.readouterr().err


def test_a_contender_whose_environment_is_missing_is_left_out(url: str) -> None:
    bench = Bench(url, {})
    assert bench.rounds(named(BASE), 1, "blocking", **SHORT) == {}
    assert bench.run(*named(BASE), "memory", calls=1, size=1) == {}
    assert bench.failures == {}


@pytest.mark.parametrize("main_thread", [True, False])
def test_a_worker_calls_from_the_thread_that_is_asked_for(url: str, tmp_path: Path, *, main_thread: bool) -> None:
    (tmp_path / "adapter.py").write_text(
        "import threading\n"
        "class Blocking:\n"
        "    def __init__(self, url, variant): pass\n"
        "    def send(self):\n"
        f"        assert (threading.current_thread() is threading.main_thread()) is {main_thread}\n"
        "        return ''\n"
        "    def status(self): return ''\n"
        "    def reports(self): return 100\n"
    )
    adapter = Contender("adapter", "this", "adapter", main_thread=main_thread)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("benchmarks.measuring.ADAPTERS", tmp_path)
        bench = Bench(url, {"this": Path(sys.executable)})
        calls = bench.run(adapter, "blocking", **SHORT)
        imports = bench.run(adapter, "imports")
    assert bench.failures == {}
    assert set(calls) == {"send", "status", "100 reports"}
    assert list(imports) == list(report.IMPORTS)
    assert sorted(imports.values()) == list(imports.values())


def test_every_contender_has_a_lock_and_a_color_of_its_own() -> None:
    assert [each.name for each in CONTENDERS if not (HERE / "requirements" / f"{each.environment}.txt").exists()] == []
    assert [each.name for each in CONTENDERS if not each.color] == [AGAIN]
    colors = [each.color for each in CONTENDERS if each.color]
    assert len(set(colors)) == len(colors)


def test_locks_name_no_address() -> None:
    locks = [path.read_text("utf-8") for path in (HERE / "requirements").glob("*.txt")]
    assert not any("://" in lock or re.search("^-", lock, re.MULTILINE) for lock in locks)  # nor an option that has one


def test_the_sandbox_does_its_work_beside_a_bare_server() -> None:
    found = sandbox.measure(1)
    assert {name: set(steps) for name, steps in found.items()} == {name: set(sandbox.STEPS) for name in sandbox.NAMES}
    assert all(milliseconds > 0 for steps in found.values() for milliseconds in steps.values())


def test_ratios_are_taken_round_by_round() -> None:
    assert ratio([1, 20, 3], [2, 40, 6]).middle == 0.5
    assert str(ratio([1.0], [4.0])) == "0.25 (0.25 to 0.25)"


def measured() -> dict[str, Any]:
    calls = {name: [value, value] for name, value in zip(report.CALLS, (1, 2, 3, 4), strict=True)}
    memory = {str(tenth): 30.0 + tenth for tenth in range(11)}
    return {
        "calls": {BASE: calls, report.OURS: {name: [value / 2 for value in values] for name, values in calls.items()}},
        "fast": {BASE: {"rate": [100, 100]}, report.OURS: {"rate": [250, 250]}},
        "slow": {BASE: {"rate": [500, 500]}, report.OURS: {"rate": [1000, 1000]}},
        "imports": {
            BASE: dict(zip(report.IMPORTS, ([60], [90], [95]), strict=True)),
            report.OURS: dict(zip(report.IMPORTS, ([0.6], [99], [133]), strict=True)),
        },
        "sized": {report.OURS: {"messages 1": [300], "messages 100": [8]}},
        "at once": {"1": {report.OURS: {"rate": [10]}}},
        "memory": {"calls": {report.OURS: memory}, "batches": {report.OURS: {}}, "number": 1000},
        "sandbox": {
            sandbox.SANDBOX: {step: [3, 3] for step in sandbox.STEPS},
            sandbox.BARE: {step: [2, 2] for step in sandbox.STEPS},
        },
        "skipped": {"sinch": "can't be installed: no wheel"},
        "conditions": ["some Python"],
    }


def test_the_document_has_a_row_for_each_and_says_what_is_left_out() -> None:
    text = report.document(measured())
    assert "| messagemedia | 0 · 0.50 (0.50 to 0.50) |" in text
    assert "| messagemedia | 250 · 2.50 (2.50 to 2.50) | 1000 · 20% |" in text
    assert "| messagemedia | 0.6 · 0.01 (0.01 to 0.01) | 99.0 · 1.10 (1.10 to 1.10) | 133.0 · 1.40" in text
    assert "| messagemedia, 1,000 calls | 30.0 | 31.0 | 35.0 | 40.0 |" in text
    assert "| the sandbox | 3.0 · 1.50 (1.50 to 1.50) |" in text
    assert "- sinch: can't be installed: no wheel" in text


def test_the_short_table_says_in_which_direction_better_is_and_leaves_open_what_is_missing() -> None:
    text = report.document(measured())
    assert (
        "|  | better | `messagemedia` | `[speed]` | `[aiohttp]` | `[pyreqwest]` | `[pyreqwest,speed]` | `twilio` |"
        in text
    )
    assert "| CPU of send | less | 0.50 | - | - | - | - | - |" in text
    assert "| 50 at once: calls per second | more | 2.50 | -" in text
    assert "| 100 at once, answered after 20 ms: of what is possible | more | 20% | -" in text
    assert "| … and a first call | less | 1.40 | -" in text


def test_noise_is_how_far_the_base_is_from_itself() -> None:
    found = measured()
    assert "Noise" not in report.document(found)
    found["calls"][AGAIN] = {**found["calls"][BASE], "status": [1.9, 1.9]}
    found["imports"][AGAIN] = {
        name: [each * 1.03 for each in values] for name, values in found["imports"][BASE].items()
    }
    found["fast"][AGAIN] = {"rate": [120, 120]}
    text = " ".join(report.document(found).split())
    assert "off from 1 by up to 5% for single calls, 3% for imports and 20% for 50 at once." in text


def test_charts_show_the_same_colors_and_not_the_base_twice() -> None:
    found = measured()
    found["calls"][AGAIN] = found["calls"][BASE]
    found["fast"][AGAIN] = found["slow"][AGAIN] = {"rate": [120, 120]}
    data = report.chart_data(found)
    colored = {name for group in data["groups"].values() for name in group}
    for shown in (*data["calls"].values(), data["rates"], data["shares"], data["sized"], data["at once"]):
        assert set(shown) <= colored
    assert colored == {each.name for each in CONTENDERS} - {AGAIN}
    assert data["sized"] == {report.OURS: {"messages 1": 300, "messages 100": 8}}
    assert data["at once"] == {report.OURS: {"1": 10}}
