"""The models and enums of the contract."""

from .attachment import Attachment
from .cancel_scheduled_message_request import CancelScheduledMessageRequest
from .check_delivery_reports_response import CheckDeliveryReportsResponse
from .check_replies_response import CheckRepliesResponse
from .confirm_delivery_reports_as_received_request import ConfirmDeliveryReportsAsReceivedRequest
from .confirm_replies_as_received_request import ConfirmRepliesAsReceivedRequest
from .credits import Credits
from .delivery_report import DeliveryReport
from .error_body import ErrorBody
from .message import Message, MessageFields
from .message_format import MessageFormat
from .message_status import MessageStatus
from .metadata import Metadata
from .reply import Reply
from .send_messages_request import SendMessagesRequest
from .send_messages_response import SendMessagesResponse
from .sent_message import SentMessage
from .source_number_type import SourceNumberType
from .vendor_account_id import VendorAccountId

__all__ = [
    "Attachment",
    "CancelScheduledMessageRequest",
    "CheckDeliveryReportsResponse",
    "CheckRepliesResponse",
    "ConfirmDeliveryReportsAsReceivedRequest",
    "ConfirmRepliesAsReceivedRequest",
    "Credits",
    "DeliveryReport",
    "ErrorBody",
    "Message",
    "MessageFields",
    "MessageFormat",
    "MessageStatus",
    "Metadata",
    "Reply",
    "SendMessagesRequest",
    "SendMessagesResponse",
    "SentMessage",
    "SourceNumberType",
    "VendorAccountId",
]
