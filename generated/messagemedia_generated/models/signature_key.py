"""The model `SignatureKey`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import define, field

from ..dicts import as_dict
from ..reading import no_object, read_enum, read_timestamp
from .signature_cipher import SignatureCipher
from .signature_digest import SignatureDigest


@define(kw_only=True)
class SignatureKey:
    """A key that pushes can be signed with.

    The private key never leaves the service.

    Use `to_dict()` to convert it to JSON; `raw` is what the API answered.

    Attributes:
        key_id: Id of the key.
        public_key: The public key, as base64 of its DER form (SubjectPublicKeyInfo).
        cipher: The cipher of its signatures.
        digest: The digest of its signatures.
        created: When the key was created.
        enabled: Whether pushes are signed with it.
        raw: The JSON object as it was received.
    """

    key_id: str = ""
    """Id of the key. Signed pushes name it, so that you can choose the public key. For example
    `7ca628a8-08b0-4e42-aeb8-960b37049c31`."""

    public_key: str | None = None
    """The public key, as base64 of its DER form (SubjectPublicKeyInfo). Only in the answer to creating
    the key: store it. For example
    `MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQ==`."""

    cipher: SignatureCipher | None = None
    """The cipher of its signatures."""

    digest: SignatureDigest | None = None
    """The digest of its signatures."""

    created: datetime | None = None
    """When the key was created. An aware datetime."""

    enabled: bool | None = None
    """Whether pushes are signed with it."""

    raw: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)
    """The JSON object as it was received."""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> SignatureKey:
        """Read a JSON object; fields that are missing or of the wrong type read as absent.

        Raises:
            ValueError: If it is not a JSON object at all.
        """
        try:
            get = raw.get
        except AttributeError:
            raise no_object(cls, raw) from None
        # Set attribute by attribute: calling `__init__` with keywords takes twice as long.
        made = cls.__new__(cls)
        made.key_id = text if isinstance(text := get("key_id"), str) else ""
        made.public_key = text if isinstance(text := get("public_key"), str) else None
        made.cipher = read_enum(get("cipher"), SignatureCipher)
        made.digest = read_enum(get("digest"), SignatureDigest)
        made.created = read_timestamp(get("created"))
        made.enabled = flag if isinstance(flag := get("enabled"), bool) else None
        made.raw = raw
        return made

    @property
    def extra(self) -> dict[str, Any]:
        """The fields of the answer that are not in the contract."""
        return {name: value for name, value in self.raw.items() if name not in _NAMES}

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON values under the API's names, and `extra`, without those that are None.

        Raises:
            TypeError: If a field holds what JSON can't express.
        """
        return as_dict(self)


_NAMES = frozenset({"key_id", "public_key", "cipher", "digest", "created", "enabled"})
