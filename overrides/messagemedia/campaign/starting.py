"""What both ways of sending do before the first batch and after the last one."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress

from attrs import frozen
from messagemedia_generated.models import SendMessagesRequest

from messagemedia._messages.parallel import Pace
from messagemedia._messages.send_many import Options
from messagemedia.campaign.course import Course
from messagemedia.campaign.errors import JournalError, PausedError
from messagemedia.campaign.journal import Journal
from messagemedia.campaign.oversight import is_paused
from messagemedia.campaign.progress import Progress, Tell, shown
from messagemedia.campaign.summary import Summary
from messagemedia.errors import FieldError, ValidationError


@frozen
class Start:
    """How a campaign is to be sent."""

    concurrency: int
    max_rate: float | None
    patience: float
    progress: Progress


@contextmanager
def setting_out(journal: Journal, start: Start, *, marks: bool) -> Generator[tuple[Course, Pace | None, Tell]]:
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
    database = journal.database
    if is_paused(database):
        raise PausedError(
            f"the campaign {database.path.name} is paused, and nothing was sent",
            hint="Call resume() to let it be sent again, from any process.",
        )
    with database.exclusive(), shown(start.progress, database.path.name) as tell:
        journal.verify()
        journal.recover()
        journal.count()
        course = Course(journal, size=options.size, concurrency=start.concurrency, patience=start.patience, marks=marks)
        told = [course.summary]

        def tell_next(summary: Summary) -> None:
            told[:] = [summary]
            tell(summary)

        tell_next(course.summary)
        yield course, options.pace, tell_next
        journal.count()
        if course.summary != told[0]:  # what another process has withdrawn or learned, no batch tells
            tell(course.summary)


def say_interrupted(journal: Journal, progress: Progress) -> None:
    """Say on the standard error output how far an interrupted campaign is."""
    if progress is False or sys.stderr is None:
        return
    # Neither a journal nor a terminal that is gone changes what is raised.
    with suppress(JournalError, OSError, ValueError):
        summary = Summary(**journal.count())
        sys.stderr.write(f"{summary}{'; start again to go on' if summary.left else ''}\n")
        sys.stderr.flush()


def _is_patience(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
