"""The plugin as pytest loads it: what it costs, its fixtures, marks and settings."""

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import messagemedia.testing
import pytest
from messagemedia import AsyncClient, Client
from messagemedia.sandbox import Sandbox
from messagemedia.testing import Outbox
from testing_kit import PLUGIN, run


def loaded_by(folder: Path, *options: str) -> set[str]:
    """What modules of ours, and of what we stand on, a start of pytest loads."""
    conftest = """
        import sys
        def pytest_sessionfinish():
            names = [name for name in sys.modules if name.partition(".")[0] in NAMES]
            print("LOADED", *names)
    """
    names = ("messagemedia", "messagemedia_generated", "httpx", "attr", "starlette", "asyncio", "ssl")
    (folder / "conftest.py").write_text(
        conftest.replace("        ", "", 1).replace("\n        ", "\n").replace("NAMES", repr(names))
    )
    (folder / "test_it.py").write_text("def test_it(): ...\n")
    (folder / "pytest.ini").write_text("[pytest]\n")
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", *options]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    [line] = [line for line in done.stdout.splitlines() if "LOADED" in line]
    return set(line.partition("LOADED")[2].split())


@pytest.mark.slow
def test_a_start_of_pytest_loads_the_guard_and_nothing_else_of_the_package(tmp_path: Path) -> None:
    before = loaded_by(tmp_path)
    loaded = loaded_by(tmp_path, "-p", PLUGIN) - before
    assert {name for name in loaded if not name.endswith("._version")} == {
        "messagemedia",
        "messagemedia.testing",
        "messagemedia.testing.guard",
        PLUGIN,
    }


def test_a_fixture_leads_clients_to_the_sandbox_while_the_test_runs(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import os, pytest
        from messagemedia import Client
        NAMES = [f"MESSAGEMEDIA_{name}" for name in ("BASE_URL", "API_KEY", "API_SECRET")]

        def found(): return [os.environ.get(name) for name in NAMES]

        @pytest.mark.parametrize("turn", [1, 2])
        @pytest.mark.parametrize("fixture", ["client", "async_client", "outbox", "sandbox", None])
        def test_environment(request, fixture, turn):
            assert found() == [None, None, None]
            if fixture:
                request.getfixturevalue(f"messagemedia_{fixture}")
                sandbox = request.getfixturevalue("messagemedia_sandbox")
                assert found() == [sandbox.url, "KEY", "SECRET"]
                with Client(account="Branch") as client:
                    client.messages.send(content="x", destination_number="+61491570156")
                assert len(sandbox.ledger) == 1

        @pytest.mark.parametrize("order", ["A", "B"])
        def test_of_the_users_own_patches(monkeypatch, messagemedia_client, order):
            monkeypatch.setenv("ANOTHER", "1")
            monkeypatch.undo()
            assert None not in found()
        """,
        conftest="""
        import pytest
        from messagemedia.sandbox import Options
        @pytest.fixture(scope="session")
        def messagemedia_sandbox_options():
            return Options(api_key="KEY", api_secret="SECRET", accounts=("Branch",))
        @pytest.fixture(autouse=True)
        def nothing_of_the_developers_own(monkeypatch):
            monkeypatch.delenv("MESSAGEMEDIA_API_KEY", raising=False)
        """,
    )
    assert result.parseoutcomes() == {"passed": 12}


def test_an_awaited_client_leaves_nothing_open(pytester: pytest.Pytester) -> None:
    """Warnings of what is not closed are errors in here; the loops are those of anyio's plugin and the test's own."""
    result = run(
        pytester,
        """
        import asyncio, gc, pytest

        async def use(client, outbox):
            sent = await client.messages.send(content="Hello", destination_number="+61491570156")
            assert (await client.messages.get(sent.message_id)).content == "Hello"
            outbox.assert_sent(times=1)

        @pytest.mark.anyio
        @pytest.mark.parametrize("turn", [1, 2])
        async def test_in_a_loop_of_a_plugin(turn, messagemedia_async_client, messagemedia_outbox):
            await use(messagemedia_async_client, messagemedia_outbox)

        @pytest.mark.parametrize("closes", [True, False])
        def test_in_a_loop_of_its_own(closes, messagemedia_async_client, messagemedia_outbox):
            async def test():
                await use(messagemedia_async_client, messagemedia_outbox)
                if closes:
                    await messagemedia_async_client.close()
            asyncio.run(test())

        def test_of_what_is_left():
            gc.collect()
        """,
        "-p", "anyio",
        conftest="""
        import pytest
        @pytest.fixture
        def anyio_backend():
            return "asyncio"
        """,
    )  # fmt: skip
    assert result.parseoutcomes() == {"passed": 5}


async def _send(client: AsyncClient) -> None:
    await client.messages.send(content="Hello", destination_number="+61491570156")


def test_both_clients_send_to_one_sandbox(
    messagemedia_client: Client, messagemedia_async_client: AsyncClient, messagemedia_sandbox: Sandbox
) -> None:
    messagemedia_client.messages.send(content="Hello", destination_number="+61491570156")
    asyncio.run(_send(messagemedia_async_client))
    assert len(messagemedia_sandbox.ledger) == len(Outbox(messagemedia_sandbox)) == 2


def test_the_mark_runs_a_test_once_for_each_outcome(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import pytest
        @pytest.mark.messagemedia(outcomes="all")
        def test_all(messagemedia_outbox, messagemedia_outcome): ...
        @pytest.mark.messagemedia(outcomes=["unknown", "accepted"], real=True)
        def test_some(): ...
        @pytest.mark.messagemedia(outcomes="refused")
        @pytest.mark.parametrize("order", [1, 2])
        def test_one(messagemedia_outcome, order): assert messagemedia_outcome == "refused"
        def test_without_a_mark(messagemedia_outcome): assert messagemedia_outcome == "accepted"
        """,
        "-v",
    )
    assert result.parseoutcomes() == {"passed": 9}
    for name in (
        "all[accepted]",
        "all[refused]",
        "all[unknown]",
        "all[rate_limited]",
        "some[unknown]",
        "some[accepted]",
    ):
        result.stdout.fnmatch_lines([f"*::test_{name.replace('[', '[[]')} PASSED*"])


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ("outcome='all'", "the mark messagemedia takes real= and outcomes=, not ['outcome']"),
        ("'all'", "the mark messagemedia takes real= and outcomes=, not ('all',)"),
        (
            "outcomes=['lost']",
            "outcomes must be 'all' or some of accepted, refused, unknown, rate_limited, not ['lost']",
        ),
    ],
)
def test_a_mark_that_means_nothing_is_refused(pytester: pytest.Pytester, mark: str, said: str) -> None:
    result = run(pytester, f"import pytest\n@pytest.mark.messagemedia({mark})\ndef test_it(): ...")
    assert result.ret != 0
    assert said in "\n".join([*result.outlines, *result.errlines])


