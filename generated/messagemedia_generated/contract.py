"""What the contract says beside its operations: ways to authenticate, pushed payloads, and the operations by id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from .api.delivery_reports import check_delivery_reports, confirm_delivery_reports_as_received
from .api.messages import cancel_scheduled_message, check_credits_remaining, get_message_status, send_messages
from .api.replies import check_replies, confirm_replies_as_received
from .api.signature_keys import (
    create_signature_key,
    delete_signature_key,
    disable_signature_key,
    enable_signature_key,
    get_enabled_signature_key,
    get_signature_key,
    list_signature_keys,
)
from .api.webhooks import create_webhook, delete_webhook, get_webhook, list_webhooks, update_webhook
from .models import DeliveryReport, OptOut, Reply
from .types import Operation

VERSION: Final = "1.0.0"
"""Version of the contract."""

AUTH_SCHEMES: Final = ("basic", "hmac")
"""The ways to authenticate; each operation takes any of them."""

WEBHOOKS: Final[Mapping[str, Callable[[Mapping[str, Any]], DeliveryReport | Reply | OptOut]]] = {
    "deliveryReport": DeliveryReport.from_dict,
    "reply": Reply.from_dict,
    "mmsReply": Reply.from_dict,
    "templateDeliveryReport": DeliveryReport.from_dict,
    "templateReply": Reply.from_dict,
    "templateMmsReply": Reply.from_dict,
    "templateOptOut": OptOut.from_dict,
}
"""What reads the JSON object of each payload that the service pushes.

`deliveryReport`: A delivery report, pushed to the `callback_url` of its message. `reply`: A reply,
pushed to the `callback_url` of the message it answers. `mmsReply`: An MMS reply, pushed to the
`callback_url` of the message it answers. `templateDeliveryReport`: A delivery report, pushed to a
webhook with the sample template for delivery reports. `templateReply`: A reply, pushed to a webhook
with the sample template for SMS. `templateMmsReply`: An MMS reply, pushed to a webhook with the
sample template for MMS. `templateOptOut`: An opt-out, pushed to a webhook with the sample template
for opt-outs."""

OPERATIONS: Final[Mapping[str, Operation[Any]]] = {
    each.OPERATION.id: each.OPERATION
    for each in (
        send_messages,
        get_message_status,
        cancel_scheduled_message,
        check_credits_remaining,
        check_replies,
        confirm_replies_as_received,
        check_delivery_reports,
        confirm_delivery_reports_as_received,
        list_webhooks,
        create_webhook,
        get_webhook,
        delete_webhook,
        update_webhook,
        list_signature_keys,
        create_signature_key,
        get_signature_key,
        delete_signature_key,
        get_enabled_signature_key,
        disable_signature_key,
        enable_signature_key,
    )
}
"""Every operation by its operationId."""
