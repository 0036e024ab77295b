"""The signature keys of an account. They are real ones: what they sign can be verified."""

from __future__ import annotations

import base64
import importlib
import threading
import uuid
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import attrs

from messagemedia.sandbox.clock import timestamp
from messagemedia.sandbox.contract import JsonObject

_BITS = 2048  # as in the signatures that were seen


class NoCryptographyError(Exception):
    """Keys can't be made, because the package `cryptography` is not installed."""


@attrs.frozen
class StoredKey:
    """A key pair.

    Attributes:
        key_id: Its id.
        digest: The digest of its signatures, such as `SHA256`.
        cipher: The cipher of its signatures.
        created: When it was made.
        private_key: The private half, an object of `cryptography`, for signing.
        public_key: The public half as the API shows it: base64 of its DER form.
    """

    key_id: str
    digest: str
    cipher: str
    created: datetime
    private_key: Any = attrs.field(repr=False)
    public_key: str = attrs.field(repr=False)

    def headers(self, method: str, target: bytes, body: bytes, now: datetime) -> dict[str, str]:
        """The headers that sign a request: its line, the date and its body, joined with nothing."""
        date = format_datetime(now.astimezone(UTC), usegmt=True)
        line = b" ".join((method.encode(), target, b"HTTP/1.1"))
        signature = self.private_key.sign(line + date.encode() + body, *_padding_and_digest(self.digest))
        return {
            "Date": date,
            "X-MessageMedia-Signature": base64.b64encode(signature).decode(),
            "X-MessageMedia-Digest-Type": self.digest,
            "X-MessageMedia-Cipher-Type": self.cipher,
            "X-MessageMedia-Key-Id": self.key_id,
        }

    def as_pem(self) -> JsonObject:
        """Its id and its private half in PEM: a sandbox has no secrets, and tests may want to sign themselves."""
        forms: Any = importlib.import_module("cryptography.hazmat.primitives.serialization")
        made = self.private_key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption())
        return {"key_id": self.key_id, "private_key": made.decode()}


class KeyRing:
    """The keys of one account, in the order in which they were made. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: dict[str, StoredKey] = {}
        self._enabled = ""

    def create(self, digest: str, cipher: str, now: datetime) -> JsonObject:
        """Make a key, and return it with its public half.

        Raises:
            NoCryptographyError: If `cryptography` is not installed.
        """
        private_key, public_key = _new_pair()
        key = StoredKey(str(uuid.uuid4()), digest, cipher, now, private_key, public_key)
        with self._lock:
            self._keys[key.key_id] = key
            return {**self._shown(key), "public_key": public_key}

    def all(self) -> list[JsonObject]:
        """All keys, without their public halves."""
        with self._lock:
            return [self._shown(key) for key in self._keys.values()]

    def find(self, key_id: str) -> JsonObject | None:
        """A key without its public half, or None."""
        with self._lock:
            key = self._keys.get(key_id)
            return None if key is None else self._shown(key)

    def delete(self, key_id: str) -> bool:
        """Remove a key, also the enabled one; False if there is no such key."""
        with self._lock:
            return self._keys.pop(key_id, None) is not None

    def enable(self, key_id: str) -> JsonObject | None:
        """Enable a key instead of the one before, and return it, or None if there is no such key."""
        with self._lock:
            key = self._keys.get(key_id)
            if key is None:
                return None
            self._enabled = key_id
            return self._shown(key)

    def disable(self) -> None:
        """Let no key be enabled."""
        with self._lock:
            self._enabled = ""

    def enabled(self) -> StoredKey | None:
        """The key that pushes are signed with, or None."""
        with self._lock:
            return self._keys.get(self._enabled)

    def _shown(self, key: StoredKey) -> JsonObject:
        return {
            "key_id": key.key_id,
            "cipher": key.cipher,
            "digest": key.digest,
            "created": timestamp(key.created),
            "enabled": key.key_id == self._enabled,
        }


def _new_pair() -> tuple[Any, str]:
    """A private key, and its public half as the API shows it."""
    try:
        rsa: Any = importlib.import_module("cryptography.hazmat.primitives.asymmetric.rsa")
        forms: Any = importlib.import_module("cryptography.hazmat.primitives.serialization")
    except ModuleNotFoundError:
        raise NoCryptographyError from None
    private_key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    public_key = private_key.public_key().public_bytes(forms.Encoding.DER, forms.PublicFormat.SubjectPublicKeyInfo)
    return private_key, base64.b64encode(public_key).decode()


def _padding_and_digest(digest: str) -> tuple[Any, Any]:
    padding: Any = importlib.import_module("cryptography.hazmat.primitives.asymmetric.padding")
    hashes: Any = importlib.import_module("cryptography.hazmat.primitives.hashes")
    return padding.PKCS1v15(), getattr(hashes, digest)()
