"""The models and enums of the contract."""

from .attachment import Attachment
from .cancel_scheduled_message_request import CancelScheduledMessageRequest
from .check_delivery_reports_response import CheckDeliveryReportsResponse
from .check_replies_response import CheckRepliesResponse
from .confirm_delivery_reports_as_received_request import ConfirmDeliveryReportsAsReceivedRequest
from .confirm_replies_as_received_request import ConfirmRepliesAsReceivedRequest
from .create_signature_key_request import CreateSignatureKeyRequest
from .create_webhook_request import CreateWebhookRequest
from .credits import Credits
from .delivery_report import DeliveryReport
from .enable_signature_key_request import EnableSignatureKeyRequest
from .error_body import ErrorBody
from .list_webhooks_response import ListWebhooksResponse
from .message import Message, MessageFields
from .message_format import MessageFormat
from .message_status import MessageStatus
from .metadata import Metadata
from .opt_out import OptOut
from .reply import Reply
from .send_messages_request import SendMessagesRequest
from .send_messages_response import SendMessagesResponse
from .sent_message import SentMessage
from .signature_cipher import SignatureCipher
from .signature_digest import SignatureDigest
from .signature_key import SignatureKey
from .source_number_type import SourceNumberType
from .update_webhook_request import UpdateWebhookRequest
from .vendor_account_id import VendorAccountId
from .webhook import Webhook
from .webhook_encoding import WebhookEncoding
from .webhook_event import WebhookEvent
from .webhook_headers import WebhookHeaders
from .webhook_method import WebhookMethod

__all__ = [
    "Attachment",
    "CancelScheduledMessageRequest",
    "CheckDeliveryReportsResponse",
    "CheckRepliesResponse",
    "ConfirmDeliveryReportsAsReceivedRequest",
    "ConfirmRepliesAsReceivedRequest",
    "CreateSignatureKeyRequest",
    "CreateWebhookRequest",
    "Credits",
    "DeliveryReport",
    "EnableSignatureKeyRequest",
    "ErrorBody",
    "ListWebhooksResponse",
    "Message",
    "MessageFields",
    "MessageFormat",
    "MessageStatus",
    "Metadata",
    "OptOut",
    "Reply",
    "SendMessagesRequest",
    "SendMessagesResponse",
    "SentMessage",
    "SignatureCipher",
    "SignatureDigest",
    "SignatureKey",
    "SourceNumberType",
    "UpdateWebhookRequest",
    "VendorAccountId",
    "Webhook",
    "WebhookEncoding",
    "WebhookEvent",
    "WebhookHeaders",
    "WebhookMethod",
]
