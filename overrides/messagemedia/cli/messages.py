"""`status`, `cancel` and `credits`: what can be done about messages that were sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from messagemedia.cli.exits import DONE, FAILED, UNKNOWN, Failure
from messagemedia.cli.frame import command
from messagemedia.cli.session import Session

if TYPE_CHECKING:
    from messagemedia import SentMessage


@command(
    "status",
    [
        "messagemedia status 877c19ef-fa2e-4cec-827a-e1df9b5509f7",
        "messagemedia status 877c19ef-fa2e-4cec-827a-e1df9b5509f7 --wait --timeout 600",
    ],
    json=True,
)
@click.argument("message_id", metavar="ID")
@click.option("--wait", is_flag=True, help="Wait until the status is final.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    default=300.0,
    show_default=True,
    help="How long to wait.",
)
def status(session: Session, message_id: str, *, wait: bool, timeout: float) -> int:
    """Show the status of a message, or wait until it is final.

    With --wait, the exit code is 0 if the message was delivered, 1 if it never will be, and 3 if that is not known
    when the time is up.
    """
    if wait:
        message = _waited_for(session, message_id, timeout)
        _show(session, message)
        return reached(message)
    _show(session, session.client.messages.get(message_id))
    return DONE


@command("cancel", ["messagemedia cancel 877c19ef-fa2e-4cec-827a-e1df9b5509f7"])
@click.argument("message_id", metavar="ID")
def cancel(session: Session, message_id: str) -> None:
    """Cancel a message that is still scheduled."""
    from messagemedia.errors import (  # noqa: PLC0415
        InvalidResponseError,
        NotSentError,
        ServerError,
        TransportError,
    )

    try:
        session.client.messages.cancel(message_id)
    except NotSentError:
        raise
    except (InvalidResponseError, ServerError, TransportError) as error:
        steps = ["To find out:", f"  messagemedia status {message_id}"]
        raise Failure(f"the message may or may not be cancelled: {error}", UNKNOWN, steps) from error
    session.out.note("cancelled")


@command("credits", ["messagemedia credits"], json=True)
def credits_(session: Session) -> None:
    """Show the balance of a prepaid account."""
    balance = session.client.messages.credits()
    if session.out.as_json:
        session.out.json(balance.to_dict())
    else:
        session.out.row([balance.remaining_credits])


def _show(session: Session, message: SentMessage) -> None:
    """Write a message as it stands."""
    names = ("message_id", "status", "destination_number", "source_number", "format", "scheduled", "content")
    session.out.item({name: getattr(message, name) for name in names}, message.to_dict())


def _waited_for(session: Session, message_id: str, timeout: float) -> SentMessage:
    """A message at its end.

    Raises:
        Failure: The time is up.
    """
    from messagemedia.errors import WaitTimeoutError  # noqa: PLC0415

    try:
        return session.client.messages.wait(message_id, timeout=timeout)
    except WaitTimeoutError as error:
        steps = ["To keep waiting:", f"  messagemedia status {message_id} --wait"]
        raise Failure(str(error).partition("\nHint: ")[0], UNKNOWN, steps) from error


def reached(message: SentMessage) -> int:
    """The exit code that says whether a message at its end reached somebody."""
    return DONE if message.status in ("delivered", "read") else FAILED
