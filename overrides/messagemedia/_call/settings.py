"""What a client was told: arguments and environment variables, checked and joined, before anything is sent."""

from __future__ import annotations

import ipaddress
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import cast

from messagemedia_generated.servers import SERVERS, Region
from messagemedia_generated.wording import type_name

from messagemedia._call.misuse import closest
from messagemedia._call.numbers import unless_number
from messagemedia._secret import Secret, hide
from messagemedia.auth import Auth, BasicAuth, HmacAuth
from messagemedia.errors import ConfigurationError

DEFAULT_TIMEOUT = 30.0
MAX_TIMEOUT = 86_400.0
DEFAULT_RETRIES = 2

# An address that no HTTP library rewrites: its path is signed as it is written here.
_LABEL = "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_BASE_URL = re.compile(
    rf"(?i:https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|{_LABEL}(?:\.{_LABEL})*\.?)(?::(?P<port>[0-9]{{1,5}}))?"
    r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~!$&'()*+,;=:@%-]*)*"
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that decides how a call is carried out. Each client has its own and never changes it."""

    auth: Auth
    base_url: str
    account: str = ""
    timeout: float = DEFAULT_TIMEOUT
    max_retries: int = DEFAULT_RETRIES
    deadline: float | None = None
    check_limits: bool = True
    national_numbers: bool = False
    now: Callable[[], datetime] = field(default=_utc_now, repr=False)

    def changed(
        self, *, account: str | None, timeout: float | None, max_retries: int | None, deadline: float | None
    ) -> Settings:
        """The same with some values replaced; None keeps a value, an empty account and an endless deadline drop it."""
        return replace(
            self,
            account=self.account if account is None else _check_account(account),
            timeout=self.timeout if timeout is None else _check_timeout(timeout),
            max_retries=self.max_retries if max_retries is None else _check_retries(max_retries),
            deadline=self.deadline if deadline is None else _check_deadline(deadline),
        )


def shield(
    api_secret: str | None, auth: Auth | None, base_url: str | None
) -> tuple[str | None, Auth | None, str | None]:
    """What holds secrets, or may by mistake, in a form that no traceback shows: for the first line of a constructor."""
    shown = auth if auth is None or _is_auth(auth) else hide(auth)
    return cast("str | None", hide(api_secret)), cast("Auth | None", shown), _without_credentials(base_url)


def _without_credentials(base_url: str | None) -> str | None:
    """An address as it is, but hidden if somebody wrote credentials into it."""
    shown = hide(base_url) if isinstance(base_url, str) and "@" in base_url else base_url
    return cast("str | None", shown)


def _is_auth(value: object) -> bool:
    return not isinstance(value, type) and all(hasattr(value, name) for name in ("scheme", "signs", "headers"))


_FOR_HMAC = "For HMAC, pass auth=HmacAuth(api_key, api_secret) alone."


def _choose_auth(api_key: str | None, api_secret: str | None, auth: Auth | None) -> Auth:
    """The one way to authenticate that was asked for, by arguments or else by the environment."""
    if auth is not None:
        if api_key is not None or api_secret is not None:
            raise ConfigurationError("give either api_key and api_secret, or auth, not both", hint=_FOR_HMAC)
        if not _is_auth(auth):
            raise ConfigurationError(
                "auth must be a BasicAuth, an HmacAuth, or another object that implements Auth", hint=_FOR_HMAC
            )
        return auth
    if api_key is not None or api_secret is not None:
        if api_key is None or api_secret is None:
            missing = "api_key" if api_key is None else "api_secret"
            raise ConfigurationError(f"{missing} is missing: a key works only with its own secret")
        return BasicAuth(api_key, api_secret)
    return _auth_from_environment()


def _auth_from_environment() -> Auth:
    names = ("MESSAGEMEDIA_API_KEY", "MESSAGEMEDIA_API_SECRET")
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        raise ConfigurationError(
            f"no credentials: pass api_key and api_secret, or set {' and '.join(missing)}",
            hint="Create keys in the web portal, in the API settings of the account.",
        )
    key, secret = os.environ[names[0]], cast("str", hide(os.environ[names[1]]))
    scheme = cast("str", hide(os.environ.get("MESSAGEMEDIA_AUTH") or BasicAuth.scheme))
    kinds = {kind.scheme: kind for kind in (BasicAuth, HmacAuth)}
    if scheme not in kinds:
        raise ConfigurationError(f"MESSAGEMEDIA_AUTH must be {' or '.join(kinds)}")
    return kinds[scheme](key, secret)


def _choose_base_url(region: Region | None, base_url: str | None) -> str:
    """The server to talk to: of the arguments, else of the environment, else the first of the contract."""
    if region is not None and base_url is not None:
        raise ConfigurationError("give either region or base_url, not both")
    if region is None and base_url is None:
        return _base_url_from_environment()
    if base_url is not None:
        return _check_base_url("base_url", base_url)
    return _server("region", region)


def _base_url_from_environment() -> str:
    base_url = _without_credentials(os.environ.get("MESSAGEMEDIA_BASE_URL"))
    if base_url:
        return _check_base_url("MESSAGEMEDIA_BASE_URL", base_url)
    return _server("MESSAGEMEDIA_REGION", os.environ.get("MESSAGEMEDIA_REGION") or next(iter(SERVERS)))


def _server(name: str, chosen: str | None) -> str:
    region = str.__str__(chosen) if isinstance(chosen, str) and not isinstance(chosen, Secret) else chosen
    if not isinstance(region, str) or region not in SERVERS:
        raise ConfigurationError(f"{name} must be one of {', '.join(SERVERS)}{_not(region)}")
    return SERVERS[cast("Region", region)]


# What people call the regions.
_PLACES = {
    **dict.fromkeys(("australia", "aus", "sydney", "melbourne", "ap-southeast-2"), "au"),
    **dict.fromkeys(("asia", "ap", "asia-pacific", "asia pacific", "asiapacific", "default"), "apac"),
    **dict.fromkeys(("europe", "emea", "uk", "gb", "london", "dublin", "ireland", "frankfurt", "germany"), "eu"),
    **dict.fromkeys(("usa", "america", "united states", "north america", "na"), "us"),
}


def _not(region: object) -> str:
    """What was given for a region, unless it may be a secret in the wrong place, and which one may be meant."""
    if not isinstance(region, str):
        return f", not {type_name(region)}"
    if "://" in region or "." in region:
        return "; pass an address as base_url"
    if isinstance(region, Secret) or not re.fullmatch(r"[A-Za-z _-]{0,16}\d?\s*", region):
        return ""
    meant = closest(region, SERVERS, _PLACES)
    return f", not {region!r}" + (f": did you mean {meant!r}?" if meant else "")


def _check_base_url(name: str, base_url: object) -> str:
    # Only without credentials in it may the address appear in a traceback.
    text = str.__str__(base_url) if isinstance(base_url, str) and "@" not in base_url else ""
    parts = _BASE_URL.fullmatch(text)
    if parts is None or not _is_host(parts["host"]) or int(parts["port"] or 443) not in range(1, 65536):
        raise ConfigurationError(
            f"{name} must be an http or https address without a query and credentials, such as https://example.com"
        )
    return text.rstrip("/")


def _is_host(host: str) -> bool:
    """Whether a host is a valid IP address or IDNA name, if it looks like one; any other name may exist."""
    try:
        if host.startswith("["):
            ipaddress.IPv6Address(host[1:-1])
        elif host.replace(".", "").isdecimal():
            ipaddress.IPv4Address(host)
        else:
            host.encode().decode("idna")
    except ValueError:
        return False
    return True


def _check_account(account: object, name: str = "account") -> str:
    """A sub-account that fits into a header, or an empty text for none."""
    valid = isinstance(account, str) and account.isascii() and account.isprintable() and account == account.strip()
    if not valid:
        raise ConfigurationError(f"{name} must be a str of printable ASCII characters, without spaces around it")
    return str.__str__(cast("str", account))


def _check_timeout(timeout: object) -> float:
    """A timeout in seconds."""
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout <= MAX_TIMEOUT:
        wanted = f"a number of seconds greater than 0 and at most {MAX_TIMEOUT:.0f}"
        raise ConfigurationError(f"timeout must be {wanted}{unless_number(timeout)}")
    return float(timeout)


def _check_deadline(deadline: object) -> float | None:
    """A deadline in seconds, None for none."""
    if deadline is None:
        return None
    if isinstance(deadline, bool) or not isinstance(deadline, int | float) or not deadline > 0:
        wanted = "a number of seconds greater than 0, or math.inf for none"
        raise ConfigurationError(f"deadline must be {wanted}{unless_number(deadline)}")
    return None if deadline > sys.float_info.max else float(deadline)


def _check_retries(max_retries: object) -> int:
    """A number of retries."""
    if isinstance(max_retries, bool) or not isinstance(max_retries, int) or max_retries < 0:
        raise ConfigurationError(f"max_retries must be a whole number, 0 or more{unless_number(max_retries)}")
    return max_retries


_SWITCHES = {"1": True, "true": True, "yes": True, "": False, "0": False, "false": False, "no": False}


def choose_national_numbers(given: object) -> bool:
    """Whether numbers without a country code pass: as an argument says, else as the environment does.

    Raises:
        ConfigurationError: If it is neither said to be so nor not to be so.
    """
    if given is not None:
        if not isinstance(given, bool):
            raise ConfigurationError(f"national_numbers must be True or False, not {type_name(given)}")
        return given
    name = "MESSAGEMEDIA_NATIONAL_NUMBERS"
    switch = _SWITCHES.get(os.environ.get(name, "").strip().lower())
    if switch is None:
        raise ConfigurationError(f"{name} must be one of {', '.join(filter(None, _SWITCHES))}")
    return switch


def make_settings(
    *,
    api_key: str | None,
    api_secret: str | None,
    auth: Auth | None,
    region: Region | None,
    base_url: str | None,
    account: str | None,
    timeout: float,
    max_retries: int,
    deadline: float | None,
    check_limits: bool,
    national_numbers: bool | None,
) -> Settings:
    """The settings that a client's arguments and the environment give."""
    return Settings(
        auth=_choose_auth(api_key, api_secret, auth),
        base_url=_choose_base_url(region, base_url),
        account=_check_account(os.environ.get("MESSAGEMEDIA_ACCOUNT", ""), "MESSAGEMEDIA_ACCOUNT")
        if account is None
        else _check_account(account),
        timeout=_check_timeout(timeout),
        max_retries=_check_retries(max_retries),
        deadline=_check_deadline(deadline),
        check_limits=check_limits,
        national_numbers=choose_national_numbers(national_numbers),
    )
