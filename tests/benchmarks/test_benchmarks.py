"""The benchmarks work: whoever is compared does its work on the canned server, and the document says what was found."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import report, sandbox, serving, worker
from benchmarks.answers import SIZES
from benchmarks.contenders import BASE, CONTENDERS, ours, plain, raw
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
    [(ours, ""), (ours, "hmac"), (ours, "httpx2"), (plain, ""), (plain, "httpx2"), (raw, "")],
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


@pytest.mark.parametrize(("module", "variant"), [(ours, ""), (ours, "aiohttp"), (plain, ""), (raw, "")])
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


def test_the_sandbox_does_its_work_beside_a_bare_server() -> None:
    found = sandbox.measure(1)
    assert {name: set(steps) for name, steps in found.items()} == {name: set(sandbox.STEPS) for name in sandbox.NAMES}
    assert all(milliseconds > 0 for steps in found.values() for milliseconds in steps.values())


def test_ratios_are_taken_round_by_round() -> None:
    assert ratio([1, 20, 3], [2, 40, 6]).middle == 0.5
    assert str(ratio([1.0], [4.0])) == "0.25 (0.25 to 0.25)"


def test_the_document_has_a_row_for_each_and_says_what_is_left_out() -> None:
    calls = {name: [value, value] for name, value in zip(report.CALLS, (1, 2, 3, 4), strict=True)}
    memory = {str(tenth): 30.0 + tenth for tenth in range(11)}
    found = {
        "calls": {BASE: calls, report.OURS: {name: [value / 2 for value in values] for name, values in calls.items()}},
        "fast": {BASE: {"rate": [100, 100]}, report.OURS: {"rate": [250, 250]}},
        "slow": {BASE: {"rate": [500, 500]}, report.OURS: {"rate": [1000, 1000]}},
        "imports": {
            BASE: {"together": [90], "import": [60]},
            report.OURS: {"together": [99], "import": [0.7]},
        },
        "sized": {},
        "at once": {"1": {report.OURS: {"rate": [10]}}},
        "memory": {"calls": {report.OURS: memory}, "batches": {report.OURS: {}}, "number": 1000},
        "sandbox": {
            sandbox.SANDBOX: {step: [3, 3] for step in sandbox.STEPS},
            sandbox.BARE: {step: [2, 2] for step in sandbox.STEPS},
        },
        "skipped": {"sinch": "can't be installed: no wheel"},
        "conditions": ["some Python"],
    }
    text = report.document(found)
    assert "| messagemedia | 0 · 0.50 (0.50 to 0.50) |" in text
    assert "| messagemedia | 250 · 2.50 (2.50 to 2.50) | 1000 · 20% |" in text
    assert "| messagemedia | 99 · 1.10 (1.10 to 1.10) |" in text
    assert "`import messagemedia` alone takes 0.7 ms" in text
    assert "| messagemedia, 1,000 calls | 30.0 | 31.0 | 35.0 | 40.0 |" in text
    assert "| the sandbox | 3.0 · 1.50 (1.50 to 1.50) |" in text
    assert "- sinch: can't be installed: no wheel" in text
    assert report.chart_data(found)["at once"] == {report.OURS: {"1": 10}}
