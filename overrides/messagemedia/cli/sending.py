"""`send`: one message, and whether it was sent."""

from __future__ import annotations

import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import click

from messagemedia.cli.exits import DONE, FAILED, UNKNOWN, USAGE, Failure
from messagemedia.cli.frame import command
from messagemedia.cli.messages import reached
from messagemedia.cli.output import is_terminal
from messagemedia.cli.reading import Moment, Pair, Text, text_of
from messagemedia.cli.session import Session

if TYPE_CHECKING:
    from messagemedia import Message, SentMessage
    from messagemedia.cli.repeats import Intent, Repeats

# What people typed, by the fields that it becomes.
_TYPED = {
    "destination_number": "NUMBER",
    "content": "TEXT",
    "source_number": "--from",
    "source_number_type": "--from-type",
    "media": "--mms",
    "subject": "--subject",
    "scheduled": "--schedule",
    "message_expiry_timestamp": "--expires",
    "callback_url": "--callback",
    "metadata": "--metadata",
}
_TO_SETTLE = [
    "To settle it, look for a delivery report or a reply from the recipient:",
    "  messagemedia reports",
    "  messagemedia replies",
    "If there is none, you can send it again, at the risk that it arrives twice:",
    "  messagemedia send --again …",
]


@command(
    "send",
    [
        'messagemedia send +61491570156 "Hello"',
        'messagemedia send +61491570156 "Your parcel arrives today." --report --wait',
        'messagemedia send +61491570156 "Good morning" --schedule 2027-01-01T09:00+11:00',
        'messagemedia send +61491570156 "Look" --mms https://example.com/cat.png --subject Cat',
        "fortune | messagemedia send +61491570156 -",
    ],
    json=True,
)
@click.argument("number", metavar="NUMBER")
@click.argument("text", metavar="TEXT")
@click.option("--from", "source", metavar="SENDER", type=Text(), help="The sender ID, registered to the account.")
@click.option("--from-type", metavar="KIND", help="The type of the sender ID, such as ALPHANUMERIC.")
@click.option(
    "--mms", "media", metavar="URL", multiple=True, help="Send an MMS with this file; can be given several times."
)
@click.option("--voice", is_flag=True, help="Call the recipient, and read the text out.")
@click.option("--subject", metavar="TEXT", type=Text(), help="The subject of an MMS.")
@click.option("--schedule", metavar="TIME", type=Moment(), help="When to send, with a UTC offset.")
@click.option("--expires", metavar="TIME", type=Moment(), help="When to give up, with a UTC offset.")
@click.option("--report", is_flag=True, help="Ask for delivery reports.")
@click.option("--callback", metavar="URL", help="Where to push replies and delivery reports.")
@click.option(
    "--metadata", metavar="NAME=VALUE", multiple=True, type=Pair(), help="Metadata of your own; up to ten pairs."
)
@click.option("--wait", is_flag=True, help="Wait until the message has arrived or failed.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    default=300.0,
    show_default=True,
    help="How long to wait.",
)
@click.option("--again", is_flag=True, help="Send even if an identical earlier send may have arrived.")
def send(
    session: Session, /, number: str, text: str, *, wait: bool, timeout: float, again: bool, **options: Any
) -> int:
    """Send a message. TEXT may be - to read it from standard input.

    Prints the id and the status. Exit code 0: the message was accepted. 1: it was refused, and nothing was sent. 3:
    its outcome is unknown; sending the same again then asks first.

    With --wait, the exit code is 0 if the message was delivered, 1 if it never will be, and 3 if that is not known
    when the time is up.
    """
    message = _message(number, text_of(text), options)
    sent = _sent(session, message, again=again, may_ask=text != "-")
    if not wait:
        return DONE
    with _whatever_happens_it_was_sent(sent, "its final status is not known"):
        last = session.client.messages.wait(sent, timeout=timeout)
        _tell(session, last)
        session.out.flush()
    return reached(last)


