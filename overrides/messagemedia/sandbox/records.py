"""What the sandbox records for whoever tests with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from messagemedia.sandbox.faults import Fault

_USER = re.compile(r"(?<=//)[^/@\s]+@")
_QUERY = re.compile(r"\?\S+")
_NUMBER = re.compile(r"\d{5,}(?=\d{3})")


def _shown(text: str | None) -> str:
    """The repr of an address or a reason, without credentials, query and full numbers."""
    if text is None:
        return "None"
    return repr(_NUMBER.sub("…", _QUERY.sub("?…", _USER.sub("…@", text))))


def _brief(message: dict[str, Any]) -> str:
    """The repr of a message: what it said, and to whom. It is test data, which a test's author wants to see."""
    names = [name for name in ("content", "destination_number") if name in message]
    shown = [f"{name!r}: {message[name]!r}" for name in names]
    return f"{{{', '.join(shown if len(names) == len(message) else [*shown, '…'])}}}"


@attrs.frozen
class LedgerEntry:
    """One accepted message. Its repr shows content and destination number.

    Attributes:
        order: Position in the ledger, starting at 0, with those that are no longer kept.
        message_id: The id it was given.
        account: Id of the account or sub-account that sent it.
        message: The message as it was received.
        accepted: When, by the sandbox's clock.
    """

    order: int
    message_id: str
    account: str
    message: dict[str, Any] = attrs.field(repr=_brief)
    accepted: datetime


@attrs.define(eq=False)
class RequestRecord:
    """One request to the API, whatever its answer.

    Attributes:
        method: The method.
        target: The request target as it was sent, percent-encoding and query included.
        http_version: The version of HTTP, such as `1.1`.
        headers: The headers, names in lower case.
        body: The bytes of the body.
        operation: The operationId, or None if the contract has no such path and method.
        status: The status of the answer; None until then, or if the connection was closed instead.
        order: Position in the order of arrival, starting at 0, with those that are no longer kept.
        received: When, by the sandbox's clock.
        answer: The body of the answer, as bytes.
        faults: The faults that applied to it.
    """

    method: str
    target: str = attrs.field(repr=_shown)
    http_version: str
    headers: tuple[tuple[str, str], ...] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)
    operation: str | None = None
    status: int | None = None
    order: int = 0
    received: datetime | None = None
    answer: bytes = attrs.field(default=b"", repr=False)
    faults: tuple[Fault, ...] = attrs.field(default=(), repr=False)

    @property
    def path(self) -> str:
        """The target without its query, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """What follows the question mark of the target."""
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        """The value of a header, or None; the case of the name does not matter."""
        wanted = name.lower()
        return next((value for header, value in self.headers if header == wanted), None)


@attrs.frozen
class PushAttempt:
    """One attempt to push a reply, a delivery report or an opt-out.

    Attributes:
        kind: `reply`, `delivery_report` or `opt_out`.
        url: The `callback_url`, or the address of the webhook.
        body: What was pushed: a JSON object, or the text that a webhook's template made; None without a body.
        attempted: When, by the sandbox's clock.
        status: The status of the answer, or None.
        error: Why there was no answer: what went wrong, or that the address is not on loopback.
        method: The HTTP method.
        webhook_id: The id of the webhook; None for a `callback_url`.
        headers: The headers of the push, including those of its signature.
        message_id: The id of the message that it belongs to, if it belongs to one.
        attempt: The number of this attempt to push it, starting at 1.
    """

    kind: str
    url: str = attrs.field(repr=_shown)
    body: Any = attrs.field(repr=False)
    attempted: datetime
    status: int | None = None
    error: str | None = attrs.field(default=None, repr=_shown)
    method: str = "POST"
    webhook_id: str | None = None
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str], repr=False)
    message_id: str | None = None
    attempt: int = 1
