"""Send SMS, MMS and voice messages with the MessageMedia (now Sinch Engage) Messages API, and know what was sent.

    from messagemedia import Client

    with Client("API_KEY", "API_SECRET") as client:
        sent = client.messages.send(content="My first message", destination_number="+61491570156")
        print(client.messages.get(sent.message_id).status)

`AsyncClient` is the same, awaited. `messagemedia.sandbox` is a local server to try things with.
"""

from messagemedia_generated.models import (
    Attachment,
    CancelScheduledMessageRequest,
    ConfirmDeliveryReportsAsReceivedRequest,
    ConfirmRepliesAsReceivedRequest,
    Credits,
    DeliveryReport,
    Message,
    MessageFormat,
    MessageStatus,
    Metadata,
    Reply,
    SendMessagesRequest,
    SentMessage,
    SourceNumberType,
    VendorAccountId,
)

from messagemedia._bulk import SendResult
from messagemedia._consume import Consumed
from messagemedia._segments import Segments, segments
from messagemedia._version import __version__
from messagemedia.auth import Auth, BasicAuth, HmacAuth
from messagemedia.client import AsyncClient, Client
from messagemedia.errors import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    FieldError,
    InvalidResponseError,
    MessageMediaError,
    NotFoundError,
    NotSentError,
    OutcomeUnknownError,
    OutcomeUnknownServerError,
    PermissionDeniedError,
    RateLimitError,
    RequestTimeoutError,
    ServerError,
    TransportError,
    UnprocessableEntityError,
    ValidationError,
    WaitTimeoutError,
)

__all__ = [
    "APIStatusError",
    "AsyncClient",
    "Attachment",
    "Auth",
    "AuthenticationError",
    "BadRequestError",
    "BasicAuth",
    "CancelScheduledMessageRequest",
    "Client",
    "ConfigurationError",
    "ConfirmDeliveryReportsAsReceivedRequest",
    "ConfirmRepliesAsReceivedRequest",
    "Consumed",
    "Credits",
    "DeliveryReport",
    "FieldError",
    "HmacAuth",
    "InvalidResponseError",
    "Message",
    "MessageFormat",
    "MessageMediaError",
    "MessageStatus",
    "Metadata",
    "NotFoundError",
    "NotSentError",
    "OutcomeUnknownError",
    "OutcomeUnknownServerError",
    "PermissionDeniedError",
    "RateLimitError",
    "Reply",
    "RequestTimeoutError",
    "Segments",
    "SendMessagesRequest",
    "SendResult",
    "SentMessage",
    "ServerError",
    "SourceNumberType",
    "TransportError",
    "UnprocessableEntityError",
    "ValidationError",
    "VendorAccountId",
    "WaitTimeoutError",
    "__version__",
    "segments",
]
