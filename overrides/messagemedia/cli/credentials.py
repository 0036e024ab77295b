"""Where credentials come from. What one source says is never mixed with another: a key works in one region only.

In this order: the profile that `--profile` names; the one that `MESSAGEMEDIA_PROFILE` names; the environment, if
`MESSAGEMEDIA_API_KEY` or `_API_SECRET` is set; the profile in use; a prompt, if somebody is at the terminal.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click
from attrs import frozen
from messagemedia_generated.servers import SERVERS

from messagemedia._secret import Secret
from messagemedia.cli.exits import USAGE, Failure
from messagemedia.cli.output import is_terminal
from messagemedia.cli.profiles import Profile, read_profiles

if TYPE_CHECKING:
    from messagemedia import Auth, Client

_KEY, _SECRET = "MESSAGEMEDIA_API_KEY", "MESSAGEMEDIA_API_SECRET"
_COMMAND = "MESSAGEMEDIA_API_SECRET_COMMAND"
CAMPAIGN_DSN = "MESSAGEMEDIA_CAMPAIGN_DSN"
_SETTINGS = {
    "auth": "MESSAGEMEDIA_AUTH",
    "region": "MESSAGEMEDIA_REGION",
    "base_url": "MESSAGEMEDIA_BASE_URL",
    "account": "MESSAGEMEDIA_ACCOUNT",
}
_SECONDS = 120


@frozen
class Chosen:
    """Credentials and address, all from one source.

    Attributes:
        source: What that is, in words.
        profile: What it says; None if the environment says everything, which the client reads itself.
    """

    source: str
    profile: Profile | None

    def client(self, **options: Any) -> Client:
        """A client with them.

        Raises:
            ConfigurationError: They can't be used.
            Failure: The command that tells the secret failed.
        """
        from messagemedia import Client  # noqa: PLC0415

        if self.profile is None:
            return Client(**options)
        profile = self.profile
        address: dict[str, Any] = {"base_url": profile.base_url} if profile.base_url else {}
        if not address:
            address = {"region": profile.region or next(iter(SERVERS))}
        return Client(auth=auth_of(profile), account=profile.account, **address, **options)


def auth_of(profile: Profile) -> Auth:
    """How a profile authenticates.

    Raises:
        ConfigurationError: Key or secret can't be used.
        Failure: There is no such way, or the command that tells the secret failed.
    """
    from messagemedia import BasicAuth, HmacAuth  # noqa: PLC0415

    kinds: dict[str, Callable[[str, str], Auth]] = {"basic": BasicAuth, "hmac": HmacAuth}
    if profile.auth not in kinds:
        raise Failure(f"auth must be basic or hmac, not {profile.auth!r}", USAGE)
    return kinds[profile.auth](profile.api_key, profile.api_secret or _told_by(profile.secret_command))


def choose(name: str | None) -> Chosen:
    """Find the source to use.

    Args:
        name: The profile that was asked for as an option, if one was.

    Raises:
        Failure: There is none, or it can't be read.
    """
    if name is not None:
        return _of_profile(name, "--profile")
    if from_environment := os.environ.get("MESSAGEMEDIA_PROFILE"):
        chosen = _of_profile(from_environment, "MESSAGEMEDIA_PROFILE")
        _refuse_two_addresses(chosen)
        return chosen
    if any(os.environ.get(each) for each in (_KEY, _SECRET, _COMMAND)):
        return _of_environment()
    profiles = read_profiles()
    if profiles.current:
        chosen = Chosen(f"profile {profiles.current!r} in {profiles.path}", profiles.get(profiles.current))
        _refuse_two_addresses(chosen)
        return chosen
    if is_terminal(sys.stdin) and is_terminal(sys.stderr):
        return Chosen("what was typed", asked_for(_from_environment()))
    raise Failure(
        "there are no credentials",
        USAGE,
        ["Save them in a profile:", "  messagemedia config set", f"or set {_KEY} and {_SECRET}."],
    )


def campaign_dsn(name: str | None) -> tuple[str, str]:
    """The database for campaigns: of the profile that is named, of the environment, or of the profile in use.

    The last one counts only where credentials would come from it, too.

    Args:
        name: The profile that was asked for as an option, if one was.

    Returns:
        Where it was found, and its address; empty if there is none.

    Raises:
        Failure: The profile can't be read.
    """
    named = name or os.environ.get("MESSAGEMEDIA_PROFILE")
    if named and (of_profile := read_profiles().get(named).campaign_dsn):
        return f"campaign_dsn of the profile {named!r}", of_profile
    if of_environment := os.environ.get(CAMPAIGN_DSN):
        return CAMPAIGN_DSN, of_environment
    if named or any(os.environ.get(each) for each in (_KEY, _SECRET, _COMMAND)):
        return "", ""
    profiles = read_profiles()
    current = profiles.get(profiles.current) if profiles.current else Profile()
    return f"campaign_dsn of the profile {profiles.current!r}", current.campaign_dsn


def asked_for(settings: dict[str, str], key: str | None = None) -> Profile:
    """Ask for the secret at the terminal, where it is not shown, and for the key unless it is known."""
    key = click.prompt("API key", err=True) if key is None else key
    secret = click.prompt("API secret (not shown)", hide_input=True, err=True)
    return Profile(api_key=str(key).strip(), api_secret=str(secret).strip(), **settings)


def _of_profile(name: str, by: str) -> Chosen:
    profiles = read_profiles()
    return Chosen(f"profile {name!r} in {profiles.path}, named by {by}", profiles.get(name))


def _of_environment() -> Chosen:
    if os.environ.get(_SECRET) or not os.environ.get(_COMMAND):
        return Chosen("the environment", None)  # which the client reads, and says what is missing
    key, command = os.environ.get(_KEY, ""), os.environ[_COMMAND]
    return Chosen(
        f"the environment, the secret from {_COMMAND}",
        Profile(api_key=key, secret_command=command, **_from_environment()),
    )


def _from_environment() -> dict[str, str]:
    return {name: value for name, variable in _SETTINGS.items() if (value := os.environ.get(variable))}


def _refuse_two_addresses(chosen: Chosen) -> None:
    """Refuse a profile where variables without a key say something else: it is not clear which of them is meant.

    Somebody may have named the address of a sandbox there, and would send real messages.
    """
    for name, value in _from_environment().items():
        if getattr(chosen.profile, name) != value:
            raise Failure(
                f"{_SETTINGS[name]} is set, and differs from the {chosen.source}",
                USAGE,
                [
                    f"Unset it, or set {_KEY} and {_SECRET} as well, or name the profile to use:",
                    "  messagemedia --profile NAME …",
                ],
            )


def _told_by(command: str) -> Secret:
    """What a command prints, which is never shown.

    Raises:
        Failure: It failed.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise Failure(f"secret_command can't be read: {error}", USAGE) from None
    if not words:
        raise Failure("secret_command is empty", USAGE)
    try:
        # Its own questions, such as for a passphrase, go to the terminal.
        done = subprocess.run(words, stdout=subprocess.PIPE, check=False, timeout=_SECONDS)  # noqa: S603  # the user's own
    except OSError as error:
        raise Failure(f"secret_command can't be run: {words[0]}: {error.strerror}", USAGE) from None
    except subprocess.TimeoutExpired:
        raise Failure(f"secret_command {words[0]} took longer than {_SECONDS} s", USAGE) from None
    if done.returncode:
        raise Failure(f"secret_command {words[0]} ended with exit code {done.returncode}", USAGE)
    first, *_ = done.stdout.decode("utf-8", "replace").splitlines() or [""]
    if not first:
        raise Failure(f"secret_command {words[0]} printed nothing", USAGE)
    return Secret(first)
