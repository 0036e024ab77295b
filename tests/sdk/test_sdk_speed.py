"""What makes the clients fast changes nothing else, on every HTTP library that they can stand on."""

import asyncio
import builtins
import gc
import gzip
import importlib
import json
import threading
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from messagemedia import (
    APIStatusError,
    AsyncClient,
    Client,
    ConfigurationError,
    NotSentError,
    OutcomeUnknownError,
    TransportError,
)
from sdk_face import KEY, MESSAGE_ID, OF_EVERY_LIBRARY, SECRET, SMS, Face, Wire, success
from sdk_servers import Keeping, keeping, raw

from tests import inside

EVERY_LIBRARY = True

BODY = json.dumps({"messages": [{"message_id": MESSAGE_ID, "content": "Grüße"}]}).encode()


def http_answer(body: bytes = BODY, **headers: str) -> bytes:
    fields = {"content-type": "application/json", "content-length": str(len(body)), **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return b"HTTP/1.1 202 Accepted\r\n" + head.encode() + b"\r\n" + body


@pytest.fixture
def server() -> Iterator[Keeping]:
    with keeping(http_answer()) as running:
        yield running


def heads(server: Keeping) -> list[dict[str, str]]:
    lines = [request.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:] for request in server.received]
    return [{name.lower(): value for name, _, value in (line.partition(": ") for line in each)} for each in lines]


def test_connections_are_kept_and_used_again(face: Face, server: Keeping) -> None:
    client = face.client(base_url=server.url)
    for copy in [client, client.with_options(timeout=5), client.with_options(account="")] * 2:
        assert face.run(copy.messages.send(**SMS)).message_id == MESSAGE_ID
    assert server.accepted == 1  # pitfall 25


def test_closing_a_client_closes_its_connections(face: Face, server: Keeping) -> None:
    client = face.client(base_url=server.url)
    face.run(client.messages.send(**SMS))
    assert server.wait_for_open(1)
    face.close(client)
    face.run(asyncio.sleep(0)) if not face.blocking else None
    assert server.wait_for_open(0)  # pitfall 25
    gc.collect()  # a socket that is still open would warn now, and warnings are errors


def test_a_connection_that_the_server_has_closed_is_not_used(face: Face, server: Keeping) -> None:
    client = face.client(base_url=server.url)
    face.run(client.messages.send(**SMS))
    server.close_connections()
    if face.library == "pyreqwest":
        time.sleep(0.5)  # a thread of its own notices it, whom nobody can ask
    face.run(client.messages.send(**SMS))
    assert server.accepted == 2


@pytest.mark.off_contract(answers="a redirect")
def test_no_library_follows_a_redirect(face: Face) -> None:
    """It would carry message and credentials to another address than the one that was signed."""
    moved = httpx.Response(307, headers={"location": "/v2/messages"})
    with keeping(raw(moved, keep=True)) as server:
        for call in (lambda client: client.messages.send(**SMS), lambda client: client.messages.get(MESSAGE_ID)):
            with pytest.raises(APIStatusError) as caught:
                face.run(call(face.client(base_url=server.url)))
            assert caught.value.status_code == 307
        assert len(server.received) == 2


def test_no_library_sends_again_by_itself(face: Face, server: Keeping) -> None:
    """Not even what would be harmless, and on a connection that had been idle: libraries know only the method."""
    client = face.client(base_url=server.url, max_retries=0)
    face.run(client.messages.send(**SMS))
    server.answer = b""
    for call in (lambda: client.messages.cancel(MESSAGE_ID), lambda: client.messages.get(MESSAGE_ID)):
        with pytest.raises(TransportError):
            face.run(call())
    assert len(server.received) == 3


