"""A process that sends a campaign and may be killed at any moment: see `main` for its arguments."""

from __future__ import annotations

import asyncio
import itertools
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from messagemedia import AsyncClient, Client
from messagemedia.campaign import Campaign, JournalError, entries, read_csv

JOURNAL_ERROR = 3


async def _awaited(campaign: Campaign, url: str, **options: Any) -> None:
    async with AsyncClient("KEY", "SECRET", base_url=url, max_retries=0) as client:
        await campaign.send_async(client, **options)


def open_and_close(journal: str) -> None:
    """Read the journal again and again, as a backup does; POSIX takes this process's locks on it away each time."""
    while True:
        with Path(journal).open("rb") as file:
            file.read()


def move_the_clock() -> None:
    """Let the clock jump back and forth by years."""
    years = itertools.cycle([-5, 0, 3, -1])

    class Jumping(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz or UTC) + timedelta(days=365 * next(years))

    entries.datetime = Jumping  # type: ignore[misc]


def main(kind: str, url: str, journal: str, people: str, concurrency: str, habit: str) -> None:
    """Add the people who are not known yet, and send until nothing is pending."""
    if habit == "opens its own file":
        Path(journal).touch()
        threading.Thread(target=open_and_close, args=(journal,), daemon=True).start()
    elif habit == "clock moves":
        move_the_clock()
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
    try:
        main(*sys.argv[1:])
    except JournalError as error:
        print(error, file=sys.stderr)
        sys.exit(JOURNAL_ERROR)
