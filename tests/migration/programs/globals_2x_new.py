import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from messagemedia import Client, Message

client = None
CLIENTS = {}


def setup():
    global client
    client = Client("API_KEY", "API_SECRET", base_url=os.environ["BASE_URI"])
    CLIENTS["au"] = client


def message(text):
    return Message(content=text, destination_number="+61491570156")


def deliver(send, text):
    return send(message(text))


def main():
    setup()
    deliver(client.messages.send, "passed on")
    later = partial(CLIENTS["au"].messages.send, message("partial"))
    later()
    client.messages.send(message("by name"))
    with ThreadPoolExecutor(1) as pool:
        pool.submit(client.messages.send, message("in a thread")).result()
    if found := client.replies.check():
        print(found[0].content)
    for each in [client, *CLIENTS.values()]:
        each.delivery_reports.check()
    client.close()


if __name__ == "__main__":
    main()
