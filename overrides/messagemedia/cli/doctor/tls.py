"""What a TLS handshake means: its version, and problems of certificates."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from messagemedia._call.misuse import is_loopback
from messagemedia.cli.doctor.facts import Certificate, Facts, Handshake, Trouble
from messagemedia.cli.doctor.steps import NOT_REACHED, Judged, Step, Verdict, host_of, wrong

_Said = tuple[str, str, str]  # what was seen, what is wrong, what to do


def tls(facts: Facts, handshake: Handshake | None) -> Judged:
    """What the handshake means."""
    if not facts.secure:
        return _in_the_clear(facts)
    if handshake is None:
        passes = facts.proxy is not None and facts.exchange is not None
        seen = "not checked, because of the type of the proxy" if passes else NOT_REACHED
        return Judged(Step("TLS", "none", seen))
    if handshake.trouble:
        seen, text, fix = _TROUBLES.get(handshake.trouble, _other)(facts, handshake)
        return wrong("TLS", seen, Verdict(_CAUSES.get(handshake.trouble, "tls"), text, fix))
    version = handshake.version.replace("TLSv", "TLS ")
    trust = f", trusted by {handshake.trust}" if handshake.trust else ""
    seen = f"{version}, the certificate of {_host(facts)} is valid{trust}"
    if handshake.version in ("TLSv1.2", "TLSv1.1", "TLSv1"):
        return Judged(Step("TLS", "warning", f"{seen}; too old for Singapore (+65)"), note=_singapore(facts, version))
    return Judged(Step("TLS", "ok", seen))


def _singapore(facts: Facts, version: str) -> str:
    """What to do where only an old version is spoken."""
    return (
        f"Messages to Singapore (+65) need TLS 1.3, and are refused with 422 over {version}, which is used here; all "
        f"others are fine. This Python has {facts.openssl}, and TLS 1.3 needs OpenSSL 1.1.1 or newer. If it has that, "
        "something between this machine and the API ends TLS, such as a proxy of your company: ask whoever runs it."
    )


def _in_the_clear(facts: Facts) -> Judged:
    if is_loopback(facts.base_url):
        return Judged(Step("TLS", "none", "not used, and nothing leaves this machine"))
    what = "what is sent" if facts.scheme == "hmac" else "what is sent, and the secret,"
    note = f"{facts.base_url} is not encrypted, so {what} can be read on the way. Use https."
    return Judged(Step("TLS", "warning", "not used: the address begins with http"), note=note)


def _host(facts: Facts) -> str:
    return urlsplit(facts.base_url).hostname or ""


# --- what ended a handshake -----------------------------------------------------------------------------------


def _issuer(certificate: Certificate | None) -> str:
    return f" by {certificate.issuer!r}" if certificate is not None and certificate.issuer else ""


def _untrusted(facts: Facts, handshake: Handshake) -> _Said:
    host, issuer = _host(facts), _issuer(handshake.certificate)
    text = (
        f"The certificate of {host} was issued{issuer or ' by an authority'}, which this machine does not trust. That "
        "is usual where a proxy or virus scanner of your company inspects TLS, or a network requires a login first."
    )
    fix = (
        "Ask whoever runs your network for the certificate of that authority as a PEM file, and set "
        "SSL_CERT_FILE=/path/to/that/file.pem. Don't turn verification off: the secret would go to whoever is there."
    )
    if handshake.trust:
        fix = (
            f"{handshake.trust} is set, and takes the place of the usual certificates: put the certificate of this "
            "authority into it as well, in PEM form, or unset it if it is no longer needed."
        )
    return f"the certificate of {host} was issued{issuer or ' by somebody'} and is not trusted", text, fix


def _expired(facts: Facts, handshake: Handshake) -> _Said:
    host, made = _host(facts), handshake.certificate
    when = f" on {made.ends}" if made is not None and made.ends else ""
    text = f"The certificate of {host}{_issued(made)} expired{when}."
    fix = "Check the date of this machine first. If it is right, ask whoever runs that server" + _or_what_is_between(
        facts
    )
    return f"the certificate of {host} expired{when}", text, fix


def _not_yet_valid(facts: Facts, handshake: Handshake) -> _Said:
    host, made = _host(facts), handshake.certificate
    when = f" before {made.begins}" if made is not None and made.begins else " yet"
    text = f"The certificate of {host} is not valid{when}: most likely the clock of this machine is wrong."
    return f"the certificate of {host} is not valid{when}", text, "Set the date and time of this machine."


def _issued(made: Certificate | None) -> str:
    return f", issued{_issuer(made)}," if _issuer(made) else ""


def _or_what_is_between(facts: Facts) -> str:
    return " or whatever is in between, such as a proxy of your company." if facts.region else "."


def _wrong_name(facts: Facts, handshake: Handshake) -> _Said:
    host, made = _host(facts), handshake.certificate
    names = ", ".join(made.names[:3]) if made is not None and made.names else "another host"
    text = (
        f"Something else answers in place of {host}: its certificate is for {names}. That may be the login page of a "
        "network, a proxy, or a wrong address."
    )
    fix = "Open a web page in a browser: if a login page appears, log in. "
    fix += (
        "Otherwise ask whoever runs your network." if facts.region else f"Otherwise check the address {facts.base_url}."
    )
    return f"the certificate is for {names}, not for {host}", text, fix


def _old_version(facts: Facts, handshake: Handshake) -> _Said:
    host = _host(facts)
    text = f"{host} and this Python ({facts.openssl}) have no version of TLS in common: one of them is too old."
    fix = "Use a newer Python. If this one is up to date, ask whoever runs that server" + _or_what_is_between(facts)
    return f"no version of TLS in common with {host} ({handshake.detail})", text, fix


def _no_tls(facts: Facts, handshake: Handshake) -> _Said:
    del handshake
    host = host_of(facts.base_url)
    text = f"What answers at {host} does not speak TLS: a server without it, or a login page or proxy of this network."
    fix = "Open a web page in a browser: if a login page appears, log in. Otherwise ask whoever runs your network."
    if not facts.region:
        fix = f"If that server has no TLS, write http:// in its address, instead of {facts.base_url}; else check it."
    return f"what answers at {host} does not speak TLS", text, fix


def _cut_off(facts: Facts, handshake: Handshake) -> _Said:
    del handshake
    host = _host(facts)
    text = f"The connection to {host} is cut off while TLS starts: most likely a firewall does not allow {host}."
    return "the connection was cut off", text, f"Ask whoever runs your network to allow {host} port 443."


def _slow(facts: Facts, handshake: Handshake) -> _Said:
    del handshake
    host = _host(facts)
    text = f"{host} accepts the connection, and then sends nothing: most likely a firewall is in between."
    return (
        "no answer in time",
        text,
        f"Ask whoever runs your network whether {host} is allowed, and which proxy to use.",
    )


def _other(facts: Facts, handshake: Handshake) -> _Said:
    host, detail = _host(facts), handshake.detail or handshake.trouble
    if handshake.trouble == "other certificate":
        text = f"The certificate of {host}{_issued(handshake.certificate)} is not accepted: {detail}."
        fix = "Ask whoever runs that server, or a proxy of your company in between, for a valid certificate."
        return f"the certificate of {host} is not accepted: {detail}", text, fix
    return (
        f"failed: {detail}",
        f"TLS with {host} failed: {detail}.",
        "Ask whoever runs your network, and show them this.",
    )


_TROUBLES: dict[Trouble, Callable[[Facts, Handshake], _Said]] = {
    "untrusted": _untrusted,
    "expired": _expired,
    "not yet valid": _not_yet_valid,
    "wrong name": _wrong_name,
    "old version": _old_version,
    "no tls": _no_tls,
    "cut off": _cut_off,
    "timeout": _slow,
}
_CAUSES: dict[Trouble, str] = {
    "untrusted": "certificate_untrusted",
    "expired": "certificate_expired",
    "not yet valid": "certificate_not_yet_valid",
    "wrong name": "certificate_of_another",
    "other certificate": "certificate",
    "old version": "tls_version",
    "no tls": "no_tls",
    "cut off": "cut_off",
    "timeout": "timeout",
}
