"""`help`: topics that no single command explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from messagemedia.cli.frame import command
from messagemedia.cli.session import Session

TOPICS: Mapping[str, str] = {
    "exit-codes": """\
0    Done.
1    Refused or failed, and nothing was sent. The same again does no harm.
2    A mistake in the command, the settings or the environment; nothing was done.
3    Unknown: a message may have been sent, or its end is not known yet. Don't repeat it blindly: the lines below the
     message name the command that settles it.
130  Stopped by Ctrl-C. What was sent or written until then is settled, or the message says what is not.
141  Nobody reads the output any more, as in `messagemedia replies | head -1`.

No option changes the exit status, --json included. A scheduler may try again after 1, and must not after 3.""",
    "credentials": """\
Credentials and address come from one place, the first of these that is there:

1. the profile that --profile names
2. the profile that MESSAGEMEDIA_PROFILE names
3. the environment: MESSAGEMEDIA_API_KEY with MESSAGEMEDIA_API_SECRET, or with MESSAGEMEDIA_API_SECRET_COMMAND, a
   command that prints the secret; MESSAGEMEDIA_AUTH, _REGION, _BASE_URL and _ACCOUNT belong to it
4. the profile in use: messagemedia config use NAME
5. what is asked for, at a terminal

A key works in one region only, so what one place says is never mixed with another: with a profile of 2 or 4, variables
that say something else than it are refused.

Profiles are in profiles.toml, in the folder for settings of your system; messagemedia config set writes it. Only you
may be able to read it. In it, `secret_command` in place of `api_secret` is a command that prints the secret, such as
"pass show messagemedia"; it is run without a shell, and only its first line is taken. The secret is never taken from
an argument, written to a log, or passed on to other programs.

Where campaigns are, `campaign_dsn` of the profile says, or MESSAGEMEDIA_CAMPAIGN_DSN: messagemedia help campaign.""",
    "output": """\
On a terminal, tables and colours. In a pipe, a line for each object, with tabs between its values, nothing cut, in the
order that the help of the command names. Tabs, line breaks and control characters in a text are written as \\t, \\n and
\\x1b, a backslash as two. With --json, a line of JSON for each object, with the API's names, which don't change.

What is found out goes to the standard output; errors, notes and bars to the standard error output, bars only if that
is a terminal. NO_COLOR and TERM=dumb switch colours and drawing off; COLUMNS says how wide a table may be.

What the encoding of the output can't express is written as \\U0001f44b: LC_ALL=C.UTF-8 or PYTHONUTF8=1 shows it.""",
    "environment": """\
MESSAGEMEDIA_PROFILE              the profile to use
MESSAGEMEDIA_API_KEY              the API key
MESSAGEMEDIA_API_SECRET           its secret
MESSAGEMEDIA_API_SECRET_COMMAND   a command that prints the secret
MESSAGEMEDIA_AUTH                 basic or hmac
MESSAGEMEDIA_REGION               apac, au, eu or us
MESSAGEMEDIA_BASE_URL             another server, such as a sandbox
MESSAGEMEDIA_ACCOUNT              a sub-account
MESSAGEMEDIA_CAMPAIGN_DSN         the PostgreSQL database in which campaigns are found by their names
MESSAGEMEDIA_NATIONAL_NUMBERS     1 lets numbers pass that begin with a zero
HTTPS_PROXY, NO_PROXY             proxies
SSL_CERT_FILE                     certificates of your own
NO_COLOR, TERM, COLUMNS           how it looks""",
}


@command("help", ["messagemedia help exit-codes", "messagemedia help credentials", "messagemedia help campaign add"])
@click.argument("topic", nargs=-1)
@click.pass_context
def help_(ctx: click.Context, session: Session, topic: Sequence[str]) -> None:
    """Explain a topic, or a command: exit-codes, credentials, output, environment."""
    if not topic:
        session.out.line("Topics: " + ", ".join(TOPICS))
        session.out.line("Or the name of a command, such as: messagemedia help campaign add")
    elif topic[0] in TOPICS:
        session.out.line(TOPICS[topic[0]])
    else:
        session.out.line(_help_of(ctx.find_root(), topic))


def _help_of(ctx: click.Context, names: Sequence[str]) -> str:
    """The help of a command.

    Raises:
        UsageError: There is none of this name.
    """
    for name in names:
        found = ctx.command.get_command(ctx, name) if isinstance(ctx.command, click.Group) else None
        if found is None:
            topics = f"topics are {', '.join(TOPICS)}" if ctx.parent is None else ""
            raise click.UsageError(f"There is no topic or command {name!r}{topics and f'; {topics}'}.")
        ctx = click.Context(found, info_name=name, parent=ctx)
    return ctx.get_help()
