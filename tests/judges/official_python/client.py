"""Does what it is told with the deprecated official SDK: one JSON object per line in, one out.

It runs in an environment of its own, where only that SDK is installed.
"""

import json
import sys
from datetime import datetime
from typing import Any

from message_media_messages.configuration import Configuration
from message_media_messages.message_media_messages_client import MessageMediaMessagesClient
from message_media_messages.models.cancel_scheduled_message_request import CancelScheduledMessageRequest
from message_media_messages.models.confirm_delivery_reports_as_received_request import (
    ConfirmDeliveryReportsAsReceivedRequest,
)
from message_media_messages.models.confirm_replies_as_received_request import ConfirmRepliesAsReceivedRequest
from message_media_messages.models.message import Message
from message_media_messages.models.send_messages_request import SendMessagesRequest

client = MessageMediaMessagesClient()
TIMES = ("scheduled", "message_expiry_timestamp")


def configure(base_url: str, key: str, secret: str, hmac: bool) -> None:
    """Point the SDK at a server, by the globals that it has for that."""
    Configuration.base_uri = base_url
    for name in ("basic_auth_user_name", "basic_auth_password", "hmac_auth_user_name", "hmac_auth_password"):
        setattr(Configuration, name, None)
    MessageMediaMessagesClient(key, secret, hmac)


def another_client(key: str, secret: str, hmac: bool) -> None:
    """A second client, while the first one stays in use."""
    MessageMediaMessagesClient(key, secret, hmac)


def send(messages: list[dict[str, Any]]) -> object:
    body = SendMessagesRequest()
    body.messages = []
    for fields in messages:
        times = {name: datetime.fromisoformat(fields[name]) for name in TIMES if name in fields}
        body.messages.append(Message(**{**fields, **times}))
    return [plain(each) for each in client.messages.send_messages(body).messages]


def status(message_id: str) -> object:
    return plain(client.messages.get_message_status(message_id))


def cancel(message_id: str) -> object:
    body = CancelScheduledMessageRequest()
    body.status = "cancelled"
    return client.messages.cancel_scheduled_message(message_id, body)


def credits_remaining() -> object:
    return client.messages.check_credits_remaining()


def check_replies() -> object:
    return [plain(each) for each in client.replies.check_replies().replies]


def confirm_replies(ids: list[str]) -> object:
    body = ConfirmRepliesAsReceivedRequest()
    body.reply_ids = ids
    return client.replies.confirm_replies_as_received(body)


def check_reports() -> object:
    return [plain(each) for each in client.delivery_reports.check_delivery_reports().delivery_reports]


def confirm_reports(ids: list[str]) -> object:
    body = ConfirmDeliveryReportsAsReceivedRequest()
    body.delivery_report_ids = ids
    return client.delivery_reports.confirm_delivery_reports_as_received(body)


def plain(model: object) -> dict[str, Any]:
    return {name: value for name, value in vars(model).items() if isinstance(value, str | int | float | dict | list)}


def main() -> None:
    steps = {name: thing for name, thing in globals().items() if callable(thing)}
    for line in sys.stdin:
        name, arguments = json.loads(line)
        try:
            said = {"result": steps[name](**arguments)}
        except Exception as error:  # noqa: BLE001  # whatever the SDK raises is what is asked for
            context = getattr(error, "context", None)
            status_code = context.response.status_code if context else None
            said = {"error": type(error).__name__, "message": str(error), "status": status_code}
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
