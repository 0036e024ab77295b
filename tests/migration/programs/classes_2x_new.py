import os

from messagemedia import Client, Message, SendMessagesRequest


class Notifier:
    number = "+61491570156"

    def __init__(self, client: Client) -> None:
        self._client = client
        self.log = []

    def request(self, *texts):
        return SendMessagesRequest(
            messages=[Message(content=text, destination_number=self.number) for text in texts]
        )

    def notify(self, text):
        result = self._client.api.messages.send_messages(self.request(text))
        self.log.append(result.messages[0].message_id)

    def replies(self):
        return self._client.replies.check()


class Loud(Notifier):
    def notify(self, text):
        super().notify(text.upper())
        self._client.api.messages.send_messages(self.request(text, text))


with Client("API_KEY", "API_SECRET", base_url=os.environ["BASE_URI"]) as client:
    loud = Loud(client)
    loud.notify("fire")
    print(len(loud.replies()))
    client.messages.credits()
    print(client.messages.get(loud.log[0]).status)
