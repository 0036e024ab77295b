"""`campaign send`: with a bar on a terminal, and lines in a log."""

from __future__ import annotations

import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from messagemedia.cli.campaigns import require_place, stopped, to_go_on, to_settle
from messagemedia.cli.exits import DONE, FAILED, UNKNOWN, Failure
from messagemedia.cli.frame import command
from messagemedia.cli.journals import Journal, journal_argument
from messagemedia.cli.output import is_dumb, is_terminal
from messagemedia.cli.session import Session

if TYPE_CHECKING:
    from messagemedia.campaign import Campaign, Summary


@command(
    "send",
    [
        "messagemedia campaign send spring.journal",
        "messagemedia campaign send spring.journal --rate 50 --results results.csv",
        "nohup messagemedia campaign send spring.journal 2> spring.log &",
    ],
    json=True,
)
@journal_argument
@click.option(
    "--concurrency", type=click.IntRange(1, 100), default=4, show_default=True, help="The number of requests at a time."
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    metavar="N",
    help="The maximum number of messages per second.",
)
@click.option(
    "--patience",
    type=click.FloatRange(min=0),
    default=900.0,
    show_default=True,
    metavar="SECONDS",
    help="Give up after this long without any request getting through.",
)
@click.option(
    "--results", type=click.Path(dir_okay=False, path_type=Path), help="Write the outcome of each row to this CSV file."
)
def send(session: Session, /, journal: Journal, *, rate: float | None, results: Path | None, **options: Any) -> int:
    """Send all pending rows. You can stop it at any time, even by force: run the same command again to continue.

    Exit code 0: all rows were sent. 1: it stopped early, or rows were refused. 3: rows are unknown, which means that
    they may have been sent. Progress is a bar on a terminal, and a line per minute in a log.
    """
    if results is not None:
        require_place(results, "--results")
    if not is_terminal(sys.stderr):
        session.log("INFO")
    written = True
    with journal.opened() as campaign:
        before = campaign.summary().invalid
        progress = _Lines(session) if _is_dumb() else None
        try:
            with told_what_goes_on(session, campaign, journal), _ended_by_signal():
                summary = campaign.send(session.client, progress=progress, max_rate=rate, **options)
        finally:
            if results is not None:
                written = _write(session, campaign, journal, results)
        paused = campaign.paused
    session.out.item(attrs.asdict(summary)) if session.out.as_json else session.out.line(str(summary))
    session.out.flush()
    status = status_of(session, journal, summary, refused=summary.invalid > before, paused=paused)
    return status if written else FAILED


def _write(session: Session, campaign: Campaign, journal: Journal, results: Path) -> bool:
    """Write the results; if that fails, say so without hiding what became of the rows."""
    from messagemedia.errors import MessageMediaError  # noqa: PLC0415

    try:
        campaign.write_results(results)
    except (MessageMediaError, OSError) as error:
        session.out.note(
            f"messagemedia: error: the results could not be written to {results}: {_why(error)}\n"
            f"To write them, with another file:\n  messagemedia campaign results {journal.typed} --output FILE"
        )
        return False
    return True


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__


@contextmanager
def told_what_goes_on(session: Session, campaign: Campaign, journal: Journal, by: str = "send") -> Generator[None]:
    """Say which command continues, if sending stops before the end.

    Raises:
        Failure: It stopped for a reason of its own.
        KeyboardInterrupt: Somebody stopped it.
    """
    from messagemedia.campaign import JournalError, PausedError  # noqa: PLC0415
    from messagemedia.errors import ConfigurationError, MessageMediaError, ValidationError  # noqa: PLC0415

    try:
        yield
    except KeyboardInterrupt:
        session.out.note("\n".join(to_go_on(journal, by)))
        raise
    except PausedError as error:
        steps = ["To resume it:", f"  messagemedia campaign resume {journal.typed}"]
        raise Failure(f"the campaign {journal.name} is paused, and nothing was sent", FAILED, steps) from error
    except (ConfigurationError, ValidationError, JournalError):
        raise
    except MessageMediaError as error:
        said = str(error).partition("\nHint: Call ")[0]
        why = f"\n{error.__cause__}" if error.__cause__ is not None else ""
        raise stopped(journal, f"{said}{why}", campaign.summary(), by) from error


def status_of(session: Session, journal: Journal, summary: Summary, *, refused: bool, paused: bool) -> int:
    """Say what is left to do, and return the exit code."""
    if summary.unknown:
        rows = "1 row is" if summary.unknown == 1 else f"{summary.unknown:,} rows are"
        raise Failure(f"{rows} unknown: they may have been sent", UNKNOWN, to_settle(journal))
    if paused and summary.left:
        session.out.note(f"The campaign is paused. To continue:\n  messagemedia campaign resume {journal.typed}")
        session.out.note(f"  messagemedia campaign send {journal.typed}")
        return FAILED
    if refused:
        session.out.note(
            f"Some rows were refused. To see why:\n  messagemedia campaign results {journal.typed} --state invalid"
        )
        return FAILED
    return DONE


def _is_dumb() -> bool:
    """Whether there is a terminal that can't draw a bar over itself."""
    return is_terminal(sys.stderr) and is_dumb()


class _Lines:
    """Says now and then how far it is, in lines: where a bar would be drawn beneath itself."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._next = 0

    def __call__(self, summary: Summary) -> None:
        """Tell it each tenth of the rows."""
        share = summary.settled * 10 // summary.total if summary.total else 10
        if share >= self._next:
            self._next = share + 1
            self._session.out.note(f"{summary.settled:,}/{summary.total:,}")


@contextmanager
def _ended_by_signal() -> Generator[None]:
    """Let the signal by which services are stopped end it as Ctrl-C does: batches in progress finish."""

    def end(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