def test_a_connection_that_was_idle_for_too_long_is_not_used(
    face: Face, server: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside.keep_connections(monkeypatch, 0.01)
    client = face.client(base_url=server.url)
    face.run(client.messages.send(**SMS))
    threading.Event().wait(0.05)  # longer than that, however busy the machine is
    face.run(client.messages.send(**SMS))
    assert server.accepted == 2


@pytest.mark.parametrize("library", ["httpx", "httpx2", "aiohttp", "pyreqwest"])
def test_a_call_that_is_cancelled_at_any_moment_leaves_the_next_one_alone(library: str, server: Keeping) -> None:
    async def run() -> None:
        for steps in range(40):
            async with AsyncClient(KEY, SECRET, base_url=server.url, http_client=library, timeout=5) as client:
                for _ in range(2):  # on a new connection, and on one that is there
                    call = asyncio.create_task(client.messages.send(**SMS))
                    for _ in range(steps):
                        await asyncio.sleep(0)
                    call.cancel()
                    await asyncio.wait([call])
                    assert (await client.messages.send(**SMS)).message_id == MESSAGE_ID

    asyncio.run(run())


@pytest.mark.off_contract(answers="202 to all")
def test_requests_are_in_http_1_1_and_have_each_header_once(face: Face, server: Keeping) -> None:
    client = face.client(base_url=server.url)
    face.run(client.messages.send(**SMS))
    face.run(client.messages.get(MESSAGE_ID))
    first, second = heads(server)
    assert all(b" HTTP/1.1\r\n" in request for request in server.received)  # pitfall 17
    assert first["host"] == second["host"] == server.url.removeprefix("http://")
    body = server.received[0].partition(b"\r\n\r\n")[2]
    assert first["content-length"] == str(len(body))
    assert json.loads(body) == {"messages": [SMS]}
    assert "content-length" not in second
    assert "transfer-encoding" not in {*first, *second}
    assert first["accept"] == "application/json"
    assert first["user-agent"].startswith("messagemedia-python/")
    for request in server.received:
        names = [line.partition(b":")[0].lower() for line in request.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]]
        assert len(names) == len(set(names))


def test_cookies_are_not_kept(face: Face, server: Keeping) -> None:
    server.answer = http_answer(set_cookie="session=abc; Path=/")
    client = face.client(base_url=server.url)
    for _ in range(2):
        face.run(client.messages.send(**SMS))
    assert all("cookie" not in head for head in heads(server))


def test_a_compressed_answer_is_read(face: Face, server: Keeping) -> None:
    server.answer = http_answer(gzip.compress(BODY), content_encoding="gzip")
    client = face.client(base_url=server.url)
    assert face.run(client.messages.send(**SMS)).content == "Grüße"
    assert "gzip" in heads(server)[0]["accept-encoding"]


def test_a_dropped_send_reaches_the_server_once(face: Face, server: Keeping) -> None:
    """Not even on a connection that served before, which HTTP libraries take for a reason to try again."""
    client = face.client(base_url=server.url)
    face.run(client.messages.send(**SMS))
    server.answer = b""
    with pytest.raises(OutcomeUnknownError):
        face.run(client.messages.send(**SMS))
    assert len(server.received) == 2


