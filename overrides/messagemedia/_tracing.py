"""What is seen of a request on its way: whether it left, and whether an answer came.

httpcore, below httpx and httpx2, tells each step that it begins and ends to the extension `trace` of a request. So
whether a request can have been processed follows from what was sent, and not from the class of an exception.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from typing import Any

from messagemedia._exchange import Response

_logger = logging.getLogger("messagemedia")


class Traced:
    """One request on its way through httpcore. Nothing is seen of it in a transport of another kind.

    Attributes:
        begun: Whether anything was done for it, such as to connect.
        left: Whether its first byte may have left.
        answer: Status and headers of its answer, as httpcore tells them; None if there was none.
    """

    __slots__ = ("_timeouts", "_until", "answer", "begun", "left")

    def __init__(self, timeouts: dict[str, float], until: float | None) -> None:
        """Watch a request; with a deadline, each further wait gets what is left of it as its timeout."""
        self._timeouts = timeouts
        self._until = until
        self.begun = False
        self.left = False
        self.answer: tuple[int, list[tuple[bytes, bytes]]] | None = None

    def note(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of a step.

        Raises:
            TimeoutError: If the deadline passed before the request left.
        """
        self.begun = True
        if self._until is not None and event.endswith(".started"):
            self._tighten(self._until - time.monotonic())
        if event.endswith("send_request_headers.started"):
            # A proxy is asked first to connect to the API, by a request of its own.
            self.left = self.left or info["request"].method != b"CONNECT"
        elif self.left and event.endswith("receive_response_headers.complete"):
            told = info["return_value"]  # HTTP/1.1 tells version and reason as well
            self.answer = (next(each for each in told if isinstance(each, int)), told[-1])

    def _tighten(self, left: float) -> None:
        if left <= 0 and not self.left:
            raise TimeoutError("the deadline passed before the request left")
        for name, seconds in self._timeouts.items():
            self._timeouts[name] = min(seconds, max(left, 0.001))

    async def anote(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of a step, awaited."""
        self.note(event, info)


def chain(error: BaseException) -> Iterator[BaseException]:
    """An exception, and those that led to it."""
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        each = each.__cause__ or each.__context__


def answer_in(error: Exception, message: Any, traced: Traced, library: Any) -> Response | None:
    """The answer to a request that had come when a hook of the HTTP client raised an exception; None if none had.

    httpx calls its hooks before it reads the body, so the body is there only if the hook has read it.
    """
    found = next((told for each in chain(error) if (told := _carried(each, message, library))), None)
    if found is None and traced.answer is not None and not isinstance(error, library.RequestError | OSError):
        status, headers = traced.answer
        found = Response(status, library.Headers(headers), b"")
    if found is not None:
        _logger.warning(
            "a hook of the HTTP client raised %s for an answer with status %d; the answer counts",
            type(error).__name__,
            found.status,
        )
    return found


def _carried(error: BaseException, message: Any, library: Any) -> Response | None:
    """The answer that an exception carries, if it is one to this very request."""
    answer: Any = getattr(error, "response", None)
    try:
        if not isinstance(answer, library.Response) or answer.request is not message:
            return None
    except RuntimeError:  # it belongs to no request
        return None
    try:
        content = answer.content
    except library.StreamError:  # nobody has read it, and it is closed by now
        content = b""
    return Response(answer.status_code, answer.headers, content, answer.http_version)
