"""What people use in their tests already goes on to work: libraries that replace HTTP, and those that replace time.

Each runs as its users have it: in a pytest of its own, with all plugins that are installed. Only `make check` installs
these libraries.
"""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

APPLICATION = """
from messagemedia import Client

def notify(**options):
    with Client("K", "S", **options) as client:
        return client.messages.send(content="Hello", destination_number="+61491570156").message_id
"""
ANSWER = '{"messages": [{"message_id": "m-1", "status": "queued", "content": "Hello", "destination_number": "+61491570156"}]}'

USES = {
    "respx": f"""
import httpx, respx
from application import notify

def test_decorator(respx_mock):
    route = respx_mock.post("https://api.messagemedia.com/v1/messages").respond(202, json={ANSWER})
    assert notify() == "m-1"
    assert route.called

@respx.mock
def test_a_transport_of_its_own():
    respx.post("https://eu.app.api.sinch.com/v1/messages").mock(return_value=httpx.Response(202, json={ANSWER}))
    with httpx.Client() as own:
        assert notify(http_client=own, region="eu") == "m-1"
""",
    "pytest_httpx": f"""
from application import notify

def test_it(httpx_mock):
    httpx_mock.add_response(url="https://api.messagemedia.com/v1/messages", status_code=202, json={ANSWER})
    assert notify() == "m-1"
    assert httpx_mock.get_request().method == "POST"
""",
    "vcr": """
import pytest, vcr
from messagemedia import Client
from application import notify

def test_recorded_and_played_back(messagemedia_outbox, tmp_path):
    "Recorded from the sandbox, then played back as if the real host had answered."
    sandbox, tape = messagemedia_outbox.sandbox, tmp_path / "tape.yaml"
    recorder = vcr.VCR(filter_headers=["authorization"])
    def send(**options):
        with Client("SANDBOX_KEY", "SANDBOX_SECRET", **options) as client:
            return client.messages.send(content="Hello", destination_number="+61491570156").message_id
    with recorder.use_cassette(tape):
        message_id = send(base_url=sandbox.url)
    tape.write_text(tape.read_text().replace(sandbox.url, "https://api.messagemedia.com"))
    with recorder.use_cassette(tape, record_mode="none"):
        assert send(base_url="https://api.messagemedia.com") == message_id
    assert len(messagemedia_outbox) == 1
""",
    "httpx": f"""
import httpx
from application import notify

def test_mock_transport():
    with httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(202, json={ANSWER}))) as own:
        assert notify(http_client=own) == "m-1"
""",
    "unittest.mock": """
from unittest import mock
from messagemedia import Client

def test_autospec():
    double = mock.create_autospec(Client, instance=True)
    double.messages.send.return_value.message_id = "m-1"
    assert double.messages.send(content="Hello", destination_number="+61491570156").message_id == "m-1"
    double.messages.send.assert_called_once()
""",
    "freezegun": """
from datetime import UTC, datetime, timedelta
from freezegun import freeze_time
from messagemedia import Client, HmacAuth, Reply
from messagemedia.webhooks import Webhooks

THEN = datetime(2020, 2, 29, 12, tzinfo=UTC)

@freeze_time(THEN)
def test_signing_statuses_and_pushes_follow_the_frozen_time(messagemedia_outbox):
    outbox, got = messagemedia_outbox, []
    webhooks = Webhooks(outbox.public_keys)
    webhooks.on(Reply)(got.append)
    outbox.push_to(webhooks.wsgi(), "/hooks")
    with Client(auth=HmacAuth("SANDBOX_KEY", "SANDBOX_SECRET")) as client:
        client.messages.send(
            content="Hello", destination_number="+61491570156", scheduled=datetime.now(UTC) + timedelta(hours=1)
        )
    [request] = outbox.sandbox.requests
    assert (request.status, request.header("date")) == (202, "Sat, 29 Feb 2020 12:00:00 GMT")
    assert outbox.assert_sent(scheduled=THEN + timedelta(hours=1)).status == "scheduled"
    outbox.reply("Hi")
    assert [reply.date_received for reply in got] == [THEN]

def test_time_that_goes_on(messagemedia_outbox):
    with freeze_time(THEN) as time, Client(auth=HmacAuth("SANDBOX_KEY", "SANDBOX_SECRET")) as client:
        client.messages.send(content="Hello", destination_number="+61491570156")
        assert messagemedia_outbox.last.status == "queued"
        time.tick(3)
        assert messagemedia_outbox.last.status == "delivered"
        time.tick(timedelta(days=30))
        client.messages.send(content="Hello again", destination_number="+61491570156")
    assert [request.status for request in messagemedia_outbox.sandbox.requests] == [202, 202]
""",
    "time_machine": """
from datetime import UTC, datetime, timedelta
import time_machine
from messagemedia import Client, HmacAuth, Reply
from messagemedia.webhooks import Webhooks

THEN = datetime(2020, 2, 29, 12, tzinfo=UTC)

def test_signing_statuses_and_pushes_follow_the_time_of_the_test(messagemedia_outbox):
    outbox, got = messagemedia_outbox, []
    with time_machine.travel(THEN, tick=False) as traveller:
        webhooks = Webhooks(outbox.public_keys)
        webhooks.on(Reply)(got.append)
        outbox.push_to(webhooks.wsgi(), "/hooks")
        with Client(auth=HmacAuth("SANDBOX_KEY", "SANDBOX_SECRET")) as client:
            client.messages.send(content="Hello", destination_number="+61491570156")
            [request] = outbox.sandbox.requests
            assert (request.status, request.header("date")) == (202, "Sat, 29 Feb 2020 12:00:00 GMT")
            assert outbox.last.status == "queued"
            traveller.shift(3)
            assert outbox.last.status == "delivered"
            traveller.shift(timedelta(days=30))
            client.messages.send(content="Hello again", destination_number="+61491570156")
        outbox.reply("Hi")
    assert [request.status for request in outbox.sandbox.requests] == [202, 202]
    assert [reply.date_received for reply in got] == [THEN + timedelta(days=30, seconds=3)]
""",
}


@pytest.mark.parametrize("library", USES)
def test_it_works_beside_the_plugin(tmp_path: Path, library: str) -> None:
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    (tmp_path / "application.py").write_text(APPLICATION)
    (tmp_path / "test_application.py").write_text(USES[library])
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nfilterwarnings = error\naddopts = --strict-markers -p no:schemathesis\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "MESSAGEMEDIA_"))
    }
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
