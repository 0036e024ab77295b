# A web service that answers inbound messages: blocking calls in coroutines, keys from the environment and in the source.
import asyncio
import json
import os

from message_media_messages.exceptions.api_exception import APIException
from message_media_messages.message_media_messages_client import MessageMediaMessagesClient

MESSAGEMEDIA_API_KEY = os.environ.get("MESSAGEMEDIA_API_KEY")
MESSAGEMEDIA_API_SECRET = os.environ.get("MESSAGEMEDIA_API_SECRET")
MESSAGEMEDIA_API_KEY = "API_KEY"
MESSAGEMEDIA_API_SECRET = "API_SECRET"


class App:
    """What a web framework does, in small."""

    def __init__(self):
        self.routes = {}

    def post(self, path):
        return lambda function: self.routes.setdefault(path, function)


class Model:
    """The client of a language model, which is called `client` as well."""

    messages = []

    def create(self, prompt):
        return f"You said: {prompt}. " + "More than one part. " * 12


app = App()


def get_client():
    client = MessageMediaMessagesClient(MESSAGEMEDIA_API_KEY, MESSAGEMEDIA_API_SECRET, False)
    client.config.base_uri = os.environ["BASE_URI"]
    return client


def send_sms(to, text):
    parts = [text[i:i + 160] for i in range(0, len(text), 160)]
    client = get_client()
    for part in parts:
        body = json.loads(json.dumps({"messages": [{"content": part, "destination_number": to}]}))
        try:
            client.messages.send_messages(body)
        except APIException as e:
            print(f"failed: {e}")


@app.post("/hooks")
async def hook(push):
    client = Model()
    answer = client.create(push["content"])
    send_sms(push["source_number"], answer)
    client = get_client()
    body = {"messages": [{"content": "Bye", "destination_number": push["source_number"]}]}
    client.messages.send_messages(body)
    return {"ok": True}


asyncio.run(app.routes["/hooks"]({"source_number": "+61491570156", "content": "Hello"}))
