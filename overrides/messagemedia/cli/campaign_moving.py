"""`campaign move` and `campaign doubt`: into PostgreSQL, and what to do after it lost something."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from messagemedia.cli.frame import command
from messagemedia.cli.journals import Journal, database_of, in_database, in_option, journal_argument
from messagemedia.cli.reading import Moment
from messagemedia.cli.session import Session


@command(
    "move",
    [
        "messagemedia campaign move spring.journal --in postgresql://sender@db.internal/app",
        "messagemedia campaign move spring.journal --name spring-2027",
    ],
    json=True,
)
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--name", metavar="NAME", help="The campaign's name there; by default, the file's name without its extension."
)
@in_option
def move(session: Session, /, file: Path, *, name: str | None) -> None:
    """Move a campaign from a file to PostgreSQL, even if it is partly sent.

    No row is sent from both: rows that were pending or unknown are withdrawn in the file. If the command is
    interrupted, run it again to continue.
    """
    from messagemedia.campaign import Campaign  # noqa: PLC0415

    address = database_of(session)
    if not address:
        raise click.UsageError("Say which database: --in ADDRESS, MESSAGEMEDIA_CAMPAIGN_DSN, or a profile.")
    name = name or file.stem
    with Campaign(file) as campaign:
        count = campaign.move(address, name=name)
    typed = shlex.join([name, *in_database(session)])
    if session.out.as_json:
        session.out.json({"name": name, "rows": count})
    else:
        session.out.line(f"{'1 row is' if count == 1 else f'{count:,} rows are'} in PostgreSQL, as {name}")
    session.out.note(f"To continue:\n  messagemedia campaign work {typed}")


@command("doubt", ["messagemedia campaign doubt spring --since 2027-01-01T09:00+11:00 --batch 17 --batch 18"])
@journal_argument
@click.option(
    "--since", metavar="TIME", type=Moment(), required=True, help="A time before the failover, with a UTC offset."
)
@click.option(
    "--batch",
    "batches",
    metavar="N",
    type=click.IntRange(min=1),
    multiple=True,
    help="A batch number, from the log of campaign work --claims; can be given several times.",
)
def doubt(session: Session, /, journal: Journal, *, since: datetime, batches: Sequence[int]) -> None:
    """Mark as unknown the rows that may have been sent, after a PostgreSQL failover that may have lost commits.

    Pause the campaign first, and resume it once delivery reports have come in.
    """
    with journal.opened() as campaign:
        count = campaign.doubt(since, batches=batches)
    session.out.line(f"{count} newly unknown")
    session.out.note(
        "To settle them and continue:\n"
        f"  messagemedia reports --observe {journal.typed}\n"
        f"  messagemedia campaign resume {journal.typed}"
    )
