"""Replies and delivery reports as the API shows and pushes them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from messagemedia.sandbox.clock import timestamp
from messagemedia.sandbox.mailbox import JsonObject, StoredMessage
from messagemedia.sandbox.walk import Step


def report_of(message: StoredMessage, step: Step, account: JsonObject, billing_units: int | None) -> JsonObject:
    """The delivery report of a step, without the code that not every account is told."""
    report: JsonObject = {
        "vendor_account_id": account,
        "callback_url": message.callback_url,
        "delivery_report_id": str(uuid.uuid4()),
        "source_number": message.number,
        "date_received": timestamp(step.at),
        "status": step.status,
        "delay": 0,
        "submitted_date": timestamp(step.at),
        "original_text": message.content,
        "message_id": message.message_id,
        "metadata": message.fields.get("metadata", {}),
    }
    return report if billing_units is None else {**report, "billing_units": billing_units}


def reply_to(message: StoredMessage, content: str, at: datetime, account: JsonObject) -> JsonObject:
    """The reply of the recipient of a message."""
    copied = {"callback_url": message.callback_url, "destination_number": message.fields.get("source_number")}
    return {
        "reply_id": str(uuid.uuid4()),
        "message_id": message.message_id,
        "content": content,
        "source_number": message.number,
        "date_received": timestamp(at),
        "metadata": message.fields.get("metadata", {}),
        "vendor_account_id": account,
        **{name: value for name, value in copied.items() if value is not None},
    }


def unasked(source: str, destination: str | None, content: str, at: datetime, account: JsonObject) -> JsonObject:
    """What someone writes who was sent no message."""
    reply: JsonObject = {
        "reply_id": str(uuid.uuid4()),
        "content": content,
        "source_number": source,
        "date_received": timestamp(at),
        "metadata": {},
        "vendor_account_id": account,
    }
    return reply if destination is None else {**reply, "destination_number": destination}


def with_attachments(reply: JsonObject, attachments: Sequence[JsonObject]) -> JsonObject:
    """A reply as it is pushed: the schema of fetched ones has no attachments."""
    return {**reply, "attachments": list(attachments)} if attachments else reply
