"""Receive pushes in your application: verified, typed, and each handled once.

    from messagemedia.webhooks import Reply, Webhooks

    webhooks = Webhooks(public_keys={"KEY-ID": "MIIBIjANBg…"})    # or Webhooks(unsigned=True)

    @webhooks.on(Reply)
    def answer(reply):
        print(reply.source_number, reply.content)

    application = webhooks.wsgi()    # or webhooks.asgi(), webhooks.django(), or webhooks.receive(…) in a route of your
    own

The service pushes to the `callback_url` of a message, and to webhooks made with `client.api.webhooks`. Verifying needs
`pip install 'messagemedia[webhooks]'`.
"""

from messagemedia_generated.models import DeliveryReport, OptOut, Reply

from messagemedia.webhooks.checking import CheckReport, CheckResult, check
from messagemedia.webhooks.errors import (
    InvalidSignatureError,
    PushInProgressError,
    StalePushError,
    UnreadablePushError,
    WebhookError,
)
from messagemedia.webhooks.pushing import PushAnswer, Pusher
from messagemedia.webhooks.reading import Event, Unknown
from messagemedia.webhooks.receiver import Webhooks
from messagemedia.webhooks.seen import MemorySeen, Seen
from messagemedia.webhooks.signing import SigningKey
from messagemedia.webhooks.templates import template

__all__ = [
    "CheckReport",
    "CheckResult",
    "DeliveryReport",
    "Event",
    "InvalidSignatureError",
    "MemorySeen",
    "OptOut",
    "PushAnswer",
    "PushInProgressError",
    "Pusher",
    "Reply",
    "Seen",
    "SigningKey",
    "StalePushError",
    "Unknown",
    "UnreadablePushError",
    "WebhookError",
    "Webhooks",
    "check",
    "template",
]
