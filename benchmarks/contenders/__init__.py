"""Who is compared: an adapter for each client, all with the same methods, each run in an environment of its own."""

from typing import NamedTuple


class Contender(NamedTuple):
    """A client: its name in the tables, environment, adapter and variant, and which of its two clients there are."""

    name: str
    environment: str
    module: str
    variant: str = ""
    blocking: bool = True
    awaited: bool = True


BASE = "httpx"
"""What all ratios are to."""

CONTENDERS = (
    Contender("raw socket", "core", "raw"),
    Contender(BASE, "core", "plain"),
    Contender("httpx2", "httpx2", "plain", "httpx2"),
    Contender("httpx over aiohttp", "aiohttp", "plain", "aiohttp", blocking=False),
    Contender("messagemedia", "core", "ours"),
    Contender("messagemedia, HMAC", "core", "ours", "hmac", awaited=False),
    Contender("messagemedia[speed]", "speed", "ours"),
    Contender("messagemedia[httpx2]", "httpx2", "ours", "httpx2"),
    Contender("messagemedia[aiohttp]", "aiohttp", "ours", "aiohttp", blocking=False),
    Contender("stock generator output", "core", "stock"),
    Contender("deprecated official SDK", "official", "official", awaited=False),
    Contender("deprecated official SDK, HMAC", "official", "official", "hmac", awaited=False),
    Contender("twilio", "twilio", "twilio_sdk"),
    Contender("sinch", "sinch", "sinch_sdk", awaited=False),
)
