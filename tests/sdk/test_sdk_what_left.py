"""Whether a request may have been processed follows from what was sent, and an answer that came counts."""

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import httpx2
import httpx_aiohttp
import pytest
import trustme
from messagemedia import (
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    MessageMediaError,
    NotSentError,
    OutcomeUnknownError,
    PermissionDeniedError,
)
from sdk_face import MESSAGE_ID, SMS, Face, accepted
from sdk_servers import HOST, keeping, raw, refusing, scripted

from tests import inside

EVERY_LIBRARY = True
LIBRARIES: dict[str, Any] = {"httpx": httpx, "httpx2": httpx2}


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> Any:
    return LIBRARIES[request.param]


def error_of(face: Face, call: Callable[[], Any], kind: type[Exception] = MessageMediaError) -> Any:
    with pytest.raises(kind) as caught:
        face.run(call())
    return caught.value


# --- proxies ------------------------------------------------------------------------------------------------------

CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"
# What a proxy answers to CONNECT, None if nothing.
REFUSALS: dict[str, bytes | None] = {
    "hangs": None,
    "closes": b"",
    "speaks another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "breaks off": b"HTTP/1.1 200 Conn",
    "refuses": b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
    "is down": b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n",
    "closes the tunnel": CONNECTED,
    "speaks no TLS in the tunnel": CONNECTED + b"HTTP/1.1 400 Bad Request\r\n\r\n",
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
@pytest.mark.parametrize(
    "passed_in", [pytest.param(False, id="own"), pytest.param(True, id="passed-in", marks=pytest.mark.slow)]
)
def test_a_proxy_that_fails_before_the_request_leaves_means_not_sent(
    face: Face, refusal: bytes | None, passed_in: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scripted(refusal) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        options = {"base_url": "https://api.example.invalid", "timeout": 0.1, "max_retries": 1}
        http_client = None
        if passed_in:
            library = httpx2 if face.library == "httpx2" else httpx
            http_client = options["http_client"] = face.http_client(library)
        client = face.client(**options)
        for call in (lambda: client.messages.send(**SMS), lambda: client.messages.cancel(MESSAGE_ID)):
            proxy.requests = 0
            error = error_of(face, call, NotSentError)
            assert error.__cause__ is not None
            assert proxy.requests == 2  # provably not processed, so even a send is retried
        if http_client is not None:
            face.close(http_client)
        assert set(proxy.received.split(b"\r\n\r\n")) >= {b""}
        assert b"Hello" not in proxy.received
        assert b"/v1/messages" not in proxy.received


class Tunnel:
    """A proxy that leads every request into one server, over TLS that it ends itself."""

    def __init__(self, reply: bytes, context: ssl.SSLContext) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._context, self._reply = context, reply
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.received = b""
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            plain.settimeout(5)
            plain.recv(65536)
            plain.sendall(CONNECTED)
            with contextlib.suppress(OSError), self._context.wrap_socket(plain, server_side=True) as inner:
                while b"Hello" not in self.received and (piece := inner.recv(65536)):
                    self.received += piece
                inner.sendall(self._reply)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """What a server uses that is trusted as api.example.invalid."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("api.example.invalid", "127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def tunnel(
    trusted: ssl.SSLContext, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Tunnel]:
    made = Tunnel(request.param, trusted)
    monkeypatch.setenv("https_proxy", made.url)
    yield made
    made.close()


@pytest.mark.parametrize("tunnel", [b"", b"HTTP/1.1 202 Acc"], ids=["nothing", "a part"], indirect=True)
def test_a_send_that_left_through_a_proxy_and_is_not_answered_is_unknown(face: Face, tunnel: Tunnel) -> None:
    client = face.client(base_url="https://api.example.invalid", timeout=2)
    error_of(face, lambda: client.messages.send(**SMS), OutcomeUnknownError)
    assert tunnel.received.count(b"POST /v1/messages") == 1


@pytest.mark.parametrize("tunnel", [raw(accepted())], ids=["accepted"], indirect=True)
def test_a_proxy_of_the_environment_carries_calls(face: Face, tunnel: Tunnel) -> None:
    client = face.client(base_url="https://api.example.invalid", timeout=2)
    assert face.run(client.messages.send(**SMS)).message_id == MESSAGE_ID
    assert tunnel.received.startswith(b"POST /v1/messages HTTP/1.1\r\n")


# --- certificates and pools -------------------------------------------------------------------------------------------


def test_an_untrusted_certificate_is_told_as_that_and_not_retried(
    face: Face, monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    server = TlsServer(context)
    client = face.client(base_url=server.url, timeout=2)
    for call in (lambda: client.messages.send(**SMS), lambda: client.messages.get(MESSAGE_ID)):
        error = error_of(face, call, NotSentError)
        assert "SSL_CERT_FILE" in error.hint
        assert "http_client=httpx.Client(verify=…)" in error.hint
        assert "base_url or region" not in error.hint
    assert pauses == []
    server.close()


def test_an_authority_of_ones_own_is_trusted_by_a_variable(face: Face, trusted: ssl.SSLContext) -> None:
    server = TlsServer(trusted, raw(accepted()))
    client = face.client(base_url=server.url, timeout=5)
    assert face.run(client.messages.send(**SMS)).message_id == MESSAGE_ID
    server.close()


class TlsServer:
    """A server that makes handshakes and answers, or says nothing."""

    def __init__(self, context: ssl.SSLContext, reply: bytes = b"") -> None:
        self._reply = reply
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        self._context = context
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            plain.settimeout(5)
            with contextlib.suppress(OSError), self._context.wrap_socket(plain, server_side=True) as inner:
                received = b""
                while self._reply and b"Hello" not in received and (piece := inner.recv(65536)):
                    received += piece
                inner.sendall(self._reply)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


def test_a_full_pool_is_told_as_that_and_not_as_a_fault_of_the_network(face: Face, library: Any) -> None:
    http_client = face.http_client(library, limits=library.Limits(max_connections=1))
    error = error_while_busy(face, 1, http_client=http_client)
    face.close(http_client)
    assert "make fewer calls at once" in error.hint
    assert "Check the network" not in str(error)


def test_own_connections_that_are_all_in_use_are_told_as_that(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    inside.allow_connections(monkeypatch, 2)
    assert "make fewer calls at once" in error_while_busy(face, 2).hint


def error_while_busy(face: Face, number: int, **options: Any) -> NotSentError:
    """The error of a send while so many others are under way."""
    with keeping(raw(accepted(), keep=True)) as server:
        server.may_answer.clear()
        client = face.client(base_url=server.url, timeout=30, max_retries=0, **options)
        late = client.with_options(timeout=0.1)

        def all_wait() -> None:
            while len(server.received) < number:
                time.sleep(0.01)

        async def awaited() -> NotSentError:
            tasks = [asyncio.create_task(client.messages.send(**SMS)) for _ in range(number)]
            await asyncio.to_thread(all_wait)
            with pytest.raises(NotSentError) as caught:
                await late.messages.send(**SMS)
            server.may_answer.set()
            await asyncio.gather(*tasks)
            return caught.value

        if not face.blocking:
            return face.runner.run(awaited())
        threads = [threading.Thread(target=client.messages.send, kwargs=SMS) for _ in range(number)]
        for thread in threads:
            thread.start()
        all_wait()
        with pytest.raises(NotSentError) as caught:
            late.messages.send(**SMS)
        server.may_answer.set()
        for thread in threads:
            thread.join()
        return caught.value


# An answer whose body can't be read, behind its status.
UNREADABLE = {
    "breaks off": b" Told\r\ncontent-length: 500\r\n\r\n{",
    "breaks off in a chunk": b" Told\r\ntransfer-encoding: chunked\r\n\r\n50\r\n{",
    "is no gzip": b" Told\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}",
}


@pytest.mark.parametrize("rest", UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize("status", [202, 500])
def test_an_answer_whose_body_can_not_be_read_is_no_answer(face: Face, status: int, rest: bytes) -> None:
    with scripted(b"HTTP/1.1 %d%b" % (status, rest)) as server:
        client = face.client(base_url=server.url)
        error_of(face, lambda: client.messages.send(**SMS), OutcomeUnknownError)
        assert server.requests == 1


@pytest.mark.off_contract(answers="their bodies are no JSON")
@pytest.mark.parametrize("rest", UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize(("status", "kind"), [(400, BadRequestError), (401, AuthenticationError)])
def test_a_refusal_counts_though_its_body_can_not_be_read(
    face: Face, status: int, kind: type[Exception], rest: bytes
) -> None:
    if face.library == "pyreqwest":
        kind = OutcomeUnknownError  # it tells of no status without a body
    with scripted(b"HTTP/1.1 %d%b" % (status, rest)) as server:
        client = face.client(base_url=server.url)
        error_of(face, lambda: client.messages.send(**SMS), kind)
        assert server.requests == 1


@pytest.mark.off_contract(answers="their bodies are no JSON")
def test_a_429_is_retried_though_its_body_can_not_be_read(face: Face) -> None:
    if face.library == "pyreqwest":
        return  # as above
    with scripted(b"HTTP/1.1 429" + UNREADABLE["breaks off"], raw(accepted())) as server:
        assert face.run(face.client(base_url=server.url).messages.send(**SMS)).message_id == MESSAGE_ID


def test_a_deadline_that_passes_while_connecting_means_not_sent(face: Face) -> None:
    if face.kind == "async" and face.library in ("", "httpx2"):
        return  # httpcore leaves the socket of a handshake that is cancelled to the garbage collector, which warns
    # A whole attempt has one timeout in pyreqwest, which does not say what it met.
    kind = OutcomeUnknownError if face.library == "pyreqwest" else NotSentError
    with socket.create_server((HOST, 0)) as silent:
        client = face.client(base_url=f"https://{HOST}:{silent.getsockname()[1]}", deadline=0.2)
        error_of(face, lambda: client.messages.send(**SMS), kind)


@pytest.mark.off_contract(answers="their bodies are no JSON")
def test_headers_of_an_answer_are_told_alike(face: Face) -> None:
    odd = b"HTTP/1.1 403 No\r\nX-Odd: h\xe9\r\nX-Request: a\r\nX-Request: b\r\ncontent-length: 0\r\n\r\n"
    with scripted(odd) as server:
        client = face.client(base_url=server.url)
        error = error_of(face, lambda: client.messages.send(**SMS), PermissionDeniedError)
    assert error.headers["x-request"] == "a, b"
    assert error.headers.get("x-odd", "h\xe9") == "h\xe9"  # pyreqwest can't read it


def test_a_client_that_can_not_make_a_request_has_sent_nothing(face: Face) -> None:
    class Broken(httpx.Client if face.blocking else httpx.AsyncClient):  # type: ignore[misc]
        def build_request(self, *_: Any, **__: Any) -> Any:
            raise LookupError("no tenant")

    http_client = Broken()
    client = face.client(http_client=http_client)
    error = error_of(face, lambda: client.messages.send(**SMS), ConfigurationError)
    assert isinstance(error.__cause__, LookupError)
    face.close(http_client)


# --- httpx over aiohttp, as somebody may pass it in ----------------------------------------------------------------


@pytest.fixture
def over_aiohttp() -> Iterator[tuple[Face, Any]]:
    """An awaited face, and a client of httpx that stands on aiohttp."""
    with Face("async") as face:
        http_client = httpx_aiohttp.HttpxAiohttpClient()
        yield face, http_client
        face.close(http_client)


def test_a_connection_that_is_lost_below_an_adapter_may_have_sent(over_aiohttp: tuple[Face, Any]) -> None:
    """The adapter raises a ConnectTimeout for it, which would mean that nothing was sent."""
    face, http_client = over_aiohttp
    with scripted(b"") as server:
        client = face.client(base_url=server.url, http_client=http_client)
        error_of(face, lambda: client.messages.send(**SMS), OutcomeUnknownError)
        assert server.requests == 1


def test_a_connection_that_is_refused_below_an_adapter_has_sent_nothing(over_aiohttp: tuple[Face, Any]) -> None:
    face, http_client = over_aiohttp
    with refusing() as url:
        client = face.client(base_url=url, http_client=http_client, max_retries=0)
        error_of(face, lambda: client.messages.send(**SMS), NotSentError)


def test_an_adapter_that_writes_addresses_anew_is_refused_for_those(over_aiohttp: tuple[Face, Any]) -> None:
    face, http_client = over_aiohttp
    with scripted(b"") as server:
        client = face.client(base_url=server.url, http_client=http_client)
        error = error_of(face, lambda: client.messages.get("a/b?c=1 ü"), ConfigurationError)
        assert "another address" in str(error)
        assert server.requests == 0
