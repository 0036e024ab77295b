"""What the answer to a send proves: which messages of its request were accepted.

Accepted is what the answer lists, with an id, in the place that the message had in the request. A gateway that answers
a send with an object of its own, or with the answer to another request, has proved nothing: the messages may have been
sent, and may not. What else an entry says, and how odd it is, makes no difference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress

from messagemedia_generated.models import Message, SendMessagesResponse, SentMessage
from messagemedia_generated.wording import counted

from messagemedia._call.outcome import RETRY_WITH_CARE
from messagemedia.errors import OutcomeUnknownError

# What may stand in a number: an echo with anything else in it, such as a masked one, is not to be compared.
_NUMBER = re.compile(r"[0-9+ ().-]+")
# How many digits of a number belong to the subscriber, whatever stands before them.
_SUBSCRIBER = 8


def proven(messages: Sequence[Message], answer: SendMessagesResponse) -> list[SentMessage | OutcomeUnknownError]:
    """What the API said of each message of a request that it accepted, or the error of one whose outcome is unknown."""
    told = answer.messages
    if len(told) != len(messages):
        what = f"lists {counted(len(told), 'message')} for a request of {len(messages)}"
        return [_unproven(what, answer)] * len(messages)
    return [_proven(message, sent, answer) for message, sent in zip(messages, told, strict=True)]


def _proven(message: Message, sent: SentMessage, answer: SendMessagesResponse) -> SentMessage | OutcomeUnknownError:
    if not sent.message_id:
        return _unproven("gives the message no message_id", answer)
    if _is_for_another(sent.destination_number, message.destination_number):
        return _unproven("is about another number", answer)
    return sent


def _is_for_another(told: str | None, asked: str) -> bool:
    """Whether an entry is about another number than the one that was asked for, so that it answers another request.

    The same number can be written in many ways, and nothing says that the API keeps the one it was given. A country
    code, a leading 0 or 00, and in some countries a digit for mobile numbers may come or go, always before the digits
    of the subscriber. So these alone are compared. The content is not: a shortened link, another line break or an
    added way to opt out would make an accepted message unknown.
    """
    if told is None or told == asked or not (_NUMBER.fullmatch(told) and _NUMBER.fullmatch(asked)):
        return False
    one, other = re.sub("[^0-9]", "", told), re.sub("[^0-9]", "", asked)
    shared = min(len(one), len(other), _SUBSCRIBER)
    return shared > 0 and one[-shared:] != other[-shared:]


def _unproven(what: str, answer: SendMessagesResponse) -> OutcomeUnknownError:
    body = None
    with suppress(RecursionError):
        body = json.dumps(answer.raw).encode()
    return OutcomeUnknownError(
        f"sendMessages was answered with a success that {what}, so it proves nothing",
        operation="sendMessages",
        hint=RETRY_WITH_CARE,
        body=body,
    )
