"""This SDK: typed, validated, ready to retry. The variant says how it authenticates, or what it stands on."""

from __future__ import annotations

from typing import Any

import messagemedia

FIELDS: dict[str, Any] = {
    "content": "Your parcel arrives today.",
    "destination_number": "+61491570156",
    "delivery_report": True,
}


def _options(url: str, variant: str) -> dict[str, Any]:
    options: dict[str, Any] = {"base_url": url}
    if variant == "hmac":
        options["auth"] = messagemedia.HmacAuth("API_KEY", "API_SECRET")
    else:
        options |= {"api_key": "API_KEY", "api_secret": "API_SECRET"}
    if variant in ("httpx2", "aiohttp", "pyreqwest"):
        options["http_client"] = variant
    return options


def _request(size: int) -> messagemedia.SendMessagesRequest:
    return messagemedia.SendMessagesRequest(messages=[messagemedia.Message(**FIELDS) for _ in range(size)])


class Blocking:
    """The blocking client."""

    def __init__(self, url: str, variant: str) -> None:
        self._client = messagemedia.Client(**_options(url, variant))

    def send(self) -> str:
        """Send one message and return its id."""
        return self._client.messages.send(**FIELDS).message_id

    def batch(self, size: int) -> int:
        """Send messages in one request and return how many came back."""
        return len(self._client.api.messages.send_messages(_request(size)).messages)

    def status(self) -> str | None:
        """Return the status of a message."""
        return self._client.messages.get("877c19ef-fa2e-4cec-827a-e1df9b5509f7").status

    def reports(self) -> int:
        """Fetch a page of delivery reports and return how many there are."""
        return len(self._client.delivery_reports.check())


class Awaited:
    """The awaited client."""

    def __init__(self, url: str, variant: str) -> None:
        self._client = messagemedia.AsyncClient(**_options(url, variant))

    async def send(self) -> str:
        """Send one message and return its id."""
        return (await self._client.messages.send(**FIELDS)).message_id

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()
