"""Keeps what came behind an answer from being taken for the answer to the next request over the same connection.

A server that sends an answer twice, or more of one than its length says, makes every later answer the one to an earlier
request. httpcore, below httpx and httpx2, keeps such a connection, because it does not ask h11, which has read ahead.
Neither is asked for by a public name, so nothing depends on what is found: without it a connection is used as before.
"""

from __future__ import annotations

from typing import Any

# How many streams may lie above each other.
_LAYERS = 8


def end_with(answer: Any) -> None:
    """Let the connection of an answer whose body was not read yet end with it, if more comes with the body."""
    if (stream := _stream_of(answer)) is None:
        return
    connection = stream._connection  # noqa: SLF001  # as said above
    if hasattr(stream, "aclose"):
        aclose = stream.aclose

        async def aclosed() -> None:
            del stream.aclose  # else the two would hold each other
            _refuse_another(connection)
            await aclose()

        stream.aclose = aclosed
    else:
        close = stream.close

        def closed() -> None:
            del stream.close  # else the two would hold each other
            _refuse_another(connection)
            close()

        stream.close = closed


def _refuse_another(connection: Any) -> None:
    if _has_more(connection):
        connection._h11_state.send_failed()  # noqa: SLF001  # so it can't be used for another request, and is closed


def close_if_more_came(answer: Any) -> None:
    """Close the connection of an answer that was read, if more came with it."""
    if connection := _with_more(answer):
        connection.close()


async def aclose_if_more_came(answer: Any) -> None:
    """The same, awaited."""
    if connection := _with_more(answer):
        await connection.aclose()


def _with_more(answer: Any) -> Any:
    stream = _stream_of(answer)
    connection = stream and stream._connection  # noqa: SLF001  # as said above
    return connection if connection and _has_more(connection) else None


def _has_more(connection: Any) -> bool:
    """Whether more was received than an answer: by h11, or by anyio or trio, in TLS or before that."""
    read_ahead: Any = getattr(connection._h11_state, "trailing_data", None)  # noqa: SLF001  # as said above
    if read_ahead and read_ahead[0]:
        return True
    stream = getattr(getattr(connection, "_network_stream", None), "_stream", None)
    if stream is None:  # a blocking one reads no more than it is asked for
        return False
    if any(getattr(getattr(stream, name, None), "pending", 0) for name in ("_read_bio", "_incoming")):
        return True
    protocol = getattr(getattr(stream, "transport_stream", stream), "_protocol", None)
    return bool(getattr(protocol, "read_queue", None))


def _stream_of(answer: Any) -> Any:
    """The innermost stream of an answer, which knows its connection; None if that is not one of HTTP/1.1."""
    stream = getattr(answer, "stream", None)
    for _ in range(_LAYERS):
        # What a test puts in its place may have any attribute.
        of_httpcore = type(stream).__module__.startswith("httpcore")
        if of_httpcore and hasattr(getattr(stream, "_connection", None), "_h11_state"):
            return stream
        # What httpx, or else httpcore, calls the one below.
        stream = getattr(stream, "_httpcore_stream", None) or getattr(stream, "_stream", None)
    return None
