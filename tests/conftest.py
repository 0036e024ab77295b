import os
import signal
import sys
from collections.abc import Generator
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

PLATFORM = "platform: "
"""How the reason of a skip begins that no machine of this kind can do without."""


def _is_on(variable: str) -> bool:
    return os.environ.get(variable, "") not in ("", "0")


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    if not pluginmanager.has_plugin("messagemedia"):  # the package is not installed, but on the path
        pluginmanager.register(import_module("messagemedia.testing.plugin"), "messagemedia")
    parser.addoption(
        "--contract",
        action="store_true",
        help="hold every request and answer in the tests of the SDK against the contract, with openapi-core",
    )
    parser.addoption(
        "--no-skips",
        action="store_true",
        default=_is_on("NO_SKIPS"),
        help=f"let a skipped test fail, unless its reason begins with '{PLATFORM}'; NO_SKIPS=1 means the same",
    )


def pytest_configure(config: pytest.Config) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell starts what runs in the background so; tests press Ctrl-C, here and in the processes they start.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(config, "workerinput") or config.getoption("dist", "no") == "no":
        # The processes that tests start, often of code that changes, neither write bytecode nor look for this cache.
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        os.environ.pop("PYTHONPYCACHEPREFIX", None)
    # How long an example takes says more of the machine than of what is tested.
    options: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
    if _is_on("FIXED_EXAMPLES"):
        options |= {"derandomize": True, "database": None}
    settings.register_profile("tests", settings.default, **options)
    settings.load_profile("tests")
    if config.getoption("--no-skips"):
        config.pluginmanager.register(NoSkips(), "no-skips")
    if not config.getoption("--contract"):
        return
    try:
        from tests.judges.judge_of_tests import JudgeOfTests
    except ModuleNotFoundError as error:
        raise pytest.UsageError(f"--contract needs what `make check` installs: {error}") from error
    config.pluginmanager.register(JudgeOfTests(config), "judge-of-tests")


def pytest_collection_finish() -> None:
    sys.dont_write_bytecode = True  # what is imported from now on may be made by a test


class NoSkips:
    """What CI installs is there: so a test that is skipped for something missing is a mistake of the machine."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        return _refuse_skip((yield))

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        return _refuse_skip((yield))


def _refuse_skip(report: Any) -> Any:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if not reason.startswith(PLATFORM):
            report.outcome = "failed"
            report.longrepr = f"skipped, which --no-skips does not allow: {reason}"
    return report
