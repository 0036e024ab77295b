"""Forked children, and an API in a process of its own, which they can't inherit."""

import contextlib
import json
import multiprocessing
import ssl
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import attrs
import trustme

SECONDS = 30


def in_child(work: Callable[[], Any]) -> Any:
    """What a forked child of this process returns, or raises; one that hangs is killed, which is a failure."""
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=_report, args=(work, theirs))
    child.start()
    theirs.close()
    try:
        assert ours.poll(SECONDS), "the child hangs"
        worked, value = ours.recv()
    finally:
        child.kill()
        child.join()
        ours.close()
    if worked:
        return value
    raise value


def _report(work: Callable[[], Any], to: Any) -> None:
    try:
        told = (True, work())
    except Exception as error:  # noqa: BLE001  # raised in the parent
        told = (False, error)
    to.send(told)


@attrs.frozen
class Api:
    """A server that accepts every message, and writes down its content."""

    url: str
    _accepted: Path

    @property
    def accepted(self) -> list[str]:
        return self._accepted.read_text().splitlines()


@contextlib.contextmanager
def api(folder: Path, *, tls: bool) -> Iterator[Api]:
    """Such a server; with TLS its certificate is made by the authority in `ca.pem`."""
    accepted = folder / "accepted.txt"
    accepted.touch()
    certificate = ""
    if tls:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(folder / "ca.pem")
        certificate = str(folder / "leaf.pem")
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(certificate)
    command = [sys.executable, __file__, str(accepted), certificate]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Api(process.stdout.readline().strip(), accepted)
        finally:
            process.kill()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    log: Any

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer(200, {})

    def do_POST(self) -> None:
        messages = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["messages"]
        self.log.write("".join(message["content"] + "\n" for message in messages))
        time.sleep(0.01)
        self._answer(202, {"messages": [{**message, "message_id": str(uuid.uuid4())} for message in messages]})

    def _answer(self, status: int, value: object) -> None:
        body = json.dumps(value).encode()
        # In one piece, so that whoever reads from a connection gets the whole answer.
        self.wfile.write(b"HTTP/1.1 %d Told\r\nContent-Length: %d\r\n\r\n" % (status, len(body)) + body)


class _Server(ThreadingHTTPServer):
    request_queue_size = 128


def _serve(accepted: str, certificate: str) -> None:
    server = _Server(("127.0.0.1", 0), _Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        # The handshake is made in the thread of its connection.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    with open(accepted, "a", buffering=1) as _Handler.log:  # noqa: PTH123
        print(f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    _serve(*sys.argv[1:])
