"""Who may use the sandbox: Basic and HMAC authentication, verified from the request as it was received."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from datetime import datetime

from messagemedia.sandbox.clock import read_http_date
from messagemedia.sandbox.options import Options
from messagemedia.sandbox.records import RequestRecord

# Names, order and quotes as the API's gateway reads them. Being strict here is the point: what passes the
# sandbox passes the strictest reading of the documentation.
_HMAC = re.compile(
    r'[Hh]mac +username="(?P<key>[^"]+)", *algorithm="(?P<algorithm>[^"]+)", *'
    r'headers="(?P<headers>[^"]+)", *signature="(?P<signature>[^"]+)"',
)
_DIGESTS = {"hmac-sha1": hashlib.sha1, "hmac-sha256": hashlib.sha256}
_DATE_HEADERS = frozenset({"date", "x-date"})
_MD5_HEADERS = frozenset({"content-md5", "x-content-md5"})


def authenticates(request: RequestRecord, options: Options, now: datetime) -> bool:
    """Whether the request carries credentials that fit it."""
    authorization = request.header("authorization") or ""
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "basic":
        return _basic(credentials, options)
    signed = _HMAC.fullmatch(authorization)
    return signed is not None and _signed(request, signed, options, now)


def _basic(credentials: str, options: Options) -> bool:
    try:
        decoded = base64.b64decode(credentials, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    key, _, secret = decoded.partition(":")
    expected = options.secret_of(key)
    return expected is not None and hmac.compare_digest(secret.encode(), expected.encode())


def _signed(request: RequestRecord, signed: re.Match[str], options: Options, now: datetime) -> bool:
    secret = options.secret_of(signed["key"])
    digest = _DIGESTS.get(signed["algorithm"])
    names = signed["headers"].split(" ")
    if secret is None or digest is None or (digest is hashlib.sha1 and not options.sha1):
        return False
    if not (_covers_request(request, names) and _is_timely(request, names, options, now) and _md5_fits(request)):
        return False
    text = _signing_string(request, names)
    if text is None:
        return False
    signature = base64.b64encode(hmac.new(secret.encode(), text.encode(), digest).digest())
    return hmac.compare_digest(signature, signed["signature"].encode())


def _covers_request(request: RequestRecord, names: list[str]) -> bool:
    """Whether the signed headers pin down the request line and the body."""
    covers_body = not request.body or any(name.lower() in _MD5_HEADERS for name in names)
    return "request-line" in names and covers_body


def _is_timely(request: RequestRecord, names: list[str], options: Options, now: datetime) -> bool:
    dates = [request.header(name) for name in names if name.lower() in _DATE_HEADERS]
    sent = [read_http_date(value) for value in dates if value is not None]
    return bool(sent) and all(
        moment is not None and abs((now - moment).total_seconds()) <= options.clock_skew for moment in sent
    )


def _md5_fits(request: RequestRecord) -> bool:
    actual = hashlib.md5(request.body).hexdigest()  # noqa: S324  the API asks for MD5
    return all(value == actual for name, value in request.headers if name in _MD5_HEADERS)


def _signing_string(request: RequestRecord, names: list[str]) -> str | None:
    """Rebuild what was signed: the headers spelled as in the list, and the request line as it arrived."""
    lines: list[str] = []
    for name in names:
        if name == "request-line":
            lines.append(f"{request.method} {request.target} HTTP/{request.http_version}")
            continue
        value = request.header(name)
        if value is None:
            return None
        lines.append(f"{name}: {value}")
    return "\n".join(lines)
