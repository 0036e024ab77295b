"""A process that sends a campaign and may be killed at any moment: see `main` for its arguments."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from messagemedia import AsyncClient, Client
from messagemedia.campaign import Campaign, read_csv


async def _awaited(campaign: Campaign, url: str, **options: Any) -> None:
    async with AsyncClient("KEY", "SECRET", base_url=url, max_retries=0) as client:
        await campaign.send_async(client, **options)


def main(kind: str, url: str, journal: str, people: str, concurrency: str) -> None:
    """Add the people who are not known yet, and send until nothing is pending."""
    rows = read_csv(people, content="Hi {name}", columns={"destination_number": "phone"}, key="customer")
    options: dict[str, Any] = {"concurrency": int(concurrency), "progress": False}
    with Campaign(journal) as campaign:
        campaign.add(rows, on_invalid="skip")
        if kind == "awaited":
            asyncio.run(_awaited(campaign, url, **options))
            return
        with Client("KEY", "SECRET", base_url=url, max_retries=0) as client:
            campaign.send(client, **options)


if __name__ == "__main__":
    main(*sys.argv[1:])
