"""aiohttp as people use it, with JSON in and dicts out: the floor of what stands on it. It has no blocking client."""

from typing import Any

import aiohttp

MESSAGE = {"content": "Your parcel arrives today.", "destination_number": "+61491570156", "delivery_report": True}


class Awaited:
    """A session with basic authentication; it is made in a running event loop."""

    def __init__(self, url: str, variant: str) -> None:
        del variant
        self._url = url
        headers = {"Authorization": aiohttp.encode_basic_auth("API_KEY", "API_SECRET")}
        self._session = aiohttp.ClientSession(headers=headers)

    async def send(self) -> str:
        """Send one message and return its id."""
        body = {"messages": [dict(MESSAGE)]}
        async with self._session.post(f"{self._url}/v1/messages", json=body) as answer:
            sent: Any = await answer.json()
        return str(sent["messages"][0]["message_id"])

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()
