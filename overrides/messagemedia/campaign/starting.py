"""What both ways of sending do before the first batch and after the last one."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

from attrs import frozen
from messagemedia_generated.models import SendMessagesRequest

from messagemedia._call.numbers import is_amount
from messagemedia._call.settings import Settings
from messagemedia._messages.parallel import Pace
from messagemedia._messages.send_many import Options
from messagemedia.campaign.course import Course
from messagemedia.campaign.errors import JournalError, PausedError
from messagemedia.campaign.progress import Progress, Tell, shown
from messagemedia.campaign.protocol import Journal, Sender
from messagemedia.campaign.summary import Summary
from messagemedia.errors import FieldError, ValidationError

_LEASE = 300.0


@frozen
class Start:
    """How a campaign is to be sent."""

    concurrency: int
    max_rate: float | None
    patience: float
    progress: Progress
    marks: bool
    lease: float | None = None
    until: Callable[[int], bool] | None = None


@contextmanager
def setting_out(journal: Journal, start: Start, settings: Settings) -> Generator[tuple[Course, Pace | None, Tell]]:
    """What is needed to send, while nobody else sends.

    Raises:
        ValidationError: An argument is wrong.
        PausedError: The campaign is paused.
        JournalInUseError: Another process or thread adds or sends.
        JournalError: The journal can't be used.
    """
    options = Options(
        on_invalid="skip",
        concurrency=start.concurrency,
        batch_size=SendMessagesRequest.MAX_MESSAGES,
        max_rate=start.max_rate,
        duplicates_within=None,
    )
    if not _is_patience(start.patience):
        raise ValidationError([FieldError("must be a number of seconds, 0 or more", "patience")])
    sender = Sender(_account(settings), settings.timeout, _lease(start.lease, settings.timeout))
    if start.until is None and journal.is_paused():
        raise PausedError(
            f"the campaign {journal.name} is paused, and nothing was sent",
            hint="Call resume(), from any process, to allow sending again.",
        )
    with journal.sending(sender), shown(start.progress, journal.name) as tell:
        course = Course(
            journal,
            size=options.size,
            concurrency=start.concurrency,
            patience=start.patience,
            marks=start.marks,
            until=start.until,
        )
        told = [course.summary]

        def tell_next(summary: Summary) -> None:
            told[:] = [summary]
            tell(summary)

        tell_next(course.summary)
        yield course, None if start.max_rate is None else journal.pace(start.max_rate), tell_next
        journal.count()
        if course.summary != told[0]:  # what another process has withdrawn or learned, no batch tells
            tell(course.summary)


def say_interrupted(journal: Journal, progress: Progress) -> None:
    """Print the progress of an interrupted campaign to standard error."""
    if progress is False or sys.stderr is None:
        return
    # Neither a journal nor a terminal that is gone changes what is raised.
    with suppress(JournalError, OSError, ValueError):
        summary = Summary(**journal.count())
        sys.stderr.write(f"{summary}{'; run it again to continue' if summary.left else ''}\n")
        sys.stderr.flush()


def _is_patience(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _account(settings: Settings) -> bytes:
    """What stands for credentials and sub-account, and tells nothing about them."""
    key = getattr(settings.auth, "api_key", type(settings.auth).__name__)
    parts = (settings.base_url, str(key), settings.account)
    return hashlib.blake2b("\0".join(parts).encode(), person=b"mm-account", digest_size=16).digest()


def _lease(lease: object, timeout: float) -> float:
    """How long a batch is leased, in seconds.

    Raises:
        ValidationError: It is too short to send anything, or no number.
    """
    if lease is None:
        return max(_LEASE, 4 * timeout)
    if not is_amount(lease) or lease < 2 * timeout:
        wanted = f"must be a number of seconds, at least {2 * timeout:g}: twice the timeout of the client"
        raise ValidationError([FieldError(wanted, "lease")])
    return lease
