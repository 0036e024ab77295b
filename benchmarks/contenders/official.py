"""The deprecated official SDK, `messagemedia-messages-sdk`."""

from message_media_messages.configuration import Configuration
from message_media_messages.message_media_messages_client import MessageMediaMessagesClient
from message_media_messages.models.message import Message
from message_media_messages.models.send_messages_request import SendMessagesRequest


def _request(size: int = 1) -> SendMessagesRequest:
    body = SendMessagesRequest()
    body.messages = []
    for _ in range(size):
        message = Message()
        message.content = "Your parcel arrives today."
        message.destination_number = "+61491570156"
        message.delivery_report = True
        body.messages.append(message)
    return body


class Blocking:
    """Its only client, which keeps credentials and address in globals."""

    def __init__(self, url: str, variant: str) -> None:
        Configuration.base_uri = url
        self._client = MessageMediaMessagesClient("API_KEY", "API_SECRET", variant == "hmac")

    def send(self) -> str:
        """Send one message and return its id."""
        return self._client.messages.send_messages(_request()).messages[0].message_id

    def batch(self, size: int) -> int:
        """Send messages in one request and return how many came back."""
        return len(self._client.messages.send_messages(_request(size)).messages)

    def status(self) -> str:
        """Return the status of a message."""
        return self._client.messages.get_message_status("877c19ef-fa2e-4cec-827a-e1df9b5509f7").status

    def reports(self) -> int:
        """Fetch a page of delivery reports and return how many there are."""
        return len(self._client.delivery_reports.check_delivery_reports().delivery_reports)
