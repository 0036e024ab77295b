"""What pyreqwest does in its own way, and what the SDK makes of it."""

import asyncio
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyreqwest.client
import pyreqwest.exceptions
import pytest
import trustme
from messagemedia import AsyncClient, Client, ConfigurationError, NotSentError
from sdk_face import KEY, MESSAGE_ID, SECRET, SMS, accepted
from sdk_fork import api, in_child
from sdk_servers import keeping, raw, refusing, scripted

ROOT = Path(__file__).parents[2]
CLIENTS: list[Any] = [Client, AsyncClient]


# --- what its exceptions say ----------------------------------------------------------------------------------------

LEFT, NEVER_LEFT = "client error (SendRequest)", "client error (Connect)"
# What the server does, the exception that pyreqwest raises for it, and a cause that it names, None if it names neither.
SAID: dict[str, tuple[bytes | None, str, str | None]] = {
    "read in full, never answered": (None, "ConnectTimeoutError", None),
    "read in full, then closed": (b"", "ConnectError", LEFT),
    "a part of an answer": (b"HTTP/1.1 202 Acc", "ConnectError", LEFT),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "DecodeError", LEFT),
}


def causes_of(url: str) -> tuple[str, list[str]]:
    """The name of the exception that the library raises, and the causes that it names."""
    with pyreqwest.client.SyncClientBuilder().no_proxy().danger_accept_invalid_certs(True).build() as client:
        message = client.post(url).body_bytes(b"{}").timeout(timedelta(seconds=0.3)).build()
        with pytest.raises(pyreqwest.exceptions.PyreqwestError) as caught:
            message.send()
    details: Any = caught.value
    return type(caught.value).__name__, [each["message"] for each in details.details["causes"]]


@pytest.mark.parametrize("case", SAID)
def test_its_exceptions_are_named_after_something_else_and_its_causes_tell(case: str) -> None:
    """If this fails with another version, look what proves now that nothing left, before anything else."""
    answer, name, cause = SAID[case]
    with scripted(answer) as server:
        raised, causes = causes_of(server.url)
    assert raised == name
    assert [each for each in causes if each in (LEFT, NEVER_LEFT)] == ([cause] if cause else [])


def test_a_refused_connection_is_the_cause_that_proves_that_nothing_left() -> None:
    with refusing() as url:
        raised, causes = causes_of(url)
    assert raised == "ConnectError"
    assert NEVER_LEFT in causes
    with refusing() as url:
        client = Client(KEY, SECRET, base_url=url, http_client="pyreqwest", max_retries=0)
        with pytest.raises(NotSentError, match="refused") as caught:
            client.messages.send(**SMS)
    assert "http://" not in str(caught.value)
    assert type(caught.value.__cause__.__cause__).__name__ == "ConnectError"  # type: ignore[union-attr]


# --- threads, forks and loops ---------------------------------------------------------------------------------------

MADE_IN_A_THREAD_THAT_ENDS = """
import sys, threading
from messagemedia import Client, NotSentError

clients = []

def make():
    clients.append(Client("key", "secret", base_url=sys.argv[1], http_client="pyreqwest", max_retries=0))

def use():
    try:
        clients[0].messages.send(content="x", destination_number="+61491570156")
    except NotSentError:
        print("told")

for work in (make, use, use):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
use()
print(*sorted(thread.name for thread in threading.enumerate()), file=sys.stderr)
"""


def test_a_client_that_was_made_in_a_thread_that_has_ended_can_be_used() -> None:
    with refusing() as url:
        done = run(MADE_IN_A_THREAD_THAT_ENDS, url)
    assert (done.returncode, done.stdout.split()) == (0, ["told"] * 3), done.stderr
    # What goes wrong if the thread has ended that imported it goes wrong at times only.
    assert "messagemedia-pyreqwest-import" in done.stderr


def run(script: str, url: str = "", *, patience: float = 60) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore::UserWarning", "-c", script, url],
        capture_output=True, text=True, check=False, timeout=patience, cwd=ROOT,
    )  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows can't send a signal to a thread")
def test_a_call_in_the_main_thread_is_interrupted_and_the_next_one_works() -> None:
    with keeping(raw(accepted(), keep=True)) as server:
        server.may_answer.clear()
        with Client(KEY, SECRET, base_url=server.url, http_client="pyreqwest") as client:

            def press_ctrl_c() -> None:
                server.wait_for_received(1)
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

            finger = threading.Thread(target=press_ctrl_c)
            finger.start()
            with pytest.raises(KeyboardInterrupt):
                client.messages.send(**SMS)
            finger.join(60)
            server.may_answer.set()
            assert client.messages.send(**SMS).message_id == MESSAGE_ID


