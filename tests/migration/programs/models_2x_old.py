# In the manner of the samples of 2.x: models assembled field by field, every operation once.
import os
from datetime import datetime, timezone

from message_media_messages.configuration import Configuration
from message_media_messages.exceptions.api_exception import APIException
from message_media_messages.exceptions.send_messages_400_response_exception import SendMessages400ResponseException
from message_media_messages.message_media_messages_client import MessageMediaMessagesClient
from message_media_messages.models.cancel_scheduled_message_request import CancelScheduledMessageRequest
from message_media_messages.models.confirm_delivery_reports_as_received_request import ConfirmDeliveryReportsAsReceivedRequest
from message_media_messages.models.confirm_replies_as_received_request import ConfirmRepliesAsReceivedRequest
from message_media_messages.models.format_enum import FormatEnum
from message_media_messages.models.message import Message
from message_media_messages.models.send_messages_request import SendMessagesRequest
from message_media_messages.models.source_number_type_enum import SourceNumberTypeEnum

Configuration.base_uri = os.environ["BASE_URI"]
use_hmac_authentication = False
client = MessageMediaMessagesClient('API_KEY', 'API_SECRET', use_hmac_authentication)

messages_controller = client.messages
body = SendMessagesRequest()
body.messages = []
body.messages.append(Message())
body.messages[0].content = 'My first message'
body.messages[0].destination_number = '+61491570156'
body.messages[0].format = FormatEnum.MMS
body.messages[0].media = ['https://example.com/ticket.png']
body.messages[0].subject = 'Ticket'
body.messages[0].source_number = '+61491570158'
body.messages[0].source_number_type = SourceNumberTypeEnum.INTERNATIONAL
body.messages[0].delivery_report = True
body.messages.append(Message(content='Second', destination_number='+61491570157', metadata={'a': 'b'}))
later = Message(content='Later', destination_number='+61491570157',
                message_expiry_timestamp=datetime(2031, 1, 2, tzinfo=timezone.utc))
body.messages.append(later)

message_id = None
try:
    result = messages_controller.send_messages(body)
    message_id = result.messages[0].message_id
except SendMessages400ResponseException as e:
    print(e.message)
except APIException as e:
    print(e.response_code, e.context.response.raw_body)
except AttributeError as e:
    print("an answer with a time in it can't be read by 2.1:", e)

message_id = message_id or os.environ["SCHEDULED_ID"]
try:
    print(messages_controller.get_message_status(os.environ["MESSAGE_ID"]).status)
    cancel = CancelScheduledMessageRequest()
    cancel.status = 'cancelled'
    print(messages_controller.cancel_scheduled_message(os.environ["SCHEDULED_ID"], cancel))
    print(messages_controller.check_credits_remaining()['remaining_credits'])
except APIException as e:
    print(e)

replies_controller = client.replies
replies = replies_controller.check_replies().replies
confirm = ConfirmRepliesAsReceivedRequest()
confirm.reply_ids = [reply.reply_id for reply in replies]
print(replies_controller.confirm_replies_as_received(confirm))

delivery_reports_controller = client.delivery_reports
reports = delivery_reports_controller.check_delivery_reports().delivery_reports
confirm = ConfirmDeliveryReportsAsReceivedRequest()
confirm.delivery_report_ids = [report.delivery_report_id for report in reports]
delivery_reports_controller.confirm_delivery_reports_as_received(confirm)
