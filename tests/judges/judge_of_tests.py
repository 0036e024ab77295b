"""`pytest --contract`: openapi-core sits below the SDK in its own tests, and sees every request and every answer.

A test whose exchanges break the contract fails, unless it is marked `off_contract` and says why. A marked test whose
exchanges all keep the contract is wrongly marked, which is a failure, too, as soon as all tests of its file run. At the
end stands what of the contract no test exercised; a run of all tests fails if that is an operation or a documented
status.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import inside
from tests.judges.judge_openapi_core import Coverage, Judge

WATCHED = tuple(Path(__file__).parents[1] / name for name in ("sdk", "docs", "contract"))
REQUIRED = ("operations", "statuses")


class JudgeOfTests:
    """A plugin of pytest: a judge for each test, and what all of them have seen."""

    def __init__(self, config: pytest.Config) -> None:
        # What tests that were left out would have shown is no finding.
        options = (config.getoption("keyword"), config.getoption("markexpr"))
        self._whole_files = not any(options) and not any("::" in each for each in config.args)
        self._whole = self._whole_files and config.args_source is not pytest.Config.ArgsSource.ARGS
        self._judge: Judge | None = None
        self._process = os.getpid()
        self._exchanges = 0
        self._coverage = Coverage()
        self._marked: dict[str, bool] = {}
        """Whether a function that is marked was seen to break the contract."""
        inside.watch_exchanges(self.look)

    def look(self, request: inside.Request, response: inside.Response | None) -> None:
        """Judge an exchange of the test that runs."""
        # What a forked child sees would be lost with it, and a thread of the parent may have held a lock of the judge.
        if self._judge is None or self._process != os.getpid():
            return
        self._exchanges += 1
        try:
            self._judge.look(_as_request(request), None if response is None else _as_response(response))
        except Exception as error:  # noqa: BLE001 - to the SDK it would be a lost answer, and nobody would hear of it
            side = self._judge.of_requests if response is None else self._judge.of_answers
            side.append(f"openapi-core can't judge {request.method} {request.target}: {error!r}")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Judge a test while it runs."""
        if not any(folder in item.path.parents for folder in WATCHED):
            return (yield)
        judge = self._judge = Judge()
        try:
            yield
        finally:
            self._judge = None
        self._coverage.add(judge.coverage)
        complaints = {"requests": judge.of_requests, "answers": judge.of_answers}
        for node, mark in item.iter_markers_with_node("off_contract"):
            for side in mark.kwargs:
                marked = f"{node.nodeid.partition('[')[0]} ({side})"
                self._marked[marked] = self._marked.get(marked, False) or bool(complaints.get(side))
                complaints[side] = []
        if wrong := [each for side in complaints.values() for each in side]:
            pytest.fail("\n".join(["this breaks the contract:", *wrong]), pytrace=False)
        return None

    def findings(self) -> list[str]:
        """What makes a run fail: of all tests, what none exercised; of whole files, too, what is wrongly marked."""
        found: list[str] = []
        if self._whole:
            report = self._coverage.report()
            for kind in REQUIRED:
                found += [f"never exercised: {each}" for each in sorted(report[kind][1] - report[kind][0])]
        if self._whole_files:
            kept = [name for name, breaks in self._marked.items() if not breaks]
            found += [f"marked off_contract, and keeps it: {name}" for name in kept]
        return found

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.findings() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what of the contract was exercised and, after a run of all tests, what never was."""
        terminalreporter.section("contract")
        terminalreporter.line(f"{self._exchanges} exchanges judged")
        for line in self._coverage.text().splitlines():
            if self._whole or not line.startswith(" "):
                terminalreporter.line(line)
        for finding in self.findings():
            terminalreporter.line(f"FAILED {finding}", red=True)


def _as_request(request: inside.Request) -> httpx.Request:
    return httpx.Request(request.method, request.url, headers=request.headers, content=request.content)


def _as_response(response: inside.Response) -> httpx.Response:
    """The answer as it was read: decoded, so the header that says how it was encoded is not true any more."""
    headers = {name: value for name, value in response.headers.items() if name.lower() != "content-encoding"}
    return httpx.Response(response.status, headers=headers, content=response.content)
