"""The floor: a socket, the fewest possible bytes, and the standard library's JSON."""

import asyncio
import json
import socket
from typing import Any
from urllib.parse import urlsplit

MESSAGE = {"content": "Your parcel arrives today.", "destination_number": "+61491570156", "delivery_report": True}


def _request(method: str, path: str, body: object = None) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    return b"%s %s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s" % (
        method.encode(),
        path.encode(),
        len(content),
        content,
    )


class Blocking:
    """One connection that is kept."""

    def __init__(self, url: str, variant: str) -> None:
        del variant
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname, parts.port))
        self._path = parts.path

    def _call(self, method: str, path: str, body: object = None) -> Any:
        self._socket.sendall(_request(method, self._path + path, body))
        head, _, content = self._socket.recv(1 << 18).partition(b"\r\n\r\n")
        parts = [content]
        missing = int(head.rpartition(b"Content-Length: ")[2].partition(b"\r\n")[0]) - len(content)
        while missing:
            parts.append(self._socket.recv(missing))
            missing -= len(parts[-1])
        return json.loads(b"".join(parts))

    def send(self) -> str:
        """Send one message and return its id."""
        return self._call("POST", "/v1/messages", {"messages": [MESSAGE]})["messages"][0]["message_id"]

    def batch(self, size: int) -> int:
        """Send messages in one request and return how many came back."""
        return len(self._call("POST", "/v1/messages", {"messages": [MESSAGE] * size})["messages"])

    def status(self) -> str:
        """Return the status of a message."""
        return self._call("GET", "/v1/messages/877c19ef-fa2e-4cec-827a-e1df9b5509f7")["status"]

    def reports(self) -> int:
        """Fetch a page of delivery reports and return how many there are."""
        return len(self._call("GET", "/v1/delivery_reports")["delivery_reports"])


class Awaited:
    """As many connections as are needed at once."""

    def __init__(self, url: str, variant: str) -> None:
        del variant
        self._parts = urlsplit(url)
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def send(self) -> str:
        """Send one message and return its id."""
        parts = self._parts
        pair = self._free.pop() if self._free else await asyncio.open_connection(parts.hostname, parts.port)
        reader, writer = pair
        writer.write(_request("POST", parts.path + "/v1/messages", {"messages": [MESSAGE]}))
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.rpartition(b"Content-Length: ")[2].partition(b"\r\n")[0])
        answer = json.loads(await reader.readexactly(length))
        self._free.append(pair)
        return str(answer["messages"][0]["message_id"])

    async def close(self) -> None:
        """Close the connections."""
        for _, writer in self._free:
            writer.close()
