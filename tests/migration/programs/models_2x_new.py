import os
from datetime import UTC, datetime

from messagemedia import (
    BadRequestError,
    Client,
    Message,
    MessageFormat,
    MessageMediaError,
    OutcomeUnknownError,
    SendMessagesRequest,
    SourceNumberType,
    ValidationError,
)

client = Client("API_KEY", "API_SECRET", base_url=os.environ["BASE_URI"])

first = Message(content="My first message", destination_number="+61491570156")
first.format = MessageFormat.MMS
first.media = ["https://example.com/ticket.png"]
first.subject = "Ticket"
first.source_number = "+61491570158"
first.source_number_type = SourceNumberType.INTERNATIONAL
first.delivery_report = True
messages = [first]
messages.append(Message(content="Second", destination_number="+61491570157", metadata={"a": "b"}))
messages.append(
    Message(
        content="Later", destination_number="+61491570157", message_expiry_timestamp=datetime(2031, 1, 2, tzinfo=UTC)
    )
)

try:
    result = client.api.messages.send_messages(SendMessagesRequest(messages=messages))
    print(result.messages[0].message_id)
except (ValidationError, BadRequestError) as error:
    print(error)
except OutcomeUnknownError as error:
    print("do not send again:", error)
except MessageMediaError as error:
    print(error)

try:
    print(client.messages.get(os.environ["MESSAGE_ID"]).status)
    client.messages.cancel(os.environ["SCHEDULED_ID"])
    print(client.messages.credits().remaining_credits)
except MessageMediaError as error:
    print(error)

client.replies.confirm(client.replies.check())
client.delivery_reports.confirm(client.delivery_reports.check())
client.close()
