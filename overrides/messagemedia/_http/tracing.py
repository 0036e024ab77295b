"""What is seen of a request on its way: whether it left, and whether an answer came.

httpcore, below httpx and httpx2, tells each step that it begins and ends to the extension `trace` of a request. So
whether a request can have been processed follows from what was sent, and not from the class of an exception.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

from messagemedia._http.announcing import announce
from messagemedia._http.exchange import Response

_logger = logging.getLogger("messagemedia")


class DeadlineError(TimeoutError):
    """A deadline passed on the way."""


class Traced:
    """One request on its way through httpcore. Nothing is seen of it in a transport of another kind.

    Attributes:
        begun: Whether anything was done for it, such as to connect.
        left: Whether its first byte may have left.
        answer: Status and headers of the answer to what left last, as httpcore tells them; None if there was none.
        is_cut: Whether that is all that came of this answer, because its body could not be read.
        failure: The exception that ended the last step that failed; None if none did, or others followed.
    """

    __slots__ = (
        "_had_left",
        "_timeouts",
        "_to_proxy",
        "_until",
        "_url",
        "answer",
        "begun",
        "failure",
        "is_cut",
        "left",
    )

    def __init__(self, url: str, timeouts: dict[str, float], until: float | None) -> None:
        """Watch a request; with a deadline, each further wait gets what is left of it as its timeout."""
        self._url = url
        self._timeouts = timeouts
        self._until = until
        self._to_proxy = False
        self._had_left = False
        self.begun = False
        self.left = False
        self.answer: tuple[int, list[tuple[bytes, bytes]]] | None = None
        self.failure: BaseException | None = None
        self.is_cut = False

    def note(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of a step.

        Raises:
            DeadlineError: If the deadline passed before the request left.
        """
        if not self.begun:
            self.begun = True
            announce(self._url)
        if event.endswith(".started"):
            self._begin(event, info)
        elif event.endswith(".failed"):
            self.failure = info["exception"]
            self.is_cut = event.endswith("receive_response_body.failed") and not self._to_proxy
            if event == "http11.send_request_headers.failed" and _is_refusal(self.failure) and not self._to_proxy:
                self.left = self._had_left  # they were refused before a byte of them was written
        elif event.endswith("receive_response_headers.complete") and not self._to_proxy:
            told = info["return_value"]  # HTTP/1.1 tells version and reason as well
            self.answer = (next(each for each in told if isinstance(each, int)), told[-1])

    def _begin(self, event: str, info: Mapping[str, Any]) -> None:
        departs = event.endswith("send_request_headers.started")
        self.is_cut = self.is_cut and event.endswith("closed.started")
        if self._until is not None:
            left = self._until - time.monotonic()
            for name, seconds in self._timeouts.items():
                self._timeouts[name] = min(seconds, max(left, 0.001))
            if departs and left <= 0 and not self.left:
                self._until = None  # it passes once: what follows cleans up
                self.failure = DeadlineError("the deadline passed before the request left")
                raise self.failure
        if departs:
            # A proxy is asked first to connect to the API, by a request of its own.
            self._to_proxy = info["request"].method == b"CONNECT"
            if not self._to_proxy:
                self._had_left = self.left
                self.left, self.answer, self.failure = True, None, None

    def ended_before_it_left(self, error: BaseException) -> bool:
        """Whether an exception is what kept the request from leaving; another one may come from another way out."""
        return self.begun and not self.left and self.failure is not None and self.failure in (error, error.__cause__)

    async def anote(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of a step, awaited."""
        self.note(event, info)


def _is_refusal(error: BaseException | None) -> bool:
    """Whether an exception of httpcore says that HTTP does not allow what was to be sent."""
    return type(error).__name__ == "LocalProtocolError"


def chain(error: BaseException) -> Iterator[BaseException]:
    """An exception, and those that led to it."""
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        each = each.__cause__ or each.__context__


def strip(error: BaseException) -> None:
    """Drop the inner frames of an exception: their variables hold the headers, and so the credentials."""
    for each in chain(error):
        each.__traceback__ = None


def is_untrusted(error: BaseException) -> bool:
    """Whether an exception is about a certificate that is not trusted."""
    ssl: Any = sys.modules.get("ssl")  # whoever has met a certificate has imported it
    untrusted = ssl and any(isinstance(each, ssl.SSLCertVerificationError) for each in chain(error))
    return bool(untrusted) or "CERTIFICATE_VERIFY_FAILED" in str(error)


def is_about(error: BaseException, message: Any, library: Any) -> bool:
    """Whether an exception of an HTTP library may be about a request, and not about one that a hook has made."""
    if not isinstance(error, library.RequestError):
        return False
    told: Any = error
    try:
        return told.request is message
    except RuntimeError:  # it does not say
        return True


def answer_in(error: Exception, message: Any, traced: Traced, library: Any) -> Response | None:
    """The answer to a request that had come when a hook of the HTTP client raised an exception; None if none had.

    httpx calls its hooks before it reads the body, so the body is there only if the hook has read it.
    """
    found: Response | None = None
    for each in chain(error):
        if isinstance(each, DeadlineError) or is_about(each, message, library):
            return None  # it failed on the way, whatever was answered to an earlier attempt
        found = found or _carried(each, message, library)
    if traced.left and (traced.answer is None or traced.failure is not None):
        return None
    if traced.answer is not None and (found is None or found.status != traced.answer[0]):
        status, headers = traced.answer
        found = Response(status, library.Headers(headers), b"")
    if found is not None:
        with contextlib.suppress(Exception):  # of a handler that raises: the answer counts all the same
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
