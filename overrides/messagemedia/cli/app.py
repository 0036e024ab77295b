"""The table of commands, and what comes of running one."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Mapping, Sequence

import click

from messagemedia.cli import frame
from messagemedia.cli.exits import BROKEN_PIPE, DONE, FAILED, INTERRUPTED, USAGE, Failure, failure_of, lines_of
from messagemedia.cli.frame import Home, LazyGroup
from messagemedia.cli.output import abandon_output, prepare_streams
from messagemedia.cli.session import Session

PROGRAM = "messagemedia"
COMPLETE = "_MESSAGEMEDIA_COMPLETE"

COMMANDS: Mapping[str, Home] = {
    "send": Home("sending", "send", "Send a message."),
    "status": Home("messages", "status", "Show the status of a message, or wait until it is final."),
    "cancel": Home("messages", "cancel", "Cancel a message that is still scheduled."),
    "credits": Home("messages", "credits_", "Show the balance of a prepaid account."),
    "replies": Home("inbox", "replies", "Show replies, and confirm them."),
    "reports": Home("inbox", "reports", "Show delivery reports, and confirm them."),
    "campaign": Home("campaigns", "campaign", "Send to everybody in a file, each row at most once."),
    "segments": Home("texts", "segments_", "Count the SMS parts of a text, and find what makes it longer."),
    "normalize": Home("texts", "normalize_", "Convert a phone number to international form."),
    "sandbox": Home("sandbox", "sandbox", "Run a local server that behaves like the API."),
    "listen": Home("pushes", "listen", "Push replies and reports to an application on this machine."),
    "replay": Home("pushes", "replay", "Push a stored push again, with a new signature."),
    "webhooks": Home("webhooks", "webhooks", "Check an endpoint; list, create, update and delete webhooks."),
    "keys": Home("keys", "keys", "Manage the keys that sign pushes."),
    "config": Home("config", "config", "Keep credentials in profiles, and choose between them."),
    "doctor": Home("diagnosis", "doctor", "Find out why the API does not answer as it should."),
    "curl": Home("curl", "curl", "Print a signed request, without its secrets."),
    "migrate": Home("migrating", "migrate", "Find uses of the older SDK, and say what to write instead."),
    "completion": Home("completion", "completion", "Print the script that completes commands in your shell."),
    "help": Home("topics", "help_", "Explain a topic, such as exit-codes."),
}

_TEXT = """\
Send messages with the MessageMedia Messages API, and follow what comes back.

\b
Credentials come from a profile (messagemedia config set), from
MESSAGEMEDIA_API_KEY and MESSAGEMEDIA_API_SECRET, or from a prompt.
"""
_EXAMPLES = [
    "messagemedia config set",
    'messagemedia send +61491570156 "Hello"',
    "messagemedia replies --follow --confirm --json",
    "messagemedia COMMAND --help",
]


@click.pass_context
def _root(ctx: click.Context, *, version: bool, verbose: bool) -> None:
    if version:
        from messagemedia.cli.version import lines  # noqa: PLC0415

        for line in lines(verbose=verbose):
            ctx.ensure_object(Session).out.line(line)
        ctx.exit(DONE)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
        ctx.exit(USAGE)


def root() -> LazyGroup:
    """The command itself, with all others below it."""
    return LazyGroup(
        name=PROGRAM,
        homes=COMMANDS,
        help=_TEXT,
        epilog=frame.epilog(_EXAMPLES),
        callback=_root,
        invoke_without_command=True,
        context_settings=dict(frame.HELP_NAMES),
        params=[
            click.Option(
                ["--version"],
                is_flag=True,
                help="Show the version; with --verbose, also those of Python, TLS and the packages in use.",
            ),
            click.Option(["--verbose"], is_flag=True, hidden=True),
            *frame.common_options(json=False),
        ],
    )


def main(arguments: Sequence[str]) -> int:
    """Run a command; return the exit code.

    Args:
        arguments: What was typed after the name of the program.
    """
    prepare_streams()
    if instruction := os.environ.get(COMPLETE):
        from click.shell_completion import shell_complete  # noqa: PLC0415

        return shell_complete(root(), {}, PROGRAM, COMPLETE, instruction)
    session = Session()
    with warnings.catch_warnings():

        def warn(message: Warning | str, *_others: object, **_more: object) -> None:
            session.out.note(f"{PROGRAM}: warning: {str(message).removeprefix(f'{PROGRAM}: ')}")

        warnings.showwarning = warn
        try:
            try:
                code = _run(arguments, session)
                session.out.flush()
            finally:
                session.close()
        except BaseException as error:  # noqa: BLE001  # each has an exit code
            return _status(error, session)
    return code


def _run(arguments: Sequence[str], session: Session) -> int:
    # Not `main` of click: it would have an opinion of its own about broken pipes and Ctrl-C.
    command = root()
    try:
        with command.make_context(PROGRAM, list(arguments), obj=session) as ctx:
            code: int | None = command.invoke(ctx)
    except click.exceptions.Exit as end:
        return end.exit_code
    return DONE if code is None else code


def _status(error: BaseException, session: Session) -> int:
    """Tell an error, and return its exit code."""
    if session.debug and not isinstance(error, Failure | click.ClickException):
        import traceback  # noqa: PLC0415  # it is seldom needed

        session.out.note("".join(traceback.format_exception(error)).rstrip())  # which never shows locals
    if isinstance(error, BrokenPipeError):
        abandon_output()
        return BROKEN_PIPE
    try:
        sys.stdout.flush()  # what was found out comes before what went wrong
    except (OSError, ValueError):
        abandon_output()
    if isinstance(error, KeyboardInterrupt | click.Abort):
        session.out.note(f"\n{PROGRAM}: interrupted")
        return INTERRUPTED
    failure = _failure(error, session)
    if failure is None:
        raise error
    for line in lines_of(failure):
        session.out.note(line)
    return failure.code


def _failure(error: BaseException, session: Session) -> Failure | None:
    """What an error means for whoever typed the command; None for what is not a failure, such as `SystemExit`."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, click.ClickException):
        return _of_click(error)
    if not isinstance(error, Exception):
        return None
    from messagemedia.errors import MessageMediaError  # noqa: PLC0415

    if isinstance(error, MessageMediaError):
        return failure_of(error)
    if isinstance(error, OSError):
        return Failure(": ".join(str(each) for each in (error.filename, error.strerror or error) if each))
    steps = [] if session.debug else ["This is a bug in messagemedia; --debug shows where."]
    return Failure(f"unexpected {type(error).__name__}", FAILED, steps)


def _of_click(error: click.ClickException) -> Failure:
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    steps = [] if ctx is None else [ctx.get_usage(), f"Try: {ctx.command_path} --help"]
    code = USAGE if isinstance(error, click.UsageError) else FAILED
    return Failure(error.format_message(), code, steps)
