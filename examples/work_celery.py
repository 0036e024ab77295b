"""Workers of a campaign in PostgreSQL, started by Celery: the journal keeps track, the queue only says "work".

    celery -A work_celery worker --concurrency 4

Call `work.delay("spring")` once for each worker that should run; rows can be added from anywhere. It uses the account
of MESSAGEMEDIA_API_KEY and MESSAGEMEDIA_API_SECRET, CAMPAIGNS_URL (postgresql://…) and CELERY_BROKER_URL.
"""

from __future__ import annotations

import os

from celery import Celery
from messagemedia import Client
from messagemedia.campaign import Campaign

BATCHES = 20  # then another task gets its turn

app = Celery("work_celery")
app.conf.worker_prefetch_multiplier = 1  # or one worker hoards what others could do
app.conf.task_ignore_result = True


@app.task(acks_late=False, max_retries=0)
def work(name: str) -> str:
    """Send a number of batches, and queue another task if rows are left. A task that runs twice sends nothing twice."""
    with Client() as client, Campaign(os.environ["CAMPAIGNS_URL"], name=name) as campaign:
        if campaign.paused:
            return "paused"  # whoever resumes it starts a task again
        why = campaign.work(client, max_batches=BATCHES, progress=False)
        if why == "max_batches":
            work.delay(name)
        return why
