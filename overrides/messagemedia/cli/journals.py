"""What JOURNAL means: a file, or the name of a campaign in a PostgreSQL database, and which database that is."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote

import click
from attrs import frozen

from messagemedia._secret import Secret
from messagemedia.cli.credentials import CAMPAIGN_DSN, campaign_dsn
from messagemedia.cli.exits import USAGE, Failure
from messagemedia.cli.session import Session

if TYPE_CHECKING:
    from messagemedia.campaign import Campaign

    _OfJournals = click.ParamType["Journal"]
else:  # older ones have no parameters
    _OfJournals = click.ParamType

F = TypeVar("F", bound=Callable[..., Any])

_SCHEMES = ("postgresql://", "postgres://")
_SECRETS = {"password", "sslpassword", "oauth_client_secret"}
# As libpq takes it elsewhere: host=db.internal password=…
_IN_KEYWORDS = re.compile(r"(?:^|\s)(?:ssl)?password\s*=", re.IGNORECASE)
_EXAMPLE = "postgresql://sender@db.internal/app"
_NO_DATABASE = Secret("")


@frozen
class Journal:
    """Where a campaign is kept.

    Attributes:
        name: The path of a file, or what the campaign is called in a database.
        database: The address of the database; empty for a file.
        options: What has to be typed again to find the same one with the same credentials.
    """

    name: str
    database: Secret = _NO_DATABASE
    options: Sequence[str] = ()

    @property
    def typed(self) -> str:
        """It as it is typed in a shell, with its options; no password is among them."""
        return shlex.join([self.name, *self.options])

    def begun(self, **options: Any) -> Campaign:
        """The campaign, which is begun if there is none.

        Raises:
            ConfigurationError: What PostgreSQL needs is not installed.
            JournalNotFoundError: There is none, and `begin=False` is among the options.
            ValidationError: The name or the address can't be used.
            JournalError: It can't be opened.
        """
        from messagemedia.campaign import Campaign  # noqa: PLC0415  # it takes a moment

        return Campaign(self.database, name=self.name, **options) if self.database else Campaign(self.name, **options)

    @contextmanager
    def opened(self) -> Generator[Campaign]:
        """A campaign that was begun before.

        Raises:
            Failure: There is none.
            JournalError: It can't be opened.
        """
        from messagemedia.campaign import JournalNotFoundError  # noqa: PLC0415  # it takes a moment

        try:
            found = self.begun(begin=False)
        except JournalNotFoundError as error:
            steps = ["A campaign begins with its first rows:", f"  messagemedia campaign add {self.typed} FILE.csv"]
            if not self.database:
                steps.append(f"One in PostgreSQL is found with --in {_EXAMPLE}, or {CAMPAIGN_DSN}.")
            raise Failure(error.message, USAGE, steps) from None
        with found:
            yield found


class JournalType(_OfJournals):
    """A campaign, as it is typed."""

    name = "journal"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Journal:
        """Find out what is meant.

        Raises:
            Failure: That is not clear, or there is a password in it.
        """
        del param
        if isinstance(value, Journal):
            return value
        return journal_of(str(value), Session() if ctx is None else ctx.ensure_object(Session))

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> Any:
        """Complete it as a file."""
        return click.Path().shell_complete(ctx, param, incomplete)


def journal_of(name: str, session: Session) -> Journal:
    """The campaign that is meant by what was typed.

    Raises:
        Failure: That is not clear, or there is a password in it.
    """
    if "://" in name or _IN_KEYWORDS.search(name):
        refuse_password(name, "JOURNAL")
        steps = ["Give the database and the name separately:", f"  messagemedia campaign status NAME --in {_EXAMPLE}"]
        raise Failure("JOURNAL is an address; give the name of a campaign in that database instead", USAGE, steps)
    if session.database is None and any(each and each in name for each in (os.sep, os.altsep)):
        return _file(name, session)
    address = database_of(session)
    if not address:
        return _file(name, session)
    if session.database is None and Path(name).is_file():
        steps = [f"For the file, write {shlex.quote(f'./{name}')}; for the database, add --in ADDRESS."]
        raise Failure(f"{name!r} is a file here, and a database for campaigns is set as well", USAGE, steps)
    return Journal(name, address, in_database(session))


def in_database(session: Session) -> list[str]:
    """The options that have to be typed again to find the same database with the same credentials."""
    options = [] if session.database is None else ["--in", session.database]
    return options if session.profile is None else [*options, "--profile", session.profile]


def database_of(session: Session) -> Secret:
    """The address of the database that is meant, empty if there is none.

    Raises:
        Failure: It is not an address, or the profile can't be read.
    """
    source, address = campaign_dsn(session.profile) if session.database is None else ("--in", session.database)
    if not address.startswith(_SCHEMES) and (address or session.database is not None):
        raise Failure(f"{source} must be an address such as {_EXAMPLE}", USAGE)
    return Secret(address)


def refuse_password(address: str, where: str) -> None:
    """Refuse an address on the command line that has a password in it.

    Raises:
        Failure: It has.
    """
    rest = address.partition("://")[2] or address
    # libpq takes what is before the first @ for user and password. Others put a / or ? into a password.
    found = _IN_KEYWORDS.search(address) or re.match(r"[^@/]*:[^@/]+@|[^?]*:[^?]+@", rest)
    pairs = [each.partition("=") for each in rest.partition("?")[2].split("&")]
    if found or any(unquote(name).strip().lower() in _SECRETS and value for name, _, value in pairs):
        steps = [
            "Leave it out of the address. It comes from PGPASSWORD, a service file (PGSERVICE) or ~/.pgpass, or with",
            f"the whole address from {CAMPAIGN_DSN} or campaign_dsn of a profile.",
        ]
        said = f"{where} must not contain a password: everybody on this machine can see the arguments of a process"
        raise Failure(said, USAGE, steps)


def _file(name: str, session: Session) -> Journal:
    if Path(name).is_dir():
        raise Failure(f"the journal {name} is a folder", USAGE)
    return Journal(name, options=[] if session.profile is None else ["--profile", session.profile])


def _set_database(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        refuse_password(value, "--in")
        ctx.ensure_object(Session).database = value


# Eager, so that it is known when JOURNAL is read.
in_option = click.option(
    "--in",
    "database",
    metavar="ADDRESS",
    expose_value=False,
    is_eager=True,
    callback=_set_database,
    help=f"The PostgreSQL database that has the campaign named JOURNAL, such as {_EXAMPLE}, without a password.",
)


def journal_argument(function: F) -> F:
    """A campaign as the first argument of a command, and where it is kept."""
    return click.argument("journal", metavar="JOURNAL", type=JournalType())(in_option(function))
