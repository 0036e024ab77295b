"""The same canned server as `server.c`, for machines without a C compiler: `python server.py ROUTES`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, cast

NOT_FOUND = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"


class Route(NamedTuple):
    """What answers a request: its beginning, how long its body is at least, after how long, with which bytes."""

    start: bytes
    least: int
    delay: float
    answer: bytes


class Connection(asyncio.Protocol):
    """One connection, on which requests may follow each other."""

    def __init__(self, routes: list[Route]) -> None:
        self._routes = routes
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._later = asyncio.get_running_loop().call_later

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            head = self._data[:end]
            _, found, rest = head.lower().partition(b"\r\ncontent-length:")
            length = int(rest.partition(b"\r\n")[0]) if found else 0
            if len(self._data) < end + 4 + length:
                return
            self._data = self._data[end + 4 + length :]
            self._answer(head, length)

    def _answer(self, head: bytes, length: int) -> None:
        route = next((each for each in self._routes if head.startswith(each.start) and length >= each.least), None)
        if route is None or not route.delay:
            self._transport.write(NOT_FOUND if route is None else route.answer)
        else:
            write: Callable[[bytes], None] = self._transport.write
            self._later(route.delay, write, route.answer)


def read_routes(path: Path) -> list[Route]:
    """The routes of a file, in the form that `server.c` describes."""
    lines = [line.split() for line in path.read_text().splitlines()]
    return [
        Route(f"{method} {prefix}".encode(), int(least), int(delay) / 1000, Path(file).read_bytes())
        for method, prefix, least, delay, file in lines
    ]


async def main() -> None:
    """Serve until the input ends."""
    routes = read_routes(Path(sys.argv[1]))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(routes), "127.0.0.1", backlog=4096)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    ended = asyncio.Event()
    loop.add_reader(sys.stdin, ended.set)
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(main())
