"""What the contract says beside its operations: ways to authenticate, pushed payloads, and the operations by id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from .api.delivery_reports import check_delivery_reports, confirm_delivery_reports_as_received
from .api.messages import cancel_scheduled_message, check_credits_remaining, get_message_status, send_messages
from .api.replies import check_replies, confirm_replies_as_received
from .models import DeliveryReport, Reply
from .types import Operation

VERSION: Final = "1.0.0"
"""Version of the contract."""

AUTH_SCHEMES: Final = ("basic", "hmac")
"""The ways to authenticate; each operation takes any of them."""

WEBHOOKS: Final[Mapping[str, Callable[[Mapping[str, Any]], DeliveryReport | Reply]]] = {
    "deliveryReport": DeliveryReport.from_dict,
    "reply": Reply.from_dict,
}
"""What reads the JSON object of each payload that the service pushes.

`deliveryReport`: A delivery report, pushed to the `callback_url` of its message. `reply`: A reply,
pushed to the `callback_url` of the message it answers."""

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
    )
}
"""Every operation by its operationId."""
