"""Send reminders, follow what becomes of them, and answer STOP: a small FastAPI application, awaited throughout.

    pip install 'messagemedia[webhooks]' fastapi uvicorn
    PUBLIC_URL=https://example.com uvicorn webhooks_fastapi:app
    curl --json '{"number": "+61491570156"}' http://127.0.0.1:8000/remind

It uses the account of MESSAGEMEDIA_API_KEY and MESSAGEMEDIA_API_SECRET. PUBLIC_URL is the address at which the service
reaches it. For signed pushes, set WEBHOOK_KEY_ID and WEBHOOK_PUBLIC_KEY to the result of `create_signature_key`. If
there is more than one process, keep its data in a database.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Body, FastAPI, HTTPException
from messagemedia import AsyncClient
from messagemedia.webhooks import DeliveryReport, OptOut, Reply, Webhooks

client = AsyncClient()
key_id = os.environ.get("WEBHOOK_KEY_ID")
webhooks = Webhooks({key_id: os.environ["WEBHOOK_PUBLIC_KEY"]}) if key_id else Webhooks(unsigned=True)

statuses: dict[str, str] = {}
stopped: set[str] = set()


@asynccontextmanager
async def closing(_: FastAPI) -> AsyncIterator[None]:
    """Close the client with the application."""
    async with client:
        yield


app = FastAPI(lifespan=closing)
app.mount("/hooks", webhooks.asgi())


@app.post("/remind", status_code=202)
async def remind(number: Annotated[str, Body(embed=True)]) -> dict[str, str]:
    """Send a reminder, unless the person wants none."""
    if number in stopped:
        raise HTTPException(409, "this person wants no more messages")
    sent = await client.messages.send(
        content="Your appointment is tomorrow at ten. Reply STOP to hear no more.",
        destination_number=number,
        callback_url=os.environ["PUBLIC_URL"] + "/hooks/",
        delivery_report=True,
    )
    statuses[sent.message_id] = "sent"
    return {"message_id": sent.message_id}


@app.get("/messages")
async def messages() -> dict[str, str]:
    """The status of every message."""
    return statuses


@webhooks.on(DeliveryReport)
async def follow(report: DeliveryReport) -> None:
    """Keep the newest status."""
    if report.message_id and report.status:
        statuses[report.message_id] = report.status


@webhooks.on(Reply)
async def answer(reply: Reply) -> None:
    """Stop when asked to, and say so."""
    number = reply.source_number or ""
    if (reply.content or "").strip().upper() == "STOP" and number not in stopped:
        stopped.add(number)
        await client.messages.send(content="You will get no more reminders.", destination_number=number)


@webhooks.on(OptOut)
async def opt_out(event: OptOut) -> None:
    """The service has already replied; only remember it."""
    stopped.add(event.source_number or "")
