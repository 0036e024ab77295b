"""Servers on loopback that answer wrongly or not at all, over real sockets."""

import contextlib
import socket
import threading
from collections.abc import Iterator

HOST = "127.0.0.1"


@contextlib.contextmanager
def hanging() -> Iterator[str]:
    """A server that takes requests and never answers."""
    with scripted(None) as server:
        yield server.url


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
            connection.settimeout(5)
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
        self.thread.join(5)
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
