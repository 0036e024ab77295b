"""Asking before something is removed."""

from __future__ import annotations

import sys

import click

from messagemedia.cli.exits import USAGE, Failure
from messagemedia.cli.output import is_terminal


def require_yes(question: str) -> None:
    """Ask for confirmation at the terminal; in a pipe, nobody can answer.

    Raises:
        Failure: The answer is no, or there is no terminal.
    """
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise Failure(
            "this needs a confirmation, and there is no terminal to ask on",
            USAGE,
            ["To confirm in advance, add --yes."],
        )
    if not click.confirm(question, err=True):
        raise Failure("nothing was changed")
