"""The examples: each on a real server, pushed to by the sandbox."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from messagemedia import Client, CreateSignatureKeyRequest, EnableSignatureKeyRequest
from messagemedia.sandbox import Sandbox

EXAMPLES = Path(__file__).parents[2] / "examples"
SERVERS = {
    "flask": ("-m", "waitress", "--listen", "127.0.0.1:{port}", "webhooks_flask:app"),
    "fastapi": ("-m", "uvicorn", "--port", "{port}", "--log-level", "critical", "webhooks_fastapi:app"),
    "django": ("-m", "waitress", "--listen", "127.0.0.1:{port}", "webhooks_django:application"),
}
if sys.platform != "win32":  # gunicorn needs fork
    SERVERS["flask-gunicorn"] = ("-m", "gunicorn", "--bind", "127.0.0.1:{port}", "webhooks_flask:app")

NUMBER = "+61491570156"


@contextlib.contextmanager
def serving(arguments: tuple[str, ...], sandbox: Sandbox) -> Iterator[httpx.Client]:
    """An example on a server, with pushes that are signed."""
    with Client("SANDBOX_KEY", "SANDBOX_SECRET", base_url=sandbox.url) as client:
        keys = client.api.signature_keys
        key = keys.create_signature_key(CreateSignatureKeyRequest(digest="SHA256", cipher="RSA"))
        keys.enable_signature_key(EnableSignatureKeyRequest(key_id=key.key_id))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    ours = {
        "MESSAGEMEDIA_API_KEY": "SANDBOX_KEY",
        "MESSAGEMEDIA_API_SECRET": "SANDBOX_SECRET",
        "MESSAGEMEDIA_BASE_URL": sandbox.url,
        "PUBLIC_URL": url,
        "WEBHOOK_KEY_ID": key.key_id,
        "WEBHOOK_PUBLIC_KEY": key.public_key or "",
    }
    command = [sys.executable, *(part.format(port=port) for part in arguments)]
    with (
        subprocess.Popen(
            command, cwd=EXAMPLES, env={**os.environ, **ours}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        try:
            wait_until(lambda: process.poll() is not None or answers(client))
            assert process.poll() is None
            yield client
        finally:
            process.terminate()


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/messages").status_code == 200
    except httpx.TransportError:
        return False


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.parametrize("arguments", SERVERS.values(), ids=SERVERS)
def test_an_example_sends_follows_and_answers(arguments: tuple[str, ...]) -> None:
    with Sandbox() as sandbox, serving(arguments, sandbox) as client:

        def remind() -> httpx.Response:
            given = {"json": {"number": NUMBER}} if "fastapi" in arguments[-1] else {"data": {"number": NUMBER}}
            return client.post("/remind", **given)

        sent = remind()
        assert sent.status_code == 202
        message_id = sent.json()["message_id"]
        assert client.get("/messages").json() == {message_id: "sent"}
        sandbox.advance(seconds=60)
        wait_until(lambda: client.get("/messages").json() == {message_id: "delivered"})
        sandbox.reply("stop ", message_id=message_id)
        wait_until(lambda: len(sandbox.ledger) == 2)
        assert sandbox.ledger[1].message["content"] == "You will get no more reminders."
        assert remind().status_code == 409
        assert {push.status for push in sandbox.pushes} == {204}
        assert all("X-MessageMedia-Signature" in push.headers for push in sandbox.pushes)
        assert len(sandbox.ledger) == 2
