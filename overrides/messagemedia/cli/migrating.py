"""`migrate`: find every use of the older SDK in a program, and say what to write instead."""

from __future__ import annotations

import click

from messagemedia.cli.exits import DONE, FAILED, USAGE, Failure
from messagemedia.cli.frame import command
from messagemedia.cli.session import Session


@command(
    "migrate",
    ["messagemedia migrate .", "messagemedia migrate app.py tests --json", "messagemedia migrate src > todo.txt"],
    json=True,
)
@click.argument("paths", metavar="PATHS", nargs=-1, required=True)
def migrate(session: Session, /, paths: tuple[str, ...]) -> int:
    """Find every use of the older SDK, message_media_messages, and say what to write instead.

    It reads .py files and never changes them. The exit code is 0 if nothing is found, 1 if something has to change,
    and 2 if there is no .py file.
    """
    from messagemedia.migration import printing, scan  # noqa: PLC0415

    try:
        report = scan(paths)
    except FileNotFoundError as error:
        raise Failure(f"{error.filename}: {error.strerror}", USAGE) from error
    if session.out.as_json:
        for finding in report.findings:
            session.out.json(printing.as_json(finding))
        for each in report.skipped:
            session.out.note(f"messagemedia: not read: {each.file}: {each.why}")
        session.out.note(f"messagemedia: {printing.summary(report)}")
    else:
        for line in printing.lines(report):
            session.out.line(line)
    if not (report.files or report.findings):
        raise Failure("no .py file was read, so nothing is known", USAGE)
    return FAILED if report.findings else DONE
