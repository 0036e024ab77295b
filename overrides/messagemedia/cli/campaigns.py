"""`campaign`: the table of its commands, and what they share."""

from __future__ import annotations

import shlex
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from messagemedia.cli.exits import FAILED, UNKNOWN, USAGE, Failure
from messagemedia.cli.frame import Home, group

if TYPE_CHECKING:
    from messagemedia.campaign import Campaign, Summary

COMMANDS: Mapping[str, Home] = {
    "add": Home("campaign_rows", "add", "Add the rows of a CSV file; nothing is sent yet."),
    "plan": Home("campaign_rows", "plan", "Show what sending would do and cost."),
    "send": Home("campaign_sending", "send", "Send what is pending; the same again goes on."),
    "status": Home("campaign_looking", "status", "Count the rows of each state."),
    "results": Home("campaign_looking", "results", "Show what became of each row, or write it to a CSV file."),
    "retry": Home("campaign_deciding", "retry", "Send unknown rows again, which may arrive twice."),
    "accept": Home("campaign_deciding", "accept", "Take unknown rows for sent."),
    "withdraw": Home("campaign_deciding", "withdraw", "Take back rows before they are sent."),
    "pause": Home("campaign_deciding", "pause", "Stop sending, in whatever process."),
    "resume": Home("campaign_deciding", "resume", "Let a paused campaign be sent again."),
}

campaign = group(
    "campaign",
    COMMANDS,
    """\
Send to everybody in a file, each row at most once, whatever happens on the way.

A campaign is kept in a journal, a file of its own. Nothing but pending rows is ever sent, and what was under way when
the process was killed is unknown until you, a reply or a delivery report says more.
""",
    [
        'messagemedia campaign add spring.journal people.csv --content "Hi {name}" --key customer_id',
        "messagemedia campaign plan spring.journal --price 0.079",
        "messagemedia campaign send spring.journal",
        "messagemedia campaign results spring.journal --output results.csv",
    ],
)

journal_argument = click.argument("journal", metavar="JOURNAL", type=click.Path(dir_okay=False, path_type=Path))
keys_option = click.option(
    "--key", "keys", metavar="KEY", multiple=True, help="The key of a row; several are possible."
)


@contextmanager
def opened(journal: Path, **options: Any) -> Generator[Campaign]:
    """A campaign that was begun before.

    Raises:
        Failure: There is none.
        JournalError: It can't be opened.
    """
    if not journal.exists():
        steps = ["A campaign begins with its first rows:", f"  messagemedia campaign add {quoted(journal)} FILE.csv"]
        raise Failure(f"there is no journal {journal}", USAGE, steps)
    from messagemedia.campaign import Campaign  # noqa: PLC0415  # it takes a moment

    with Campaign(journal, **options) as found:
        yield found


def quoted(journal: Path) -> str:
    """A path as it is typed in a shell."""
    return shlex.quote(str(journal))


def to_settle(journal: Path) -> list[str]:
    """What to do about unknown rows."""
    return [
        "To settle them, let reports and replies prove what was sent:",
        f"  messagemedia reports --observe {quoted(journal)}",
        "or look at them, and decide:",
        f"  messagemedia campaign results {quoted(journal)} --state unknown",
        f"  messagemedia campaign accept {quoted(journal)} --all     (they were sent)",
        f"  messagemedia campaign retry {quoted(journal)} --all      (they may arrive twice)",
    ]


def to_go_on(journal: Path) -> list[str]:
    """What to do about pending rows."""
    return ["To go on:", f"  messagemedia campaign send {quoted(journal)}"]


def stopped(journal: Path, said: str, summary: Summary | None) -> Failure:
    """What ends a command that could not send all: how the rows stand, and what goes on."""
    if summary is None:
        return Failure(said, FAILED)
    steps = [str(summary), *(to_go_on(journal) if summary.left else [])]
    if summary.unknown:
        return Failure(said, UNKNOWN, [*steps, *to_settle(journal)])
    return Failure(said, FAILED, steps)
