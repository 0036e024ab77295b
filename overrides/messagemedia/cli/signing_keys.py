"""The key with which the command line signs pushes: that of a sandbox, or one of the user's own, kept privately."""

from __future__ import annotations

import json
import os
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.request import ProxyHandler, build_opener

from messagemedia.cli.exits import USAGE, Failure
from messagemedia.cli.private import alone, read_private, write_private

if TYPE_CHECKING:
    from messagemedia.cli.output import Output
    from messagemedia.webhooks import SigningKey


_SECONDS = 5.0


def path_of_key() -> Path:
    """Where the key is kept, whether or not it is there yet."""
    import platformdirs  # noqa: PLC0415  # who names a key need not wait for it

    return Path(platformdirs.user_state_dir("messagemedia", appauthor=False), "signing-key.json")


def kept_key() -> SigningKey:
    """The user's own key; one is made if there is none yet.

    Raises:
        Failure: The file is damaged, or others can read it.
        OSError: It can't be read or written.
    """
    from messagemedia.webhooks import SigningKey  # noqa: PLC0415

    path = path_of_key()
    with alone(path):
        content = read_private(path)
        if content is None:
            key = SigningKey()
            kept = {"key_id": key.key_id, "private_key": key.private_pem().decode()}
            write_private(path, json.dumps(kept, indent=2).encode())
            return key
    return _loaded(path, content)


def named_key(path: Path) -> SigningKey:
    """A key that is in a file: a private RSA key in PEM, or a file such as the one in which the user's own is kept.

    Raises:
        Failure: It is none, or others can read it.
        OSError: It can't be read.
    """
    content = read_private(path)
    if content is None:
        raise Failure(f"there is no file {path}", USAGE)
    return _loaded(path, content)


def _loaded(path: Path, content: bytes) -> SigningKey:
    from messagemedia.errors import ConfigurationError  # noqa: PLC0415
    from messagemedia.webhooks import SigningKey  # noqa: PLC0415

    key_id, private_key = "", content.decode("utf-8", "replace")
    if not private_key.lstrip().startswith("-----BEGIN"):
        try:
            kept: Any = json.loads(private_key)
            key_id, private_key = cast("dict[str, str]", kept)["key_id"], cast("dict[str, str]", kept)["private_key"]
        except (ValueError, KeyError, TypeError):
            raise _no_key(path) from None
    try:
        # A key in PEM has no id; its name is one that stays the same.
        return SigningKey(key_id or path.stem, private_key=private_key)
    except ConfigurationError as error:
        if "cryptography" in error.message:
            raise
        raise _no_key(path) from None


def _no_key(path: Path) -> Failure:
    steps = ["A new one is made if the file is not there."] if path == path_of_key() else []
    return Failure(f"{path} holds no private RSA key in PEM, without a passphrase", USAGE, steps)


def chosen_key(path: Path | None) -> SigningKey:
    """The key in a file that was named; else the enabled one of the sandbox in the environment; else the user's own.

    Raises:
        Failure: It can't be used.
        OSError: It can't be read or written.
    """
    return named_key(path) if path is not None else _of_the_sandbox() or kept_key()


def _of_the_sandbox() -> SigningKey | None:
    """The key that is enabled in the sandbox to which the environment leads, None if there is none.

    An application that is tested with the sandbox verifies with that key already.
    """
    from messagemedia._call.misuse import is_loopback  # noqa: PLC0415
    from messagemedia.errors import ConfigurationError  # noqa: PLC0415
    from messagemedia.webhooks import SigningKey  # noqa: PLC0415

    url = os.environ.get("MESSAGEMEDIA_BASE_URL", "").rstrip("/")
    if not url.startswith("http://") or not is_loopback(url):
        return None
    direct = build_opener(ProxyHandler({}))  # no proxy leads to this machine
    try:
        with direct.open(f"{url}/__sandbox__/signing_key", timeout=_SECONDS) as answer:
            found: Any = json.load(answer)
        return SigningKey(found["key_id"], private_key=found["private_key"])
    except (OSError, HTTPException, ValueError, KeyError, TypeError, ConfigurationError):
        return None  # nobody is there, or it is another server, or none of its keys is enabled


def tell_key(out: Output, key: SigningKey) -> None:
    """Tell what the receiver has to verify with."""
    out.note(f"Pushes are signed with the key {key.key_id}. Your application verifies them with:")
    out.note(f'  Webhooks({{"{key.key_id}": "{key.public_key}"}})')
