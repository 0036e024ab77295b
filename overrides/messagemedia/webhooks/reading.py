"""What was pushed: a reply, a delivery report, an opt-out, or something that is none of them.

The body of a webhook is made by a template of the customer's, so anything may be missing, and variables that the
service does not know for an event stand there unrendered, such as `$replyId`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from email.message import Message as Headers
from typing import Any, cast
from urllib.parse import parse_qsl

from attrs import field, frozen
from messagemedia_generated.models import DeliveryReport, OptOut, Reply
from messagemedia_generated.privacy import hidden_text

from messagemedia.webhooks.errors import UnreadablePushError
from messagemedia.webhooks.request import METHODS, Request


@frozen
class Unknown:
    """A push of an unknown kind: the webhook's template leaves out what tells the kinds apart.

    Attributes:
        raw: What was pushed, as a JSON object.
    """

    raw: Mapping[str, Any] = field(repr=hidden_text)


Event = Reply | DeliveryReport | OptOut | Unknown

# The variables of the API's templates. What a person wrote may begin with a dollar sign, too, so others are content.
_VARIABLES = frozenset(
    [
        "format",
        "type",
        "mtId",
        "messageId",
        "accountId",
        "vendorId",
        "submittedTimestamp",
        "receivedTimestamp",
        "metadata",
        "sourceAddress",
        "mtContent",
        "messageContent",
        "retryCount",
        "drId",
        "reportId",
        "status",
        "statusCode",
        "billingUnits",
        "moId",
        "replyId",
        "destinationAddress",
        "moContent",
        "replyContent",
        "attachments",
        "notificationId",
    ]
)
_FORMS = ("${}", "$!{}", "${{{}}}", "$!{{{}}}", "$esc.json(${})", "$!esc.json(${})")
_UNRENDERED = frozenset(form.format(name) for form in _FORMS for name in _VARIABLES)

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_NESTED = ("metadata", "vendor_account_id", "attachments")
_MOST_FIELDS = 200


def read(request: Request) -> Event:
    """What was pushed.

    Raises:
        UnreadablePushError: It is nothing that can be read.
    """
    if request.method not in METHODS:
        raise UnreadablePushError(f"a push is a {', '.join(METHODS[:-1])} or {METHODS[-1]}, not this", 405)
    return event_of(_fields(request))


def event_of(raw: Mapping[str, Any]) -> Event:
    """The event that a JSON object tells; its `raw` is this very object."""
    rendered = {name: value for name, value in raw.items() if not (isinstance(value, str) and value in _UNRENDERED)}
    kind = _kind(raw, rendered)
    if kind is None:
        return Unknown(raw)
    event = kind.from_dict(rendered)
    event.raw = raw
    return event


def _kind(raw: Mapping[str, Any], rendered: Mapping[str, Any]) -> type[Reply | DeliveryReport | OptOut] | None:
    """The kind of an object, by its ids; by what only reports have, where a template leaves the ids out."""
    texts = {name for name, value in rendered.items() if isinstance(value, str) and value}
    if "reply_id" in texts:
        return Reply
    # A template for replies that is used for opt-outs leaves `$replyId` as it is.
    if "notification_id" in texts or "reply_id" in raw.keys() - rendered.keys():
        return OptOut
    if "delivery_report_id" in texts or texts >= {"status", "message_id"}:
        return DeliveryReport
    return None


def key_of(event: Event) -> str:
    """The text by which an event is known when it comes again."""
    match event:
        case Reply(reply_id=str(reply_id)) if reply_id:
            return f"reply:{reply_id}"
        case DeliveryReport(delivery_report_id=str(report_id)) if report_id:
            return f"delivery_report:{report_id}"
        case DeliveryReport(message_id=message_id, status=status):
            return f"delivery_report:{message_id}:{status}"
        case OptOut(notification_id=str(notification_id)) if notification_id:
            return f"opt_out:{notification_id}"
        case _:
            text = json.dumps(event.raw, sort_keys=True, default=str)
            return f"push:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _fields(request: Request) -> dict[str, Any]:
    """The fields of a push: from its body, or from the query of one without a body, which a template can also fill."""
    if not request.body:
        if request.query:
            return _form(request.query)
        raise UnreadablePushError("the push is empty")
    kind = _content_type(request)
    if kind == _FORM:
        return _form(request.body)
    if kind == _JSON or kind.endswith("+json") or not kind:
        return _object(request.body)
    raise UnreadablePushError(
        f"a push must be {_JSON} or {_FORM}",
        415,
        hint="Set the encoding of the webhook to JSON, or read an XML push yourself: its format is your own.",
    )


def _content_type(request: Request) -> str:
    header = Headers()
    header["content-type"] = request.header("content-type")
    return header.get_content_type() if request.header("content-type") else ""


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise UnreadablePushError("the body is not a JSON object", hint=_TEMPLATE_HINT)
    return cast("dict[str, Any]", value)


_TEMPLATE_HINT = 'In a template, write texts as "$esc.json($moContent)": otherwise a quote in a reply breaks the JSON.'


def _form(data: bytes) -> dict[str, Any]:
    """The fields of a form. What is nested in JSON stands there as JSON."""
    try:
        pairs = parse_qsl(data.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="replace")
    except ValueError:
        raise UnreadablePushError("the form can't be read") from None
    fields: dict[str, Any] = dict(pairs)
    for name in _NESTED:
        if name in fields:
            try:
                fields[name] = json.loads(fields[name])
            except (ValueError, RecursionError):
                del fields[name]
    return fields
