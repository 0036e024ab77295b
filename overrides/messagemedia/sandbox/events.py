"""The long poll that keeps a page up to date."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable

from starlette.types import Receive

from messagemedia.sandbox.changes import Changes
from messagemedia.sandbox.world import World

_PATIENCE = 25.0  # so that nothing on the way takes a quiet connection for a dead one

# A browser has six connections to a host, over all its tabs: if as many polls were waiting, nothing else would load. So
# those of further tabs are answered at once, and the pages ask again a little later.
_PATIENT_POLLS = 4
_LEAST_PAUSE = 0.01


class Events:
    """Tells a page when something has happened."""

    def __init__(self, changes: Changes, sandbox: World) -> None:
        self._changes = changes
        self._sandbox = sandbox

    async def next(self, after: int | None, receive: Receive) -> int:
        """Wait until the number of changes is another than the one that was seen, but not for long, and return it.

        Args:
            after: The number that was seen; nothing is waited for, if there is none.
            receive: Tells that the page has gone.
        """
        end = time.monotonic() + (_PATIENCE if self._changes.waiting < _PATIENT_POLLS else 0.0)
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            while True:
                due = self._sandbox.next_event  # which takes the steps that have become due
                left = end - time.monotonic()
                if after is None or self._changes.count != after or left <= 0 or gone.done():
                    return self._changes.count
                if due is not None and self._sandbox.runs:
                    left = min(left, max(_LEAST_PAUSE, (due - self._sandbox.now).total_seconds()))
                await _first(left, gone, self._changes.wait(after))
        finally:
            gone.cancel()


async def _first(seconds: float, gone: asyncio.Future[None], change: Awaitable[None]) -> None:
    """Wait until the page has gone, something has happened, or the time is up."""
    happened = asyncio.ensure_future(change)
    try:
        await asyncio.wait({gone, happened}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        happened.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
