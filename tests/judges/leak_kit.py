"""What must not leak, where it could, and servers on loopback that go wrong in every way that makes something print."""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import pickle
import re
import socket
import struct
import threading
import traceback
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self

# Globals, so that no frame of a test holds them.
KEY, SECRET = "LeakKeyLeakKeyLeakKey", "leak0secret0leak0secret0leak"
CREDENTIALS = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
CONTENT = "Your diagnosis is ready"
NUMBERS = ("+61491570156", "+61491570157")
MESSAGE_ID = "877c19ef-fa2e-4cec-827a-e1df9b5509f7"
MESSAGE: dict[str, Any] = {
    "content": CONTENT,
    "destination_number": NUMBERS[0],
    "source_number": NUMBERS[1],
    "metadata": {"note": CONTENT},
    "subject": CONTENT,
    "format": "MMS",
    "media": [f"https://example.com/{CONTENT.replace(' ', '-')}"],
    "callback_url": f"https://example.com/{CONTENT.replace(' ', '-')}",
}
SECRETS = (SECRET, CREDENTIALS)
PRIVATE = (CONTENT, CONTENT.replace(" ", "-"), "diagnosis", *(number[3:] for number in NUMBERS))


def assert_hides(text: str, *values: str) -> None:
    """That a text holds none of the values; if it does, what is before and behind it is shown."""
    for value in values:
        at = text.find(value)
        assert at < 0, f"{value[:4]}… is in: {text[max(0, at - 200) : at]}<here>{text[at + len(value) : at + 80]}"


# --- where things could leak -------------------------------------------------------------------------------------


def from_our_frames_on(trace: TracebackType | None) -> TracebackType | None:
    """A traceback without the frames of the test that made the call: they hold what the test sends."""
    while trace is not None and not trace.tb_frame.f_globals["__name__"].startswith("messagemedia"):
        trace = trace.tb_next
    return trace


def with_locals(error: BaseException) -> str:
    """A traceback with the locals of every frame, of the error and of all that is chained to it."""
    error.__traceback__ = from_our_frames_on(error.__traceback__)
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


def attributes(error: BaseException) -> str:
    """What the attributes hold of an error and of all that is chained to it."""
    return "\n".join(repr(vars(each)) for each in chain(error))


def chain(error: BaseException) -> Iterator[BaseException]:
    """An error with its causes and contexts, and the errors of groups."""
    known: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is not None and each not in known:
            known.append(each)
            waiting += [each.__cause__, each.__context__, *getattr(each, "exceptions", ())]
    yield from known


def printed(error: BaseException) -> str:
    """What is printed of an error: alone, in containers, by `logger.exception`, of its parts."""
    parts = [*error.args, *getattr(error, "errors", ())]
    error.__traceback__ = from_our_frames_on(error.__traceback__)
    return "\n".join(
        [
            *(str(error), repr(error), f"{error}", repr([error])),
            *map(repr, parts),
            *map(str, parts),
            *traceback.format_exception(error),
        ]
    )


def pickled(thing: object) -> str:
    """The pickles of a thing in all protocols, and what comes out of them again."""
    data = [pickle.dumps(thing, protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    again = [pickle.loads(each) for each in data]
    return "\n".join([each.decode("latin-1") for each in data] + [repr(each) + repr(vars(each)) for each in again])


# --- servers -----------------------------------------------------------------------------------------------------

Step = bytes | str | Callable[[bytes], bytes]
RESET, HANG = "reset", "hang"


class Server:
    """Answers each connection with the same steps: bytes, bytes made of the request, a reset, or silence."""

    def __init__(self, *steps: Step) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._steps = steps
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.received = b""
        self.heard = threading.Event()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            connection.settimeout(5)
            request = read_request(connection)
            self.received += request
            self.heard.set()
            with contextlib.suppress(OSError):
                self._answer(connection, request)

    def _answer(self, connection: socket.socket, request: bytes) -> None:
        for step in self._steps:
            if step == HANG:
                return
            if step == RESET:
                # Closing at once, without lingering, sends a reset in place of an end.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                connection.sendall(step(request) if callable(step) else step if isinstance(step, bytes) else b"")
        connection.close()

    def authorizations(self) -> list[str]:
        """The values of `Authorization` that were received, without the public beginning of the header."""
        lines = re.findall(rb"(?i)authorization: (.+?)\r\n", self.received)
        return [re.split(r"signature=|Basic ", line.decode())[1].strip('"') for line in lines]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)
        for each in self._open:
            each.close()


def read_request(connection: socket.socket) -> bytes:
    """One request with its body."""
    data = b""
    while b"\r\n\r\n" not in data and (chunk := connection.recv(65536)):
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    while length and len(body) < int(length[1]) and (chunk := connection.recv(65536)):
        body += chunk
    return head + b"\r\n\r\n" + body


def answer(status: int, body: object, content_type: str = "application/json", **headers: str) -> bytes:
    """An answer as bytes; what is no bytes is sent as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = {"content-type": content_type, "content-length": str(len(data)), "connection": "close", **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + data


PAGE = f"<html><p>{CONTENT} {NUMBERS[0]}</p></html>".encode()
ECHO = [{**MESSAGE, "message_id": MESSAGE_ID, "original_text": CONTENT}]
DETAILS = [
    f"/messages/0/destination_number: '{NUMBERS[0]}' contains invalid characters.",
    f"/messages/0/source_number: {NUMBERS[1][1:]} is not yours",
    f"The number ({NUMBERS[0][:3]}) 491-570-156 is wrong",
]
REFUSAL = {"message": f"{NUMBERS[0]} was refused", "details": DETAILS, "messages": ECHO}
PACKED = gzip.compress(json.dumps({"messages": ECHO}).encode())


def echo_authorization(request: bytes) -> bytes:
    """A refusal by a gateway that repeats what it could not accept."""
    found = re.search(rb"(?i)authorization: (.+?)\r\n", request)
    said = found[1].decode() if found else ""
    return answer(400, {"message": f"Bad header Authorization: {said}", "details": [f"Authorization: {said}"]})
