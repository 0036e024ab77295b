"""`config`: profiles are made, listed and chosen."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

import click
from messagemedia_generated.servers import SERVERS

from messagemedia.cli.credentials import Chosen, asked_for
from messagemedia.cli.exits import FAILED, Failure
from messagemedia.cli.frame import Home, command, group
from messagemedia.cli.journals import refuse_password
from messagemedia.cli.output import is_terminal
from messagemedia.cli.profiles import Profile, change_profiles, path_of_profiles, read_profiles
from messagemedia.cli.session import Session

if TYPE_CHECKING:
    from messagemedia import Client

COMMANDS: Mapping[str, Home] = {
    "set": Home("config", "set_", "Create or change a profile, after testing its credentials."),
    "list": Home("config", "list_", "List the profiles."),
    "use": Home("config", "use", "Choose the profile to use by default."),
}

config = group(
    "config",
    COMMANDS,
    "Keep credentials in profiles, in a file that only you can read, and choose between the profiles.",
    ["messagemedia config set work", "messagemedia config use work"],
)

# There is no such message, so asking for it shows nothing but whether the credentials are accepted.
_NO_MESSAGE = "00000000-0000-0000-0000-000000000000"


@command(
    "set",
    [
        "messagemedia config set",
        "messagemedia config set work --region au --auth hmac",
        'messagemedia config set work --secret-command "pass show messagemedia"',
        "printenv SECRET | messagemedia config set ci --key KEY",
    ],
)
@click.argument("name", default="default")
@click.option("--key", metavar="KEY", help="The API key; prompted for if left out.")
@click.option(
    "--secret-command",
    metavar="COMMAND",
    default="",
    help="A command that prints the secret.",
)
@click.option("--auth", type=click.Choice(["basic", "hmac"]), default="basic", show_default=True)
@click.option("--region", type=click.Choice(list(SERVERS)), help="The region of the account.")
@click.option("--base-url", metavar="URL", default="", help="Another server, instead of a region.")
@click.option("--account", metavar="ID", default="", help="The sub-account to use.")
@click.option("--campaign-dsn", metavar="ADDRESS", default="", help="The database for campaigns; without a password.")
@click.option("--no-check", is_flag=True, help="Save the credentials without testing them.")
def set_(session: Session, /, name: str, *, key: str | None, no_check: bool, **settings: str | None) -> None:
    """Create or change a profile. The secret is prompted for and not shown, or read from standard input.

    The credentials are tested with a request that changes nothing, and saved if they are accepted. There is no option
    for the secret, because everybody on this machine can see the arguments of a process.
    """
    if settings["base_url"] and settings["region"]:
        raise click.UsageError("Give either --base-url or --region.")
    refuse_password(settings["campaign_dsn"] or "", "--campaign-dsn")
    before = read_profiles().profiles.get(name)  # if it can't be read, that is said before anything is typed
    if before is not None:  # it may have a password, which can only be written into the file
        settings["campaign_dsn"] = settings["campaign_dsn"] or before.campaign_dsn
    profile = _typed(key, {each: value or "" for each, value in settings.items()})
    if not no_check:
        works = _tried(Chosen(f"profile {name!r}", profile))
        session.out.note(works)
    profiles = change_profiles(name, profile)
    session.out.note(f"Profile {name!r} is saved in {profiles.path}.")
    if profiles.current != name:
        session.out.note(f"To use it by default:\n  messagemedia config use {shlex.quote(name)}")


def _typed(key: str | None, settings: dict[str, str]) -> Profile:
    """What was asked for, by options or else at the terminal."""
    command_given = settings.pop("secret_command")
    if command_given:
        return Profile(api_key=key or click.prompt("API key", err=True), secret_command=command_given, **settings)
    if is_terminal(sys.stdin):
        return asked_for(settings, key)
    secret = sys.stdin.readline().strip()
    if not key or not secret:
        raise click.UsageError("Without a terminal, give --key, and the secret on standard input.")
    return Profile(api_key=key, api_secret=secret, **settings)


def _tried(chosen: Chosen) -> str:
    """What the credentials work for.

    Raises:
        Failure: They are not accepted, or that can't be found out.
        ConfigurationError: They can't be used.
    """
    from messagemedia.errors import APIStatusError, NotFoundError, TransportError  # noqa: PLC0415

    with chosen.client() as client:
        where = client.base_url + (f" as {client.account}" if client.account else "")
        try:
            with suppress(NotFoundError):
                client.messages.get(_NO_MESSAGE)
        except (APIStatusError, TransportError) as error:
            steps = ["Nothing was saved. To save them anyway, add --no-check."]
            raise Failure(f"the credentials were tested at {where}:\n{error}", FAILED, steps) from error
        return f"Accepted by {where}; {_balance(client)}."


def _balance(client: Client) -> str:
    from messagemedia.errors import MessageMediaError  # noqa: PLC0415

    try:
        return f"the balance is {client.messages.credits().remaining_credits}"
    except MessageMediaError:
        return "the account reports no balance, so it may not be prepaid"


@command("list", ["messagemedia config list"], json=True)
def list_(session: Session) -> None:
    """List the profiles, without their secrets.

    In a pipe, each profile is a line of tab-separated values: name, whether it is in use, key, auth, address, account,
    where the secret is, where campaigns are looked for by name.
    """
    profiles = read_profiles()
    rows = [
        {
            "name": name,
            "in_use": name == profiles.current,
            "api_key": f"{each.api_key[:3]}…",
            "auth": each.auth,
            "address": each.base_url or each.region or next(iter(SERVERS)),
            "account": each.account,
            "secret": "command" if each.secret_command else "file",
            "campaigns": "database" if each.campaign_dsn else "files",
        }
        for name, each in profiles.profiles.items()
    ]
    if session.out.as_json:
        for row in rows:
            session.out.json(row)
        return
    columns = ("name", "in use", "key", "auth", "address", "account", "secret", "campaigns")
    session.out.rows(columns, [list(row.values()) for row in rows])
    if not rows:
        session.out.note(f"There are no profiles in {path_of_profiles()}. To create one:\n  messagemedia config set")


@command("use", ["messagemedia config use work"])
@click.argument("name")
def use(session: Session, /, name: str) -> None:
    """Choose the profile to use by default."""
    change_profiles(name)
    session.out.note(f"Profile {name!r} is in use.")
