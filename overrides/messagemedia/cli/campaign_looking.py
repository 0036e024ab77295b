"""`campaign status` and `campaign results`: how the rows stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from messagemedia.cli.campaigns import require_place
from messagemedia.cli.frame import command
from messagemedia.cli.journals import Journal, journal_argument
from messagemedia.cli.session import Session

if TYPE_CHECKING:
    from messagemedia.campaign import Record, State

_COLUMNS = ("row", "key", "destination_number", "state", "message_id", "reason", "changed")
_SHOWN = ("row", "key", "destination_number", "state", "reason")
_STATES = ("pending", "in_flight", "accepted", "invalid", "unknown", "withdrawn")


@command(
    "status",
    ["messagemedia campaign status spring.journal", "watch messagemedia campaign status spring.journal"],
    json=True,
)
@journal_argument
def status(session: Session, /, journal: Journal) -> None:
    """Count the rows in each state, even while others are sending.

    In PostgreSQL, also show the rows per second over the last minute, the time left, what each worker has in flight,
    and what is holding it up.
    """
    with journal.opened() as campaign:
        found, paused = campaign.status(), campaign.paused
    if not session.out.as_json:
        session.out.line(str(found))
        return
    leases = [{**attrs.asdict(each), "until": _moment(each.until)} for each in found.leases]
    times = {
        "oldest_unknown": None if found.oldest_unknown is None else _moment(found.oldest_unknown),
        "left_seconds": None if found.left is None else found.left.total_seconds(),
    }
    told = {"paused": paused, "held_up": found.held_up, "rate": found.rate, **times, "leases": leases}
    session.out.json({**attrs.asdict(found.summary), **told})


@command(
    "results",
    [
        "messagemedia campaign results spring.journal --state unknown",
        "messagemedia campaign results spring.journal --output results.csv",
    ],
    json=True,
)
@journal_argument
@click.option("--state", type=click.Choice(_STATES), help="Show only rows in this state.")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this CSV file, which only you can read."
)
@click.option("--overwrite", is_flag=True, help="Replace that file, whatever it holds.")
def results(
    session: Session, /, journal: Journal, *, state: State | None, output: Path | None, overwrite: bool
) -> None:
    """Show the outcome of each row, or write it to a CSV file.

    In a pipe, each row is a line of tab-separated values: row, key, destination_number, state, message_id, reason,
    changed.
    """
    from messagemedia.campaign import write_results  # noqa: PLC0415

    if output is not None:
        require_place(output, "--output", overwrite=overwrite)
    with journal.opened() as campaign:
        records = campaign.records(state)
        if output is not None:
            write_results(output, records, overwrite=overwrite)
        elif session.out.as_json:
            for record in records:
                session.out.json({name: value for name, value in _fields(record).items() if value not in (None, "")})
        else:
            columns = _SHOWN if session.out.is_table else _COLUMNS
            session.out.rows(columns, _rows(records, columns))


def _rows(records: Iterator[Record], columns: Sequence[str]) -> Iterator[list[object]]:
    for record in records:
        fields = _fields(record)
        yield [fields[name] for name in columns]


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _fields(record: Record) -> dict[str, Any]:
    values = (
        record.number,
        record.key,
        record.message.destination_number,
        record.state,
        record.message_id,
        record.reason,
        _moment(record.changed),
    )
    return dict(zip(_COLUMNS, values, strict=True))
