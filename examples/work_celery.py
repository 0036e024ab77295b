"""Workers of a campaign in PostgreSQL, rung for by Celery: the journal keeps count, the queue only says "work".

    celery -A work_celery worker --concurrency 4

`work.delay("spring")` rings once for each worker that should work; a campaign is added to from anywhere. It works with
the account of MESSAGEMEDIA_API_KEY and MESSAGEMEDIA_API_SECRET, CAMPAIGNS_URL (postgresql://…) and CELERY_BROKER_URL.
"""

from __future__ import annotations

import os

from celery import Celery
from messagemedia import Client
from messagemedia.campaign import Campaign

BATCHES = 20  # then another task may have its turn

app = Celery("work_celery")
app.conf.worker_prefetch_multiplier = 1  # or one worker hoards what others could do
app.conf.task_ignore_result = True


@app.task(acks_late=False, max_retries=0)
def work(name: str) -> str:
    """Send up to so many batches, and ring again if more is left. A task that comes twice doubles nothing."""
    with Client() as client, Campaign(os.environ["CAMPAIGNS_URL"], name=name) as campaign:
        if campaign.paused:
            return "paused"  # whoever resumes it rings again
        why = campaign.work(client, max_batches=BATCHES, progress=False)
        if why == "max_batches":
            work.delay(name)
        return why