def _message(number: str, text: str, options: Mapping[str, Any]) -> Message:
    """The message that was asked for, checked before anything else happens.

    Raises:
        Failure: It can't be sent as it is.
    """
    from messagemedia import FieldError, Message  # noqa: PLC0415

    if options["media"] and options["voice"]:
        raise click.UsageError("give either --mms or --voice")
    kind: Literal["MMS", "TTS"] | None = "MMS" if options["media"] else "TTS" if options["voice"] else None
    message = Message(
        content=text,
        destination_number=number,
        callback_url=options["callback"],
        delivery_report=options["report"] or None,
        format=kind,
        media=list(options["media"]) or None,
        message_expiry_timestamp=options["expires"],
        metadata=dict(options["metadata"]) or None,
        scheduled=options["schedule"],
        source_number=options["source"],
        source_number_type=options["from_type"] and options["from_type"].upper(),
        subject=options["subject"],
    )
    problems: list[FieldError] = []
    message.to_json(problems)
    # Whether national numbers pass may be said in the environment, which the client reads.
    refused = [each for each in problems if each.rule != "e164"]
    if refused:
        told = [f"  {_TYPED.get(each.field or '', each.field)}: {each.message}" for each in refused]
        raise Failure("the message can't be sent as it is", USAGE, told)
    return message


def _sent(session: Session, message: Message, *, again: bool, may_ask: bool) -> SentMessage:
    """Send a message, and tell what the API said of it.

    Raises:
        Failure: It may have been sent, or nobody agreed to send it again.
        MessageMediaError: It was not sent.
    """
    from messagemedia.cli.repeats import Repeats  # noqa: PLC0415
    from messagemedia.errors import MessageMediaError, OutcomeUnknownError  # noqa: PLC0415

    messages = session.client.messages
    repeats = Repeats(session.out.note)
    intent = _intent(session, repeats, message, again=again, may_ask=may_ask)
    try:
        sent = messages.send(message)
    except OutcomeUnknownError as error:
        raise Failure(str(error).partition("\nHint: ")[0], UNKNOWN, _TO_SETTLE) from error
    except MessageMediaError:
        repeats.forget(intent, sent=False)
        raise
    except KeyboardInterrupt:
        session.out.note("\n".join(["\nmessagemedia: unknown: the message may have been sent", *_TO_SETTLE]))
        raise
    except Exception as error:
        raise Failure(f"the message may have been sent: {type(error).__name__}", UNKNOWN, _TO_SETTLE) from error
    # Told before it is forgotten: whoever did not see this, because a pipe was broken, is asked the next time.
    with _whatever_happens_it_was_sent(sent, "that could not be written"):
        _tell(session, sent)
        session.out.flush()
    repeats.forget(intent, sent=True)
    return sent


@contextmanager
def _whatever_happens_it_was_sent(sent: SentMessage, trouble: str) -> Generator[None]:
    """Let no error look as if the same could be sent again.

    Raises:
        Failure: For any of them.
        BrokenPipeError: As it is: that has a status of its own.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except Exception as error:
        steps = ["To see its status:", f"  messagemedia status {sent.message_id} --wait"]
        told = str(error).partition("\nHint: ")[0]
        raise Failure(f"the message was accepted, and {trouble}: {told}", UNKNOWN, steps) from error


def _tell(session: Session, message: SentMessage) -> None:
    if session.out.as_json:
        session.out.json(message.to_dict())
    else:
        session.out.row([message.message_id, message.status])


def _intent(session: Session, repeats: Repeats, message: Message, *, again: bool, may_ask: bool) -> Intent:
    """Write down that a message is about to be sent, and ask first if the same one may have been.

    Raises:
        Failure: Nobody agreed.
    """
    from messagemedia.cli.repeats import digits  # noqa: PLC0415

    client = session.client
    said = (client.base_url, client.account, digits(message.destination_number), message.content)
    intent = repeats.intend(*said, again=again)
    if again or not intent.earlier:
        return intent
    told = _told(intent.earlier)
    if not (may_ask and is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        steps = ["Nothing was sent now. To send it again, at the risk that it arrives twice:"]
        raise Failure(told, FAILED, [*steps, "  messagemedia send --again …"])
    if not click.confirm(f"{told}.\nSend it again? It may arrive twice.", err=True):
        raise Failure("nothing was sent", FAILED)
    return repeats.intend(*said, again=True)


def _told(earlier: Sequence[float]) -> str:
    last = datetime.fromtimestamp(max(earlier), UTC).astimezone()
    return f"the same text to this number may have been sent on {last:%Y-%m-%d at %H:%M:%S}: its outcome is unknown"
