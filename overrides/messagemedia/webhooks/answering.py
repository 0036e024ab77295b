"""How a push is answered: with a 2xx only after it was handled."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Protocol

from attrs import frozen

from messagemedia.errors import ConfigurationError
from messagemedia.webhooks.errors import WebhookError
from messagemedia.webhooks.reading import Event
from messagemedia.webhooks.request import METHODS, Request


class Receiver(Protocol):
    """What applications need of `Webhooks`."""

    max_size: int

    def take(self, request: Request) -> Event:
        """Verify and read."""
        ...

    def dispatch(self, event: Event) -> bool:
        """Handle once."""
        ...

    async def dispatch_async(self, event: Event) -> bool:
        """Handle once, awaited."""
        ...


_logger = logging.getLogger("messagemedia")


@frozen
class Answer:
    """An HTTP answer."""

    status: int
    text: str = ""

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Its headers."""
        if self.status == HTTPStatus.NO_CONTENT:
            return []
        allow = [("allow", ", ".join(METHODS))] if self.status == HTTPStatus.METHOD_NOT_ALLOWED else []
        return [("content-type", "text/plain; charset=utf-8"), ("content-length", str(len(self.body))), *allow]

    @property
    def body(self) -> bytes:
        """Its body."""
        return self.text.encode()

    @property
    def status_line(self) -> str:
        """Status and phrase, as WSGI wants them."""
        return f"{self.status} {HTTPStatus(self.status).phrase}"


TAKEN = Answer(HTTPStatus.NO_CONTENT)


def refused(error: Exception) -> Answer:
    """The answer to a push that was not taken, or whose handler raised; what is to be known is logged."""
    if isinstance(error, WebhookError):
        _logger.warning("push refused with %d: %s", error.status_code, error)
        return Answer(error.status_code, f"{error.message}\n")
    if isinstance(error, ConfigurationError):
        _logger.error("push not accepted: %s", error)
        return Answer(HTTPStatus.INTERNAL_SERVER_ERROR, "The receiver is not configured correctly; see its log.\n")
    _logger.error("the handler of a push failed, so the service will push it again", exc_info=error)
    return Answer(HTTPStatus.INTERNAL_SERVER_ERROR, "The push was not handled.\n")
