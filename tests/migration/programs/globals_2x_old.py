# A global client that is made late, calls that are passed on, taken by name, or wrapped.
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from message_media_messages.configuration import *
from message_media_messages.message_media_messages_client import MessageMediaMessagesClient as SMS
from message_media_messages.models.message import *
from message_media_messages.models.send_messages_request import SendMessagesRequest as Request

client = None
CLIENTS = {}


def setup():
    global client
    Configuration.base_uri = os.environ["BASE_URI"]
    client = SMS("API_KEY", "API_SECRET", False)
    CLIENTS["au"] = client


def request(text):
    body = Request()
    body.messages = [Message(content=text, destination_number="+61491570156")]
    return body


def deliver(send, text):
    return send(request(text))


def main():
    setup()
    deliver(client.messages.send_messages, "passed on")
    later = partial(CLIENTS["au"].messages.send_messages, request("partial"))
    later()
    getattr(client, "messages").send_messages(request("by name"))
    with ThreadPoolExecutor(1) as pool:
        pool.submit(client.messages.send_messages, request("in a thread")).result()
    if (found := client.replies.check_replies()).replies:
        print(found.replies[0].content)
    for each in [client, *CLIENTS.values()]:
        each.delivery_reports.check_delivery_reports()


if __name__ == "__main__":
    main()
