"""Pushes to an address as the service does: signed, and with nothing followed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Self

from attrs import field, frozen

from messagemedia._call.misuse import is_loopback
from messagemedia._http.choice import HttpClient, HttpLibrary, client_without_proxy
from messagemedia._http.exchange import NoAnswer, Request
from messagemedia._http.transport import Transport
from messagemedia.webhooks.request import Address, joined
from messagemedia.webhooks.signing import SigningKey


@frozen
class PushAnswer:
    """How a push was answered.

    Attributes:
        status_code: The HTTP status; None if no answer came.
        body: The body of the answer, empty if none came.
        problem: Why no answer came, as the name of an exception; empty if one did.
    """

    status_code: int | None
    body: bytes = field(default=b"", repr=False)
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Whether the push was accepted: the service pushes again unless the answer is a 2xx."""
        return self.status_code is not None and 200 <= self.status_code < 300


class Pusher:
    """Pushes to one address, signed like the service's but with a key of your own: for testing what receives pushes.

        key = SigningKey()
        with Pusher("http://localhost:8000/hooks", key) as pusher:
            print(pusher.push({"reply_id": "…", "message_id": "…", "content": "Hello"}).status_code)

    For an address on this machine, proxies in the environment are ignored.
    """

    def __init__(
        self,
        url: str,
        key: SigningKey,
        *,
        timeout: float = 10.0,
        http_client: HttpClient | HttpLibrary | None = None,
    ) -> None:
        """Get ready to push; nothing is sent yet.

        Args:
            url: The address, as you would give it to the API.
            key: The key to sign with. The receiver verifies with its `public_key` under its `key_id`.
            timeout: How many seconds to wait for each answer.
            http_client: The HTTP library or client to push with, as for `Client(http_client=…)`.

        Raises:
            ConfigurationError: `url` is not an address, or `http_client` can't be used.
        """
        address = Address.of("url", url)
        self._url, self._key, self._timeout = url, key, timeout
        self.target = joined(address.path, address.query)
        self._own = client_without_proxy(url) if http_client is None and is_loopback(url) else None
        self._transport = Transport(self._own or http_client, url)

    def push(
        self, body: Mapping[str, Any] | bytes, *, method: str = "POST", content_type: str = "application/json"
    ) -> PushAnswer:
        """Sign a push and send it once.

        Args:
            body: The body: a JSON object, or the exact bytes of one.
            method: The HTTP method.
            content_type: The media type of the body.
        """
        content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": content_type, **self._key.headers(method, self.target, content)}
        return self.send(method, self.target, headers, content)

    def send(self, method: str, target: bytes, headers: Mapping[str, str], body: bytes) -> PushAnswer:
        """Send a request unchanged, whether correctly signed or not."""
        request = Request("push", method, self._url, target.decode(), headers, body, self._timeout)
        answer = self._transport.send(request)
        if isinstance(answer, NoAnswer):
            return PushAnswer(None, problem=type(answer.cause).__name__)
        return PushAnswer(answer.status, answer.content)

    def close(self) -> None:
        """Close the connections, unless they belong to a client that was passed in."""
        self._transport.close()
        if self._own is not None:
            self._own.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._key.key_id!r})"
