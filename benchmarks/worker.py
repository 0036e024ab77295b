"""Runs one contender in its own environment: `python worker.py MODULE VARIANT`, a job comes in, results go out."""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Callable
from typing import Any

# Whatever else is needed is imported later: what a contender imports is part of what it costs. A process's CPU time is
# its time in user and system mode, as `getrusage` has it.


def _expect(result: object, *, fits: bool) -> None:
    """A contender that does not do its work is not fast."""
    if not fits:
        raise ValueError(f"the call gave {result!r}")


def _mean_cpu(call: Callable[[], object], seconds: float) -> float:
    """Microseconds of CPU that a call takes, over about so many seconds of it."""
    for _ in range(10):
        call()
    calls, batch, begin = 0, 1, time.process_time()
    while (spent := time.process_time() - begin) < seconds:
        for _ in range(batch):
            call()
        calls += batch
        batch = max(1, min(500, calls // 5))
    return spent / calls * 1e6


def imports(module: str, variant: str, job: dict[str, Any]) -> dict[str, float]:
    """Milliseconds of CPU that an import takes, with a first client, and with its first call."""
    begin = time.process_time()
    contender = importlib.import_module(module)
    if hasattr(contender, "library"):  # one adapter for several
        contender.library(variant)
    imported = time.process_time()
    client = contender.Blocking(job["url"], variant)
    made = time.process_time()
    client.send()
    ends = {"import": imported, "and a client": made, "and a first call": time.process_time()}
    return {name: (end - begin) * 1e3 for name, end in ends.items()}


def blocking(module: str, variant: str, job: dict[str, Any]) -> dict[str, float]:
    """Microseconds of CPU for each kind of call."""
    contender = importlib.import_module(module).Blocking(job["url"], variant)
    calls: dict[str, Callable[[], Any]] = {"send": contender.send, "status": contender.status}
    if hasattr(contender, "batch"):
        calls["send 100"] = lambda: contender.batch(100)
    calls["100 reports"] = contender.reports
    found: dict[str, float] = {}
    for name, call in calls.items():
        result = call()
        _expect(result, fits=result == 100 if "100" in name else isinstance(result, str))
        found[name] = _mean_cpu(call, job["seconds"])
    return found


def sized(module: str, variant: str, job: dict[str, Any]) -> dict[str, float]:
    """Microseconds of CPU for each message of batches, and for each of more and more reports."""
    kind = importlib.import_module(module).Blocking
    found: dict[str, float] = {}
    for size in job["sizes"]:
        batch = kind(f"{job['url']}/{size}", variant).batch
        _expect(size, fits=batch(size) == size)
        found[f"messages {size}"] = _mean_cpu(lambda: batch(size), job["seconds"]) / size  # noqa: B023  # called at once
    for count in job["counts"]:
        size, pages = min(count, 100), max(1, count // 100)
        reports = kind(f"{job['url']}/{size}", variant).reports
        _expect(size, fits=reports() == size)
        repeats = max(1, 20 // pages)  # a single page is too short to be measured
        begin = time.process_time()
        for _ in range(pages * repeats):
            reports()
        found[f"reports {count}"] = (time.process_time() - begin) * 1e6 / (pages * size * repeats)
    return found


def awaited(module: str, variant: str, job: dict[str, Any]) -> dict[str, float]:
    """Calls per second, and microseconds of CPU for each, with many calls under way at once."""
    import asyncio  # noqa: PLC0415

    async def run() -> dict[str, float]:
        contender = importlib.import_module(module).Awaited(job["url"], variant)
        _expect("", fits=bool(await contender.send()))
        done, until = 0, 0.0

        async def caller() -> None:
            nonlocal done
            while time.perf_counter() < until:
                await contender.send()
                done += 1

        begin = cpu = 0.0
        for length in (job["seconds"] / 4, job["seconds"]):  # the first is for warming up
            done, begin, cpu = 0, time.perf_counter(), time.process_time()
            until = begin + length
            await asyncio.gather(*(caller() for _ in range(job["at_once"])))
        wall, cpu = time.perf_counter() - begin, time.process_time() - cpu
        await contender.close()
        return {"rate": done / wall, "cpu": cpu / done * 1e6}

    return asyncio.run(run())


def memory(module: str, variant: str, job: dict[str, Any]) -> dict[str, float]:
    """Resident memory in MB before and after each tenth of many calls."""
    import resource  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    status = Path("/proc/self/statm")
    contender = importlib.import_module(module).Blocking(job["url"], variant)
    call = contender.send if job["size"] == 1 else lambda: contender.batch(job["size"])
    found: dict[str, float] = {}
    for tenth in range(11):
        pages = int(status.read_text().split()[1]) if status.exists() else 0
        resident = pages * resource.getpagesize() or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        found[str(tenth)] = resident / 1e6
        for _ in range(job["calls"] // 10):
            call()
    return found


def _elsewhere(measure: Callable[..., dict[str, float]]) -> Callable[..., dict[str, float]]:
    """The same, in another thread than the main one."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    def run(*arguments: Any) -> dict[str, float]:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(measure, *arguments).result()

    return run


def _main() -> None:
    import json  # noqa: PLC0415

    job: dict[str, Any] = json.load(sys.stdin)
    sys.path.insert(0, job["contenders"])
    if job["core"] is not None:
        os.sched_setaffinity(0, {job["core"]})
    kinds = {each.__name__: each for each in (imports, blocking, sized, awaited, memory)}
    measure = kinds[job["kind"]]
    if not job["main_thread"]:
        measure = _elsewhere(measure)
    sys.stdout.write(json.dumps(measure(sys.argv[1], sys.argv[2], job)))
    sys.stdout.flush()
    os._exit(0)  # pyreqwest alone may abort while the interpreter ends, because threads of its own still run


if __name__ == "__main__":
    _main()
