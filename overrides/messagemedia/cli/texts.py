"""`segments` and `normalize`: what can be said of a text or a number without asking anybody."""

from __future__ import annotations

import shlex

import click

from messagemedia.cli.exits import failure_of
from messagemedia.cli.frame import command
from messagemedia.cli.reading import text_of
from messagemedia.cli.session import Session


@command(
    "segments",
    [
        'messagemedia segments "D\N{RIGHT SINGLE QUOTATION MARK}Arcy will call you"',
        "messagemedia segments - < text.txt",
    ],
    json=True,
)
@click.argument("text", metavar="TEXT")
def segments_(session: Session, /, text: str) -> None:
    """Count the SMS parts of a text, and find what makes it longer. TEXT may be - to read it from standard input."""
    from messagemedia import segments  # noqa: PLC0415

    found = segments(text_of(text))
    forcing = {each: found.replacements.get(each) for each in found.forcing}
    counts = {
        "encoding": found.encoding,
        "parts": found.parts,
        "units": found.units,
        "units_per_part": found.units_per_part,
        "units_left": found.units_left,
    }
    if session.out.as_json:
        session.out.json({**counts, "forcing": forcing})
        return
    session.out.item({**counts, "forcing": ", ".join(_told(each, instead) for each, instead in forcing.items())})
    instead = found.with_replacements()
    if instead != found.text:
        parts = segments(instead).parts
        session.out.item({f"in GSM-7, {parts} {'part' if parts == 1 else 'parts'}": instead})


def _told(character: str, instead: str | None) -> str:
    codes = " ".join(f"U+{ord(each):04X}" for each in character)
    return f"{character} ({codes})" + ("" if instead is None else f" → {instead!r}")


@command("normalize", ["messagemedia normalize 0491570156 --country AU"])
@click.argument("number", metavar="NUMBER")
@click.option("--country", metavar="CODE", help="The country of a number that has no country code, such as AU.")
def normalize_(session: Session, /, number: str, country: str | None) -> None:
    """Convert a phone number to international form. This needs the extra: pip install 'messagemedia[numbers]'."""
    from messagemedia import ValidationError, normalize  # noqa: PLC0415

    try:
        session.out.line(normalize(number, country))
    except ValidationError as error:
        failure = failure_of(error)
        if country is None and "country" in str(error):
            failure.steps += ["To name the country:", f"  messagemedia normalize {shlex.quote(number)} --country AU"]
        raise failure from error
