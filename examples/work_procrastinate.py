"""Workers of a campaign in PostgreSQL, started by procrastinate, whose queue is in the same database.

    procrastinate --app work_procrastinate.app worker --concurrency 1

`work.configure(queueing_lock="spring").defer(name="spring")` starts a worker, one at a time for a campaign. It uses the
account of MESSAGEMEDIA_API_KEY and MESSAGEMEDIA_API_SECRET, and with CAMPAIGNS_URL (postgresql://…).
"""

from __future__ import annotations

import os

from messagemedia import AsyncClient
from messagemedia.campaign import Campaign
from procrastinate import App, PsycopgConnector

BATCHES = 20  # then another task gets its turn

app = App(connector=PsycopgConnector(conninfo=os.environ.get("CAMPAIGNS_URL", "")))


@app.task
async def work(name: str) -> str:
    """Send a number of batches, and queue another task if rows are left. A task that stays `doing` holds up nothing."""
    with Campaign(os.environ["CAMPAIGNS_URL"], name=name) as campaign:
        if campaign.paused:
            return "paused"  # whoever resumes it starts a task again
        async with AsyncClient() as client:
            why = await campaign.work_async(client, max_batches=BATCHES, progress=False)
        if why == "max_batches":
            await work.configure(queueing_lock=name).defer_async(name=name)
        return why
