"""`campaign add` and `campaign plan`: add rows to a campaign, and look at them before they are sent."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from messagemedia.cli.exits import Failure
from messagemedia.cli.frame import command
from messagemedia.cli.journals import Journal, journal_argument
from messagemedia.cli.reading import Moment, Pair, Text
from messagemedia.cli.session import Session

if TYPE_CHECKING:
    from messagemedia.campaign import Added, RowsError


@command(
    "add",
    [
        'messagemedia campaign add spring.journal people.csv --content "Hi {name}" --key customer_id',
        "messagemedia campaign add spring.journal people.csv --column destination_number=Mobile \\",
        '    --content "Hi {name}" --country AU --on-invalid skip --repeated skip',
    ],
    json=True,
)
@journal_argument
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--content", metavar="TEXT", type=Text(), help="The text; {name} is replaced by the cell in that column.")
@click.option(
    "--key",
    metavar="COLUMN",
    type=Text(),
    help="The column with your own key for each row, which identifies it if it is added again.",
)
@click.option(
    "--column",
    "columns",
    metavar="FIELD=COLUMN",
    type=Pair(),
    multiple=True,
    help="The column of a field, such as destination_number=Mobile; by default, columns are named like fields.",
)
@click.option("--country", metavar="CODE", help="The country of numbers that have no country code, such as AU.")
@click.option("--delimiter", metavar="CHARACTER", help="The character between two cells; detected by default.")
@click.option("--encoding", default="utf-8-sig", show_default="UTF-8", help="The encoding of the file.")
@click.option("--from", "source", metavar="SENDER", type=Text(), help="A sender that is registered to the account.")
@click.option("--report", is_flag=True, help="Ask for delivery reports.")
@click.option("--schedule", metavar="TIME", type=Moment(), help="When to send, with a UTC offset.")
@click.option("--expires", metavar="TIME", type=Moment(), help="When to give up, with a UTC offset.")
@click.option(
    "--metadata",
    metavar="NAME=VALUE",
    multiple=True,
    type=Pair(),
    help="Metadata for all rows; can be given several times.",
)
@click.option(
    "--on-invalid",
    type=click.Choice(["raise", "skip"]),
    default="raise",
    show_default=True,
    help="If rows are invalid: add no rows, or record those as invalid and add the others.",
)
@click.option(
    "--on-changed",
    type=click.Choice(["raise", "replace", "keep"]),
    default="raise",
    show_default=True,
    help="What to do with a row whose message has changed.",
)
@click.option(
    "--repeated",
    type=click.Choice(["send", "skip", "refuse"]),
    default="send",
    show_default=True,
    help="What to do with a number that an earlier row already has.",
)
def add(session: Session, /, journal: Journal, file: Path, **options: Any) -> None:
    """Add the rows of a CSV file to a campaign, all or none; nothing is sent yet.

    If there is no such campaign, it is created. You can add the same file again: only its new rows are added.
    """
    from messagemedia.campaign import RowsError, read_csv  # noqa: PLC0415

    fields: dict[str, Any] = {
        "source_number": options["source"],
        "delivery_report": options["report"] or None,
        "scheduled": options["schedule"],
        "message_expiry_timestamp": options["expires"],
        "metadata": dict(options["metadata"]) or None,
    }
    try:
        rows = read_csv(
            file,
            columns=dict(options["columns"]) or None,
            content=options["content"],
            key=options["key"],
            delimiter={"tab": "\t", "\\t": "\t"}.get(options["delimiter"], options["delimiter"]),
            encoding=options["encoding"],
            default_country=options["country"],
            **{name: value for name, value in fields.items() if value is not None},
        )
        with journal.begun(repeated=options["repeated"]) as campaign:
            added = campaign.add(rows, on_invalid=options["on_invalid"], on_changed=options["on_changed"])
    except RowsError as error:
        raise Failure(_as_typed(str(error).partition("\nHint: ")[0]), steps=_about(error)) from error
    _tell(session, journal, added)


# What errors of `read_csv` and `add` say in the words of a program, and how it is typed.
_TYPED = (
    (
        re.compile(r"name it with columns=\{'content': …\}"),
        "write it with --content, or name it with --column content=COLUMN",
    ),
    (re.compile(r"name it with columns=\{'(\w+)': …\}"), r"name it with --column \1=COLUMN"),
    (re.compile(r"pass its encoding, such as encoding='([\w-]+)'"), r"name its encoding, such as --encoding \1"),
    (re.compile(r"use on_changed='(\w+)'"), r"use --on-changed \1"),
    (re.compile(r"\brepeated='(\w+)'"), r"--repeated \1"),
    (re.compile(r"^  /default_country: ", re.MULTILINE), "  --country: "),
    (re.compile(r"^  /(delimiter|encoding|key): ", re.MULTILINE), r"  --\1: "),
)


# Rows that `--on-invalid` does not help with, by what is said of them.
_DECISIONS = (
    (
        "on_changed=",
        "With --on-changed replace, rows that are still pending get the new message; with keep, nothing changes.",
    ),
    ("repeated=", "With --repeated skip, rows that repeat a number are recorded as invalid, and the others are added."),
)


def _as_typed(told: str) -> str:
    for pattern, typed in _TYPED:
        told = pattern.sub(typed, told)
    return told


def _about(error: RowsError) -> list[str]:
    """What to do about rows that can't be taken; the words of the error itself are for programs."""
    from messagemedia.campaign.table import UNREADABLE  # noqa: PLC0415  # it takes a moment

    if error.message.endswith(UNREADABLE):
        if any(each.index is not None for each in error.errors):  # from that row on, nothing is known
            return ["If the file has another encoding or delimiter, name it with --encoding or --delimiter."]
        return [
            "To set how the file is read, use --column, --key, --delimiter, --encoding or --country, for example:",
            "  --column destination_number=Mobile",
        ]
    steps: list[str] = []
    others = len(error.errors)
    for sign, step in _DECISIONS:
        if count := sum(sign in each.message for each in error.errors):
            others -= count
            steps.append(step)
    if others:
        steps.append("With --on-invalid skip they are recorded as invalid, and the others are added.")
    return steps


def _tell(session: Session, journal: Journal, added: Added) -> None:
    session.out.item(attrs.asdict(added)) if session.out.as_json else session.out.line(str(added))
    if added.new and session.out.is_table:
        session.out.note(f"Next: messagemedia campaign plan {journal.typed}")


@command(
    "plan",
    ["messagemedia campaign plan spring.journal", "messagemedia campaign plan spring.journal --price 0.079"],
    json=True,
)
@journal_argument
@click.option("--price", metavar="AMOUNT", help="What one SMS part costs.")
def plan(session: Session, /, journal: Journal, price: str | None) -> None:
    """Show what sending would do and cost, and what looks wrong in the rows; nothing is sent."""
    amount = None if price is None else _amount(price)
    with journal.opened() as campaign:
        found = campaign.plan(amount)
    if session.out.as_json:
        cost = {} if found.cost is None else {"cost": str(found.cost)}
        session.out.json({**attrs.asdict(found), "rows": found.rows, **cost})
    else:
        session.out.line(str(found))


def _amount(price: str) -> Decimal:
    try:
        return Decimal(price)
    except InvalidOperation:
        raise click.BadParameter(f"{price!r} is not a number.", param_hint="--price") from None
