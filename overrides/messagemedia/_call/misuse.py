"""What is told to people who make a client in a way that can't be meant: which argument was, and what is not safe."""

from __future__ import annotations

import inspect
import ipaddress
import warnings
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache, wraps
from typing import Any, Self, TypeVar, cast
from urllib.parse import urlsplit

from messagemedia.errors import ConfigurationError

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

# What other SDKs and HTTP libraries call these arguments.
_OTHER_NAMES = {
    **dict.fromkeys(("user", "username", "user_name", "auth_user_name", "key_id"), "api_key"),
    **dict.fromkeys(("password", "auth_password", "token", "auth_token"), "api_secret"),
    **dict.fromkeys(("hmac", "use_hmac"), "auth"),
    **dict.fromkeys(("url", "host", "server", "endpoint", "domain", "api_base"), "base_url"),
    **dict.fromkeys(("attempts", "tries", "retry", "max_attempts"), "max_retries"),
    **dict.fromkeys(("proxy", "proxies", "session", "transport", "verify"), "http_client"),
}


class UnknownArgumentError(ConfigurationError, TypeError):
    """There is no such argument. It is a `TypeError`, too: any other Python function raises that."""


def unknown_argument(
    name: str, function: Callable[..., Any], count: int, names: Collection[str], others: Collection[str] = ()
) -> UnknownArgumentError | None:
    """The error of a call with arguments that a method does not have, None if it has them.

    Args:
        name: How people call the method.
        function: The method as its class has it.
        count: How many arguments were given by position, without `self`.
        names: The names of the others.
        others: Names that the constructor of the client has, for a method that changes some of them.
    """
    by_position, known, takes_any = _parameters(function)
    if takes_any:
        return None
    problems = [_unknown(name, each, known, others) for each in names if each not in known]
    if count > len(by_position):
        named = [each for each in known if each not in by_position]
        problems.insert(0, _too_many(name, count, by_position, named))
    return UnknownArgumentError("; ".join(problems)) if problems else None


class RefusesUnknown:
    """A base for classes that say which argument was meant when they are made with one that they do not have."""

    def __new__(cls, *args: Any, **options: Any) -> Self:
        """Look at the arguments before `__init__` does, which then stays as it is read."""
        wrong = unknown_argument(cls.__name__, cls.__init__, len(args), tuple(options))
        del args, options  # no traceback may show the secret
        if wrong is not None:
            raise wrong
        return super().__new__(cls)


def explained(function: FunctionT) -> FunctionT:
    """Let a method of a client say which argument was meant, where Python would only say that there is none."""

    @wraps(function)
    def call(client: object, *args: Any, **options: Any) -> Any:
        _, others, _ = _parameters(cast("Any", type(client)).__init__)
        wrong = unknown_argument(function.__name__, function, len(args), tuple(options), others)
        if wrong is not None:
            del args, options  # a traceback must not show them: they may hold a secret
            raise wrong
        return function(client, *args, **options)

    return cast("FunctionT", call)


@lru_cache(maxsize=16)
def _parameters(function: Callable[..., Any]) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """The names of a method's arguments without `self`, those by position and all, and whether it takes any others."""
    found = list(inspect.signature(function).parameters.values())
    by_position = [each.name for each in found if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)][1:]
    by_name = [each.name for each in found if each.kind == each.KEYWORD_ONLY]
    takes_any = any(each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD) for each in found)
    return tuple(by_position), (*by_position, *by_name), takes_any


def _unknown(name: str, given: str, known: Collection[str], others: Collection[str]) -> str:
    if meant := closest(given, known, _OTHER_NAMES):
        return f"{name}() has no argument {given!r}, did you mean {meant!r}?"
    if meant := closest(given, others, _OTHER_NAMES):
        return f"{name}() can't change {meant!r}; create another client for that: Client(…, {meant}=…)"
    return f"{name}() has no argument {given!r}; its arguments are {', '.join(known)}"


def closest(given: str, known: Collection[str], other_names: Mapping[str, str]) -> str | None:
    """Which of the known names is meant by one that was given; None if that is not clear."""
    import difflib  # noqa: PLC0415  # who makes no mistake need not wait for it

    plain = given.strip().lower()
    meant = other_names.get(plain, plain)
    return meant if meant in known else next(iter(difflib.get_close_matches(plain, known, n=1)), None)


def _too_many(name: str, count: int, by_position: Iterable[str], named: Collection[str]) -> str:
    first = " and ".join(by_position)
    hmac = "; for HMAC pass auth=HmacAuth(api_key, api_secret)" if "auth" in named else ""
    taken = f"only {first} by position, {count} were given" if first else "no argument by position"
    return f"{name}() takes {taken}: name the others ({', '.join(named)}){hmac}"


def warn_in_the_clear(base_url: str, *, signs: bool, stacklevel: int) -> None:
    """Warn if what is sent to a server can be read on its way there; nothing leaves the machine on loopback."""
    parts = urlsplit(base_url)
    if parts.scheme.lower() == "https" or is_loopback(base_url):
        return
    what = "every message" if signs else "the credentials and every message"
    warnings.warn(
        f"messagemedia: {base_url} is not encrypted, so {what} can be read on the way. Use https. If you trust this "
        "network: warnings.filterwarnings('ignore', 'messagemedia: .* is not encrypted')",
        UserWarning,
        stacklevel=stacklevel + 1,
    )


def is_loopback(url: str) -> bool:
    """Whether an address leads to this machine."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
