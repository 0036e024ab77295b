"""Whose certificate it was that is not trusted: with `cryptography`, if it is installed."""

from __future__ import annotations

from messagemedia.cli.doctor.facts import Certificate

_MOST = 60


def described(der: bytes | None) -> Certificate | None:
    """What a certificate says of itself; None if it can't be read."""
    if der is None:
        return None
    try:
        from cryptography import x509  # noqa: PLC0415  # an extra
    except ModuleNotFoundError:
        return None
    try:
        made = x509.load_der_x509_certificate(der)
        begins, ends = made.not_valid_before_utc, made.not_valid_after_utc
        return Certificate(_name(made.issuer), _names(made), f"{begins:%Y-%m-%d}", f"{ends:%Y-%m-%d}")
    except ValueError:
        return None


def _name(issuer: object) -> str:
    """The name of an authority: its common name, or else its organization."""
    from cryptography.x509 import Name, NameOID  # noqa: PLC0415

    if not isinstance(issuer, Name):
        return ""
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for each in issuer.get_attributes_for_oid(kind):
            return _plain(str(each.value))
    return ""


def _names(made: object) -> tuple[str, ...]:
    """The names of the servers that a certificate is for."""
    from cryptography import x509  # noqa: PLC0415

    if not isinstance(made, x509.Certificate):
        return ()
    try:
        found = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(_plain(str(each.value)) for each in found)


def _plain(text: str) -> str:
    return "".join(each for each in text if each.isprintable())[:_MOST]
