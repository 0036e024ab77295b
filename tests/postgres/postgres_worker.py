"""A worker that may be killed, stopped or cut off at any moment: see `main` for its arguments."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from typing import Any

from messagemedia import AsyncClient, Client
from messagemedia.campaign import Campaign

# Seconds: so short that a lease of twice as long runs out while the process is stopped.
TIMEOUT = 1.0
LEASE = 2.5


async def _awaited(campaign: Campaign, url: str, **options: Any) -> str:
    async with AsyncClient("KEY", "SECRET", base_url=url, timeout=TIMEOUT) as client:
        return await campaign.work_async(client, **options)


def main(kind: str, url: str, address: str, name: str, max_rate: str) -> None:
    """Work until nothing is left or SIGTERM comes, at a rate that all workers share, and say why it ended."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    options: dict[str, Any] = {"stop": stop, "lease": LEASE, "max_rate": float(max_rate), "progress": False}
    with Campaign(address, name=name) as campaign:
        if kind == "awaited":
            print(asyncio.run(_awaited(campaign, url, **options)), flush=True)
            return
        with Client("KEY", "SECRET", base_url=url, timeout=TIMEOUT) as client:
            print(campaign.work(client, **options), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
