"""Why a request was let in or not, line by line, for a person to read.

It looks at a request as `auth` does, but where that ends at the first problem, this continues as far
as it can. It never shows a secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime

import attrs

from messagemedia.sandbox import auth
from messagemedia.sandbox.clock import read_http_date
from messagemedia.sandbox.options import Options
from messagemedia.sandbox.records import RequestRecord


@attrs.frozen
class Check:
    """Something that has to be so.

    Attributes:
        passed: Whether it is.
        right: What is said if it is.
        wrong: What is said if it is not.
        found: What was found.
    """

    passed: bool
    right: str
    wrong: str
    found: str = ""

    @property
    def said(self) -> str:
        """What is to be said of it."""
        return self.right if self.passed else self.wrong


def _wrong(text: str, found: str = "") -> Check:
    return Check(passed=False, right="", wrong=text, found=found)


@attrs.frozen
class SignedLine:
    """A line of what was signed, by the name that the header `Authorization` gives it; None if it isn't there."""

    name: str
    line: str | None


@attrs.frozen
class Explanation:
    """How a request was authenticated.

    Attributes:
        scheme: `Basic`, `HMAC`, or an empty text if it is neither.
        user: The API key that it names.
        checks: What has to be so.
        signed: What was signed, line by line.
        received: The signature that came with it.
        computed: The signature that it should be; empty if that is not known.
    """

    scheme: str
    user: str
    checks: tuple[Check, ...]
    signed: tuple[SignedLine, ...] = ()
    received: str = ""
    computed: str = ""

    @property
    def passed(self) -> bool:
        """Whether it was let in."""
        return all(check.passed for check in self.checks)


def explain(request: RequestRecord, options: Options, now: datetime) -> Explanation:
    """Explain the authentication of a request that came at a certain time."""
    authorization = request.header("authorization")
    if authorization is None:
        return Explanation("", "", (_wrong("The header Authorization is missing"),))
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "basic":
        return _basic(credentials, options)
    signed = auth.HMAC.fullmatch(authorization)
    if signed is not None:
        return _hmac(request, signed.groupdict(), options, now)
    form = 'hmac username="…", algorithm="…", headers="…", signature="…"'
    return Explanation("", "", (_wrong("Authorization has neither the form of Basic nor that of HMAC", form),))


def _basic(credentials: str, options: Options) -> Explanation:
    pair = auth.basic_pair(credentials)
    if pair is None:
        return Explanation("Basic", "", (_wrong("The credentials are not base64 of KEY:SECRET"),))
    key, secret = pair
    expected = options.secret_of(key)
    checks = [_known(expected, key)]
    if expected is not None:
        fits = auth.same(secret, expected)
        checks.append(Check(fits, "The secret belongs to the key", "The secret doesn't belong to the key"))
    return Explanation("Basic", key, tuple(checks))


def _known(secret: str | None, key: str) -> Check:
    return Check(secret is not None, "The API key is known", "The API key is unknown", key)


def _hmac(request: RequestRecord, given: dict[str, str], options: Options, now: datetime) -> Explanation:
    names = given["headers"].split(" ")
    secret, digest = options.secret_of(given["key"]), auth.DIGESTS.get(given["algorithm"])
    lines = tuple(SignedLine(name, auth.signed_line(request, name)) for name in names)
    text = auth.signing_string(request, names)
    computed = ""
    if secret is not None and digest is not None and text is not None:
        computed = base64.b64encode(hmac.new(secret.encode(), text.encode(), digest).digest()).decode()
    allowed = digest is not None and (options.sha1 or digest is not hashlib.sha1)
    missing = ", ".join(line.name for line in lines if line.line is None)
    checks = [
        _known(secret, given["key"]),
        Check(allowed, "The algorithm is accepted", "The algorithm is not accepted", given["algorithm"]),
        Check(not missing, "Every listed header was sent", "Some listed headers were not sent", missing),
        Check("request-line" in names, "The request line is signed", "The request line is not signed"),
        *_of_body(request, names),
        *_of_date(request, names, options, now),
    ]
    if computed:
        same = auth.same(computed, given["signature"])
        wrong = "The signature is not the one that the key's secret gives for the lines below"
        checks.append(Check(same, "The signature is the right one", wrong))
    return Explanation("HMAC", given["key"], tuple(checks), lines, given["signature"], computed)


def _of_body(request: RequestRecord, names: list[str]) -> Iterator[Check]:
    if request.body:
        signed = any(name.lower() in auth.MD5_HEADERS for name in names)
        yield Check(signed, "The digest of the body is signed", "The digest of the body is not signed")
    actual = hashlib.md5(request.body).hexdigest()  # noqa: S324  the API asks for MD5
    for name, value in request.headers:
        if name in auth.MD5_HEADERS:
            found = value if value == actual else f"{value}, and it should be {actual}"
            yield Check(value == actual, f"{name} is the MD5 of the body", f"{name} is not the MD5 of the body", found)


def _of_date(request: RequestRecord, names: list[str], options: Options, now: datetime) -> Iterator[Check]:
    limit = f"{options.clock_skew:g} seconds of the sandbox's clock"
    dates = [(name, request.header(name)) for name in names if name.lower() in auth.DATE_HEADERS]
    sent = [(name, value) for name, value in dates if value is not None]
    if not sent:
        yield _wrong("No date is signed")
    for name, value in sent:
        moment = read_http_date(value)
        if moment is None:
            yield _wrong(f"{name} is not a date in the form that HTTP requires", value)
        else:
            off = (moment - now).total_seconds()
            timely = abs(off) <= options.clock_skew
            yield Check(timely, f"{name} is within {limit}", f"{name} is not within {limit}", f"{value}, {off:+.0f} s")
