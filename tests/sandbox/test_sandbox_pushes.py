import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from messagemedia.sandbox import Sandbox
from sandbox_caller import Caller, caller_of


class Receiver(ThreadingHTTPServer):
    """A callback address that answers with the given statuses, and then with 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), ReceivingHandler)
        self.received: list[dict[str, Any]] = []
        self.statuses: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_port}/hook"


class ReceivingHandler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.received.append(json.loads(body))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_reports_are_pushed_in_order_and_can_also_be_polled(
    caller: Caller, sandbox: Sandbox, receiver: Receiver
) -> None:
    caller.send_one(callback_url=receiver.url, delivery_report=True, metadata={"a": "b"})
    sandbox.advance(seconds=10)
    sandbox.wait_for_pushes()
    assert [report["status"] for report in receiver.received] == ["enroute", "submitted", "delivered"]
    assert receiver.received == caller.reports()
    assert [(push.kind, push.status) for push in sandbox.pushes] == [("delivery_report", 200)] * 3


def test_a_pushed_reply_brings_attachments_and_a_polled_one_does_not(
    caller: Caller, sandbox: Sandbox, receiver: Receiver
) -> None:
    attachment = {"content_type": "image/png", "content": "iVBORw0KGgo=", "original_name": "photo.png"}
    message_id = caller.send_one(callback_url=receiver.url, source_number="+61491570157")
    sandbox.reply("Here", message_id=message_id, attachments=[attachment])
    sandbox.wait_for_pushes()
    (polled,) = caller.replies()
    assert receiver.received == [{**polled, "attachments": [attachment]}]
    assert "attachments" not in polled


def test_a_failed_push_is_repeated_with_growing_pauses(caller: Caller, sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.statuses = [500, 302, 404]
    message_id = caller.send_one(callback_url=receiver.url)
    sandbox.reply("Hi", message_id=message_id)
    attempts = []
    for seconds in (0, 0.5, 0.5, 1.5, 0.5, 3.5, 0.5, 1000):
        sandbox.advance(seconds=seconds)
        sandbox.wait_for_pushes()
        attempts.append(len(sandbox.pushes))
    assert attempts == [1, 1, 2, 2, 3, 3, 4, 4]
    assert [push.status for push in sandbox.pushes] == [500, 302, 404, 200]


def test_a_push_is_given_up_after_its_retries(receiver: Receiver) -> None:
    receiver.statuses = [500] * 10
    with Sandbox(clock_runs=False, push_retries=2) as running, caller_of(running) as caller:
        running.reply("Hi", message_id=caller.send_one(callback_url=receiver.url))
        for _ in range(5):
            running.wait_for_pushes()
            running.advance(seconds=100)
        running.wait_for_pushes()
        assert [push.status for push in running.pushes] == [500, 500, 500]


def test_an_address_where_nobody_listens_is_an_attempt_too(
    caller: Caller, sandbox: Sandbox, receiver: Receiver
) -> None:
    url = f"http://127.0.0.1:{unused_port()}/hook"
    sandbox.reply("Hi", message_id=caller.send_one(callback_url=url))
    sandbox.wait_for_pushes()
    (push,) = sandbox.pushes
    assert push.status is None
    assert "ConnectError" in (push.error or "")


@pytest.mark.parametrize("url", ["https://example.com/hook", "http://192.0.2.1/hook", "http://localhost.example.com/"])
def test_nothing_but_loopback_is_ever_connected_to(caller: Caller, sandbox: Sandbox, url: str) -> None:
    message_id = caller.send_one(callback_url=url)
    sandbox.reply("Hi", message_id=message_id)
    sandbox.wait_for_pushes()
    (push,) = sandbox.pushes
    assert (push.url, push.status) == (url, None)
    assert (push.error or "").startswith("skipped")
    assert len(caller.replies()) == 1


def test_a_pushed_item_need_not_be_polled(receiver: Receiver) -> None:
    options = {"clock_runs": False, "pushed_also_polled": False, "error_code_in_polled_reports": False}
    with Sandbox(**options) as running, caller_of(running) as caller:
        running.reply("Hi", message_id=caller.send_one(callback_url=receiver.url, delivery_report=True))
        caller.send_one(delivery_report=True)
        running.advance(seconds=1)
        running.wait_for_pushes()
        assert caller.replies() == []
        assert len(caller.reports()) == 1
        assert [item.get("error_code") for item in receiver.received] == [None, "101"]


def test_a_running_clock_pushes_without_anyone_asking(receiver: Receiver) -> None:
    with Sandbox(step_seconds=0.02) as running, caller_of(running) as caller:
        caller.send_one(callback_url=receiver.url, delivery_report=True)
        deadline = time.monotonic() + 60
        while len(receiver.received) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert [report["status"] for report in receiver.received] == ["enroute", "submitted", "delivered"]


def test_closing_does_not_wait_for_a_slow_receiver() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with Sandbox() as running, caller_of(running) as caller:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
            running.reply("Hi", message_id=caller.send_one(callback_url=url))
            silent.settimeout(60)
            connection, _ = silent.accept()
            with pytest.raises(TimeoutError):
                running.wait_for_pushes(timeout=0.01)
        assert running.pushes == []  # one that was waited for would have timed out
        connection.close()


@pytest.mark.parametrize("url", ["http://127.0.0.1:99999/x", "http://localhost:70000", "http://localhost:0"])
def test_an_impossible_address_fails_by_itself_and_stops_no_other_push(
    caller: Caller, sandbox: Sandbox, receiver: Receiver, url: str
) -> None:
    sandbox.reply("Lost", message_id=caller.send_one(callback_url=url))
    sandbox.wait_for_pushes()
    (push,) = sandbox.pushes
    assert (push.url, push.status) == (url, None)
    assert ": " in (push.error or "")
    sandbox.reply("Hi", message_id=caller.send_one(callback_url=receiver.url))
    sandbox.wait_for_pushes()
    assert [item["content"] for item in receiver.received] == ["Hi"]
    sandbox.advance(1000)
    sandbox.wait_for_pushes()
    assert [push.url for push in sandbox.pushes] == [url, receiver.url, url]
    sandbox.close()  # would raise what went wrong beside the server


def test_whatever_goes_wrong_with_a_push_is_written_down(
    caller: Caller, sandbox: Sandbox, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("surprise")

    message_id = caller.send_one(callback_url=receiver.url)
    with monkeypatch.context() as patched:
        patched.setattr("httpx.AsyncClient.send", fail)
        sandbox.reply("Hi", message_id=message_id)
        sandbox.wait_for_pushes()
    sandbox.advance(seconds=1)
    sandbox.wait_for_pushes()
    assert [(push.status, push.error) for push in sandbox.pushes] == [
        (None, "ZeroDivisionError: surprise"),
        (200, None),
    ]


def test_a_retry_that_time_has_no_room_for_is_given_up(receiver: Receiver) -> None:
    receiver.statuses = [500]
    with Sandbox(clock_runs=False, push_backoff=1e300) as running, caller_of(running) as caller:
        message_id = caller.send_one(callback_url=receiver.url)
        for content in ("Lost", "Hi"):
            running.reply(content, message_id=message_id)
            running.wait_for_pushes()
        assert [push.status for push in running.pushes] == [500, 200]


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


MINUTE = 60_000  # milliseconds


class Slow(BaseHTTPRequestHandler):
    """A callback address that answers when it is told to, and notices who does not wait for it."""

    arrived, answers = threading.Event(), threading.Event()

    def do_POST(self) -> None:
        self.arrived.set()
        self.connection.settimeout(60)
        self.rfile.read(int(self.headers["content-length"]))
        if self.rfile.read(1) == b"":  # whoever goes on to wait would send nothing, and keep the connection
            self.answers.set()

    def log_message(self, *_: Any) -> None:
        pass


def test_a_reset_breaks_off_what_is_being_pushed(caller: Caller, sandbox: Sandbox) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/"
        patient = {
            "url": url,
            "method": "POST",
            "encoding": "JSON",
            "events": ["RECEIVED_SMS"],
            "read_timeout": MINUTE,
        }
        assert caller.post("/v1/webhooks/messages", json={**patient, "template": "$replyId"}).status_code == 201
        sandbox.reply("Hi", message_id=caller.send_one())
        assert Slow.arrived.wait(60)
        sandbox.reset()
        assert Slow.answers.wait(30)
        assert sandbox.pushes == []
        server.shutdown()
        thread.join()


def test_a_webhook_is_registered_for_every_event(caller: Caller, sandbox: Sandbox, receiver: Receiver) -> None:
    webhook_id = sandbox.webhook(receiver.url)
    assert caller.get(f"/v1/webhooks/messages/{webhook_id}").json()["url"] == receiver.url
    sandbox.reply("STOP", message_id=caller.send_one())
    sandbox.wait_for_pushes()
    assert [push.kind for push in sandbox.pushes] == ["reply", "opt_out"]
    with pytest.raises(ValueError, match="has a webhook with this address"):
        sandbox.webhook(receiver.url)
