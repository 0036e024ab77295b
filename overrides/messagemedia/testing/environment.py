"""The environment in which `Client()` leads to a sandbox."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager

from messagemedia.sandbox import Options


@contextmanager
def leading_to(url: str, options: Options) -> Generator[None]:
    """Let clients that take their settings from the environment lead to a sandbox, and put it back afterwards."""
    changes = _changes(url, options)
    before = {name: os.environ.get(name) for name in changes}
    _apply(changes)
    try:
        yield
    finally:
        _apply(before)


def _changes(url: str, options: Options) -> dict[str, str | None]:
    """The variables that change; None for one that is taken away."""
    # Whoever works behind a proxy does not reach loopback through it.
    exempt = ",".join(filter(None, (os.environ.get("no_proxy") or os.environ.get("NO_PROXY"), "127.0.0.1")))
    return {
        "MESSAGEMEDIA_BASE_URL": url,
        "MESSAGEMEDIA_API_KEY": options.api_key,
        "MESSAGEMEDIA_API_SECRET": options.api_secret,
        **dict.fromkeys(("MESSAGEMEDIA_REGION", "MESSAGEMEDIA_ACCOUNT"), None),  # those of a real account
        **dict.fromkeys(("no_proxy", "NO_PROXY"), exempt),
    }


def _apply(changes: Mapping[str, str | None]) -> None:
    for name, value in changes.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