@pytest.mark.parametrize("scheme", ["http", "all"])
@pytest.mark.filterwarnings("ignore:messagemedia. .* is not encrypted")
def test_the_proxy_variables_are_followed(face: Face, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    with keeping(http_answer()) as proxy:
        monkeypatch.setenv(f"{scheme}_proxy", proxy.url)
        client = face.client(base_url="http://api.example")
        assert face.run(client.messages.send(**SMS)).message_id == MESSAGE_ID
        assert proxy.received[0].startswith(b"POST http://api.example/v1/messages HTTP/1.1\r\n")


def sends_at_once(face: Face, client: Any, number: int) -> list[Any]:
    async def send() -> list[Any]:
        return await asyncio.gather(*(client.messages.send(**SMS) for _ in range(number)), return_exceptions=True)

    return face.runner.run(send())


@pytest.fixture(params=[kind for kind in OF_EVERY_LIBRARY if kind.startswith("async")])
def awaited(request: pytest.FixtureRequest) -> Iterator[Face]:
    """The awaited client, which many calls at once are for."""
    with Face(request.param) as made:
        yield made


def test_many_calls_at_once_share_up_to_100_connections(awaited: Face, server: Keeping) -> None:
    client = awaited.client(base_url=server.url)
    for _ in range(2):
        results = sends_at_once(awaited, client, inside.MAX_CONNECTIONS + 50)
        assert [result.message_id for result in results] == [MESSAGE_ID] * (inside.MAX_CONNECTIONS + 50)
    if awaited.library == "pyreqwest":
        # It gives a connection back a moment after its answer was read, so another one may have been made meanwhile.
        assert server.most_open <= 2 * inside.MAX_CONNECTIONS
    else:
        assert server.most_open <= inside.MAX_CONNECTIONS
        assert server.accepted <= inside.MAX_CONNECTIONS
    awaited.close(client)
    assert server.wait_for_open(0)


def test_a_call_that_gets_no_connection_in_time_was_not_sent(awaited: Face, server: Keeping) -> None:
    server.may_answer.clear()
    client = awaited.client(base_url=server.url, max_retries=0)

    async def run() -> Any:
        busy = [asyncio.create_task(client.messages.send(**SMS)) for _ in range(inside.MAX_CONNECTIONS)]
        assert await asyncio.to_thread(server.wait_for_received, inside.MAX_CONNECTIONS)
        with pytest.raises(NotSentError, match="connection"):
            await client.with_options(timeout=0.01).messages.send(**SMS)
        server.may_answer.set()
        return await asyncio.gather(*busy)

    results = awaited.run(run())
    assert [result.message_id for result in results] == [MESSAGE_ID] * inside.MAX_CONNECTIONS


def test_a_call_that_is_cancelled_while_it_waits_for_a_connection_is_never_sent(
    awaited: Face, server: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside.allow_connections(monkeypatch, 1)
    server.may_answer.clear()
    client = awaited.client(base_url=server.url)

    async def run() -> None:
        first = asyncio.create_task(client.messages.send(**SMS))
        assert await asyncio.to_thread(server.wait_for_received, 1)
        waiting = asyncio.create_task(client.messages.send(**SMS))
        for _ in range(20):
            await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        server.may_answer.set()
        await first
        await client.messages.send(**SMS)  # which comes after whatever would have been sent meanwhile

    awaited.run(run())
    assert len(server.received) == 2


def test_a_cancelled_call_leaves_the_client_usable(awaited: Face, server: Keeping) -> None:
    client = awaited.client(base_url=server.url)

    async def cancel() -> None:
        server.may_answer.clear()
        tasks = [asyncio.create_task(client.messages.send(**SMS)) for _ in range(5)]
        await asyncio.to_thread(server.wait_for_open, 5)
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(result) for result in results] == [asyncio.CancelledError] * 5
        server.may_answer.set()
        assert (await client.messages.send(**SMS)).message_id == MESSAGE_ID

    awaited.runner.run(cancel())


def test_what_is_under_way_when_a_client_is_closed_is_closed_too(awaited: Face, server: Keeping) -> None:
    client = awaited.client(base_url=server.url, max_retries=0)

    async def close() -> None:
        server.may_answer.clear()
        task = asyncio.create_task(client.messages.send(**SMS))
        await asyncio.to_thread(server.wait_for_open, 1)
        await client.close()
        server.may_answer.set()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(0)

    awaited.runner.run(close())
    assert server.wait_for_open(0)


def test_hooks_of_an_http_client_see_the_whole_request(face: Face) -> None:
    seen: list[httpx.Request] = []

    async def awaited_hook(request: httpx.Request) -> None:
        seen.append(request)

    wire = Wire(success("send"))
    hooks = {"request": [seen.append if face.blocking else awaited_hook]}
    http_client = face.http_client(transport=wire.transport, event_hooks=hooks, headers={"X-Trace": "1"})
    face.run(face.client(http_client=http_client).messages.send(**SMS))
    assert json.loads(seen[0].content) == {"messages": [SMS]}
    assert wire.only.headers["x-trace"] == "1"  # its own headers are merged
    face.close(http_client)


@pytest.mark.parametrize(("kind", "wrong"), [(Client, "aiohttp"), (Client, "requests"), (AsyncClient, "Httpx")])
def test_an_unknown_library_is_refused_with_those_there_are(kind: Any, wrong: str) -> None:
    with pytest.raises(ConfigurationError, match=r"must be one of 'httpx', 'httpx2'"):
        kind(KEY, SECRET, http_client=wrong)


@pytest.mark.parametrize(
    ("name", "package"), [("httpx2", "httpx2"), ("aiohttp", "aiohttp"), ("pyreqwest", "pyreqwest.client")]
)
def test_a_library_that_is_not_installed_is_refused_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, name: str, package: str
) -> None:
    def absent(wanted: str) -> ModuleType:
        if wanted == package:
            raise ModuleNotFoundError(f"No module named {wanted!r}", name=wanted)
        return importlib.import_module(wanted)

    inside.replace_import(monkeypatch, absent)
    with pytest.raises(ConfigurationError, match=package) as caught:
        AsyncClient(KEY, SECRET, http_client=name)  # type: ignore[arg-type]
    assert f"pip install 'messagemedia[{name}]'" in str(caught.value)


