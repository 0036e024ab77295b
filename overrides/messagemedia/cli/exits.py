"""The exit codes, which of them an error has, and the words in which it is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from messagemedia.errors import MessageMediaError

DONE = 0
FAILED = 1
USAGE = 2
UNKNOWN = 3
INTERRUPTED = 130
BROKEN_PIPE = 141


class Failure(Exception):  # noqa: N818  # it ends a command, also where nothing went wrong
    """Ends a command with a status and a message.

    Attributes:
        message: What happened, without a full stop at its end if it is a single sentence.
        code: The exit code.
        steps: Lines below it: what to do, commands indented by two spaces.
    """

    def __init__(self, message: str, code: int = FAILED, steps: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.steps = list(steps)


def failure_of(error: MessageMediaError) -> Failure:
    """What an error of the package means for whoever typed the command."""
    from messagemedia import errors  # noqa: PLC0415
    from messagemedia.errors import ConfigurationError, OutcomeUnknownError, ValidationError  # noqa: PLC0415

    if isinstance(error, OutcomeUnknownError | errors.WaitTimeoutError):
        return Failure(str(error), UNKNOWN)
    if isinstance(error, ValidationError):
        told = [f"  {each.field}: {each.message}" if each.field else f"  {each.message}" for each in error.errors]
        if any(each.rule == "e164" for each in error.errors):
            told += ["To convert a number to international form:", "  messagemedia normalize 0491570156 --country AU"]
        return Failure("the input can't be used, and nothing was sent", USAGE, told)
    return Failure(str(error), USAGE if isinstance(error, ConfigurationError) else FAILED)


def lines_of(failure: Failure) -> list[str]:
    """What is written to standard error."""
    kind = "unknown" if failure.code == UNKNOWN else "error"
    return [f"messagemedia: {kind}: {failure.message}", *failure.steps]
