"""An HTTP library as people use it, with JSON in and dicts out: httpx, or what the variant names."""

import importlib
from typing import Any

MESSAGE = {"content": "Your parcel arrives today.", "destination_number": "+61491570156", "delivery_report": True}


def library(variant: str) -> Any:
    """Import what the variant names."""
    return importlib.import_module("httpx2" if variant == "httpx2" else "httpx")


def _send(size: int = 1) -> dict[str, Any]:
    return {"messages": [dict(MESSAGE) for _ in range(size)]}


class Blocking:
    """A client with a base URL and basic authentication."""

    def __init__(self, url: str, variant: str) -> None:
        self._client = library(variant).Client(base_url=url, auth=("API_KEY", "API_SECRET"))

    def send(self) -> str:
        """Send one message and return its id."""
        return self._client.post("/v1/messages", json=_send()).json()["messages"][0]["message_id"]

    def batch(self, size: int) -> int:
        """Send messages in one request and return how many came back."""
        return len(self._client.post("/v1/messages", json=_send(size)).json()["messages"])

    def status(self) -> str:
        """Return the status of a message."""
        return self._client.get("/v1/messages/877c19ef-fa2e-4cec-827a-e1df9b5509f7").json()["status"]

    def reports(self) -> int:
        """Fetch a page of delivery reports and return how many there are."""
        return len(self._client.get("/v1/delivery_reports").json()["delivery_reports"])


class Awaited:
    """The same, awaited; over aiohttp if the variant says so."""

    def __init__(self, url: str, variant: str) -> None:
        options = {"base_url": url, "auth": ("API_KEY", "API_SECRET")}
        if variant == "aiohttp":
            self._client = importlib.import_module("httpx_aiohttp").HttpxAiohttpClient(**options)
        else:
            self._client = library(variant).AsyncClient(**options)

    async def send(self) -> str:
        """Send one message and return its id."""
        return (await self._client.post("/v1/messages", json=_send())).json()["messages"][0]["message_id"]

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