# If other threads are busy, one of a hundred signals comes in the moment before the main thread waits: so many are sent.
INTERRUPTED_OFTEN = """
import signal, sys, threading, time
from tests import inside

over, worker, main = threading.Event(), inside.Worker("worker"), threading.main_thread().ident

def be_busy():
    while not over.is_set():
        sum(range(1000))

def press_ctrl_c(may_end):
    signal.pthread_kill(main, signal.SIGINT)
    may_end.wait(5)

sys.setswitchinterval(1e-5)
for _ in range(2):
    threading.Thread(target=be_busy).start()
noticed, slowest = 0, 0.0
for _ in range(400):
    may_end, began = threading.Event(), time.monotonic()
    try:
        worker.do(lambda may_end=may_end: press_ctrl_c(may_end))
    except KeyboardInterrupt:
        noticed += 1
    may_end.set()
    slowest = max(slowest, time.monotonic() - began)
over.set()
print(noticed, slowest < 4)
"""


# A process of its own: an interrupt that comes while coverage.py has its lock leaves it locked for ever.
@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows can't send a signal to a thread")
def test_a_signal_that_comes_just_before_the_main_thread_waits_is_noticed() -> None:
    done = run(INTERRUPTED_OFTEN, patience=300)
    assert done.stdout == "400 True\n", done.stderr


INTERRUPTED = """
import os, signal, sys, threading
from messagemedia import Client

client = Client("key", "secret", base_url=sys.argv[1], http_client="pyreqwest", timeout=600)
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
client.messages.send(content="x", destination_number="+61491570156")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows can't send a signal to a process")
def test_a_program_that_is_interrupted_ends_at_once() -> None:
    with scripted(None) as server:
        done = run(INTERRUPTED, server.url)
    assert done.returncode == -signal.SIGINT
    assert done.stderr.rstrip().endswith("KeyboardInterrupt")


@pytest.mark.skipif(sys.platform == "win32", reason="platform: Windows has no fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("kind", CLIENTS)
def test_a_forked_child_is_told_that_it_can_not_be_used(kind: Any) -> None:
    with scripted(raw(accepted())) as server:
        old = kind(KEY, SECRET, base_url=server.url, http_client="pyreqwest")

        def make() -> str:
            with pytest.raises(ConfigurationError) as caught:
                kind(KEY, SECRET, base_url=server.url, http_client="pyreqwest")
            return str(caught.value)

        def use() -> str:
            async def send() -> None:
                await old.messages.send(**SMS)

            with pytest.raises(ConfigurationError) as caught:
                asyncio.run(send()) if kind is AsyncClient else old.messages.send(**SMS)
            return str(caught.value)

        for work in (make, use):
            said = in_child(work)
            assert "belongs to the parent process" in said
            assert "only in the child processes, or start those with 'spawn'" in said
        assert server.requests == 0
        closed = old.close()
        if kind is AsyncClient:
            asyncio.run(closed)


@pytest.mark.parametrize("library", ["aiohttp", "pyreqwest"])
def test_another_loop_than_that_of_asyncio_is_refused(library: Any) -> None:
    call = AsyncClient(KEY, SECRET, base_url="http://127.0.0.1:9", http_client=library).messages.send(**SMS)
    with pytest.raises(ConfigurationError, match=f"'{library}' needs asyncio"):
        call.send(None)


@pytest.mark.parametrize("kind", CLIENTS)
def test_gevent_is_refused(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkey = SimpleNamespace(is_module_patched=lambda name: name == "socket")
    monkeypatch.setitem(sys.modules, "gevent.monkey", monkey)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="can't be used with gevent"):
        kind(KEY, SECRET, http_client="pyreqwest")


# --- addresses and certificates -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", CLIENTS)
def test_an_address_that_it_would_write_in_another_way_is_refused(kind: Any) -> None:
    client = kind(KEY, SECRET, base_url="http://127.0.0.1:9/%2e%2e/api", http_client="pyreqwest")
    with pytest.raises(ConfigurationError, match="another address than the one that is signed"):
        asyncio.run(client.messages.send(**SMS)) if kind is AsyncClient else client.messages.send(**SMS)


@pytest.mark.off_contract(answers="without a content type")
def test_a_folder_of_certificates_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with api(tmp_path, tls=True) as server:
        for folder in ("others", "ours"):
            (tmp_path / folder).mkdir()
        trustme.CA().cert_pem.write_to_path(tmp_path / "others" / "ca.pem")
        (tmp_path / "ours" / "ca.pem").write_bytes((tmp_path / "ca.pem").read_bytes())
        (tmp_path / "ours" / "notes.txt").write_text("no certificate")
        monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "ours"))
        with Client(KEY, SECRET, base_url=server.url, http_client="pyreqwest") as client:
            assert client.messages.send(**SMS).message_id
        monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "others"))
        client = Client(KEY, SECRET, base_url=server.url, http_client="pyreqwest", max_retries=0)
        with pytest.raises(NotSentError, match="certificate"):
            client.messages.send(**SMS)
