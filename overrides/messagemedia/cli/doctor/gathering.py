"""What is configured and from where, without its secrets: what is to be looked at."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, cast

from attrs import evolve
from messagemedia_generated.servers import SERVERS

from messagemedia._call.settings import Settings, make_settings
from messagemedia.auth import Auth, BasicAuth, HmacAuth
from messagemedia.cli.credentials import Chosen, auth_of
from messagemedia.cli.doctor.facts import Setting
from messagemedia.cli.doctor.probing import Target, others, region_of
from messagemedia.cli.exits import Failure
from messagemedia.cli.profiles import Profile
from messagemedia.cli.session import Session
from messagemedia.errors import ConfigurationError

ALL_REGIONS = "all-regions"
TRIES = ("basic", "hmac", ALL_REGIONS)

_VARIABLES = {"key": "API_KEY", "secret": "API_SECRET", "method": "AUTH", "account": "ACCOUNT"}
_PLACEHOLDERS = ("api_key", "api_secret", "your_", "changeme", "xxx")


def gathered(session: Session, tries: Iterable[str]) -> Target:
    """What is to be looked at: what is configured, and what was asked for beside it."""
    fallback = os.environ.get("MESSAGEMEDIA_BASE_URL") or next(iter(SERVERS.values()))
    try:
        chosen = session.settings
        settings = _settings(chosen)
    except Failure as failure:
        return Target(_address(fallback), no_credentials=(failure.message, _sentence(failure.steps)))
    except ConfigurationError as error:
        return Target(_address(fallback), no_credentials=(error.message, error.hint))
    target = Target(
        settings.base_url, settings.auth, settings.account, settings=tuple(_shown(chosen, settings)), tries=tuple(tries)
    )
    return evolve(target, others=tuple(_asked_for(target)))


def _sentence(steps: Iterable[str]) -> str:
    """The lines of an error as one, its commands in backticks."""
    return " ".join(f"`{step.strip()}`" if step.startswith("  ") else step for step in steps)


def _address(url: str) -> str:
    """An address that can be looked at, in place of one that can't."""
    usable = url.startswith(("http://", "https://")) and "@" not in url
    return url.rstrip("/") if usable else next(iter(SERVERS.values()))


def _settings(chosen: Chosen) -> Settings:
    """What a client would be made with."""
    profile = chosen.profile or Profile()
    named = chosen.profile is not None
    address: dict[str, Any] = {"base_url": profile.base_url} if profile.base_url else {}
    if not address:
        address = {"region": profile.region or next(iter(SERVERS))}
    return make_settings(
        api_key=None,
        api_secret=None,
        auth=auth_of(profile) if named else None,
        region=address.get("region") if named else None,
        base_url=address.get("base_url") if named else None,
        account=profile.account if named else None,
        timeout=30,
        max_retries=0,
        deadline=None,
        check_limits=True,
        national_numbers=None,
    )


def _shown(chosen: Chosen, settings: Settings) -> Iterable[Setting]:
    """What is configured, as it may be shown."""
    key, secret = pair_of(settings.auth)
    region = region_of(settings.base_url)
    server = f"{settings.base_url} (region {region})" if region else settings.base_url
    yield Setting("key", f"{key[:3]}… ({_count(key)})", _source(chosen, "key"), _doubt(key))
    doubt = "is the same as the key" if secret == key else _doubt(secret)
    yield Setting("secret", f"set ({_count(secret)})", _source(chosen, "secret"), doubt)
    yield Setting("method", settings.auth.scheme, _source(chosen, "method"))
    yield Setting("server", server, _source_of_address(chosen))
    if settings.account:
        yield Setting("account", settings.account, _source(chosen, "account"))


def _count(text: str) -> str:
    return f"{len(text)} character{'' if len(text) == 1 else 's'}"


def _doubt(text: str) -> str:
    """What looks wrong with a key or a secret, else empty."""
    if len(text) > 1 and text[0] in "'\"`" and text[-1] in "'\"`":
        return "has quotation marks around it"
    if any(text.lower().startswith(each) for each in _PLACEHOLDERS):
        return "looks like an example from the documentation"
    return "has characters that are not ASCII" if not text.isascii() else ""


def _source(chosen: Chosen, name: str) -> str:
    if chosen.profile is not None:
        from_command = name == "secret" and chosen.profile.secret_command
        return f"secret_command of the {chosen.source}" if from_command else chosen.source
    variable = f"MESSAGEMEDIA_{_VARIABLES[name]}"
    return variable if os.environ.get(variable) else "default"


def _source_of_address(chosen: Chosen) -> str:
    if chosen.profile is not None:
        return chosen.source if chosen.profile.base_url or chosen.profile.region else "default"
    names = ("MESSAGEMEDIA_BASE_URL", "MESSAGEMEDIA_REGION")
    return next((name for name in names if os.environ.get(name)), "default")


def pair_of(auth: Auth) -> tuple[str, str]:
    """The key and the secret of a way to authenticate."""
    if not isinstance(auth, BasicAuth | HmacAuth):
        return "", ""
    # Its length is told, and it is tried otherwise if that was asked for.
    return auth.api_key, cast("str", vars(auth)["_secret"])


def _asked_for(target: Target) -> Iterable[tuple[str, Auth]]:
    """The further ways that were asked for."""
    if target.auth is None or not target.tries:
        return ()
    kinds = {"basic": BasicAuth, "hmac": HmacAuth}
    key, secret = pair_of(target.auth)
    schemes = [each for each in kinds if each in target.tries or each == target.auth.scheme]
    urls = [target.base_url, *(url for url in SERVERS.values() if url != target.base_url)]
    auths = [kinds[scheme](key, secret) for scheme in schemes]
    return others(auths, urls if ALL_REGIONS in target.tries else urls[:1], target)


def travels(target: Target) -> str:
    """What of the secret leaves this machine because of what was asked for; empty if nothing does."""
    hosts = [url.partition("://")[2] for url, auth in target.others if not auth.signs]
    if hosts:
        return f"The secret itself is sent to {', '.join(hosts)}, because --try asks for it."
    signed = [url.partition("://")[2] for url, _ in target.others]
    return f"A signature, but not the secret, is sent to {', '.join(signed)}." if signed else ""
