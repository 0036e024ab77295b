"""A process that consumes replies and may be killed at any moment: `receiver.py blocking|awaited VERB URL JOURNAL`.

The verb is `consume` or `consume_batches`. Each reply that is handled, or given up, is a line of the journal and on the
disk before its function returns: `handled` or `dead`, the number of the process, the id, the content.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

from messagemedia import AsyncClient, Client, Reply

OPTIONS: dict[str, Any] = {"until_empty": True, "max_attempts": 2, "poll_interval": 0.02, "max_poll_interval": 0.1}


class Journal:
    """Lines that are on the disk."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(self, what: str, *replies: Reply) -> None:
        """Write lines, in one piece."""
        lines = (f"{what} {os.getpid()} {reply.reply_id} {reply.content}\n" for reply in replies)
        os.write(self._file, "".join(lines).encode())
        os.fsync(self._file)

    def handle(self, given: Reply | list[Reply]) -> None:
        """Write down a reply or a batch of them, unless there is poison in it."""
        replies = given if isinstance(given, list) else [given]
        if any("poison" in (reply.content or "") for reply in replies):
            raise RuntimeError("poison")
        self.write("handled", *replies)

    def bury(self, reply: Reply, _error: Exception) -> None:
        """Write down a reply that can't be handled."""
        self.write("dead", reply)


async def _awaited(verb: str, url: str, journal: Journal) -> None:
    async def handle(given: Reply | list[Reply]) -> None:
        await asyncio.sleep(0)
        journal.handle(given)

    async with AsyncClient("KEY", "SECRET", base_url=url) as client:
        await getattr(client.replies, verb)(handle, dead_letter=journal.bury, **OPTIONS)


def main(kind: str, verb: str, url: str, path: str) -> None:
    """Consume until nothing is left."""
    journal = Journal(path)
    if kind == "awaited":
        asyncio.run(_awaited(verb, url, journal))
        return
    with Client("KEY", "SECRET", base_url=url) as client:
        getattr(client.replies, verb)(journal.handle, dead_letter=journal.bury, **OPTIONS)


if __name__ == "__main__":
    main(*sys.argv[1:])
