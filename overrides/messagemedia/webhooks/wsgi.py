"""Pushes through WSGI: Flask, Bottle, or a server alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from messagemedia.webhooks.answering import TAKEN, Answer, Receiver, refused
from messagemedia.webhooks.errors import too_large
from messagemedia.webhooks.request import Request, as_bytes, collected

Environ = dict[str, Any]
StartResponse = Callable[..., object]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# Where servers keep the request target as it arrived: gunicorn; waitress, uWSGI and mod_wsgi. `PATH_INFO` is decoded.
_TARGETS = ("RAW_URI", "REQUEST_URI")


def application(webhooks: Receiver) -> Application:
    """An application that receives pushes under every path at which it is mounted."""

    def receive_push(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        answer = answered(webhooks, environ, environ["wsgi.input"].read)
        start_response(answer.status_line, answer.headers)
        return [answer.body]

    return receive_push


def answered(webhooks: Receiver, environ: Mapping[str, Any], read: Callable[[int], bytes]) -> Answer:
    """The answer to a push, after it was handled."""
    try:
        body = _body(environ, read, webhooks.max_size)
        webhooks.dispatch(webhooks.take(_request(environ, body)))
    except Exception as error:  # noqa: BLE001  # whatever a handler raises, the push has to come again
        return refused(error)
    return TAKEN


def _body(environ: Mapping[str, Any], read: Callable[[int], bytes], most: int) -> bytes:
    """The body, up to the first byte too many.

    Raises:
        UnreadablePushError: Its length says that it is too large.
    """
    length = str(environ.get("CONTENT_LENGTH") or "")
    if not length.isdecimal():  # some servers mark the end of what they give then; others would wait for more
        return read(most + 1) if environ.get("wsgi.input_terminated") else b""
    if (size := int(length[:20])) > most:
        raise too_large(most)
    return read(size)


def _request(environ: Mapping[str, Any], body: bytes) -> Request:
    query = as_bytes(environ.get("QUERY_STRING", "")) or None
    path = None
    for name in _TARGETS:
        if raw := environ.get(name):
            path, mark, after = as_bytes(raw).partition(b"?")
            query = after if mark else None
            break
    headers = {name: value for name, value in environ.items() if isinstance(value, str)}
    return Request(environ["REQUEST_METHOD"], path, query, collected(_headers(headers)), body)


def _headers(environ: Mapping[str, str]) -> dict[str, str]:
    """The headers, without variables of the process's own that look like one."""
    return {name: value for name, value in environ.items() if name == "CONTENT_TYPE" or name.startswith("HTTP_")}
