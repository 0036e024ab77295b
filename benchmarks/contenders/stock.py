"""What openapi-python-client makes of our contract without any templates of its own."""

import base64
from typing import Any

from stock_client import AuthenticatedClient
from stock_client.api.delivery_reports import check_delivery_reports
from stock_client.api.messages import get_message_status, send_messages
from stock_client.models import Message, SendMessagesRequest

MESSAGE: dict[str, Any] = {
    "content": "Your parcel arrives today.",
    "destination_number": "+61491570156",
    "delivery_report": True,
}


def _request(size: int = 1) -> SendMessagesRequest:
    return SendMessagesRequest(messages=[Message(**MESSAGE) for _ in range(size)])


def _client(url: str) -> AuthenticatedClient:
    token = base64.b64encode(b"API_KEY:API_SECRET").decode()
    return AuthenticatedClient(base_url=url, token=token, prefix="Basic")


class Blocking:
    """The blocking functions."""

    def __init__(self, url: str, variant: str) -> None:
        del variant
        self._client = _client(url)
        self._client.get_httpx_client()

    def send(self) -> str:
        """Send one message and return its id."""
        return str(send_messages.sync(client=self._client, body=_request()).messages[0].message_id)

    def batch(self, size: int) -> int:
        """Send messages in one request and return how many came back."""
        return len(send_messages.sync(client=self._client, body=_request(size)).messages)

    def status(self) -> str:
        """Return the status of a message."""
        return get_message_status.sync("877c19ef-fa2e-4cec-827a-e1df9b5509f7", client=self._client).status

    def reports(self) -> int:
        """Fetch a page of delivery reports and return how many there are."""
        return len(check_delivery_reports.sync(client=self._client).delivery_reports)


class Awaited:
    """The awaited functions."""

    def __init__(self, url: str, variant: str) -> None:
        del variant
        self._client = _client(url)

    async def send(self) -> str:
        """Send one message and return its id."""
        return (await send_messages.asyncio(client=self._client, body=_request())).messages[0].message_id

    async def close(self) -> None:
        """Close the connections."""
        await self._client.get_async_httpx_client().aclose()
