"""Who is compared: an adapter for each client, all with the same methods, each run in an environment of its own."""

from typing import NamedTuple


class Contender(NamedTuple):
    """A client that is compared with others.

    It has a name in the tables, an environment, an adapter and its variant, a color in the charts (none: it is left out
    of them), one of its two clients or both, and calls from the main thread or, as under a web server, from another.
    """

    name: str
    environment: str
    module: str
    variant: str = ""
    color: str = ""
    blocking: bool = True
    awaited: bool = True
    main_thread: bool = True


BASE = "httpx"
"""What all ratios are to."""

AGAIN = "httpx, again"
"""The same once more in each round: what it differs from the base is noise."""

# In the charts the hue says which HTTP library does the work: blue is httpx, cyan httpx2, green aiohttp, violet and
# magenta pyreqwest. A library alone is paler than this SDK on it. SDKs for other services and of others are warm.
CONTENDERS = (
    Contender("messagemedia", "core", "ours", color="#2563c9"),
    Contender("messagemedia, HMAC", "core", "ours", "hmac", color="#12316e", awaited=False),
    Contender("messagemedia[speed]", "speed", "ours", color="#5b93f0"),
    Contender("messagemedia[httpx2]", "httpx2", "ours", "httpx2", color="#1597b3"),
    Contender("messagemedia[aiohttp]", "aiohttp", "ours", "aiohttp", color="#1f9d57", blocking=False),
    Contender("messagemedia[pyreqwest]", "pyreqwest", "ours", "pyreqwest", color="#7c3bc4"),
    Contender(
        "messagemedia[pyreqwest], in a thread",
        "pyreqwest",
        "ours",
        "pyreqwest",
        color="#4c1d82",
        awaited=False,
        main_thread=False,
    ),
    Contender("messagemedia[pyreqwest,speed]", "pyreqwest-speed", "ours", "pyreqwest", color="#c026b3"),
    Contender("raw socket", "core", "raw", color="#8a8f98"),
    Contender("pyreqwest", "pyreqwest", "bare_pyreqwest", color="#c3a6ea"),
    Contender("aiohttp", "aiohttp", "bare_aiohttp", color="#8fd3ac", blocking=False),
    Contender(BASE, "core", "plain", color="#93b4e8"),
    Contender(AGAIN, "core", "plain"),
    Contender("httpx2", "httpx2", "plain", "httpx2", color="#8fd0de"),
    Contender("httpx over aiohttp", "httpx-aiohttp", "plain", "aiohttp", color="#a9c46c", blocking=False),
    Contender("stock generator output", "core", "stock", color="#a0785a"),
    Contender("deprecated official SDK", "official", "official", color="#d1372c", awaited=False),
    Contender("deprecated official SDK, HMAC", "official", "official", "hmac", color="#8f1f18", awaited=False),
    Contender("twilio", "twilio", "twilio_sdk", color="#f08a24"),
    Contender("sinch", "sinch", "sinch_sdk", color="#e0b92b", awaited=False),
)


def named(*names: str) -> list[Contender]:
    """The contenders of these names."""
    return [each for each in CONTENDERS if each.name in names]
