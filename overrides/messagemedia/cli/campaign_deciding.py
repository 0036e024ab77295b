"""What an operator decides about the rows of a campaign, and whether it is sent at all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from messagemedia.cli.campaigns import keys_option
from messagemedia.cli.exits import USAGE, Failure
from messagemedia.cli.frame import command
from messagemedia.cli.journals import Journal, journal_argument
from messagemedia.cli.session import Session

if TYPE_CHECKING:
    from messagemedia.campaign import Campaign, Record

_MOST_LINES = 20

_all_option = click.option("--all", "everything", is_flag=True, help="All unknown rows.")


@command(
    "retry",
    ["messagemedia campaign retry spring.journal --key C-17", "messagemedia campaign retry spring.journal --all"],
)
@journal_argument
@keys_option
@_all_option
def retry(session: Session, /, journal: Journal, *, keys: Sequence[str], everything: bool) -> None:
    """Make unknown rows pending, so that they are sent again. Any that had been sent after all arrive twice."""
    count = _decided(journal, keys, everything, lambda campaign, rows: campaign.retry(rows))
    session.out.line(f"{count} pending")
    if count:
        session.out.note(f"To send them:\n  messagemedia campaign send {journal.typed}")


@command("accept", ["messagemedia campaign accept spring.journal --key C-17"])
@journal_argument
@keys_option
@_all_option
def accept(session: Session, /, journal: Journal, *, keys: Sequence[str], everything: bool) -> None:
    """Mark unknown rows as accepted, because you found out that they were sent."""
    count = _decided(journal, keys, everything, lambda campaign, rows: campaign.accept(rows))
    session.out.line(f"{count} accepted")


def _decided(
    journal: Journal,
    keys: Sequence[str],
    everything: bool,
    decide: Callable[[Campaign, Iterable[Record | str]], int],
) -> int:
    if bool(keys) == everything:
        raise click.UsageError("Say which rows: --key KEY, or --all.")
    with journal.opened() as campaign:
        return decide(campaign, keys or campaign.records("unknown"))


@command(
    "withdraw",
    [
        "messagemedia campaign withdraw spring.journal --number +61491570156",
        "messagemedia campaign withdraw spring.journal --numbers-from opted-out.txt",
    ],
)
@journal_argument
@keys_option
@click.option("--number", "numbers", metavar="NUMBER", multiple=True, help="A recipient; can be given several times.")
@click.option("--numbers-from", metavar="FILE", help="A file with one recipient per line; - is standard input.")
def withdraw(
    session: Session, /, journal: Journal, *, keys: Sequence[str], numbers: Sequence[str], numbers_from: str | None
) -> None:
    """Withdraw pending rows: they are never sent. This works while another process is sending."""
    lines = _lines(numbers_from) if numbers_from else {}
    recipients = [*numbers, *lines.values()]
    if bool(keys) == bool(recipients):
        raise click.UsageError("Say which rows: either --key, or --number and --numbers-from.")
    with journal.opened() as campaign:
        if keys:
            count = campaign.withdraw(keys=keys)
        else:
            count = _withdrawn(campaign, recipients, ["--number"] * len(numbers) + [f"line {each}" for each in lines])
    session.out.line(f"{count} withdrawn")


def _withdrawn(campaign: Campaign, recipients: Sequence[str], places: Sequence[str]) -> int:
    """Withdraw the rows of recipients, each of which was given in a place.

    Raises:
        Failure: Some are not numbers; nothing was withdrawn.
    """
    from messagemedia.errors import ValidationError  # noqa: PLC0415

    try:
        return campaign.withdraw(numbers=recipients)
    except ValidationError as error:
        steps = [f"  {places[each.index or 0]}: {each.message}" for each in error.errors[:_MOST_LINES]]
        if (more := len(error.errors) - _MOST_LINES) > 0:
            steps.append(f"  … and {more:,} more")
        if any(each.rule for each in error.errors):
            steps += ["To convert a number to international form:", "  messagemedia normalize 0491570156 --country AU"]
        raise Failure("these are not numbers of recipients, and nothing was withdrawn", USAGE, steps) from error


def _lines(source: str) -> dict[int, str]:
    """The lines of a file that are not empty, by their numbers.

    Raises:
        Failure: It is not UTF-8.
        OSError: It can't be read.
    """
    content = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise Failure(f"{source} is not UTF-8") from None
    return {number: line.strip() for number, line in enumerate(lines, 1) if line.strip()}


@command("pause", ["messagemedia campaign pause spring.journal"])
@journal_argument
def pause(session: Session, /, journal: Journal) -> None:
    """Stop sending in every process: batches in progress finish, and no new batch starts."""
    with journal.opened() as campaign:
        campaign.pause()
    session.out.note(f"Paused. To resume:\n  messagemedia campaign resume {journal.typed}")


@command("resume", ["messagemedia campaign resume spring.journal"])
@journal_argument
def resume(session: Session, /, journal: Journal) -> None:
    """Resume a paused campaign, so that it can be sent again. This command sends nothing itself."""
    with journal.opened() as campaign:
        campaign.resume()
    session.out.note(f"To continue:\n  messagemedia campaign send {journal.typed}")
