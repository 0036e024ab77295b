"""Public keys, in whatever form people keep them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from messagemedia.errors import ConfigurationError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

_LEAST_BITS = 1024  # what the API's documentation shows; its own samples are signed with 2048
_FORMS = "Pass the public_key from the answer of create_signature_key: base64 unchanged, its DER bytes, or PEM."


def loaded(public_keys: object) -> dict[str, RSAPublicKey]:
    """Public keys by their ids.

    Raises:
        ConfigurationError: They are not a mapping, one of them is not an RSA key, or `cryptography` is not installed.
    """
    if not isinstance(public_keys, Mapping) or not public_keys:
        raise ConfigurationError(
            "public_keys must map the id of each signature key to its public key",
            hint='For example {"6e5e3a3c-…": "MIIBIjANBg…"}: key_id and public_key of create_signature_key.',
        )
    return {_id(name): _key(str(name), key) for name, key in cast("Mapping[object, object]", public_keys).items()}


def _id(name: object) -> str:
    if not isinstance(name, str) or not name:
        raise ConfigurationError("the ids in public_keys must be str, the key_id of each key")
    return name


def _key(name: str, key: object) -> RSAPublicKey:
    try:
        from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415  # an extra
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
            load_der_public_key,
            load_pem_public_key,
        )
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "signed pushes need the package cryptography", hint="pip install 'messagemedia[webhooks]'"
        ) from error
    if isinstance(key, RSAPublicKey):
        made: object = key
    else:
        data = _bytes(name, key)
        load = load_pem_public_key if data.startswith(b"-----BEGIN") else load_der_public_key
        try:
            made = load(data)
        except (ValueError, UnsupportedAlgorithm):
            raise _no_key(name, "is not a public key") from None
    if not isinstance(made, RSAPublicKey):
        raise _no_key(name, "is not an RSA key, and the service signs only with RSA")
    if made.key_size < _LEAST_BITS:
        raise _no_key(name, f"has only {made.key_size} bits")
    return made


def _bytes(name: str, key: object) -> bytes:
    """A key as PEM or DER."""
    if isinstance(key, bytes | bytearray):
        data = bytes(key)
        text = "" if data[:1] == b"\x30" else data.decode("ascii", "replace")  # DER begins with a sequence
    elif isinstance(key, str):
        data, text = b"", key
    else:
        raise _no_key(name, f"must be str or bytes, not {type(key).__name__}")
    if not text:
        return data
    text = text.replace("\\n", "\n").strip()  # how environment variables hold a PEM
    if "PRIVATE KEY" in text:
        raise _no_key(name, "is a private key; pass the public one")
    if text.startswith("-----BEGIN"):
        return text.encode("ascii", "replace")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise _no_key(name, "is not base64") from None


def _no_key(name: str, reason: str) -> ConfigurationError:
    return ConfigurationError(f"the public key {name!r} {reason}", hint=_FORMS)
