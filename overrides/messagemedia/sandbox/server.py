"""The HTTP server of a sandbox: uvicorn in a thread of its own, on 127.0.0.1."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

HOST = "127.0.0.1"


class _Protocol(H11Protocol):
    """Gives each request its connection, as `scope["state"]["transport"]`, so that a fault can close it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}

    def send_400_response(self, msg: str) -> None:
        # What is no HTTP, such as a missing or a second Host, gets no further than this; h11 knows what it was.
        super().send_400_response(f"{msg} {sys.exception() or ''}".rstrip())


class _Server(uvicorn.Server):
    """Starts and stops at once, where uvicorn looks ten times a second whether it should."""

    def __init__(self, config: uvicorn.Config, started: threading.Event) -> None:
        super().__init__(config)
        self._announce = started
        self.stopping = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce.set()

    async def main_loop(self) -> None:
        await self.stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            # Requests that are still waiting notice that their client has gone, and end.
            connection.transport.abort()
        # Only a few turns of the loop, in which the closed connections are noticed.
        while self.server_state.tasks or self.server_state.connections:  # noqa: ASYNC110  see above
            await asyncio.sleep(0)
        for server in self.servers:
            await server.wait_closed()
        for listener in sockets or ():
            listener.close()


class ServerThread:
    """Serves an application until it is closed."""

    def __init__(self, app: Callable[..., Any], port: int, background: Callable[[], Awaitable[None]]) -> None:
        """Take the port, so that a taken one is reported to the caller.

        Args:
            app: The ASGI application.
            port: The port, or 0 for a free one.
            background: What runs beside the server, in its event loop, until it is cancelled.
        """
        # With the protocol named, asyncio sends small answers at once; without, each of them takes 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind((HOST, port))
            self._socket.listen(1024)
        except OSError as error:
            self._socket.close()
            raise OSError(error.errno, f"can't listen on port {port}: {error.strerror}") from error
        self.port: int = self._socket.getsockname()[1]
        self._app = app
        self._background = background
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: _Server | None = None
        self._thread = threading.Thread(target=self._run, name=f"messagemedia-sandbox-{self.port}", daemon=True)

    def start(self) -> None:
        """Start, and return once requests are answered."""
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure

    def close(self) -> None:
        """Close every connection and stop; raise what went wrong beside the server, if anything did."""
        loop, server = self._loop, self._server
        if loop is not None and server is not None and self._thread.is_alive():
            with contextlib.suppress(RuntimeError):  # the loop has ended by itself meanwhile
                loop.call_soon_threadsafe(server.stopping.set)
            self._thread.join()
            if self._failure is not None:
                raise self._failure

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
                runner.run(self._serve())
        except BaseException as failure:  # noqa: BLE001  `start` raises it in the caller's thread
            self._failure = failure
        finally:
            self._socket.close()
            self._started.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        config = uvicorn.Config(
            self._app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
        )
        self._server = _Server(config, self._started)
        background = asyncio.ensure_future(self._background())
        try:
            await self._server.serve(sockets=[self._socket])
        finally:
            background.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await background
