"""`help`: topics that no single command explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from messagemedia.cli.frame import command
from messagemedia.cli.session import Session

TOPICS: Mapping[str, str] = {
    "exit-codes": """\
0    Done.
1    Refused or failed, and nothing was sent; it is safe to run the command again. In a campaign: rows were refused, or
     are left. After send --wait: the message was accepted and did not arrive; running it again sends another one.
2    A mistake in the command, the settings or the environment; nothing was done.
3    Unknown: a message may have been sent, or its final status is not known yet. Don't just run it again: the lines
     below the error name the command that settles it.
130  Stopped by Ctrl-C. What was sent or written until then is settled, or the error says what is not.
141  Nobody is reading the output any more, as in `messagemedia replies | head -1`.

No option changes the exit code, not even --json. A scheduler may retry after 1, unless it waits
for the end with --wait, and must not retry after 3.""",
    "credentials": """\
Credentials and address come from one source, the first of these that exists:

1. the profile that --profile names
2. the profile that MESSAGEMEDIA_PROFILE names
3. the environment: MESSAGEMEDIA_API_KEY with MESSAGEMEDIA_API_SECRET, or with MESSAGEMEDIA_API_SECRET_COMMAND, a
   command that prints the secret; and MESSAGEMEDIA_AUTH, _REGION, _BASE_URL and _ACCOUNT
4. the profile in use: messagemedia config use NAME
5. a prompt, on a terminal

A key works in one region only, so sources are never mixed: variables that differ from the profile of 2 or 4 are
refused.

Profiles are in profiles.toml, in your system's folder for settings; messagemedia config set writes it. Only you may be
able to read that file. In it, `secret_command` instead of `api_secret` is a command that prints the secret, such as
"pass show messagemedia"; it is run without a shell, and only the first line of its output is used. The secret is never
taken from an argument, written to a log, or passed on to other programs.

`campaign_dsn` in the profile, or MESSAGEMEDIA_CAMPAIGN_DSN, says which database campaigns are in: see messagemedia help
campaign.""",
    "output": """\
On a terminal, the output is tables and colours. In a pipe, it is one line per object with tab-separated values, nothing
cut, in the order that the command's help gives. Tabs, line breaks and control characters in a text are written as \\t,
\\n and \\x1b, and a backslash is doubled. With --json, it is one line of JSON per object, with the API's names, which
don't change.

Results go to standard output; errors, notes and progress bars go to standard error, bars only if that is a terminal.
NO_COLOR and TERM=dumb turn colours and drawing off; COLUMNS sets the width of tables.

Characters that the encoding of the output lacks are written as \\U0001f44b: LC_ALL=C.UTF-8 or PYTHONUTF8=1 shows
them.""",
    "environment": """\
MESSAGEMEDIA_PROFILE              the profile to use
MESSAGEMEDIA_API_KEY              the API key
MESSAGEMEDIA_API_SECRET           its secret
MESSAGEMEDIA_API_SECRET_COMMAND   a command that prints the secret
MESSAGEMEDIA_AUTH                 basic or hmac
MESSAGEMEDIA_REGION               apac, au, eu or us
MESSAGEMEDIA_BASE_URL             another server, such as a sandbox
MESSAGEMEDIA_ACCOUNT              a sub-account
MESSAGEMEDIA_CAMPAIGN_DSN         the PostgreSQL database that campaigns are in
MESSAGEMEDIA_NATIONAL_NUMBERS     1 allows numbers that begin with a zero
HTTPS_PROXY, NO_PROXY             proxies
SSL_CERT_FILE                     your own CA certificates
NO_COLOR, TERM, COLUMNS           how the output looks""",
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
