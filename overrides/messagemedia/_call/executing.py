"""Drives the flow of calls with a transport, blocking and awaited: the loop behind every call.

The two loops stand side by side because one of them has to `await`; all that is decided, the flow decides.
"""

from __future__ import annotations

import time
from typing import TypeVar, cast

from messagemedia_generated.types import Call

from messagemedia._call.flow import carry_out
from messagemedia._call.progress import Pause
from messagemedia._call.settings import Settings
from messagemedia._http.exchange import NoAnswer, Response
from messagemedia._http.transport import AsyncTransport, Transport

T = TypeVar("T")


class Executor:
    """Drives the flow of a call with a blocking transport."""

    def __init__(self, settings: Settings, transport: Transport) -> None:
        self._settings = settings
        self._transport = transport

    def execute(self, call: Call[T]) -> T:
        """Carry out a call."""
        flow = carry_out(call, self._settings)
        answer: Response | NoAnswer | None = None
        while True:
            try:
                step = flow.send(answer)
            except StopIteration as end:
                return cast("T", end.value)
            if isinstance(step, Pause):
                time.sleep(step.seconds)
                answer = None
            else:
                answer = self._transport.send(step)


class AsyncExecutor:
    """Drives the flow of a call with an awaited transport."""

    def __init__(self, settings: Settings, transport: AsyncTransport) -> None:
        self._settings = settings
        self._transport = transport

    async def execute(self, call: Call[T]) -> T:
        """Carry out a call."""
        flow = carry_out(call, self._settings)
        answer: Response | NoAnswer | None = None
        while True:
            try:
                step = flow.send(answer)
            except StopIteration as end:
                return cast("T", end.value)
            if isinstance(step, Pause):
                # httpx brings anyio, which sleeps under whatever runs; blocking users need not import it.
                import anyio  # noqa: PLC0415

                await anyio.sleep(step.seconds)
                answer = None
            else:
                answer = await self._transport.send(step)
