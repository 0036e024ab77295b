"""`campaign status` and `campaign results`: how the rows stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from messagemedia.cli.campaigns import journal_argument, opened
from messagemedia.cli.frame import command
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
def status(session: Session, /, journal: Path) -> None:
    """Count the rows of each state, also while another process sends."""
    with opened(journal) as campaign:
        summary, paused = campaign.summary(), campaign.paused
    if session.out.as_json:
        session.out.json({**attrs.asdict(summary), "paused": paused})
    else:
        session.out.line(f"{summary}{' (paused)' if paused else ''}")


@command(
    "results",
    [
        "messagemedia campaign results spring.journal --state unknown",
        "messagemedia campaign results spring.journal --output results.csv",
    ],
    json=True,
)
@journal_argument
@click.option("--state", type=click.Choice(_STATES), help="Only rows in this state.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A CSV file that only you can read.")
@click.option("--overwrite", is_flag=True, help="Replace that file, whatever it holds.")
def results(session: Session, /, journal: Path, *, state: State | None, output: Path | None, overwrite: bool) -> None:
    """Show what became of each row, or write it to a CSV file.

    A pipe gets a line for each row, with tabs between: row, key, destination_number, state, message_id, reason,
    changed.
    """
    from messagemedia.campaign import write_results  # noqa: PLC0415

    with opened(journal) as campaign:
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


def _fields(record: Record) -> dict[str, Any]:
    changed = record.changed.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    values = (
        record.number,
        record.key,
        record.message.destination_number,
        record.state,
        record.message_id,
        record.reason,
        changed,
    )
    return dict(zip(_COLUMNS, values, strict=True))
