"""`campaign`: the table of its commands, and what they share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from messagemedia.cli.exits import FAILED, UNKNOWN, Failure
from messagemedia.cli.frame import Home, group
from messagemedia.cli.journals import Journal
from messagemedia.cli.reading import Text

if TYPE_CHECKING:
    from messagemedia.campaign import Summary

COMMANDS: Mapping[str, Home] = {
    "add": Home("campaign_rows", "add", "Add the rows of a CSV file; nothing is sent yet."),
    "plan": Home("campaign_rows", "plan", "Show what sending would do and cost."),
    "send": Home("campaign_sending", "send", "Send all pending rows; run it again to continue."),
    "work": Home("campaign_working", "work", "Send as one of many workers, until nothing is left or SIGTERM comes."),
    "status": Home("campaign_looking", "status", "Count the rows in each state."),
    "results": Home("campaign_looking", "results", "Show the outcome of each row, or write it to a CSV file."),
    "retry": Home("campaign_deciding", "retry", "Send unknown rows again, which may arrive twice."),
    "accept": Home("campaign_deciding", "accept", "Mark unknown rows as sent."),
    "withdraw": Home("campaign_deciding", "withdraw", "Withdraw rows before they are sent."),
    "pause": Home("campaign_deciding", "pause", "Stop sending in every process."),
    "resume": Home("campaign_deciding", "resume", "Resume a paused campaign."),
    "move": Home("campaign_moving", "move", "Move a campaign from a file to PostgreSQL."),
    "doubt": Home("campaign_moving", "doubt", "Mark as unknown what a PostgreSQL failover may have lost."),
}

campaign = group(
    "campaign",
    COMMANDS,
    """\
Send to everybody in a file, each row at most once, whatever happens on the way.

A campaign is kept in a journal, a file of its own. Only pending rows are ever sent. Rows that were being sent when the
process was killed are unknown until you, a reply or a delivery report settles them.

JOURNAL is a file, or the name of a campaign in PostgreSQL, from which any number of workers send. The database comes
from --in, from campaign_dsn in the profile, or from MESSAGEMEDIA_CAMPAIGN_DSN; if one of the last two is set, write a
file with its folder, as in ./spring.journal. No option takes a password: it comes from PGPASSWORD, PGSERVICE or
~/.pgpass, or is part of the address in the profile or the environment.
""",
    [
        'messagemedia campaign add spring.journal people.csv --content "Hi {name}" --key customer_id',
        "messagemedia campaign plan spring.journal --price 0.079",
        "messagemedia campaign send spring.journal",
        "messagemedia campaign results spring.journal --output results.csv",
        "messagemedia campaign work spring --in postgresql://sender@db.internal/app",
    ],
)

keys_option = click.option(
    "--key", "keys", metavar="KEY", type=Text(), multiple=True, help="The key of a row; can be given several times."
)


def require_place(path: Path, option: str, *, overwrite: bool | None = None) -> None:
    """Refuse a file that results can't be written to, before anything is done.

    Args:
        path: The file.
        option: The option that names it.
        overwrite: Whether any file may be replaced; None for a command that doesn't take that.

    Raises:
        BadParameter: It is not a file, has no folder, or must not be replaced.
    """
    from messagemedia.campaign.results import target_of  # noqa: PLC0415  # it takes a moment
    from messagemedia.errors import ValidationError  # noqa: PLC0415

    said = ""
    if str(path) == "-":
        said = "name a file; `campaign results` without --output writes to standard output"
    elif not path.parent.is_dir():
        said = f"there is no folder {str(path.parent)!r}"
    else:
        try:
            target_of(path, overwrite=bool(overwrite))
        except ValidationError as error:
            instead = "" if overwrite is None else " (--overwrite replaces it)"
            said = error.errors[0].message.replace(" (overwrite=True replaces it)", instead)
    if said:
        raise click.BadParameter(f"{said}.", param_hint=option)


def to_settle(journal: Journal) -> list[str]:
    """What to do about unknown rows."""
    return [
        "To settle them, let delivery reports and replies prove what was sent:",
        f"  messagemedia reports --observe {journal.typed}",
        "or look at them and decide:",
        f"  messagemedia campaign results {journal.typed} --state unknown",
        f"  messagemedia campaign accept {journal.typed} --all     (they were sent)",
        f"  messagemedia campaign retry {journal.typed} --all      (they may arrive twice)",
    ]


def to_go_on(journal: Journal, by: str = "send") -> list[str]:
    """What to do about pending rows: the command that continues."""
    return ["To continue:", f"  messagemedia campaign {by} {journal.typed}"]


def stopped(journal: Journal, said: str, summary: Summary | None, by: str) -> Failure:
    """What ends a command that could not send all rows: how many are in each state, and the command that continues."""
    if summary is None:
        return Failure(said, FAILED)
    steps = [str(summary), *(to_go_on(journal, by) if summary.left else [])]
    if summary.unknown:
        return Failure(said, UNKNOWN, [*steps, *to_settle(journal)])
    return Failure(said, FAILED, steps)
