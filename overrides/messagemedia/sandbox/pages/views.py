"""What the pages show, as their templates want it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import attrs

from messagemedia.sandbox.contract import JsonObject
from messagemedia.sandbox.conversations import SHOWN, Conversation, Said
from messagemedia.sandbox.explaining import Explanation, explain
from messagemedia.sandbox.mailbox import StoredMessage
from messagemedia.sandbox.options import Options
from messagemedia.sandbox.pages import snippets
from messagemedia.sandbox.pages.catalogue import CODES, FAULTS
from messagemedia.sandbox.pages.texts import as_json
from messagemedia.sandbox.parts import Cut, cut
from messagemedia.sandbox.push import Pusher
from messagemedia.sandbox.records import PushAttempt, RequestRecord
from messagemedia.sandbox.state import State
from messagemedia.sandbox.walk import CODES as CODES_OF_STATUS
from messagemedia.sandbox.walk import MAGIC_PREFIX, MAGIC_REPLIES

CONVERSATIONS_PER_PAGE = 50
SAID_AT_FIRST = 100
FOUND = 100
REQUESTS_PER_PAGE = 50

_NEVER = datetime.min.replace(tzinfo=UTC)
_MOST_SHOWN = 20_000  # characters of a body; more would make a page that nobody reads


@attrs.frozen
class RequestView:
    """A request, why it was answered so, and whether its credentials fit it.

    Attributes:
        record: The request.
        refused: Whether it was answered with an error, or not at all.
        reasons: Why, in the words of the answer.
        headers: Its headers, without secrets.
        body: Its body as text.
        answer: The body of the answer as text.
        explanation: How it was authenticated.
    """

    record: RequestRecord
    refused: bool
    reasons: list[str]
    headers: list[tuple[str, str]] = attrs.field(repr=False)
    body: str = attrs.field(repr=False)
    answer: str = attrs.field(repr=False)
    explanation: Explanation = attrs.field(repr=False)


def request_view(record: RequestRecord, options: Options) -> RequestView:
    """A request with everything that its page shows."""
    explanation = _explained(record, options)
    return RequestView(
        record=record,
        refused=is_refused(record),
        reasons=reasons(record, explanation),
        headers=[(name, _without_secret(name, value, explanation)) for name, value in record.headers],
        body=_readable(record.body),
        answer=_readable(record.answer),
        explanation=explanation,
    )


def request_row(record: RequestRecord, options: Options) -> tuple[RequestRecord, bool, list[str]]:
    """A request, whether it was refused or disturbed, and why."""
    return record, is_refused(record), reasons(record, _explained(record, options))


def _explained(record: RequestRecord, options: Options) -> Explanation:
    skew = sum(fault.seconds for fault in record.faults if fault.kind == "clock_skew")
    return explain(record, options, (record.received or _NEVER) + timedelta(seconds=skew))


def is_refused(record: RequestRecord) -> bool:
    """Whether a request was answered with an error, or something was made to go wrong with it."""
    return bool(record.faults) or (record.status is not None and record.status >= 400)


def reasons(record: RequestRecord, explanation: Explanation) -> list[str]:
    """Why a request was answered as it was, if anything was wrong."""
    found = [f"A fault that you set: {FAULTS[fault.kind].title.lower()}." for fault in record.faults]
    if record.status is not None and record.status >= 400:
        found += _told(record.answer)
    if record.status in {401, 403}:
        found += [f"{check.said}." for check in explanation.checks if not check.passed]
    return found


def _told(answer: bytes) -> list[str]:
    try:
        told: Any = json.loads(answer)
        return [str(told["message"]), *map(str, told.get("details", ()))]
    except (ValueError, TypeError, KeyError, AttributeError):
        return []


def _without_secret(name: str, value: str, explanation: Explanation) -> str:
    """A header as it is shown. A signature is not a secret, but what Basic sends is."""
    if name != "authorization" or explanation.scheme == "HMAC":
        return value
    return f"{explanation.scheme} {explanation.user}:…" if explanation.user else "…"


def _readable(body: bytes) -> str:
    try:
        text = as_json(json.loads(body))
    except (ValueError, RecursionError):
        text = body.decode(errors="replace")
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}\n… {len(text) - _MOST_SHOWN} more characters"


@attrs.frozen
class MessageView:
    """Everything that the page of a message shows."""

    message: StoredMessage
    cut: Cut | None = attrs.field(repr=False)
    fields: JsonObject = attrs.field(repr=False)
    attempts: list[PushAttempt] = attrs.field(repr=False)
    raw: str = attrs.field(repr=False)
    request: RequestView | None = attrs.field(repr=False)
    python: str = attrs.field(repr=False)
    curl: str = attrs.field(repr=False)
    pytest: str = attrs.field(repr=False)


def message_view(
    message: StoredMessage, request: RequestRecord | None, pusher: Pusher, options: Options, url: str
) -> MessageView:
    """A message with everything that its page shows."""
    hidden = {"content", "media", "destination_number"}  # they have places of their own on the page
    return MessageView(
        message=message,
        cut=cut(message.content) if is_sms(message) else None,
        fields={name: _field(value) for name, value in message.fields.items() if name not in hidden},
        attempts=pusher.attempts_for(message.message_id, SHOWN),
        raw=as_json(message.as_json()),
        request=None if request is None else request_view(request, options),
        python=snippets.python(message.fields, options, url),
        curl=snippets.curl(message.fields, options, url),
        pytest=snippets.pytest(message.fields, message.status, [reply.content for reply in message.replies]),
    )


def is_sms(message: StoredMessage) -> bool:
    """Whether a message is cut into parts: an MMS and a call are not."""
    return (message.fields.get("format") or "SMS") == "SMS"


def _field(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@attrs.frozen
class Contact:
    """A number that ends in a certain way."""

    number: str
    name: str
    status: str
    code: str = ""


def contacts() -> Iterator[Contact]:
    """The magic numbers: those who answer, then those whose messages end with each code."""
    for ending, content in MAGIC_REPLIES.items():
        yield Contact(f"+{MAGIC_PREFIX}{ending}", f"Answers “{content}”", "delivered")
    for status, codes in CODES_OF_STATUS.items():
        for code in codes:
            yield Contact(f"+{MAGIC_PREFIX}{code}", CODES[code][0].upper() + CODES[code][1:], status, code)


def conversation_list(state: State, page: int) -> JsonObject:
    """One page of the conversations."""
    begin = page * CONVERSATIONS_PER_PAGE
    return {
        "conversations": state.conversations.latest(begin, CONVERSATIONS_PER_PAGE),
        "page": page,
        "more": state.conversations.count > begin + CONVERSATIONS_PER_PAGE,
    }


def search(state: State, text: str) -> list[tuple[Said, int]]:
    """Messages and replies that hold a text or belong to a number that does; see `Conversations.search`."""
    return list(islice(state.conversations.search(text), FOUND))


def answered_message(conversation: Conversation) -> StoredMessage | None:
    """The message that a reply in a conversation answers: the last one that has been sent."""
    sent = (said for said in conversation.said if isinstance(said, StoredMessage))
    return next(sent, None)
