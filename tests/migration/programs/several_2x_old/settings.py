import os

import message_media_messages.configuration
from message_media_messages.message_media_messages_client import MessageMediaMessagesClient

message_media_messages.configuration.Configuration.base_uri = os.environ["BASE_URI"]
sms = MessageMediaMessagesClient("API_KEY", "API_SECRET")
