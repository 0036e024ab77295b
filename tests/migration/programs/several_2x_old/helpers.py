import settings
from settings import sms


def request(text):
    return {"messages": [{"content": text, "destination_number": "+61491570156"}]}


def send(text, via=None):
    (via or sms).messages.send_messages(request(text))


def balance():
    return settings.sms.messages.check_credits_remaining()
