"""`doctor`: why it does not work."""

from __future__ import annotations

import shutil
import sys

import click

from messagemedia.cli.exits import DONE, FAILED
from messagemedia.cli.frame import command
from messagemedia.cli.session import Session


@command(
    "doctor",
    [
        "messagemedia doctor",
        "messagemedia --profile work doctor --json",
        "messagemedia doctor --try hmac",
        "messagemedia doctor --try all-regions",
    ],
    json=True,
)
@click.option(
    "--try",
    "tries",
    type=click.Choice(["basic", "hmac", "all-regions"]),
    multiple=True,
    help="Also try the key with this method, or in all regions; basic sends the secret itself there.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long each step may take.",
)
def doctor(session: Session, *, tries: tuple[str, ...], timeout: float) -> int:
    """Find out why the API does not answer as it should.

    Checks the configuration and each step on the way to the API: DNS, the connection, a proxy, TLS, and whether the
    credentials are accepted by a request that reads replies and confirms none. Says what is wrong and how to fix it.
    The exit code is 0 if the credentials are accepted, and 1 if they are not.

    The output holds no secret and no phone number, so you can paste it into a ticket. Only the configured method
    and server are tried, unless --try asks for more.
    """
    from messagemedia.cli.doctor.gathering import gathered, travels  # noqa: PLC0415
    from messagemedia.cli.doctor.judging import judge  # noqa: PLC0415
    from messagemedia.cli.doctor.probing import observe  # noqa: PLC0415
    from messagemedia.cli.doctor.showing import as_lines, as_records  # noqa: PLC0415
    from messagemedia.cli.version import summary  # noqa: PLC0415

    target = gathered(session, tries)
    if warning := travels(target):
        session.out.note(warning)
    facts = observe(target, timeout)
    diagnosis = judge(facts)
    if session.out.as_json:
        for record in as_records(facts, diagnosis, summary()):
            session.out.json(record)
    else:
        width = min(shutil.get_terminal_size((100, 24)).columns, 100)
        for line in as_lines(facts, diagnosis, summary(), encoding=sys.stdout.encoding, width=width):
            session.out.line(line)
    return DONE if diagnosis.verdict.ok else FAILED
