"""Twilio's SDK. It has no call that sends many messages at once."""

from typing import Any

from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

ACCOUNT = "AC" + "0" * 32
MESSAGE = {"body": "Your parcel arrives today.", "to": "+61491570156", "from_": "+61491570150"}


class _Local(TwilioHttpClient):
    """Goes to the benchmark's server."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def request(self, method: str, url: str, *arguments: Any, **options: Any) -> Any:
        return super().request(method, url.replace("https://api.twilio.com", self._url), *arguments, **options)


class _AsyncLocal(AsyncTwilioHttpClient):
    """Goes to the benchmark's server."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    async def request(self, method: str, url: str, *arguments: Any, **options: Any) -> Any:
        return await super().request(method, url.replace("https://api.twilio.com", self._url), *arguments, **options)


class Blocking:
    """The blocking client."""

    def __init__(self, url: str, variant: str) -> None:
        del variant
        self._client = Client(ACCOUNT, "TOKEN", http_client=_Local(url))

    def send(self) -> str:
        """Send one message and return its id."""
        return self._client.messages.create(**MESSAGE).sid

    def status(self) -> str:
        """Return the status of a message."""
        return self._client.messages("SM0").fetch().status

    def reports(self) -> int:
        """Fetch a page of messages and return how many there are."""
        return len(self._client.messages.list(limit=100))


class Awaited:
    """The awaited client."""

    def __init__(self, url: str, variant: str) -> None:
        del variant
        self._http = _AsyncLocal(url)
        self._client = Client(ACCOUNT, "TOKEN", http_client=self._http)

    async def send(self) -> str:
        """Send one message and return its id."""
        return (await self._client.messages.create_async(**MESSAGE)).sid

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()
