"""No answer is told to a request that it does not belong to, though a server sends more than it was asked for."""

import json
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
import trustme
from messagemedia import OutcomeUnknownError
from sdk_face import KINDS, SMS, Face
from sdk_servers import HOST, PATIENCE

EVERY_LIBRARY = True
LIBRARIES: dict[str, Any] = {"httpx": httpx, "httpx2": httpx2}


def told(message_id: str) -> bytes:
    body = json.dumps({"messages": [{**SMS, "message_id": message_id}]}).encode()
    return b"HTTP/1.1 202 Accepted\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


class Chatty:
    """A server whose first connection is answered with fixed bytes, and each other one with the id `right`."""

    def __init__(self, first: bytes) -> None:
        self._listener = socket.create_server((HOST, 0))
        self.url = f"http://{HOST}:{self._listener.getsockname()[1]}"
        self._first = first
        self._connections: list[socket.socket] = []
        self.is_left = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        answer = self._first
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(PATIENCE)
            self._connections.append(connection)
            threading.Thread(target=self._serve, args=[connection, answer], daemon=True).start()
            answer = told("right")

    def _serve(self, connection: socket.socket, answer: bytes) -> None:
        heard = b""
        with suppress(OSError):
            while piece := connection.recv(65536):
                heard += piece
                if heard.endswith(b"}]}"):
                    connection.sendall(answer)
                    heard, answer = b"", told("right")
        self.is_left.set()

    def add(self, more: bytes) -> None:
        """Send something over the first connection that nobody has asked for."""
        self._connections[0].sendall(more)

    def close(self) -> None:
        self._listener.close()
        for connection in self._connections:
            connection.close()


MORE = {"another answer": told("wrong"), "a line break": b"\r\n", "the end of a page": b"</html>"}


def send(face: Face, client: Any) -> str:
    return str(face.run(client.messages.send(**SMS)).message_id)


@pytest.mark.off_contract(answers="they say as little as they can")
@pytest.mark.parametrize("more", MORE.values(), ids=MORE)
@pytest.mark.parametrize("options", [{}, {"deadline": PATIENCE}], ids=["", "with a deadline"])
def test_what_comes_together_with_an_answer_is_not_the_next_one(
    face: Face, more: bytes, options: dict[str, Any]
) -> None:
    if face.library == "aiohttp" and more.startswith(b"<"):
        return  # it refuses the answer that this comes with
    with closing(Chatty(told("first") + more)) as server:
        client = face.client(base_url=server.url, **options)
        assert [send(face, client), send(face, client)] == ["first", "right"]


@pytest.mark.off_contract(answers="they say as little as they can")
@pytest.mark.parametrize("more", MORE.values(), ids=MORE)
def test_what_comes_behind_an_answer_is_not_the_next_one(face: Face, more: bytes) -> None:
    with closing(Chatty(told("first"))) as server:
        client = face.client(base_url=server.url)
        first = send(face, client)
        server.add(more)
        if face.library == "pyreqwest":  # it reads what comes in a thread of its own, which has to have its turn
            assert more.isspace() or server.is_left.wait(PATIENCE)
            with suppress(OutcomeUnknownError):
                assert send(face, client) == "right"
        else:
            assert [first, send(face, client)] == ["first", "right"]


@pytest.mark.off_contract(answers="they say as little as they can")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("library", LIBRARIES.values(), ids=LIBRARIES)
@pytest.mark.parametrize("options", [{}, {"deadline": PATIENCE}], ids=["", "with a deadline"])
def test_the_same_holds_over_a_client_that_was_passed_in(kind: str, library: Any, options: dict[str, Any]) -> None:
    with closing(Chatty(told("first") + told("wrong"))) as server, Face(kind) as face:
        http_client = face.http_client(library)
        client = face.client(base_url=server.url, http_client=http_client, **options)
        assert [send(face, client), send(face, client)] == ["first", "right"]
        face.close(http_client)


class OneSegment(Chatty):
    """The same with TLS: the first answer leaves together with more, in two records of one segment."""

    def __init__(self, context: ssl.SSLContext, first: bytes, more: bytes) -> None:
        self._context = context
        self._more = more
        super().__init__(first)
        self.url = self.url.replace("http:", "https:")

    def _serve(self, connection: socket.socket, answer: bytes) -> None:
        come, go = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = self._context.wrap_bio(come, go, server_side=True)

        def carried_out(step: Callable[[], Any]) -> Any:
            while True:
                with suppress(ssl.SSLWantReadError):
                    return step()
                self._send(connection, go)
                if not (piece := connection.recv(65536)):
                    raise ConnectionError
                come.write(piece)

        with suppress(OSError):  # which an ssl.SSLError is
            carried_out(tls.do_handshake)
            self._send(connection, go)
            while True:
                heard = b""
                while not heard.endswith(b"}]}"):
                    heard += carried_out(tls.read)
                for each in (answer, self._more):
                    tls.write(each) if each else None
                answer, self._more = told("right"), b""
                self._send(connection, go)

    def _send(self, connection: socket.socket, go: ssl.MemoryBIO) -> None:
        if go.pending:
            connection.sendall(go.read())


@pytest.mark.off_contract(answers="they say as little as they can")
def test_what_comes_in_a_record_of_its_own_is_not_the_next_answer(
    face: Face, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    authority.issue_cert(HOST).configure_cert(context)
    with closing(OneSegment(context, told("first"), told("wrong"))) as server:
        client = face.client(base_url=server.url)
        assert [send(face, client), send(face, client)] == ["first", "right"]
