"""The pytest plugin, which its entry point names `messagemedia`; `messagemedia.testing` explains it.

pytest loads it at each start, wherever the package is installed. So it imports nothing of the package but the guard
before a fixture is used, has no fixture that every test would pay for, and changes no environment variable by itself.

PYTEST_DONT_REWRITE: it has no assertions to explain, so it does not matter whether it was imported before.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Any, get_args

import pytest

from messagemedia.testing.guard import Guard

if TYPE_CHECKING:
    from messagemedia import AsyncClient, Client
    from messagemedia.sandbox import Options, Sandbox
    from messagemedia.testing.outbox import Outbox, SendOutcome

_INI = "messagemedia_real_hosts"
_OUTCOME = "messagemedia_outcome"
_MARK = (
    "messagemedia(real=False, outcomes=()): real=True lets a test reach real hosts of the API; outcomes, 'all' or a"
    " list of accepted, refused, unknown and rate_limited, runs it once for each outcome of a send"
)
_HINT = (
    "Use the fixture messagemedia_outbox, which points Client() to a sandbox. It can't if your code passes region= or"
    " base_url=: let it take them from the environment. To allow it, mark the test with"
    f" @pytest.mark.messagemedia(real=True), or set {_INI} = allow."
)

# --- fixtures -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def messagemedia_sandbox_options() -> Options:
    """The options of the sandbox; override this in your conftest.py to return others, such as `Options(accounts=…)`."""
    from messagemedia.sandbox import Options  # noqa: PLC0415

    return Options()


@pytest.fixture(scope="session")
def _messagemedia_server(messagemedia_sandbox_options: Options) -> Iterator[Sandbox]:
    """The sandbox of this process."""
    from messagemedia import sandbox  # noqa: PLC0415

    try:
        running = sandbox.Sandbox(messagemedia_sandbox_options)
    except sandbox.MissingExtraError as missing:
        pytest.fail(str(missing), pytrace=False)
    with running:
        yield running


@pytest.fixture
def messagemedia_sandbox(_messagemedia_server: Sandbox) -> Iterator[Sandbox]:
    """An empty sandbox of the API; environment variables point `Client()` to it while the test runs.

    It is the same server for all tests of a process, so its `url` stays the same; messages, replies, faults, webhooks,
    keys and the clock are reset for each test.
    """
    from messagemedia.testing.environment import leading_to  # noqa: PLC0415

    _messagemedia_server.reset()
    with leading_to(_messagemedia_server.url, _messagemedia_server.options):
        yield _messagemedia_server
    _messagemedia_server.reset()


@pytest.fixture
def messagemedia_client(messagemedia_sandbox: Sandbox) -> Iterator[Client]:
    """A `Client` of the sandbox."""
    from messagemedia import Client  # noqa: PLC0415

    with Client(**_access(messagemedia_sandbox)) as client:
        yield client


@pytest.fixture
def messagemedia_async_client(messagemedia_sandbox: Sandbox) -> AsyncClient:
    """An `AsyncClient` of the sandbox, for the event loop of the test, whatever plugin runs it.

    It keeps no connection open after a call, so nothing needs to be closed when the loop may already be gone.
    """
    import httpx  # noqa: PLC0415

    from messagemedia import AsyncClient  # noqa: PLC0415

    connections = httpx.AsyncClient(trust_env=False, verify=False, limits=httpx.Limits(max_keepalive_connections=0))  # noqa: S501  # on loopback, without TLS
    return AsyncClient(**_access(messagemedia_sandbox), http_client=connections)


@pytest.fixture
def messagemedia_outbox(messagemedia_sandbox: Sandbox) -> Outbox:
    """What was sent, as typed messages, and control of what follows: see `messagemedia.testing.Outbox`."""
    from messagemedia.testing.outbox import Outbox  # noqa: PLC0415

    return Outbox(messagemedia_sandbox)


@pytest.fixture
def messagemedia_outcome(request: pytest.FixtureRequest, messagemedia_outbox: Outbox) -> SendOutcome:
    """The outcome of every send in this test, one of those in `@pytest.mark.messagemedia(outcomes=…)`."""
    outcome: SendOutcome = getattr(request, "param", "accepted")
    messagemedia_outbox.decide(outcome)
    return outcome


def _access(sandbox: Sandbox) -> dict[str, Any]:
    options = sandbox.options
    return {"api_key": options.api_key, "api_secret": options.api_secret, "base_url": sandbox.url}


# --- hooks --------------------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know what can be configured."""
    parser.addini(_INI, "whether tests may reach real hosts of the MessageMedia API: fail or allow", default="fail")


