"""Signs pushes as the service does: for the sandbox, and for tests of what receives them."""

from __future__ import annotations

import base64
import uuid
from datetime import UTC, datetime
from email.utils import format_datetime

from messagemedia.errors import ConfigurationError
from messagemedia.webhooks.request import as_bytes
from messagemedia.webhooks.signature import DIGESTS, digest_of, signed


class SigningKey:
    """A key of your own, which signs pushes as the service does.

        key = SigningKey()
        webhooks = Webhooks({key.key_id: key.public_key})
        webhooks.receive(method="POST", target="/hooks", headers=key.headers("POST", "/hooks", body), body=body)

    Attributes:
        key_id: The id that is named in a push.
        public_key: The public key, in base64 as the API gives it.
    """

    def __init__(self, key_id: str | None = None, *, private_key: str | bytes | None = None, bits: int = 2048) -> None:
        """Create a key, or use an existing one.

        Args:
            key_id: Its id; a new UUID, if left out.
            private_key: An RSA key in PEM, without a passphrase; a new key of `bits` bits, if left out.
            bits: The size of a new key.

        Raises:
            ConfigurationError: It is not such a key, or the package `cryptography` is not installed.
        """
        try:
            from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415  # an extra
            from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
                Encoding,
                PublicFormat,
                load_pem_private_key,
            )
        except ModuleNotFoundError as error:
            raise ConfigurationError(
                "signing needs the package cryptography", hint="pip install 'messagemedia[webhooks]'"
            ) from error
        if private_key is None:
            key: object = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        else:
            try:
                key = load_pem_private_key(as_bytes(private_key), password=None)
            except (ValueError, TypeError, AttributeError):
                key = None
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ConfigurationError("private_key must be an RSA key in PEM, without a passphrase")
        self._key = key
        self.key_id = str(uuid.uuid4()) if key_id is None else key_id
        der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public_key = base64.b64encode(der).decode()

    def headers(
        self, method: str, target: str | bytes, body: bytes, *, date: datetime | None = None, digest: str = "SHA256"
    ) -> dict[str, str]:
        """The headers that make a request a signed push.

        Args:
            method: Its method.
            target: Its path and query, exactly as in the request line.
            body: Its body.
            date: When it is signed; now, if left out.
            digest: `SHA224`, `SHA256` or `SHA512`.
        """
        told = format_datetime((date or datetime.now(UTC)).astimezone(UTC), usegmt=True)
        return {
            "Date": told,
            "X-MessageMedia-Signature": self.sign(signed(method, as_bytes(target), told, body), digest),
            "X-MessageMedia-Digest-Type": digest,
            "X-MessageMedia-Cipher-Type": "RSA",
            "X-MessageMedia-Key-Id": self.key_id,
        }

    def private_pem(self) -> bytes:
        """The private key in PEM; keep it where nobody else can read it. Pass it as `private_key=` later."""
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415  # an extra
            Encoding,
            NoEncryption,
            PrivateFormat,
        )

        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, data: bytes, digest: str = "SHA256") -> str:
        """The signature of data, in base64."""
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415

        return base64.b64encode(self._key.sign(data, PKCS1v15(), digest_of(DIGESTS[digest]))).decode()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.key_id!r})"
