# A client in a class, as an attribute, behind a property and in a subclass; controllers made by hand; bodies by position.
import os
from functools import cached_property

import message_media_messages.message_media_messages_client as mm
from message_media_messages import configuration
from message_media_messages.controllers.messages_controller import MessagesController
from message_media_messages.models import message, send_messages_request

configuration.Configuration.base_uri = os.environ["BASE_URI"]


class Notifier:
    number = "+61491570156"

    def __init__(self, client: "mm.MessageMediaMessagesClient"):
        self._client = client
        self.log = []

    @cached_property
    def controller(self) -> MessagesController:
        return self._client.messages

    def request(self, *texts):
        return send_messages_request.SendMessagesRequest([message.Message(text, self.number) for text in texts])

    def notify(self, text):
        result = self.controller.send_messages(self.request(text))
        self.log.append(result.messages[0].message_id)

    def replies(self):
        return self._client.replies.check_replies().replies


class Loud(Notifier):
    def notify(self, text):
        super().notify(text.upper())
        self._client.messages.send_messages(self.request(text, text))


class Own(mm.MessageMediaMessagesClient):
    def credits(self):
        return self.messages.check_credits_remaining()


loud = Loud(mm.MessageMediaMessagesClient(auth_user_name="API_KEY", auth_password="API_SECRET"))
loud.notify("fire")
print(len(loud.replies()))
Own("API_KEY", "API_SECRET").credits()
print(MessagesController().get_message_status(loud.log[0]).status)
