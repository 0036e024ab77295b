"""What is pushed: to the `callback_url` of a message in a fixed shape, and to webhooks as each of them wants it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import attrs

from messagemedia.sandbox.contract import JsonObject
from messagemedia.sandbox.keys import KeyRing
from messagemedia.sandbox.templates import NoTemplatesError, TemplateError, render

_CALLBACK_TIMEOUT = 5.0
_WEBHOOK_TIMEOUT = 20_000  # milliseconds, unless a webhook says otherwise
_WEBHOOK_DELAY = 5
_TYPES = {"JSON": "application/json", "FORM_ENCODED": "application/x-www-form-urlencoded", "XML": "application/xml"}
_WITHOUT_BODY = ("GET", "DELETE")


@attrs.frozen(kw_only=True)
class Delivery:
    """One thing to push to one address.

    Attributes:
        kind: `reply`, `delivery_report` or `opt_out`.
        url: The address.
        body: What is pushed, as a JSON object or as the text of a template.
        content: The same as bytes.
        keys: The keys of the account, whose enabled one signs at the moment of each attempt.
        method: The method.
        headers: Headers beyond those of the signature.
        webhook_id: The webhook; None for a `callback_url`.
        message_id: The message that it belongs to, if it belongs to one.
        timeout: How many seconds to wait for the answer.
        retries: How often it is pushed again; None for what the options say.
        delay: Seconds between two attempts; None for what the options say.
        error: Why it can't be pushed, empty if it can.
    """

    kind: str
    url: str
    body: Any = attrs.field(repr=False)
    content: bytes = attrs.field(repr=False)
    keys: KeyRing = attrs.field(repr=False)
    method: str = "POST"
    headers: Mapping[str, str] = attrs.field(repr=False)
    webhook_id: str | None = None
    message_id: str | None = None
    timeout: float = _CALLBACK_TIMEOUT
    retries: int | None = None
    delay: float | None = None
    error: str = ""


@attrs.frozen
class Happening:
    """Something that webhooks may want to get.

    Attributes:
        event: Such as `RECEIVED_SMS`.
        kind: `reply`, `delivery_report` or `opt_out`.
        body: What a webhook without a template gets.
        variables: What a template can use.
    """

    event: str
    kind: str
    body: JsonObject = attrs.field(repr=False)
    variables: Mapping[str, Any] = attrs.field(repr=False)


def to_callback(kind: str, url: str, body: JsonObject, keys: KeyRing) -> Delivery:
    """The push to the `callback_url` of a message."""
    headers = {"Content-Type": _TYPES["JSON"]}
    return Delivery(
        kind=kind,
        url=url,
        body=body,
        content=_json(body),
        keys=keys,
        headers=headers,
        message_id=body.get("message_id"),
    )


def to_webhooks(happening: Happening, webhooks: list[JsonObject], keys: KeyRing) -> Iterator[Delivery]:
    """The pushes to all webhooks that want this event."""
    for webhook in webhooks:
        if happening.event in webhook["events"]:
            yield _to_webhook(happening, webhook, keys)


def _to_webhook(happening: Happening, webhook: JsonObject, keys: KeyRing) -> Delivery:
    encoding = webhook.get("encoding") or "JSON"
    url, error = webhook["url"], ""
    body: JsonObject | str = happening.body
    try:
        address, mark, query = url.partition("?")
        if "$" in query:
            url = address + mark + render(query, happening.variables, in_query=True)
        if template := webhook.get("template"):
            body = render(template, happening.variables)
    except TemplateError as problem:
        error = f"the template can't be used: {problem}"
    except NoTemplatesError:
        error = "templates need the package airspeed: pip install 'messagemedia[sandbox]'"
    has_body = webhook["method"] not in _WITHOUT_BODY
    return Delivery(
        kind=happening.kind,
        url=url,
        body=body if has_body else None,
        content=_encoded(body, encoding) if has_body and not error else b"",
        keys=keys,
        method=webhook["method"],
        headers={**webhook.get("headers", {}), **({"Content-Type": _TYPES[encoding]} if has_body else {})},
        webhook_id=webhook["id"],
        message_id=happening.variables["messageId"],
        timeout=webhook.get("read_timeout", _WEBHOOK_TIMEOUT) / 1000,
        retries=webhook["retries"],
        delay=webhook.get("retry_delay", _WEBHOOK_DELAY),
        error=error,
    )


def _encoded(body: JsonObject | str, encoding: str) -> bytes:
    if isinstance(body, str):
        return body.encode()
    if encoding == "FORM_ENCODED":
        return urlencode(_texts(body)).encode()
    return _xml(body) if encoding == "XML" else _json(body)


def _json(body: JsonObject) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _xml(body: JsonObject) -> bytes:
    """A simple shape: that of the service is the customer's own, by a template."""
    fields = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in _texts(body).items())
    return f"<push>{fields}</push>".encode()


