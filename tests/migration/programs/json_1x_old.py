# In the manner of 1.x: bodies are written as JSON, answers are dicts.
import json
import os

from message_media_messages.configuration import Configuration
from message_media_messages.message_media_messages_client import MessageMediaMessagesClient

Configuration.base_uri = os.environ["BASE_URI"]
auth_user_name = 'API_KEY'
auth_password = 'API_SECRET'

client = MessageMediaMessagesClient(auth_user_name, auth_password)
messages_client = client.messages

body = json.loads('''{
    "messages": [
        {"content": "First", "destination_number": "+61491570156", "delivery_report": true, "metadata": {"order": "1"}},
        {"content": "Zweite ü €", "destination_number": "+61491570157", "scheduled": "2031-05-06T07:08:09.000Z"}
    ]
}''')
result = messages_client.create_send_messages(body)
message_id = result.messages[0]["message_id"]

status = messages_client.get_message_status(message_id)
print(status["status"], status.get("content"))

replies_client = client.replies
found = replies_client.get_check_replies()
ids = [reply["reply_id"] for reply in found.replies]
if replies_client.create_confirm_replies_as_received({"reply_ids": ids}) == '':
    print("confirmed")

reports = client.delivery_reports.get_check_delivery_reports(
    account_header=None,
)
client.delivery_reports.create_confirm_delivery_reports_as_received(
    {"delivery_report_ids": [each["delivery_report_id"] for each in reports.delivery_reports]}
)
client.messages.create_send_messages({"messages": [
    {"content": "For another account", "destination_number": "+61491570156"}]}, account_header="MySubAccount")
