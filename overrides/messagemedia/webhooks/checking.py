"""`check`: how an endpoint answers a good push, and forged ones."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from attrs import evolve, field, frozen

from messagemedia._http.choice import HttpClient, HttpLibrary
from messagemedia.webhooks.pushing import Pusher
from messagemedia.webhooks.signature import signed
from messagemedia.webhooks.signing import SigningKey

_NUMBER = "+61491570156"  # set aside for fiction, so it is nobody's
_TEXT = "A test push of messagemedia.webhooks.check"


@frozen
class CheckResult:
    """How one push was answered.

    Attributes:
        push: What was pushed, such as `the body was changed`.
        expected: The right answer, such as `4xx`.
        status_code: The answer's status; None if no answer came.
        ok: Whether the answer is right.
        note: Anything else to say; otherwise empty.
    """

    push: str
    expected: str
    status_code: int | None
    ok: bool
    note: str = ""

    def __str__(self) -> str:
        told = "no answer" if self.status_code is None else str(self.status_code)
        line = f"{'ok ' if self.ok else 'BAD'}  {self.push}: {told}"
        return f"{line}{'' if self.ok else f', expected {self.expected}'}{f' ({self.note})' if self.note else ''}"


@frozen
class CheckReport:
    """How an endpoint answered all pushes; print it."""

    results: tuple[CheckResult, ...]

    @property
    def ok(self) -> bool:
        """Whether every answer is right."""
        return all(result.ok for result in self.results)

    def __str__(self) -> str:
        return "\n".join(str(result) for result in self.results)


@frozen
class _Push:
    """A push that is about to be made."""

    target: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def check(
    url: str, key: SigningKey, *, timeout: float = 10.0, http_client: HttpClient | HttpLibrary | None = None
) -> CheckReport:
    """Send an endpoint valid pushes, which it must accept, and forged ones, which it must refuse; report each answer.

    Meanwhile, let the endpoint verify with `key.public_key` under `key.key_id`. Its handlers get one reply, from
    +61491570156, a number that nobody has.

    Args:
        url: The address of the endpoint, as you would give it to the API.
        key: A key of your own, because the service keeps its private keys to itself.
        timeout: How many seconds to wait for each answer.
        http_client: The HTTP library or client to push with, as for `Client(http_client=…)`.

    Returns:
        A result for each push. Answering a forgery with a 5xx is reported as wrong, too: the service would push it
        again.

    Raises:
        ConfigurationError: `url` is not an address.
    """
    with Pusher(url, key, timeout=timeout, http_client=http_client) as pusher:
        return CheckReport(tuple(_pushed(pusher, *each) for each in _pushes(pusher.target, key)))


def _pushes(target: bytes, key: SigningKey) -> Iterator[tuple[str, _Push, str]]:
    """What is pushed, and the answer that is right."""
    body = _body()
    good = _Push(target, key.headers("POST", target, body), body)
    yield "a valid push", good, "2xx"
    yield "the same push again", good, "2xx"

    def forge(**headers: str) -> _Push:
        return evolve(good, headers={**good.headers, **headers})

    yield "no signature", evolve(good, headers={}), "4xx"
    yield "the signature of something else", forge(**{"X-MessageMedia-Signature": key.sign(b"something else")}), "4xx"
    yield "the body was changed", evolve(good, body=_body()), "4xx"
    yield "the date was changed", forge(Date=_headers_of(key, good, hours=1)["Date"]), "4xx"
    yield "signed for another path", evolve(good, headers=key.headers("POST", b"/other", body)), "4xx"
    yield "only the body signed", forge(**{"X-MessageMedia-Signature": key.sign(body)}), "4xx"
    lines = signed("POST", target, good.headers["Date"], body, glue=b"\n")
    yield "line breaks between the signed parts", forge(**{"X-MessageMedia-Signature": key.sign(lines)}), "4xx"
    yield "an unknown key", evolve(good, headers=SigningKey(bits=1024).headers("POST", target, body)), "4xx"
    yield "a digest that is too weak", forge(**{"X-MessageMedia-Digest-Type": "SHA1"}), "4xx"
    old = _body()
    yield (
        "correctly signed, a week ago",
        _Push(target, _headers_of(key, evolve(good, body=old), hours=168), old),
        "503 or 4xx",
    )


def _headers_of(key: SigningKey, push: _Push, hours: float) -> dict[str, str]:
    return key.headers("POST", push.target, push.body, date=datetime.now(UTC) - timedelta(hours=hours))


def _body() -> bytes:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    reply = {
        "reply_id": str(uuid.uuid4()),
        "message_id": str(uuid.uuid4()),
        "content": _TEXT,
        "source_number": _NUMBER,
        "destination_number": _NUMBER,
        "date_received": now,
    }
    return json.dumps(reply).encode()


def _pushed(pusher: Pusher, name: str, push: _Push, expected: str) -> CheckResult:
    answer = pusher.send("POST", push.target, {"Content-Type": "application/json", **push.headers}, push.body)
    if answer.status_code is None:
        return CheckResult(name, expected, None, ok=False, note=answer.problem)
    right = {"2xx": (2,), "4xx": (4,)}.get(expected, (4, 5))
    kind = answer.status_code // 100
    note = "whether the service follows redirects is not known" if kind == 3 else ""
    return CheckResult(name, expected, answer.status_code, ok=kind in right, note=note)
