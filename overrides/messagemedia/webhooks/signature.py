"""Signatures of pushes.

The service signs the request line, the value of `Date` and the raw body, joined with nothing between them, with RSA
(PKCS #1 v1.5) and the digest that a header names. The request line always ends with `HTTP/1.1`, whatever a proxy
speaks to this server.
"""

from __future__ import annotations

import base64
import binascii
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from messagemedia.errors import ConfigurationError
from messagemedia.webhooks.errors import InvalidSignatureError, StalePushError
from messagemedia.webhooks.keys import loaded
from messagemedia.webhooks.request import CIPHER, DIGEST, KEY_ID, SIGNATURE, Address, Request

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA224, SHA256, SHA512

DIGESTS = {f"SHA{dash}{size}": size for size in (224, 256, 512) for dash in ("", "-")}
_FUTURE = 300.0  # seconds that clocks may be apart

# Nothing stands between the signed parts. That a byte can't move from one to its neighbour is due to these forms: the
# target ends at its space, and the date has a fixed length.
_METHOD = re.compile(r"[A-Z]{1,16}", re.ASCII)
_TARGET = re.compile(rb"[!-~\x80-\xff]+")
_DATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT",
    re.ASCII,
)


class Verifier:
    """Tells pushes of the service from those of anybody else."""

    def __init__(self, public_keys: Mapping[str, object] | None, public_url: str | None, max_age: float | None) -> None:
        self.keys = loaded(public_keys)
        self.address = None if public_url is None else Address.of("public_url", public_url)
        self.max_age = max_age

    def verify(self, request: Request) -> None:
        """Take a push as one of the service.

        Raises:
            InvalidSignatureError: A header is missing or wrong, or the signature is not that of what arrived.
            StalePushError: It is signed well, and too long ago.
            ConfigurationError: The server does not tell the request target, and there is no `public_url`.
        """
        key, size, signature = self._headers(request)
        date = _date(request)
        if not is_signed(key, signature, size, signed(request.method, self.target(request), date, request.body)):
            raise InvalidSignatureError(
                "the signature does not match this request",
                hint="If the service sent it, something changed it on the way: explain() looks for the change.",
            )
        self._require_fresh(date)

    def target(self, request: Request) -> bytes:
        """The target that the service signed.

        Raises:
            ConfigurationError: Nothing tells it.
        """
        if self.address is not None:
            return self.address.target(request)
        if (target := request.target) is None:
            raise ConfigurationError(
                "this server does not pass on the original request target, which is signed",
                hint="Set public_url= to the address that you gave to the API, or use a server that does: any ASGI "
                "server, gunicorn, waitress, uWSGI.",
            )
        return target

    def _headers(self, request: Request) -> tuple[RSAPublicKey, int, bytes]:
        for name in (SIGNATURE, DIGEST, KEY_ID, "date"):
            if not request.header(name):
                raise InvalidSignatureError(
                    f"the header {name} is missing",
                    hint="Pushes are signed only if the account has that feature and a signature key is enabled.",
                )
        if (key := self.keys.get(request.header(KEY_ID))) is None:
            raise InvalidSignatureError(
                f"{KEY_ID} names a key that is not in public_keys",
                hint="During a rotation, put both keys in public_keys before you enable the new one.",
            )
        if (size := DIGESTS.get(request.header(DIGEST))) is None:
            raise InvalidSignatureError(f"{DIGEST} must be SHA224, SHA256 or SHA512")
        if request.header(CIPHER) not in ("", "RSA"):
            raise InvalidSignatureError(f"{CIPHER} must be RSA")
        return key, size, _signature(request)

    def _require_fresh(self, date: str) -> None:
        if self.max_age is None:
            return
        try:
            age = time.time() - parsedate_to_datetime(date).timestamp()
        except ValueError:
            raise StalePushError("the date of the push does not exist") from None
        if age > self.max_age:
            raise StalePushError(f"the push was signed more than {self.max_age:g} s ago")
        if age < -_FUTURE:
            raise StalePushError(
                f"the push was signed more than {_FUTURE:g} s in the future", hint="Check the clock of this machine."
            )


def _signature(request: Request) -> bytes:
    """The bytes of the signature; only one text stands for them, so that no copy looks like another push."""
    if (signature := decoded(request.header(SIGNATURE))) is None:
        raise InvalidSignatureError(f"{SIGNATURE} must be base64")
    return signature


def decoded(text: str) -> bytes | None:
    """What a text in canonical base64 stands for; None if it is none."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if data and base64.b64encode(data).decode() == text else None


def _date(request: Request) -> str:
    if not _DATE.fullmatch(date := request.header("date")):
        raise InvalidSignatureError("the date must have the form Thu, 15 Jan 2026 03:04:05 GMT")
    return date


def signed(
    method: str, target: bytes, date: str, body: bytes, *, version: bytes = b"HTTP/1.1", glue: bytes = b""
) -> bytes:
    """What the service signs; empty if method or target are none that a request line can have."""
    if not _METHOD.fullmatch(method) or not _TARGET.fullmatch(target):
        return b""
    line = b" ".join((method.encode(), target, version))
    return glue.join((line, date.encode(), body))


def is_signed(key: RSAPublicKey, signature: bytes, size: int, data: bytes) -> bool:
    """Whether a signature is that of data, with a digest of so many bits."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  # an extra
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415

    try:
        key.verify(signature, data, PKCS1v15(), digest_of(size))
    except InvalidSignature:
        return False
    return bool(data)


def digest_of(size: int) -> SHA224 | SHA256 | SHA512:
    """The digest of so many bits."""
    from cryptography.hazmat.primitives.hashes import SHA224, SHA256, SHA512  # noqa: PLC0415  # an extra

    digests: dict[int, type[SHA224 | SHA256 | SHA512]] = {224: SHA224, 256: SHA256, 512: SHA512}
    return digests[size]()