def test_clients_of_a_process_share_their_tls_context(monkeypatch: pytest.MonkeyPatch) -> None:
    Client(KEY, SECRET).close()
    monkeypatch.setattr(httpx, "create_ssl_context", builtins.breakpoint)  # nobody may call it again
    Client(KEY, SECRET).close()
    AsyncClient(KEY, SECRET)


def json_values(*, allow_infinity: bool) -> st.SearchStrategy[object]:
    return st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=allow_infinity)
        | st.text(),
        lambda each: st.lists(each) | st.dictionaries(st.text(), each),
        max_leaves=20,
    )


ODD = [
    b"[1e400]", b"[NaN]", rb'["\ud800"]', b"\xef\xbb\xbf[1]", b'["\xff"]', b"[" + b"1" * 5000 + b"]", b'{"a": 1, "a": 2}',
    b"[123456789012345678901234567890]", b"[18446744073709551616]", b" [] ", b"[-0]", b"[0.1, 1.0, 1E5]",
]  # fmt: skip
NO_JSON = [b"", b"[1,]", b"<html>", b'["a\nb"]', b"[01]", b"nonsense"]


def both(content: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[object, object]:
    assert inside.has_fast_json(), "msgspec belongs to the development tools"
    fast = inside.decoded(content)
    with monkeypatch.context() as patched:
        inside.without_fast_json(patched)
        return fast, inside.decoded(content)


@given(json_values(allow_infinity=True))
def test_msgspec_reads_what_the_standard_library_reads(value: object) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        for ascii_only in (True, False):
            content = json.dumps(value, ensure_ascii=ascii_only).encode(errors="surrogatepass")
            fast, standard = both(content, monkeypatch)
            assert repr(fast) == repr(standard)


@given(json_values(allow_infinity=False))
def test_msgspec_writes_what_the_standard_library_writes(value: object) -> None:
    """It may put a number or a character in other words."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        fast = inside.encoded(value)
        inside.without_fast_json(monkeypatch)
        assert repr(json.loads(fast)) == repr(json.loads(inside.encoded(value)))


@pytest.mark.parametrize("fast", [True, False], ids=["msgspec", "json"])
def test_half_of_a_surrogate_pair_is_not_written(fast: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not fast:
        inside.without_fast_json(monkeypatch)
    with pytest.raises(ValueError, match="surrogates"):
        inside.encoded({"\ud800": "x"})


@pytest.mark.parametrize("content", ODD, ids=range(len(ODD)))
def test_msgspec_reads_odd_json_as_the_standard_library_does(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    fast, standard = both(content, monkeypatch)
    assert repr(fast) == repr(standard)


@pytest.mark.parametrize("fast", [True, False], ids=["msgspec", "json"])
@pytest.mark.parametrize("content", NO_JSON, ids=range(len(NO_JSON)))
def test_what_is_no_json_is_refused_with_or_without_msgspec(
    content: bytes, fast: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not fast:
        inside.without_fast_json(monkeypatch)
    with pytest.raises(json.JSONDecodeError):
        inside.decoded(content)
