"""What a module for an HTTP library gives: something that sends requests, blocking or awaited, for one client.

Every one of them speaks HTTP/1.1, follows no redirect, sends exactly the target that was signed, and sends a request
once, whatever its library would do. It returns what came of the request and raises only what is not about it: a
`ConfigurationError` or `ValidationError` before anything is sent, Ctrl-C, and a cancellation.
"""

from __future__ import annotations

from typing import Protocol

from messagemedia._http.exchange import NoAnswer, Request, Response


class Sender(Protocol):
    """Sends requests, blocking."""

    def send(self, request: Request) -> Response | NoAnswer:
        """Send a request once, and say what came of it."""
        ...

    def close(self) -> None:
        """Close the connections, unless they belong to a client that was passed in."""
        ...


class AsyncSender(Protocol):
    """Sends requests, awaited."""

    async def send(self, request: Request) -> Response | NoAnswer:
        """Send a request once, and say what came of it."""
        ...

    async def close(self) -> None:
        """Close the connections, unless they belong to a client that was passed in."""
        ...
