"""The file of profiles: credentials and addresses under names, in TOML, which only its owner can read."""

from __future__ import annotations

import json
import shlex
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from attrs import asdict, evolve, field, frozen

from messagemedia._secret import Secret
from messagemedia.cli.exits import USAGE, Failure
from messagemedia.cli.private import alone, read_private, write_private

_HEAD = "# Written by `messagemedia config`. It may be edited; comments are lost when it is written again.\n"


def _secret(value: str) -> Secret:
    return Secret(value)


@frozen
class Profile:
    """One way to use the API.

    Attributes:
        api_key: The API key.
        api_secret: Its secret; empty if a command tells it.
        secret_command: A command that prints the secret, split as a shell would but run without one.
        auth: `basic` or `hmac`.
        region: The region of the account; empty for the first one.
        base_url: Another server, instead of a region.
        account: A sub-account to act for.
        campaign_dsn: The PostgreSQL database in which campaigns are found by their names, `postgresql://…`.
    """

    api_key: str = ""
    api_secret: str = field(default="", converter=_secret)
    secret_command: str = ""
    auth: str = "basic"
    region: str = ""
    base_url: str = ""
    account: str = ""
    campaign_dsn: str = field(default="", converter=_secret)


@frozen
class Profiles:
    """The file as it was read.

    Attributes:
        path: Where it is.
        current: The profile that is used where none is named; empty if there is none.
        profiles: All of them, by names.
    """

    path: Path
    current: str = ""
    profiles: Mapping[str, Profile] = field(factory=dict[str, Profile])

    def get(self, name: str) -> Profile:
        """A profile.

        Raises:
            Failure: There is none of this name.
        """
        if name not in self.profiles:
            there = ", ".join(self.profiles) or "none yet"
            raise Failure(
                f"there is no profile {name!r} in {self.path} (there are: {there})",
                USAGE,
                ["Make it:", f"  messagemedia config set {shlex.quote(name)}"],
            )
        return self.profiles[name]


def path_of_profiles() -> Path:
    """Where the file is, whether or not it is there."""
    import platformdirs  # noqa: PLC0415  # who has the environment set need not wait for it

    return Path(platformdirs.user_config_dir("messagemedia", appauthor=False), "profiles.toml")


def read_profiles() -> Profiles:
    """Read the file; nothing is in it if it is not there.

    Raises:
        Failure: It is damaged, or others can read it.
        OSError: It can't be read.
    """
    path = path_of_profiles()
    content = read_private(path)
    if content is None:
        return Profiles(path)
    try:
        found: dict[str, Any] = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        # The text of the error may show a part of the line, and so of a secret.
        at = str(error).rpartition("(")[2].rstrip(")") if isinstance(error, tomllib.TOMLDecodeError) else "its encoding"
        raise Failure(f"{path} is not valid TOML: look {at}", USAGE) from None
    tables = found.get("profiles", {})
    current = found.get("current", "")
    if not isinstance(tables, dict) or not isinstance(current, str):
        raise Failure(f"{path}: `profiles` must be tables, and `current` a string", USAGE)
    given = cast("dict[str, object]", tables)
    return Profiles(path, current, {name: _profile(path, name, table) for name, table in given.items()})


def change_profiles(name: str, profile: Profile | None = None) -> Profiles:
    """Write a profile, or only make an existing one the one in use; the first one is in use at once.

    Raises:
        Failure: The file is damaged, others can read it, or there is no such profile.
        OSError: It can't be written.
    """
    with alone(path_of_profiles()):
        found = read_profiles()
        if profile is None:
            found.get(name)
            changed = evolve(found, current=name)
        else:
            changed = evolve(found, profiles={**found.profiles, name: profile}, current=found.current or name)
        write_private(changed.path, _written(changed).encode())
    return changed


def _profile(path: Path, name: str, table: object) -> Profile:
    fields = cast("dict[str, object]", table) if isinstance(table, dict) else {"": table}
    known = asdict(Profile())
    for key, value in fields.items():
        if key not in known:
            raise Failure(f"{path}: the profile {name!r} has {key!r}, there are {', '.join(known)}", USAGE)
        if not isinstance(value, str):
            raise Failure(f"{path}: {key} of the profile {name!r} must be a string", USAGE)
    profile = Profile(**cast("dict[str, str]", fields))
    if not profile.api_key or bool(profile.api_secret) == bool(profile.secret_command):
        raise Failure(f"{path}: the profile {name!r} needs api_key, and either api_secret or secret_command", USAGE)
    return profile


def _written(profiles: Profiles) -> str:
    lines = [_HEAD, f"current = {_text(profiles.current)}"]
    for name, profile in profiles.profiles.items():
        lines += ["", f"[profiles.{_text(name)}]"]
        lines += [f"{key} = {_text(value)}" for key, value in asdict(profile).items() if value]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    """A text as TOML has it: like JSON, but for one character."""
    return json.dumps(str.__str__(value), ensure_ascii=False).replace("\x7f", "\\u007f")
