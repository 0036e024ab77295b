"""`campaign work`: one of many workers, as systemd or Kubernetes run it."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import attrs
import click

from messagemedia.cli.campaign_sending import status_of, told_what_goes_on
from messagemedia.cli.exits import DONE
from messagemedia.cli.frame import command
from messagemedia.cli.journals import Journal, journal_argument
from messagemedia.cli.output import is_terminal
from messagemedia.cli.session import Session

_WHY = {
    "done": "done, nothing is left to send",
    "stopped": "stopped by SIGTERM",
    "max_batches": "stopped after --max-batches",
}


@command(
    "work",
    [
        "messagemedia campaign work spring --in postgresql://sender@db.internal/app",
        "MESSAGEMEDIA_CAMPAIGN_DSN=postgresql:///?service=app messagemedia campaign work spring --rate 50",
    ],
    json=True,
)
@journal_argument
@click.option(
    "--concurrency", type=click.IntRange(1, 100), default=1, show_default=True, help="The number of requests at a time."
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    metavar="N",
    help="The maximum number of messages per second for all workers together; give every worker the same number.",
)
@click.option(
    "--lease",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="How long this worker's lease on a batch lasts, 300 unless the timeout is long; after that, its rows are "
    "unknown.",
)
@click.option(
    "--max-batches", type=click.IntRange(min=1), metavar="N", help="Stop after this many batches of 100 rows."
)
@click.option(
    "--patience",
    type=click.FloatRange(min=0),
    default=900.0,
    show_default=True,
    metavar="SECONDS",
    help="Give up after this long without any request getting through.",
)
@click.option("--claims", is_flag=True, help="Log each batch number before the batch is sent, for campaign doubt.")
def work(session: Session, /, journal: Journal, *, rate: float | None, claims: bool, **options: Any) -> int:
    """Send as one of many workers, until nothing is left. While the campaign is paused, it waits.

    SIGTERM and Ctrl-C let batches in progress finish. Exit code 0: nothing is left, or SIGTERM came. 1: it stopped
    early, or rows were refused. 3: rows are unknown, which means that they may have been sent. Progress is a bar on a
    terminal, and a line per minute in a log.
    """
    if claims or not is_terminal(sys.stderr):
        session.log("INFO", claims=claims)
    with _told_by_sigterm() as stop, journal.opened() as campaign:
        before = campaign.summary().invalid
        client = session.client
        with told_what_goes_on(session, campaign, journal, by="work"):
            why = campaign.work(client, stop=stop, max_rate=rate, **options)
        summary = campaign.summary()
    if session.out.as_json:
        session.out.item({"why": why, **attrs.asdict(summary)})
    else:
        session.out.line(f"{_WHY[why]}; {summary}")
    session.out.flush()
    if why == "stopped":  # as it was told to; whoever restarts it need not look into it
        return DONE
    return status_of(session, journal, summary, refused=summary.invalid > before, paused=False)


@contextmanager
def _told_by_sigterm() -> Generator[threading.Event]:
    """What is set by the signal with which services are stopped."""
    stop = threading.Event()

    def end(_number: int, _frame: object) -> None:
        stop.set()

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)
