"""Servers on loopback that stand for what goes wrong between a machine and the API, over real sockets."""

from __future__ import annotations

import base64
import contextlib
import json
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from attrs import define, field

HOST = "127.0.0.1"
REPLIES = json.dumps({"replies": []}).encode()
INVALID = json.dumps({"message": "Invalid authentication credentials"}).encode()


@define
class Asked:
    """One request as it came."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def scheme(self) -> str:
        return self.headers.get("authorization", "").partition(" ")[0].lower()


@define
class Told:
    """One answer."""

    status: int = 200
    body: bytes = REPLIES
    headers: Mapping[str, str] = field(factory=lambda: {"content-type": "application/json"})


@define
class Site:
    """A server that is running."""

    url: str
    asked: list[Asked] = field(factory=list)


@contextlib.contextmanager
def serving(
    answer: Callable[[Asked], Told], *, tls: ssl.SSLContext | None = None, ahead: float = 0.0
) -> Iterator[Site]:
    """A server that answers each request, with a clock that is some seconds ahead."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            with contextlib.suppress(OSError):
                super().handle_one_request()

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            request = Asked(self.command, self.path, {n.lower(): v for n, v in self.headers.items()}, body)
            asked.append(request)
            told = answer(request)
            self.send_response_only(told.status)
            self.send_header("Date", formatdate(time.time() + ahead, usegmt=True))
            for name, value in {**told.headers, "content-length": str(len(told.body)), "connection": "close"}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told.body)
            self.close_connection = True

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def finish_request(self, request: Any, client_address: Any) -> None:
            if tls is None:
                super().finish_request(request, client_address)
                return
            with contextlib.suppress(OSError), tls.wrap_socket(request, server_side=True) as inner:
                super().finish_request(inner, client_address)  # unless the client ends the handshake

    server = Server((HOST, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Site(f"{'https' if tls else 'http'}://{HOST}:{server.server_address[1]}", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def api(key: str, secret: str, *schemes: str) -> Callable[[Asked], Told]:
    """What the API answers whose key is for some ways to authenticate only; it takes every signature."""
    basic = base64.b64encode(f"{key}:{secret}".encode()).decode()

    def answer(asked: Asked) -> Told:
        said = asked.headers.get("authorization", "")
        known = said == f"Basic {basic}" or (asked.scheme == "hmac" and f'username="{key}"' in said)
        return Told() if known and asked.scheme in schemes else Told(401, INVALID)

    return answer


class Proxy:
    """A proxy that makes tunnels, for whoever has its password; or gives one answer to all."""

    def __init__(self, *, password: str = "", refusal: bytes = b"", to: str = "") -> None:
        self._password, self._refusal, self._to = password, refusal, to
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"
        self.heads: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=[plain], daemon=True).start()

    def _answer(self, plain: socket.socket) -> None:
        with contextlib.suppress(OSError), plain:
            head = b""
            while b"\r\n\r\n" not in head and (piece := plain.recv(65536)):
                head += piece
            self.heads.append(head)
            wanted = base64.b64encode(self._password.encode())
            if self._refusal:
                plain.sendall(self._refusal)
            elif self._password and b"Basic " + wanted not in head:
                plain.sendall(PASSWORD_WANTED)
            else:
                self._carry(plain, head.split(b" ")[1].decode())

    def _carry(self, plain: socket.socket, target: str) -> None:
        host, _, port = (self._to or target).rpartition(":")
        with socket.create_connection((host, int(port))) as server:
            plain.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            while True:
                for each in select.select([plain, server], [], [])[0]:
                    if not (piece := each.recv(65536)):
                        return
                    (server if each is plain else plain).sendall(piece)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


PASSWORD_WANTED = (
    b'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="corp"\r\nContent-Length: 0\r\n\r\n'
)


@contextlib.contextmanager
def proxying(*, password: str = "", refusal: bytes = b"", to: str = "") -> Iterator[Proxy]:
    """A proxy that is running; `to` is where it leads whatever it is asked for."""
    made = Proxy(password=password, refusal=refusal, to=to)
    try:
        yield made
    finally:
        made.close()


@contextlib.contextmanager
def cutting() -> Iterator[str]:
    """A port where every connection is cut off once something has come."""
    with socket.create_server((HOST, 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    plain, _ = listener.accept()
                    with plain:
                        plain.recv(65536)
                        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"{HOST}:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@contextlib.contextmanager
def silent() -> Iterator[str]:
    """A port that takes connections, and says nothing."""
    with socket.create_server((HOST, 0)) as listener:
        yield f"{HOST}:{listener.getsockname()[1]}"
