"""What commands are made with: groups that load a command when it is called, and the options that all have.

    @command("status", ["messagemedia status ID"], json=True)
    @click.argument("message_id", metavar="ID")
    def status(session: Session, message_id: str) -> None:
        "Show where a message is on its way."
        session.out.item(…)

What such a function returns is the exit code, 0 for None. It raises `Failure` to end with another one and a message;
errors of the package and broken pipes can pass through it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Concatenate, NamedTuple, ParamSpec

import click

from messagemedia.cli.exits import USAGE
from messagemedia.cli.output import is_dumb, is_terminal
from messagemedia.cli.session import Session

P = ParamSpec("P")


def _wants_rich_help() -> bool:
    """Whether help is to be shown on a terminal: nothing else is worth the time that rich takes to import."""
    asked = len(sys.argv) < 2 or not {"--help", "-h"}.isdisjoint(sys.argv)
    return asked and is_terminal(sys.stdout) and not is_dumb()


if not TYPE_CHECKING and _wants_rich_help():
    from rich_click import RichCommand as Command
    from rich_click import RichGroup as Group
else:
    from click import Command, Group


class _WithExamples(click.Command):
    """Shows its epilog line by line, as it is: examples are typed again."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples below the help."""
        del ctx
        console = getattr(formatter, "console", None)
        if console is None:
            formatter.write(f"\n{self.epilog}\n")
        else:  # of rich, which would take brackets for markup
            from rich.text import Text  # noqa: PLC0415

            console.print(Text(f" {self.epilog}".replace("\n", "\n ")), soft_wrap=True)


class _Command(_WithExamples, Command):
    """A command."""


HELP_NAMES: Mapping[str, Any] = {"help_option_names": ["-h", "--help"]}


class Home(NamedTuple):
    """Where a command lives.

    Attributes:
        module: The module of this room.
        name: The name of the command in it.
        help: What it does, in a line.
    """

    module: str
    name: str
    help: str


class LazyGroup(_WithExamples, Group):
    """Commands, each of which is imported when it is called."""

    def __init__(self, *args: Any, homes: Mapping[str, Home], **options: Any) -> None:
        """Make a group of the commands in a table, in its order."""
        super().__init__(*args, **options)
        self.no_args_is_help = False  # `parse_args` does it, the same with every version of click
        self._homes = homes

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the table."""
        del ctx
        return list(self._homes)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        del ctx
        home = self._homes.get(cmd_name)
        if home is None:
            return None
        found: click.Command = getattr(import_module(f"messagemedia.cli.{home.module}"), home.name)
        found.short_help = home.help
        return found

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; where there are none, show the help."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), color=ctx.color)
            ctx.exit(USAGE)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or say which one may be meant."""
        if args and args[0] not in self._homes and not args[0].startswith("-"):
            import difflib  # noqa: PLC0415  # who makes no mistake need not wait for it

            meant = difflib.get_close_matches(args[0], self._homes, n=1)
            hint = f"did you mean {meant[0]!r}?" if meant else f"the commands are {', '.join(self._homes)}."
            raise click.UsageError(f"No such command {args[0]!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands; in plain text without importing any."""
        if hasattr(formatter, "console"):  # of rich
            super().format_commands(ctx, formatter)
            return
        with formatter.section("Commands"):
            formatter.write_dl([(name, home.help) for name, home in self._homes.items()])


def group(name: str, homes: Mapping[str, Home], text: str, examples: Sequence[str]) -> LazyGroup:
    """A group of commands below the first level, with lines that are shown below its help."""
    return LazyGroup(name=name, homes=homes, help=text, epilog=epilog(examples), context_settings=dict(HELP_NAMES))


def command(
    name: str, examples: Sequence[str], *, json: bool = False
) -> Callable[[Callable[Concatenate[Session, P], int | None]], click.Command]:
    """Make a command of a function that takes the session, arguments and options, and returns an exit code or None.

    Args:
        name: What is typed.
        examples: Lines that are shown below its help, as they are typed.
        json: Whether it has `--json`.
    """

    def make(function: Callable[Concatenate[Session, P], int | None]) -> click.Command:
        passed: Any = click.pass_obj(function)
        made = click.command(name, cls=_Command, epilog=epilog(examples), context_settings=dict(HELP_NAMES))(passed)
        made.params += common_options(json=json)
        return made

    return make


def epilog(examples: Sequence[str]) -> str:
    """Examples as they are shown below a help."""
    return "Examples:\n" + "\n".join(f"  {each}" for each in examples)


def _set_profile(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.ensure_object(Session).profile = value


def _set_debug(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        session = ctx.ensure_object(Session)
        session.debug = True
        session.log("DEBUG")


def _set_json(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    ctx.ensure_object(Session).out.as_json = value


def common_options(*, json: bool) -> list[click.Parameter]:
    """The options that may stand before a command as well as behind it, and `--json` where it has a meaning."""
    made = [
        _option(
            ["--profile"], _set_profile, "The profile to use; it takes precedence over the environment.", metavar="NAME"
        ),
        _option(["--debug"], _set_debug, "Log each request, and show where errors come from.", is_flag=True),
    ]
    text = "Write one line of JSON per object, with the API's names."
    return [_option(["--json"], _set_json, text, is_flag=True), *made] if json else made


def _option(names: Sequence[str], callback: Callable[..., None], text: str, **options: Any) -> click.Parameter:
    # Eager, so that it is known when anything else is wrong.
    return click.Option(names, expose_value=False, is_eager=True, callback=callback, help=text, **options)
