"""Servers on loopback that answer wrongly or not at all, over real sockets."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import httpx

HOST = "127.0.0.1"
PATIENCE = 30  # seconds until a server gives up that a test has forgotten; a busy machine needs some of them


@contextlib.contextmanager
def hanging() -> Iterator[str]:
    """A server that takes requests and never answers."""
    with scripted(None) as server:
        yield server.url


def raw(response: httpx.Response, *, keep: bool = False) -> bytes:
    """An answer as a server sends it, in one piece."""
    headers = {**response.headers, "content-length": str(len(response.content))}
    if not keep:
        headers["connection"] = "close"
    lines = [f"HTTP/1.1 {response.status_code} Told", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + response.content


class Scripted:
    """A server that reads one request per connection, sends fixed bytes and closes it; None keeps it waiting."""

    def __init__(self, listener: socket.socket, script: tuple[bytes | None, ...]) -> None:
        self.url = f"http://{HOST}:{listener.getsockname()[1]}"
        self.requests = 0
        self.received = b""
        self.heard = threading.Event()
        self._listener = listener
        self._script = list(script)
        self._waiting: list[socket.socket] = []
        self.thread = threading.Thread(target=self._serve)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(PATIENCE)
            self._read(connection)
            self.requests += 1
            self.heard.set()
            reply = self._script.pop(0) if len(self._script) > 1 else self._script[0]
            if reply is None:
                self._waiting.append(connection)
                continue
            with connection:
                connection.sendall(reply)

    def _read(self, connection: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data and (chunk := connection.recv(65536)):
            data += chunk
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        while len(body) < length and (chunk := connection.recv(65536)):
            body += chunk
        self.received += head + b"\r\n\r\n" + body

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.thread.join(PATIENCE)
        for connection in self._waiting:
            connection.close()


@contextlib.contextmanager
def scripted(*script: bytes | None) -> Iterator[Scripted]:
    """A server that answers each connection with the next of some bytes, the last for ever."""
    server = Scripted(socket.create_server((HOST, 0)), script)
    server.thread.start()
    try:
        yield server
    finally:
        server.close()


@contextlib.contextmanager
def refusing() -> Iterator[str]:
    """An address where connections are refused: the port is taken and nobody listens."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        yield f"http://{HOST}:{taken.getsockname()[1]}"


class Keeping:
    """A server that answers everything at once, or when it may, and keeps connections; an empty answer closes one."""

    def __init__(self, listener: socket.socket, answer: bytes) -> None:
        self.url = f"http://{HOST}:{listener.getsockname()[1]}"
        self.answer = answer
        self.accepted = 0
        self.most_open = 0
        self.received: list[bytes] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        self._listener = listener
        self._changed = threading.Condition()
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._changed:
                self._open.add(connection)
                self.accepted += 1
                self.most_open = max(self.most_open, len(self._open))
                self._changed.notify_all()
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as lines:
            while head := b"".join(iter(lines.readline, b"\r\n" if lines.peek(1) else b"")):
                length = next(
                    (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
                )
                request = head + b"\r\n" + lines.read(length)
                with self._changed:
                    self.received.append(request)
                    self._changed.notify_all()
                self.may_answer.wait(PATIENCE)
                if not self.answer:
                    break
                connection.sendall(self.answer)
        with self._changed:
            self._open.discard(connection)
            self._changed.notify_all()

    def wait_for_open(self, number: int) -> bool:
        """Wait until so many connections are open; False if that does not happen."""
        return self._wait_for(lambda: len(self._open) == number)

    def wait_for_received(self, number: int) -> bool:
        """Wait until so many requests have come; False if that does not happen."""
        return self._wait_for(lambda: len(self.received) == number)

    def _wait_for(self, condition: Callable[[], bool]) -> bool:
        with self._changed:
            return self._changed.wait_for(condition, PATIENCE)

    def close_connections(self) -> None:
        """Close all connections, as a server may that has waited long enough."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        assert self.wait_for_open(0)

    def close(self) -> None:
        self.may_answer.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.close_connections()


@contextlib.contextmanager
def keeping(answer: bytes) -> Iterator[Keeping]:
    """A server that keeps connections."""
    server = Keeping(socket.create_server((HOST, 0), backlog=512), answer)
    try:
        yield server
    finally:
        server.close()
