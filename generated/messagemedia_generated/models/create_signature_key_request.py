"""The model `CreateSignatureKeyRequest`."""

from __future__ import annotations

from typing import Any, Literal

from attrs import define

from ..dicts import as_dict
from ..hints import names_its_fields
from ..writing import Problems, write_enum
from .signature_cipher import SignatureCipher
from .signature_digest import SignatureDigest


@names_its_fields
@define(kw_only=True)
class CreateSignatureKeyRequest:
    """The type of key to create.

    Attributes:
        digest: The digest of the signatures. Required. One of `SHA224`, `SHA256`, `SHA512`.
        cipher: The cipher of the signatures. Required. One of `RSA`.
    """

    digest: SignatureDigest | Literal["SHA224", "SHA256", "SHA512"]
    """The digest of the signatures."""

    cipher: SignatureCipher | Literal["RSA"]
    """The cipher of the signatures."""

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON values under the API's names, without those that are None.

        Raises:
            TypeError: If a field holds what JSON can't express.
        """
        return as_dict(self)

    def to_json(self, problems: Problems, at: str = "") -> dict[str, Any]:
        """The JSON object to send. What is wrong with it is added to `problems`; `at` is the place of the object."""
        json: dict[str, Any] = {}
        json["digest"] = write_enum(self.digest, problems, f"{at}/digest", SignatureDigest)
        json["cipher"] = write_enum(self.cipher, problems, f"{at}/cipher", SignatureCipher)
        return json
