import asyncio
import concurrent.futures
import errno
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import messagemedia.sandbox
import pytest
from messagemedia.sandbox import Sandbox
from sandbox_caller import caller_of, sms


def test_starting_and_stopping_takes_no_nap(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long it takes, `make bench` measures; here nothing may wait for a time instead of an event."""
    naps: list[float] = []
    schedule = asyncio.base_events.BaseEventLoop.call_at

    def call_at(loop: Any, when: float, callback: Any, *arguments: Any, **options: Any) -> Any:
        naps.append(when - loop.time())
        return schedule(loop, when, callback, *arguments, **options)

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "call_at", call_at)
    monkeypatch.setattr(time, "sleep", naps.append)
    with Sandbox(clock_runs=False) as running:
        assert running.url
    assert naps == []


def test_several_run_at_once_and_share_nothing() -> None:
    with Sandbox(api_key="A", api_secret="a") as one, Sandbox(api_key="B", api_secret="b") as two:
        assert one.url != two.url
        for sandbox, key, status in ((one, "A", 202), (two, "B", 202), (one, "B", 401), (two, "A", 401)):
            answer = httpx.post(
                f"{sandbox.url}/v1/messages",
                json={"messages": [sms()]},
                auth=(key, key.lower()),
                trust_env=False,
                verify=False,
            )
            assert answer.status_code == status
        assert (len(one.ledger), len(two.ledger)) == (1, 1)


def test_nothing_is_left_of_a_closed_sandbox() -> None:
    threads = threading.active_count()
    with Sandbox() as running:
        caller = caller_of(running)
        caller.get("/v1/replies")
    with pytest.raises(httpx.TransportError):
        caller.get("/v1/replies")
    caller.close()
    assert threading.active_count() == threads
    assert len(running.requests) == 1
    with pytest.raises(RuntimeError, match="is not running"):
        _ = running.url


def test_a_sandbox_can_be_started_again() -> None:
    sandbox = Sandbox()
    for expected in (1, 2):
        with sandbox, caller_of(sandbox) as caller:
            caller.send_one()
            assert len(sandbox.ledger) == expected


def test_a_running_sandbox_cannot_be_started_twice() -> None:
    with Sandbox() as running, pytest.raises(RuntimeError, match="running already"):
        running.start()


def test_a_taken_port_is_reported_to_the_caller() -> None:
    with Sandbox() as running:
        port = int(running.url.rpartition(":")[2])
        with pytest.raises(OSError, match=f"can't listen on port {port}: .*in use") as raised:
            Sandbox(port=port).start()
        assert raised.value.errno == errno.EADDRINUSE


@pytest.mark.parametrize("port", [-1, 65536, "8025", None, True])
def test_an_impossible_port_is_refused_at_once(port: Any) -> None:
    with pytest.raises(ValueError, match="port must be a whole number from 0 to 65535"):
        Sandbox(port=port)


def test_the_repr_of_a_sandbox_says_where_it_runs() -> None:
    sandbox = Sandbox()
    assert repr(sandbox) == "Sandbox()"
    with sandbox:
        assert repr(sandbox) == f"Sandbox(url='{sandbox.url}')"
    assert repr(sandbox) == "Sandbox()"


def test_it_listens_on_loopback_only() -> None:
    with Sandbox() as running:
        assert running.url.startswith("http://127.0.0.1:")


def test_threads_can_send_at_the_same_time() -> None:
    def send(sandbox: Sandbox, thread: int) -> None:
        with caller_of(sandbox) as caller:
            for n in range(10):
                caller.send_messages(*(sms(content=f"{thread}-{n}-{i}") for i in range(5)))

    with Sandbox() as running, concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda thread: send(running, thread), range(4)))
        contents = [entry.message["content"] for entry in running.ledger]
        assert len(set(contents)) == len(contents) == 200
        assert [entry.order for entry in running.ledger] == list(range(200))


def test_requests_are_logged_as_they_were_sent() -> None:
    with Sandbox() as running, caller_of(running, **{"X-Test": "ü".encode()}) as caller:
        caller.get("/v1/messages/a%2Fb?c=%20d")
    (record,) = running.requests
    assert (record.method, record.target, record.http_version) == ("GET", "/v1/messages/a%2Fb?c=%20d", "1.1")
    assert (record.path, record.query) == ("/v1/messages/a%2Fb", "c=%20d")
    assert (record.operation, record.status, record.body) == ("getMessageStatus", 404, b"")
    assert record.header("X-TEST") == "ü".encode().decode("latin-1")
    assert record.header("missing") is None


@pytest.mark.slow
def test_thousands_of_messages_are_handled() -> None:
    """How long it takes, `make bench` measures."""
    with Sandbox(clock_runs=False) as running, caller_of(running) as caller:
        for _ in range(20):
            caller.send_messages(*(sms(delivery_report=True) for _ in range(100)))
        running.advance(seconds=10)
        seen = 0
        while reports := caller.reports():
            seen += len(reports)
            caller.confirm_reports([report["delivery_report_id"] for report in reports])
        assert seen == 6000
        assert len(running.requests) == 20 + 61 + 60  # sends, full answers and an empty one, confirmations


def test_options_are_checked_when_the_sandbox_is_made() -> None:
    with pytest.raises(TypeError, match=r"^Sandbox takes options, port, api_key, .* and allowed_origins, not api_kee$"):
        Sandbox(api_kee="K")


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"api_key": ""}, "api_key must be a string that is not empty and has no colon"),
        ({"api_key": "a:b"}, "api_key must be a string that is not empty and has no colon"),
        ({"api_secret": ""}, "api_secret must be a string that is not empty"),
        ({"other_credentials": {"K": ""}}, "other_credentials must be a mapping of keys to secrets"),
        ({"other_credentials": {"a:b": "secret"}}, "other_credentials must be a mapping of keys to secrets"),
        ({"accounts": "Branch"}, "accounts must be a list of strings"),
    ],
)
def test_impossible_options_are_refused(wrong: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as raised:
        Sandbox(**wrong)
    assert "secret'" not in str(raised.value)


def test_the_sandbox_imports_nothing_of_the_client_it_tests() -> None:
    folder = Path(messagemedia.sandbox.__file__).parent
    for module in folder.glob("*.py"):
        for line in module.read_text(encoding="utf-8").splitlines():
            if line.lstrip().startswith(("import messagemedia", "from messagemedia")):
                assert line.lstrip().startswith(("from messagemedia.sandbox", "from messagemedia import sandbox")), line


def test_every_public_name_is_there_and_explained() -> None:
    assert messagemedia.sandbox.__all__ == sorted(messagemedia.sandbox.__all__)
    for name in messagemedia.sandbox.__all__:
        assert getattr(messagemedia.sandbox, name) is not None
    with pytest.raises(AttributeError, match="Sandpit"):
        _ = messagemedia.sandbox.Sandpit
