"""A bare server that accepts every message, and says when requests came: `python -m benchmarks.accepting`.

It is no sandbox: it checks nothing and keeps nothing, so that it takes little of what is measured beside it.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_arrivals: list[tuple[float, int]] = []


class _Accepting(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:  # the name that the library looks for
        """Accept messages."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["messages"]
        _arrivals.append((time.monotonic(), len(asked)))
        told = [
            {"message_id": str(uuid.uuid4()), "destination_number": each["destination_number"], "status": "queued"}
            for each in asked
        ]
        self._answer(b"202 Accepted", {"messages": told})

    def do_GET(self) -> None:
        """Tell when requests came, in seconds, and how many messages each had."""
        self._answer(b"200 OK", _arrivals)

    def _answer(self, status: bytes, body: object) -> None:
        text = json.dumps(body).encode()
        head = b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(text))
        self.wfile.write(head + text)  # in one piece, or the second would wait for the first to be acknowledged

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@contextlib.contextmanager
def accepting() -> Iterator[str]:
    """The address of a server in a process of its own."""
    command = [sys.executable, "-m", __name__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.stdin.close()


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Accepting)
    server.daemon_threads = True
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()  # until its starter has gone