def _texts(body: JsonObject) -> dict[str, str]:
    """The fields of a body as texts; what is none is written as JSON."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}


# --- what happens -------------------------------------------------------------------------------------------------

EVENT_OF_STATUS = {
    "enroute": "ENROUTE_DR",
    "submitted": "SUBMITTED_DR",
    "delivered": "DELIVERED_DR",
    "expired": "EXPIRED_DR",
    "rejected": "REJECTED_DR",
    "failed": "FAILED_DR",
}
_OPT_OUTS = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT"}


def reported(report: JsonObject, submitted: str) -> Iterator[Happening]:
    """What a delivery report is for webhooks; nothing, if there is no event for its status."""
    if (event := EVENT_OF_STATUS.get(report["status"])) is None:
        return
    common = _common(report, "SMS", submitted, report["original_text"])
    variables = {
        **common,
        **dict.fromkeys(("drId", "reportId"), report["delivery_report_id"]),
        "status": report["status"],
        "statusCode": report.get("error_code"),
        "billingUnits": report.get("billing_units"),
    }
    yield Happening(event, "delivery_report", {**report, "delay": "0"}, variables)


def replied(reply: JsonObject, submitted: str | None, original: str | None) -> Iterator[Happening]:
    """What a reply is for webhooks: an SMS or an MMS, and an opt-out if it is a word such as STOP."""
    attachments = reply.get("attachments")
    variables = {
        **_common(reply, "MMS" if attachments else "SMS", submitted, original),
        "destinationAddress": reply.get("destination_number"),
        **dict.fromkeys(("moContent", "replyContent"), reply["content"]),
        **({"attachments": attachments} if attachments else {}),
    }
    ids = dict.fromkeys(("moId", "replyId"), reply["reply_id"])
    body = {name: value for name, value in reply.items() if name not in ("vendor_account_id", "callback_url")}
    body["account_id"] = reply["vendor_account_id"]["account_id"]
    if attachments:
        del body["content"]  # sample templates have one of the two, never both
    yield Happening("RECEIVED_MMS" if attachments else "RECEIVED_SMS", "reply", body, {**variables, **ids})
    if reply["content"].strip().upper() in _OPT_OUTS:
        notification_id = str(uuid.uuid4())
        told = {
            "notification_id": notification_id,
            **{name: value for name, value in body.items() if name != "reply_id"},
        }
        yield Happening("OPT_OUT_SMS", "opt_out", told, {**variables, "notificationId": notification_id})


def _common(item: JsonObject, form: str, submitted: str | None, original: str | None) -> dict[str, Any]:
    account = item["vendor_account_id"]
    return {
        **dict.fromkeys(("format", "type"), form),
        **dict.fromkeys(("mtId", "messageId"), item.get("message_id")),
        "accountId": account["account_id"],
        "vendorId": account["vendor_id"],
        "submittedTimestamp": submitted,
        "receivedTimestamp": item["date_received"],
        "metadata": item["metadata"],
        "sourceAddress": item["source_number"],
        **dict.fromkeys(("mtContent", "messageContent"), original),
        "retryCount": 0,
    }
