"""`replies` and `reports`: what came back, written before it is confirmed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from time import sleep
from typing import TYPE_CHECKING, Any

import click
from attrs import frozen

from messagemedia.cli.exits import DONE, INTERRUPTED
from messagemedia.cli.frame import command
from messagemedia.cli.journals import Journal, JournalType, in_option
from messagemedia.cli.session import Session

if TYPE_CHECKING:
    from messagemedia import DeliveryReport, Reply

_MOST = 100
_LONGEST_PAUSE = 60.0

_JOURNALS = click.option(
    "--observe",
    metavar="JOURNAL",
    multiple=True,
    type=JournalType(),
    help="Let what arrives settle unknown rows of this campaign; can be given several times.",
)
_FOLLOW = click.option("--follow", is_flag=True, help="Wait for more, until Ctrl-C.")
_CONFIRM = click.option("--confirm", is_flag=True, help="Confirm what was written, so that it does not come again.")
_LIMIT = click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Stop after this many.")
_INTERVAL = click.option(
    "--interval",
    type=click.FloatRange(min=0.1, max=3600),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="How often --follow looks for more if --confirm is not given.",
)


@frozen
class _Kind:
    """One kind of what comes back.

    Attributes:
        noun: What people call several.
        id_name: The field with the id that is confirmed.
        columns: The fields that a pipe gets.
        shown: Those of them that a terminal shows.
    """

    noun: str
    id_name: str
    columns: Sequence[str]
    shown: Sequence[str]


_REPLIES = _Kind(
    "replies",
    "reply_id",
    ("reply_id", "date_received", "source_number", "destination_number", "message_id", "content"),
    ("date_received", "source_number", "content"),
)
_REPORTS = _Kind(
    "reports",
    "delivery_report_id",
    ("delivery_report_id", "date_received", "source_number", "message_id", "status", "error_code"),
    ("date_received", "source_number", "status", "message_id"),
)


@command(
    "replies",
    [
        "messagemedia replies",
        "messagemedia replies --confirm --json >> replies.jsonl",
        "messagemedia replies --follow --confirm",
        "messagemedia replies | cut -f 3,6",
    ],
    json=True,
)
@_FOLLOW
@_CONFIRM
@_LIMIT
@_INTERVAL
@_JOURNALS
@in_option
def replies(session: Session, /, **options: Any) -> int:
    """Show replies, the oldest first.

    Without --confirm nothing changes, and only the 100 oldest are shown. With it, all replies are fetched, and each is
    confirmed after it was written. In a pipe, each is a line of tab-separated values: reply_id, date_received,
    source_number, destination_number, message_id, content.
    """
    return _receive(session, session.client.replies, _REPLIES, **options)


@command(
    "reports",
    [
        "messagemedia reports",
        "messagemedia reports --confirm --json >> reports.jsonl",
        "messagemedia reports --observe spring.journal",
    ],
    json=True,
)
@_FOLLOW
@_CONFIRM
@_LIMIT
@_INTERVAL
@_JOURNALS
@in_option
def reports(session: Session, /, **options: Any) -> int:
    """Show the delivery reports of messages that were sent with --report, the oldest first.

    Without --confirm nothing changes, and only the 100 oldest are shown. With it, all reports are fetched, and each is
    confirmed after it was written. In a pipe, each is a line of tab-separated values: delivery_report_id,
    date_received, source_number (the recipient), message_id, status, error_code.
    """
    return _receive(session, session.client.delivery_reports, _REPORTS, **options)


def _receive(
    session: Session,
    inbox: Any,
    kind: _Kind,
    *,
    follow: bool,
    confirm: bool,
    limit: int | None,
    interval: float,
    observe: Sequence[Journal],
) -> int:
    with ExitStack() as closing:
        observers = _observers(observe, closing)

        def write(item: Reply | DeliveryReport) -> None:
            _write(session, kind, item)
            session.out.deliver()
            for each in observers:
                each(item)

        if confirm:
            return _confirmed(session, inbox, kind, write, follow=follow, limit=limit)
        if follow:
            return _watched(session, inbox, kind, write, limit=limit, interval=interval)
        items = inbox.check()[:limit]
        for item in items:
            for each in observers:
                each(item)
        _table(session, kind, items)
        if len(items) == _MOST:
            session.out.note(f"These are the {_MOST} oldest; with --confirm the next ones follow.")
    return DONE


def _observers(journals: Sequence[Journal], closing: ExitStack) -> list[Callable[[Any], object]]:
    return [closing.enter_context(journal.opened()).observe for journal in journals]


def _confirmed(
    session: Session,
    inbox: Any,
    kind: _Kind,
    write: Callable[[Any], None],
    *,
    follow: bool,
    limit: int | None,
) -> int:
    """Write everything, and confirm what was written."""
    stop = threading.Event()
    summary = inbox.consume(
        write, until_empty=not follow, limit=limit, stop=stop, stop_on=(signal.SIGINT, signal.SIGTERM)
    )
    if stop.is_set():
        session.out.note(f"\nmessagemedia: interrupted; {kind.noun} written and confirmed: {summary.handled}")
        return INTERRUPTED
    return DONE


def _watched(
    session: Session,
    inbox: Any,
    kind: _Kind,
    write: Callable[[Any], None],
    *,
    limit: int | None,
    interval: float,
) -> int:
    """Write what comes and confirm nothing, so that nothing is seen behind the oldest 100."""
    session.out.note(f"Without --confirm only the {_MOST} oldest {kind.noun} can be seen: newer ones wait behind them.")
    seen: set[str] = set()
    left, pause, warned = limit, interval, False
    while True:
        items = _looked(session, inbox)
        pause = interval if items is not None else min(pause * 2, _LONGEST_PAUSE)
        for item in items or ():
            if getattr(item, kind.id_name) not in seen:
                write(item)
                left = None if left is None else left - 1
                if left == 0:
                    return DONE
        if items is not None:
            seen = {getattr(item, kind.id_name) for item in items}
            if len(items) == _MOST and not warned:
                session.out.note(
                    f"{_MOST} {kind.noun} are unconfirmed: newer ones can't be fetched until some are confirmed."
                )
                warned = True
        sleep(pause)


def _looked(session: Session, inbox: Any) -> list[Any] | None:
    """What there is; None if that can't be found out at the moment."""
    from messagemedia.errors import RateLimitError, ServerError, TransportError  # noqa: PLC0415

    try:
        found: list[Any] = inbox.check()
    except (RateLimitError, ServerError, TransportError) as error:
        session.out.note(f"messagemedia: warning: {str(error).splitlines()[0]} Trying again.")
        return None
    return found


def _table(session: Session, kind: _Kind, items: Iterable[Any]) -> None:
    if session.out.as_json:
        for item in items:
            session.out.json(item.to_dict())
        return
    names = _names(session, kind)
    session.out.rows(names, ([_value(item, name, session) for name in names] for item in items))


def _write(session: Session, kind: _Kind, item: Any) -> None:
    if session.out.as_json:
        session.out.json(item.to_dict())
    else:
        session.out.row([_value(item, name, session) for name in _names(session, kind)])


def _names(session: Session, kind: _Kind) -> Sequence[str]:
    return kind.shown if session.out.is_table else kind.columns


def _value(item: Any, name: str, session: Session) -> object:
    value = getattr(item, name)
    if name == "date_received" and value is not None:
        if session.out.is_table:
            return f"{value.astimezone():%Y-%m-%d %H:%M:%S}"
        return item.to_dict()[name]
    return value
