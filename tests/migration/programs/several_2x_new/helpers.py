import settings
from settings import sms


def send(text, via=None):
    (via or sms).messages.send(content=text, destination_number="+61491570156")


def balance():
    return settings.sms.messages.credits()
