"""What the tests of pushes share: a signed push that was made with OpenSSL, and a service that signs others."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY_ID = "7ca628a8-08b0-4e42-aeb8-960b37049c31"
PUBLIC_KEY = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAviuLS46i1nsE5NboHbmneokf2f9dUXMmO+gHKAbm6N5PC0JgwKTQPCdH"
    "8hr9J7Z64BG5YUMR7uTXgL6GOlqBL+dkwO2qI6oBSZv9XzuMj6WazEpXhYtesPIXk2pe74mM+p/YbisIaYvW2xiTsg/rChVlidUm"
    "I31nWUMn1c/jDoTXgjIJ6TvBnQGL2cOH7YodqPGaNctcJ59lpqJp1xx3mcMATsmyOEMvNGwQJJouPFSyfcwRPXJh+xrBTFwUfyWO"
    "rDpOfw28/rD2TDdZXZNJ5m2beEVTSS49+eHprqOcIOUWaBMw8TcE3pxa/h0jtoXb3Bm6E74QhkRTDvQ3JhsYFwIDAQAB"
)
METHOD, TARGET = "POST", "/hooks/messagemedia?src=mm"
DATE = "Thu, 15 Jan 2026 03:04:05 GMT"
BODY = b'{"message_id":"877c19ef-fa2e-4cec-827a-e1df9b5509f7","status":"delivered","error_code":"220"}'
SIGNATURES = {
    "SHA224": (
        "Cwm0Xm79V5ir4AA4OrUmAsgbpQLZBIHCaWGLjNLg5BwVRD7VS7F8+M2/DuIOS5pmIJBK6vPLaHA9/yepic79FDqkgri/PtdjzFFp"
        "3ERK2xqe/QE7HG+Bi9xvB8NeCtCY5TIatlkrt4V/seDZAgHqyXfiRLf0D4/eyKqIzrM3yqUd/f0hPEy0Ql7k3r/8ro85Gfm0J17E"
        "m030glBLtufTc8uusDeehmW6BHqIhX4z1QXjpecq3pqek5THLACBhYD5wCvPjghQnHavpMeYMP9RjnYXsw9UOlLRajqldavnWp4r"
        "q8z19ByXK7NxUbbC/2FxGazqVbr1Rhy0ltMavb2kmw=="
    ),
    "SHA256": (
        "MIC/q7Y/iC0rDRWRpH2cW+N8XknJtsRDfQHo5DDb1MbvdaSW8CeiE6Ltid2Sd29m9i/nYZv2FWA7+OLLhNM92ua2+wJcScuSg2xU"
        "zRQerm8721wW3brWzPvOzoqGkiDisFEJpyLctqrPOHoi/2PyRd4ZJFCYi3l2iO9kjXJZ1W2FzKH1xO1vw9B5h+Pr3QTVbJglgwkm"
        "DFjuq9OA1A2e6p72lVI5+If84OeqKse55pu5CdPjFbDnGRKnpti0Io6tg54IRRlybqtn2Xir0i3lE7JpTs2y93U+6T0oyzZknA3j"
        "IjywaxQH9aYng/yp5E9nwHYEval6oGlUczjGbHIbhQ=="
    ),
    "SHA512": (
        "E9KQMvA/QZAUNkcdfifxHYyE2pCcaB6uqjeZW4oCuyz5+93p5X3/FVnmJswebr4sWqA3RIqU/3i4/orI6CIrgpzL4XYcKgT6JKt9"
        "ia6D2W7QUN6Mh35xH7qkLGDN1j3cSVBrWo2CeirMDf0TwD5zmzy4kFhenQKRhHP/CT07mxx7kuepFYHOv3h/MbkJ2G+IrP52YXAI"
        "cRoxXeq07iHuZdcG2ni4dsYrb5iXKCEC+13gxSxhPAY+BjTLUY7iteb7tmRQ+X6DgctqqLwEDCS+rX1G9G2hz7y9OIJd1ghuEn/K"
        "ll8xsODHPFjm6b6mbhHAEmY5jON2AUfBO5ooFrIEWw=="
    ),
}
DIGESTS = {"SHA224": hashes.SHA224, "SHA256": hashes.SHA256, "SHA512": hashes.SHA512}


def headers(digest: str = "SHA256", **changes: str | None) -> dict[str, str]:
    """The headers of the push; changes by the last part of their names, None takes one away."""
    made = {
        "Content-Type": "application/json",
        "Date": DATE,
        "X-MessageMedia-Signature": SIGNATURES[digest.replace("-", "")],
        "X-MessageMedia-Digest-Type": digest,
        "X-MessageMedia-Cipher-Type": "RSA",
        "X-MessageMedia-Key-Id": KEY_ID,
    }
    for short, value in changes.items():
        (name,) = [name for name in made if name.lower().replace("-", "_").endswith(short)]
        del made[name]
        if value is not None:
            made[name] = value
    return made


def push(digest: str = "SHA256", **changes: Any) -> dict[str, Any]:
    """The push as `receive` takes it."""
    return {"method": METHOD, "target": TARGET, "headers": headers(digest), "body": BODY, **changes}


class Service:
    """Signs pushes as the service does."""

    def __init__(self, key_id: str = KEY_ID, bits: int = 1024) -> None:
        self.key_id = key_id
        self._key = rsa.generate_private_key(65537, bits)
        der = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public_key = base64.b64encode(der).decode()

    @property
    def public_keys(self) -> dict[str, str]:
        return {self.key_id: self.public_key}

    def sign(self, data: bytes, digest: str = "SHA256") -> str:
        return base64.b64encode(self._key.sign(data, padding.PKCS1v15(), DIGESTS[digest]())).decode()

    def headers(
        self,
        target: bytes | str,
        body: bytes,
        *,
        method: str = "POST",
        at: datetime | None = None,
        digest: str = "SHA256",
    ) -> Mapping[str, str]:
        """The headers of a push to a target."""
        date = format_datetime((at or datetime.now(UTC)).astimezone(UTC), usegmt=True)
        target = target if isinstance(target, bytes) else target.encode()
        line = b"%s %s HTTP/1.1" % (method.encode(), target)
        return {
            "content-type": "application/json",
            "date": date,
            "x-messagemedia-signature": self.sign(line + date.encode() + body, digest),
            "x-messagemedia-digest-type": digest,
            "x-messagemedia-cipher-type": "RSA",
            "x-messagemedia-key-id": self.key_id,
        }

    def push(self, target: str, body: bytes, **options: Any) -> dict[str, Any]:
        """A push as `receive` takes it."""
        method = options.get("method", "POST")
        return {"method": method, "target": target, "headers": self.headers(target, body, **options), "body": body}
