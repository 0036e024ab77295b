"""What own connections take from the environment: a proxy, and the certificates that are trusted.

HTTP libraries read the same variables, but let whatever their parsers raise pass, without the name of a variable, and
fail for an `http` address because of what only `https` needs.
"""

from __future__ import annotations

import ipaddress
import os
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import util
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from messagemedia._http.home import this_process
from messagemedia._http.seeding import seed_this_thread
from messagemedia._secret import Secret
from messagemedia.errors import ConfigurationError

_SCHEMES = ("http", "https", "socks5", "socks5h")
_TLS_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")
_UNSET_PROXY = "Correct it, unset it, or name the host of the API in NO_PROXY."


@dataclass(frozen=True, slots=True)
class Proxy:
    """The proxy that leads to a server, and what names it."""

    url: str = field(repr=False)  # it may hold a password
    variable: str

    def unusable(self, why: str, hint: str = _UNSET_PROXY) -> ConfigurationError:
        """The error that says why it can't be used."""
        return ConfigurationError(f"{self.variable} {why}", hint=hint)


def proxy_for(base_url: str) -> Proxy | None:
    """The proxy that the environment (on macOS and Windows also the system) names for a server; None for none.

    Raises:
        ConfigurationError: If what it names is not the address of a proxy.
    """
    # They may hold passwords, which no traceback shows.
    server, proxies = urlsplit(base_url), {kind: Secret(url) for kind, url in getproxies().items()}
    kind = next((kind for kind in (server.scheme, "all") if proxies.get(kind)), None)
    if kind is None or _is_exempt(server, proxies.get("no", "")):
        return None
    url = proxies[kind]
    proxy = Proxy(url if "://" in url else Secret(f"http://{url}"), _variable(f"{kind}_proxy"))
    scheme, valid = _parsed(proxy.url)
    if scheme not in ("", *_SCHEMES):
        raise proxy.unusable(f"names a proxy of the type {scheme!r}, which must be one of {', '.join(_SCHEMES)}")
    if not valid:
        raise proxy.unusable("must be the address of a proxy, such as http://proxy.example:3128")
    if scheme.startswith("socks") and util.find_spec("socksio") is None:
        raise proxy.unusable(
            "names a SOCKS proxy, which needs a package that is not installed: socksio",
            f"pip install 'httpx[socks]'. {_UNSET_PROXY}",
        )
    return proxy


def _variable(name: str) -> str:
    """The variable that holds a setting, as it is written in the environment; the small form goes first."""
    names = [each for each in (name, *os.environ) if each.lower() == name and os.environ.get(each)]
    return names[0] if names else "the proxy of the system"


def _parsed(url: str) -> tuple[str, bool]:
    """The scheme of a proxy's address, and whether the rest of it can be one."""
    scheme = url.partition("://")[0].lower()
    if not scheme.isalnum():  # it may hold a password
        return "", False
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        return scheme, False
    rest = parts.path.removeprefix("/") + parts.query + parts.fragment
    return scheme, bool(host) and port != 0 and not rest and url.isprintable() and " " not in url


def _is_exempt(server: SplitResult, exceptions: str) -> bool:
    """Whether a server is reached without a proxy, as `NO_PROXY` says: by name, domain, address or network."""
    host = server.hostname or ""
    port = server.port or (443 if server.scheme == "https" else 80)
    names = [name.strip().rpartition("://")[2] for name in exceptions.split(",")]
    if "*" in names or proxy_bypass(f"{host}:{port}"):
        return True
    with suppress(ValueError):
        address = ipaddress.ip_address(host)
        return any(address in network for name in names if (network := _network(name)))
    return False


def _network(name: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    with suppress(ValueError):
        return ipaddress.ip_network(name.replace("[", "").replace("]", ""), strict=False)
    return None


def is_secure(url: str) -> bool:
    """Whether what is sent to an address goes through TLS."""
    return url.lower().startswith("https:")


def tls_for(library: Any, *, secure: bool) -> Any:
    """The TLS context of own connections; for a server without TLS one that trusts nobody, and reads nothing.

    Raises:
        ConfigurationError: If a variable makes it impossible.
    """
    if not secure:
        return _bare_tls(this_process())
    seed_this_thread()
    # A forked child has its own: a thread of the parent may have held a lock of it.
    return _tls(library, this_process(), *(os.environ.get(name) for name in _TLS_VARIABLES))


def tls_of_all() -> Any:
    """The TLS context of own connections, whatever the library: httpx's choice of certificates is everybody's.

    Raises:
        ConfigurationError: If a variable makes it impossible.
    """
    import httpx  # noqa: PLC0415

    return tls_for(httpx, secure=True)


def trusted_certificates() -> list[bytes]:
    """The certificates that connections trust, in DER form, for a library that makes no use of a TLS context.

    Raises:
        ConfigurationError: If a variable makes it impossible.
    """
    import ssl  # noqa: PLC0415

    context = tls_of_all()
    folders = os.environ.get("SSL_CERT_DIR") if not os.environ.get("SSL_CERT_FILE") else None
    for folder in filter(None, (folders or "").split(os.pathsep)):  # a context reads those when it needs them
        for path in Path(folder).iterdir():
            with suppress(OSError, ssl.SSLError):
                context.load_verify_locations(cafile=path)
    return context.get_ca_certs(binary_form=True)  # type: ignore[no-any-return]


@lru_cache(maxsize=4)
def _bare_tls(_process: object) -> Any:
    import ssl  # noqa: PLC0415  # takes a while

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@lru_cache(maxsize=16)
def _tls(library: Any, _process: object, file: str | None, folder: str | None, log: str | None) -> Any:
    """One TLS context for all clients of the process: making one means to read hundreds of certificates."""
    if folder and not file and not any(Path(each).is_dir() for each in folder.split(os.pathsep)):
        raise unreadable("SSL_CERT_DIR", "names a folder that does not exist")
    if file and (reason := _why_unreadable(file)):
        raise unreadable("SSL_CERT_FILE", f"names a file of certificates that can't be read: {reason}")
    try:
        return library.create_ssl_context()
    except Exception as error:  # noqa: BLE001  # whatever it is, no connection can be made
        reason = getattr(error, "strerror", None) or type(error).__name__
        if log:
            raise unreadable("SSLKEYLOGFILE", f"names a file that can't be written: {reason}") from None
        raise ConfigurationError(f"the trusted certificates can't be read: {reason}") from None


def _why_unreadable(file: str) -> str:
    """Why certificates can't be read from a file, empty if they can; not every library says so."""
    import ssl  # noqa: PLC0415  # takes a while

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=file)
    except OSError as error:  # which an ssl.SSLError is
        return error.strerror or type(error).__name__
    return ""


def unreadable(variable: str, why: str) -> ConfigurationError:
    """The error of a variable that names something which can't be read or written."""
    fixes = {
        "SSL_CERT_FILE": "Name a file of certificates in PEM form, or unset it.",
        "SSL_CERT_DIR": "Name a folder of certificates, or unset it.",
        "SSLKEYLOGFILE": "Name a file in a folder that this user can write to, or unset it.",
    }
    return ConfigurationError(f"{variable} {why}", hint=fixes[variable])
