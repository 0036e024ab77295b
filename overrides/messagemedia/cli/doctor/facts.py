"""What was seen on the way to the API, as data: no secret, no content, no number is in it."""

from __future__ import annotations

from typing import Literal

from attrs import field, frozen

Trouble = Literal[
    "", "not found", "refused", "timeout", "unreachable", "cut off",
    "untrusted", "expired", "not yet valid", "wrong name", "other certificate", "old version", "no tls", "other",
]  # fmt: skip
"""What ended a step, empty if nothing did."""


@frozen
class Setting:
    """One thing that is configured.

    Attributes:
        name: What it is, such as `secret`.
        shown: Its value as it may be shown; of a secret only that it is set, and its length.
        source: Where it comes from, such as `MESSAGEMEDIA_API_SECRET`; empty if it is not set.
        doubt: What looks wrong with it, else empty.
    """

    name: str
    shown: str
    source: str = ""
    doubt: str = ""


@frozen
class Lookup:
    """A host name was looked up."""

    host: str
    addresses: tuple[str, ...] = ()
    trouble: Trouble = ""


@frozen
class Connection:
    """A TCP connection was opened."""

    host: str
    port: int
    address: str = ""
    seconds: float = 0.0
    trouble: Trouble = ""


@frozen
class ProxySeen:
    """The proxy that leads to the API.

    Attributes:
        host: Its host and port, without user name and password.
        variable: What names it.
        scheme: `http`, `https`, `socks5` or `socks5h`.
        has_password: Whether its address has credentials.
        status: What it answered to CONNECT; None if it did not, or was not asked.
        asks: The ways to authenticate that it offers, such as `Basic` or `NTLM`.
        trouble: What ended the conversation with it.
    """

    host: str
    variable: str
    scheme: str = "http"
    has_password: bool = False
    status: int | None = None
    asks: tuple[str, ...] = ()
    trouble: Trouble = ""


@frozen
class Certificate:
    """The certificate of a server; empty strings where it is not known."""

    issuer: str = ""
    names: tuple[str, ...] = ()
    begins: str = ""
    ends: str = ""


@frozen
class Handshake:
    """TLS was agreed on, or not.

    Attributes:
        version: Such as `TLSv1.3`.
        certificate: What the server showed, if it was looked at.
        trouble: What ended it.
        detail: What OpenSSL says of it.
        trust: Where the trusted certificates come from: `SSL_CERT_FILE`, `SSL_CERT_DIR`, or empty for the usual ones.
    """

    version: str = ""
    certificate: Certificate | None = None
    trouble: Trouble = ""
    detail: str = ""
    trust: str = ""


@frozen
class Exchange:
    """A request was sent that reads replies and confirms nothing.

    Attributes:
        base_url: The server.
        scheme: The way to authenticate, `basic` or `hmac`.
        region: The region of the server, empty for any other.
        status: The status of the answer, None if none came.
        kind: The media type of the answer, such as `text/html`.
        form: What the body is: the `replies` that were asked for, other `json`, a `page`, nothing, or something else.
        message: What the server said, without anything private.
        leads_to: The host that a redirect leads to.
        ahead: How many seconds the server's clock is ahead of this one; None if it did not tell.
        http_version: Such as `HTTP/1.1`.
        asks: The ways to authenticate that a proxy in between offers.
        trouble: What happened if no answer came.
        detail: The name of the exception then.
    """

    base_url: str
    scheme: str
    region: str = ""
    status: int | None = None
    kind: str = ""
    form: Literal["replies", "json", "page", "empty", "other"] = "other"
    message: str = ""
    leads_to: str = ""
    ahead: float | None = None
    http_version: str = ""
    asks: tuple[str, ...] = ()
    trouble: Trouble = ""
    detail: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the credentials were accepted."""
        return self.status == 200 and self.form == "replies"


@frozen(kw_only=True)
class Facts:
    """Everything that was seen; None where a step was not reached.

    Attributes:
        base_url: The server that is configured.
        region: Its region, empty for any other server.
        scheme: The way to authenticate that is configured, empty without credentials.
        account: Whether a sub-account is configured.
        settings: What is configured, and where.
        no_credentials: Why there are none, and what to do; empty if there are.
        broken: A setting of the environment that can't work, such as a proxy's, and what to do; empty if all can.
        corrected: The same request again, signed with the server's time; only if clocks differ and it was refused.
        others: What came of ways that were tried because they were asked for.
    """

    base_url: str
    region: str = ""
    scheme: str = ""
    account: bool = False
    settings: tuple[Setting, ...] = ()
    no_credentials: tuple[str, str] = ("", "")
    broken: tuple[str, str] | None = None
    proxy: ProxySeen | None = None
    lookup: Lookup | None = None
    connection: Connection | None = None
    handshake: Handshake | None = None
    exchange: Exchange | None = None
    corrected: Exchange | None = None
    others: tuple[Exchange, ...] = ()
    openssl: str = field(default="")

    @property
    def secure(self) -> bool:
        """Whether the server is asked over TLS."""
        return self.base_url.lower().startswith("https:")
