"""pyreqwest as people use it, with JSON in and dicts out: the floor of what stands on it."""

from typing import Any

from pyreqwest.client import ClientBuilder, SyncClientBuilder

MESSAGE = {"content": "Your parcel arrives today.", "destination_number": "+61491570156", "delivery_report": True}


def _send(size: int = 1) -> dict[str, Any]:
    return {"messages": [dict(MESSAGE) for _ in range(size)]}


class Blocking:
    """A client with basic authentication."""

    def __init__(self, url: str, variant: str) -> None:
        del variant
        self._url = url
        self._client = SyncClientBuilder().build()

    def _get(self, path: str) -> Any:
        return self._client.get(self._url + path).basic_auth("API_KEY", "API_SECRET").build().send().json()

    def _post(self, path: str, body: object) -> Any:
        message = self._client.post(self._url + path).basic_auth("API_KEY", "API_SECRET").body_json(body)
        return message.build().send().json()

    def send(self) -> str:
        """Send one message and return its id."""
        return self._post("/v1/messages", _send())["messages"][0]["message_id"]

    def batch(self, size: int) -> int:
        """Send messages in one request and return how many came back."""
        return len(self._post("/v1/messages", _send(size))["messages"])

    def status(self) -> str:
        """Return the status of a message."""
        return self._get("/v1/messages/877c19ef-fa2e-4cec-827a-e1df9b5509f7")["status"]

    def reports(self) -> int:
        """Fetch a page of delivery reports and return how many there are."""
        return len(self._get("/v1/delivery_reports")["delivery_reports"])


class Awaited:
    """The same, awaited."""

    def __init__(self, url: str, variant: str) -> None:
        del variant
        self._url = url
        self._client = ClientBuilder().build()

    async def send(self) -> str:
        """Send one message and return its id."""
        message = self._client.post(f"{self._url}/v1/messages").basic_auth("API_KEY", "API_SECRET").body_json(_send())
        answer = await message.build().send()
        return str((await answer.json())["messages"][0]["message_id"])

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()
