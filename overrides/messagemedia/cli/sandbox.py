"""`sandbox`: the local server, as `python -m messagemedia.sandbox` runs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import click

from messagemedia.cli.exits import USAGE, Failure
from messagemedia.cli.frame import command
from messagemedia.cli.session import Session
from messagemedia.sandbox.__main__ import DEFAULT_PORT, DEFAULTS, reason, run
from messagemedia.sandbox.checks import FILLED, HOST, KEY, ORIGIN, Rule

F = TypeVar("F", bound=Callable[..., Any])


def _keeping(rule: Rule) -> Any:
    """What refuses values that do not fit a rule."""

    def check(_ctx: click.Context, _parameter: click.Parameter, value: Any) -> Any:
        for each in cast("tuple[str, ...]", value) if isinstance(value, tuple) else (value,):
            if not rule.fits(each):
                raise click.BadParameter(f"must be {rule.words}")
        return cast("object", value)

    return check


def _several(option: str, name: str, metavar: str, rule: Rule, what: str) -> Callable[[F], F]:
    text = f"{what}; can be given several times."
    return click.option(option, name, metavar=metavar, multiple=True, callback=_keeping(rule), help=text)


@command("sandbox", ["messagemedia sandbox", "messagemedia sandbox --port 0 --open"])
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="The port; 0 takes a free one.",
)
@click.option(
    "--key", default=DEFAULTS.api_key, show_default=True, callback=_keeping(KEY), help="The API key that is accepted."
)
@_several("--account", "accounts", "ID", FILLED, "A sub-account")
@_several("--host", "hosts", "NAME", HOST, "Another host name that requests may use")
@_several("--allow-origin", "allowed_origins", "URL", ORIGIN, "Origin of web pages that may make control calls")
@click.option("--open", "browse", is_flag=True, help="Open a browser at its address.")
def sandbox(session: Session, /, *, port: int, **options: Any) -> None:
    """Run a local server that behaves like the API, until Ctrl-C.

    It delivers nothing: it verifies signatures, moves messages through their statuses, keeps webhooks and keys, and
    fails on request. Its address is the only line on standard output; standard error says how to use it. Its secret is
    always the same: to choose another, use python -m messagemedia.sandbox, or Sandbox in Python.
    """
    from messagemedia.sandbox import MissingExtraError  # noqa: PLC0415

    del session
    try:
        run(port, secret=DEFAULTS.api_secret, **options)
    except MissingExtraError as error:
        raise Failure(str(error), USAGE) from None
    except OSError as error:
        raise Failure(reason(error, port)) from None
