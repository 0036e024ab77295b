"""Who may use the sandbox: Basic and HMAC authentication, verified from the request as it was received."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime

from messagemedia.sandbox.clock import read_http_date
from messagemedia.sandbox.options import Options
from messagemedia.sandbox.records import RequestRecord

# Names, order and quotes as the API's gateway reads them. Being strict here is the point: what passes the
# sandbox passes the strictest reading of the documentation.
HMAC = re.compile(
    r'[Hh]mac +username="(?P<key>[^"]+)", *algorithm="(?P<algorithm>[^"]+)", *'
    r'headers="(?P<headers>[^"]+)", *signature="(?P<signature>[^"]+)"',
)
DIGESTS = {"hmac-sha1": hashlib.sha1, "hmac-sha256": hashlib.sha256}
DATE_HEADERS = frozenset({"date", "x-date"})
MD5_HEADERS = frozenset({"content-md5", "x-content-md5"})


def authenticates(request: RequestRecord, options: Options, now: datetime) -> bool:
    """Whether the request carries credentials that fit it."""
    authorization = request.header("authorization") or ""
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "basic":
        return _basic(credentials, options)
    signed = HMAC.fullmatch(authorization)
    return signed is not None and _signed(request, signed, options, now)


def basic_pair(credentials: str) -> tuple[str, str] | None:
    """Key and secret of Basic credentials, or None if that is not what they are."""
    try:
        decoded = base64.b64decode(credentials, validate=True).decode()
    except ValueError:
        return None
    key, _, secret = decoded.partition(":")
    return key, secret


def same(given: str, expected: str) -> bool:
    """Whether two secret texts are the same, in a time that doesn't tell where they differ."""
    return hmac.compare_digest(given.encode(), expected.encode())


def _basic(credentials: str, options: Options) -> bool:
    pair = basic_pair(credentials)
    expected = None if pair is None else options.secret_of(pair[0])
    return pair is not None and expected is not None and same(pair[1], expected)


def _signed(request: RequestRecord, signed: re.Match[str], options: Options, now: datetime) -> bool:
    secret = options.secret_of(signed["key"])
    digest = DIGESTS.get(signed["algorithm"])
    names = signed["headers"].split(" ")
    if secret is None or digest is None or (digest is hashlib.sha1 and not options.sha1):
        return False
    if not (_covers_request(request, names) and _is_timely(request, names, options, now) and _md5_fits(request)):
        return False
    text = signing_string(request, names)
    if text is None:
        return False
    signature = base64.b64encode(hmac.new(secret.encode(), text.encode(), digest).digest())
    return hmac.compare_digest(signature, signed["signature"].encode())


def _covers_request(request: RequestRecord, names: list[str]) -> bool:
    """Whether the signed headers pin down the request line and the body."""
    covers_body = not request.body or any(name.lower() in MD5_HEADERS for name in names)
    return "request-line" in names and covers_body


def _is_timely(request: RequestRecord, names: list[str], options: Options, now: datetime) -> bool:
    dates = [request.header(name) for name in names if name.lower() in DATE_HEADERS]
    sent = [read_http_date(value) for value in dates if value is not None]
    return bool(sent) and all(
        moment is not None and abs((now - moment).total_seconds()) <= options.clock_skew for moment in sent
    )


def _md5_fits(request: RequestRecord) -> bool:
    actual = hashlib.md5(request.body).hexdigest()  # noqa: S324  the API asks for MD5
    return all(value == actual for name, value in request.headers if name in MD5_HEADERS)


def signing_string(request: RequestRecord, names: list[str]) -> str | None:
    """Rebuild what was signed: the headers spelled as in the list, and the request line as it arrived."""
    lines = [signed_line(request, name) for name in names]
    return None if None in lines else "\n".join(filter(None, lines))


def signed_line(request: RequestRecord, name: str) -> str | None:
    """What is signed for a name in the list, or None if there is no such header."""
    if name == "request-line":
        return f"{request.method} {request.target} HTTP/{request.http_version}"
    value = request.header(name)
    return None if value is None else f"{name}: {value}"
