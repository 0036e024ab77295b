"""Event loops: a blocking call in one warns before anything leaves, and an awaited client is closed in its own."""

import asyncio
import subprocess
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from messagemedia import AsyncClient, Client, ConfigurationError, Message
from messagemedia.sandbox import Sandbox
from sdk_face import KEY, SECRET, SMS, Face

from tests import inside

WARNING = "inside a running event loop"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(api_key=KEY, api_secret=SECRET) as running:
        yield running


@pytest.fixture(autouse=True)
def _first_of_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    inside.warn_again(monkeypatch)


WAYS: dict[str, Callable[[Client], Any]] = {
    "send": lambda client: client.messages.send(**SMS),
    "send_many": lambda client: list(client.messages.send_many([Message(**SMS)])),
    "a call of the contract": lambda client: client.api.messages.check_credits_remaining(),
    "consume": lambda client: list(client.replies.consume(until_empty=True)),
    "consume_batches": lambda client: list(client.replies.consume_batches(until_empty=True)),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_blocking_call_in_a_running_loop_warns_before_anything_leaves(
    sandbox: Sandbox, way: Callable[[Client], Any]
) -> None:
    async def main() -> None:
        with Client(KEY, SECRET, base_url=sandbox.url) as client:
            with pytest.raises(RuntimeWarning, match=WARNING):  # warnings are errors here
                way(client)
            assert sandbox.requests == []
            way(client)  # once in a process is enough
            assert sandbox.requests

    asyncio.run(main())


def test_the_warning_points_to_the_line_of_the_call_and_names_the_other_client(sandbox: Sandbox) -> None:
    async def main() -> None:
        with Client(KEY, SECRET, base_url=sandbox.url) as client, warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            client.messages.send(**SMS)
            client.messages.send(**SMS)
        (warning,) = caught
        assert warning.filename in (__file__, inside.__file__)  # the judge of `--contract` stands between
        assert "AsyncClient" in str(warning.message)
        assert "nothing has been sent yet" in str(warning.message)

    asyncio.run(main())


def test_a_blocking_call_outside_of_a_loop_does_not_warn(sandbox: Sandbox) -> None:
    with Client(KEY, SECRET, base_url=sandbox.url) as client:
        client.messages.send(**SMS)
        asyncio.run(asyncio.to_thread(client.messages.send, **SMS))


@pytest.mark.parametrize("notebook", ["IPython", "marimo"])
def test_a_notebook_is_left_alone(sandbox: Sandbox, notebook: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = types.ModuleType(notebook)
    module.get_ipython = module.running_in_notebook = lambda: True
    monkeypatch.setitem(sys.modules, notebook, module)

    async def main() -> None:
        with Client(KEY, SECRET, base_url=sandbox.url) as client:
            client.messages.send(**SMS)

    asyncio.run(main())


def test_a_program_that_only_imports_a_notebook_is_warned(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = types.ModuleType("IPython")
    module.get_ipython = lambda: None
    monkeypatch.setitem(sys.modules, "IPython", module)

    async def main() -> None:
        with Client(KEY, SECRET, base_url=sandbox.url) as client, pytest.raises(RuntimeWarning, match=WARNING):
            client.messages.send(**SMS)

    asyncio.run(main())


def test_nothing_is_imported_to_look_for_a_loop() -> None:
    loaded = "print([name for name in ('asyncio', 'trio', 'IPython', 'marimo') if name in sys.modules])"
    code = f"import sys; {inside.LOOKS_FOR_A_LOOP}; {loaded}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


async def _send(client: AsyncClient) -> None:
    await client.messages.send(**SMS)


def test_an_awaited_client_is_not_closed_in_another_loop(sandbox: Sandbox) -> None:
    for library in ("httpx", "httpx2", "aiohttp"):
        client = AsyncClient(KEY, SECRET, base_url=sandbox.url, http_client=library)  # type: ignore[arg-type]

        async def main(client: AsyncClient = client) -> None:
            await _send(client)
            with pytest.raises(ConfigurationError, match="another event loop") as caught:
                await asyncio.to_thread(asyncio.run, client.close())
            assert "close it there" in caught.value.hint
            with pytest.raises(ConfigurationError, match="closed"):
                await _send(client)
            await inside.drop_connections(client)

        asyncio.run(main())


def test_a_client_that_was_never_used_is_closed_in_any_loop(face: Face) -> None:
    client = face.client()
    face.close(client)
    if not face.blocking:
        asyncio.run(client.close())


def test_an_http_client_that_was_passed_in_belongs_to_one_loop_too(sandbox: Sandbox) -> None:
    http_client = httpx.AsyncClient()

    async def main() -> None:
        await _send(AsyncClient(KEY, SECRET, base_url=sandbox.url, http_client=http_client))

    async def again() -> None:
        with pytest.raises(ConfigurationError, match="another event loop"):
            await main()

    async def first() -> None:
        await main()
        await asyncio.to_thread(asyncio.run, again())
        await http_client.aclose()

    asyncio.run(first())
    assert len(sandbox.ledger) == 1
