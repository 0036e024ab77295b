"""Waitress, for the tests of pushes that need a real server."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import waitress.server
import waitress.wasyncore


@contextlib.contextmanager
def waitress_serving(application: Any) -> Iterator[int]:
    """Serve a WSGI application, and give the port."""
    channels: dict[int, Any] = {}
    server = waitress.server.create_server(application, port=0, host="127.0.0.1", map=channels, threads=2)
    ended = threading.Event()

    def run() -> None:
        while not ended.is_set():
            waitress.wasyncore.loop(timeout=0.02, map=channels, count=1)
        server.task_dispatcher.shutdown()
        for channel in list(channels.values()):
            channel.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield server.effective_port
    finally:
        ended.set()
        thread.join()