def pytest_configure(config: pytest.Config) -> None:
    """Know the mark, and guard the real hosts."""
    config.addinivalue_line("markers", _MARK)
    choice = config.getini(_INI)
    if choice not in ("fail", "allow"):
        raise pytest.UsageError(f"{_INI} must be fail or allow, not {choice!r}")
    if choice == "fail":
        config.pluginmanager.register(_RealHosts(), "messagemedia-real-hosts")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each outcome that its mark names."""
    outcomes = [each for mark in metafunc.definition.iter_markers("messagemedia") for each in _outcomes_of(mark)]
    if outcomes:
        if _OUTCOME not in metafunc.fixturenames:
            metafunc.fixturenames.append(_OUTCOME)
        metafunc.parametrize(_OUTCOME, list(dict.fromkeys(outcomes)), indirect=True)


def _outcomes_of(mark: pytest.Mark) -> Iterable[str]:
    unknown = sorted({*mark.kwargs} - {"real", "outcomes"})
    if mark.args or unknown:
        raise pytest.Collector.CollectError(
            f"the mark messagemedia takes real= and outcomes=, not {unknown or mark.args}"
        )
    chosen = mark.kwargs.get("outcomes", ())
    if not chosen:
        return ()
    from messagemedia.testing.outbox import SendOutcome  # noqa: PLC0415

    known = get_args(SendOutcome)
    outcomes = known if chosen == "all" else (chosen,) if isinstance(chosen, str) else tuple(chosen)
    if wrong := [each for each in outcomes if each not in known]:
        raise pytest.Collector.CollectError(f"outcomes must be 'all' or some of {', '.join(known)}, not {wrong}")
    return outcomes


class _RealHosts:
    """Lets a test fail that would reach a real host, whatever the application did about the exception."""

    def __init__(self) -> None:
        self._item: pytest.Item | None = None
        self._guard = Guard(error=pytest.fail.Exception, hint=_HINT, allowed=self._is_allowed)
        self._guard.start()

    def _is_allowed(self) -> bool:
        item = self._item
        return item is not None and any(mark.kwargs.get("real") for mark in item.iter_markers("messagemedia"))

    def pytest_unconfigure(self) -> None:
        """Put back what was replaced."""
        self._guard.stop()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Know which test runs."""
        self._item = item

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let a phase of a test fail in which a real host was called for."""
        report = yield
        if self._guard.reached:
            self._tell(report)
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Let a module fail that calls for a real host when it is imported."""
        report = yield
        if self._guard.reached:
            self._tell(report)
        return report

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Let a run fail in which a thread called for a real host after the last test."""
        if self._guard.reached:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say so."""
        for sentence in dict.fromkeys(self._guard.reached):
            terminalreporter.write_line(f"messagemedia: {sentence}", red=True)

    def _tell(self, report: Any) -> None:
        sentences = "\n".join(dict.fromkeys(self._guard.reached))
        self._guard.reached.clear()
        if report.outcome == "failed":
            if sentences not in report.longreprtext:
                report.sections.append(("messagemedia", sentences))
            return
        report.outcome, report.longrepr = "failed", sentences
        if hasattr(report, "wasxfail"):  # whatever was expected, it was not this
            del report.wasxfail