def test_a_setting_that_means_nothing_is_refused(pytester: pytest.Pytester) -> None:
    result = run(pytester, "def test_it(): ...", ini="messagemedia_real_hosts = warn")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*messagemedia_real_hosts must be fail or allow, not 'warn'*"])


def test_without_the_extra_a_fixture_says_what_to_install(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        "def test_it(messagemedia_outbox): ...\ndef test_another(): ...",
        conftest="""
        import sys, pytest
        @pytest.fixture(autouse=True, scope="session")
        def without_the_extra():
            with pytest.MonkeyPatch.context() as patch:
                for name in ("messagemedia.sandbox.sandbox", "messagemedia.sandbox.server"):
                    patch.delitem(sys.modules, name)
                patch.setitem(sys.modules, "uvicorn", None)
                yield
        """,
    )
    assert result.parseoutcomes() == {"errors": 1, "passed": 1}
    assert "pip install 'messagemedia[sandbox]'" in "\n".join(result.outlines)


def test_what_was_replaced_is_put_back(pytester: pytest.Pytester) -> None:
    before = socket.getaddrinfo, socket.gethostbyname
    assert run(pytester, "def test_it(messagemedia_outbox): ...").ret == 0
    assert (socket.getaddrinfo, socket.gethostbyname) == before


@pytest.mark.slow
def test_unittest_has_the_same_objects(tmp_path: Path) -> None:
    (tmp_path / "test_orders.py").write_text(
        """
import socket, unittest
from messagemedia import Client
from messagemedia.testing import Outbox

class OrderTest(unittest.TestCase):
    def setUp(self):
        self.outbox = self.enterContext(Outbox())

    def test_is_sent(self):
        with Client() as client:
            client.messages.send(content="Order 1 is on its way", destination_number="+61491570156")
        self.outbox.assert_sent(content="Order 1 is on its way", times=1)

    def test_nothing(self):
        self.outbox.assert_nothing_sent()

    def test_real_host(self):
        try:
            socket.getaddrinfo("api.messagemedia.com", 443)
        except BaseException:
            pass
"""
    )
    command = [sys.executable, "-W", "error", "-m", "unittest", "-q"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "A test was about to reach api.messagemedia.com, a real host of the API (at " in done.stderr
    assert done.stderr.strip().endswith("FAILED (errors=1)") or done.stderr.strip().endswith("FAILED (failures=1)")
    assert "Ran 3 tests" in done.stderr


def test_the_package_names_what_it_has() -> None:
    assert {"Guard", "Outbox", "SendOutcome"} <= {*dir(messagemedia.testing)}
    with pytest.raises(AttributeError, match=r"module 'messagemedia\.testing' has no attribute 'Inbox'"):
        messagemedia.testing.Inbox  # noqa: B018
