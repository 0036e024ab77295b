"""Ways to authenticate. Signing knows no HTTP library: text and bytes in, headers out.

The older SDKs sign every request with a body as POST, sign the path without its query, and hash other bytes than they
send. Here the method, target and body are those of the very request.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Literal, Protocol, cast

from messagemedia._secret import Secret, hide
from messagemedia.errors import ConfigurationError

__all__ = ["Auth", "BasicAuth", "HmacAuth"]


class Auth(Protocol):
    """Proves to the API who is calling.

    Attributes:
        scheme: Its name in the contract.
        signs: Whether it signs the request and its time: if so, a wrong clock makes requests fail, and HTTP/1.1 is
            needed.
    """

    @property
    def scheme(self) -> str: ...  # noqa: D102  # described above
    @property
    def signs(self) -> bool: ...  # noqa: D102  # described above

    def headers(self, method: str, target: str, body: bytes | None, now: datetime) -> Mapping[str, str]:
        """The headers that authenticate one attempt.

        Args:
            method: The HTTP method, such as `PUT`.
            target: Path and query as they are sent, percent-encoded.
            body: The bytes that are sent; None if there is no body.
            now: The time of the attempt, aware.
        """
        ...


class _KeyPair:
    """An API key with its secret, checked."""

    scheme: str
    signs: bool

    def __init__(self, api_key: str, api_secret: str) -> None:
        # The secret arrives hidden: a subclass hides it first of all, so that no frame shows it.
        self.api_key = _checked("api_key", api_key)
        self._secret = _checked("api_secret", api_secret)

    def __repr__(self) -> str:
        # A traceback may print an object that could not be made.
        return f"{type(self).__name__}(api_key='{getattr(self, 'api_key', '')[:3]}…', api_secret='<secret>')"


class BasicAuth(_KeyPair):
    """Basic authentication: API key and secret as user name and password, in UTF-8."""

    scheme = "basic"
    signs = False

    def __init__(self, api_key: str, api_secret: str) -> None:
        """Take a key pair made for basic authentication.

        Raises:
            ConfigurationError: If one of them is empty, not a str, or can't be what the API issued.
        """
        api_secret = cast("str", hide(api_secret))
        super().__init__(api_key, api_secret)
        if ":" in self.api_key:
            raise ConfigurationError(
                "api_key must not contain a colon, because basic authentication ends the key there"
            )
        credentials = base64.b64encode(f"{self.api_key}:{self._secret}".encode()).decode()
        self._headers = {"Authorization": Secret(f"Basic {credentials}")}

    def headers(self, method: str, target: str, body: bytes | None, now: datetime) -> Mapping[str, str]:
        """The headers that authenticate one attempt, the same for each."""
        del method, target, body, now
        return self._headers


class HmacAuth(_KeyPair):
    """HMAC authentication: a signature of date, body and request line; the secret itself is never sent.

    The API documents HMAC-SHA256 with `Date` and `Content-MD5`. Whether it still accepts SHA-1, and the header names of
    the older SDKs (`date`, `x-Content-MD5`), is an open question; both can be chosen.
    """

    scheme = "hmac"
    signs = True

    def __init__(
        self,
        api_key: str,
        api_secret: str,
        *,
        algorithm: Literal["sha256", "sha1"] = "sha256",
        header_names: Literal["documented", "legacy"] = "documented",
    ) -> None:
        """Take a key pair made for HMAC authentication.

        Args:
            api_key: The API key.
            api_secret: Its secret.
            algorithm: The hash of the signature.
            header_names: `documented` for `Date` and `Content-MD5`, `legacy` for `date` and `x-Content-MD5`.

        Raises:
            ConfigurationError: If an argument can't be used.
        """
        api_secret = cast("str", hide(api_secret))
        super().__init__(api_key, api_secret)
        if not (self.api_key.isascii() and self.api_key.isprintable()) or '"' in self.api_key:
            raise ConfigurationError("api_key must be printable ASCII without quotation marks, to fit into a header")
        if algorithm not in ("sha256", "sha1"):
            raise ConfigurationError("algorithm must be 'sha256' or 'sha1'")
        if header_names not in ("documented", "legacy"):
            raise ConfigurationError("header_names must be 'documented' or 'legacy'")
        self._algorithm = algorithm
        self._date, self._md5 = ("Date", "Content-MD5") if header_names == "documented" else ("date", "x-Content-MD5")

    def headers(self, method: str, target: str, body: bytes | None, now: datetime) -> Mapping[str, str]:
        """The headers that authenticate one attempt: they are valid for this method, target, body and time only."""
        signed = {self._date: format_datetime(now.astimezone(UTC), usegmt=True)}
        if body is not None:
            # The API wants lower-case hexadecimal here, not the base64 of RFC 1864.
            signed[self._md5] = hashlib.md5(body, usedforsecurity=False).hexdigest()
        lines = [*(f"{name}: {value}" for name, value in signed.items()), f"{method} {target} HTTP/1.1"]
        digest = hmac.digest(self._secret.encode(), "\n".join(lines).encode(), self._algorithm)
        authorization = (
            f'hmac username="{self.api_key}", algorithm="hmac-{self._algorithm}", '
            f'headers="{" ".join(signed)} request-line", signature="{base64.b64encode(digest).decode()}"'
        )
        return {**signed, "Authorization": Secret(authorization)}


def _checked(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{name} must be a non-empty str")
    if value != value.strip():
        raise ConfigurationError(f"{name} begins or ends with white space, probably from copying it")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ConfigurationError(f"{name} holds half of a surrogate pair, which can't be encoded")
    return value if isinstance(value, Secret) else str.__str__(value)
