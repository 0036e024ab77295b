"""The short verbs around messages: what people type, with plain arguments and plain results."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, Unpack, overload

import attrs
from messagemedia_generated.api.messages import AsyncMessagesApi, MessagesApi
from messagemedia_generated.models import (
    CancelScheduledMessageRequest,
    Credits,
    Message,
    MessageFields,
    SendMessagesRequest,
    SendMessagesResponse,
    SentMessage,
)

from messagemedia.errors import FieldError, ValidationError

# What other messaging SDKs call these fields.
_OTHER_NAMES = {
    **dict.fromkeys(("to", "number", "phone", "phone_number", "recipient"), "destination_number"),
    **dict.fromkeys(("from_", "sender", "source"), "source_number"),
    **dict.fromkeys(("text", "body", "message"), "content"),
}


class Messages:
    """Send messages, follow and cancel them, and read the prepaid balance."""

    def __init__(self, api: MessagesApi) -> None:
        self._api = api

    @overload
    def send(self, message: Message, /) -> SentMessage: ...
    @overload
    def send(self, /, **fields: Unpack[MessageFields]) -> SentMessage: ...
    def send(self, message: Message | None = None, /, **fields: Any) -> SentMessage:
        """Send one message: a `Message`, or its fields as keywords.

        Args:
            message: The message, if no fields are given.
            **fields: The fields of a `Message`; `content` and `destination_number` are needed.

        Returns:
            The message with its `message_id` and its status, `queued`. A `message_id` that is empty means that the API
            accepted the message and did not say under which id.

        Raises:
            ValidationError: A field is invalid; nothing was sent.
            OutcomeUnknownError: The message may have been sent; do not repeat it blindly. Catch it before
                `APIStatusError`: after a 5xx it is that, too.
            APIStatusError: The API refused the message; nothing was sent.
            NotSentError: The request never reached the API; it is safe to repeat.
        """
        return _sent(self._api.send_messages(_one(message, fields)))

    def get(self, message_id: str) -> SentMessage:
        """Get a message with its present status.

        Args:
            message_id: Its id, as it came back from `send`.

        Raises:
            NotFoundError: There is no such message, or it is older than 45 days.
            TransportError: No answer came.
        """
        return self._api.get_message_status(message_id)

    def cancel(self, message_id: str) -> None:
        """Cancel a message that is still scheduled.

        Args:
            message_id: Its id, as it came back from `send`.

        Raises:
            BadRequestError: It is not scheduled, or not any more.
            NotFoundError: There is no such message.
            TransportError: No answer came; the message may have been cancelled.
        """
        self._api.cancel_scheduled_message(message_id, CancelScheduledMessageRequest())

    def credits(self) -> Credits:
        """Read the balance of a prepaid account. The API's owner does not document this.

        Raises:
            APIStatusError: The API refused, for instance because the account is not prepaid.
            TransportError: No answer came.
        """
        return self._api.check_credits_remaining()


class AsyncMessages:
    """Send messages, follow and cancel them, and read the prepaid balance."""

    def __init__(self, api: AsyncMessagesApi) -> None:
        self._api = api

    @overload
    async def send(self, message: Message, /) -> SentMessage: ...
    @overload
    async def send(self, /, **fields: Unpack[MessageFields]) -> SentMessage: ...
    async def send(self, message: Message | None = None, /, **fields: Any) -> SentMessage:
        """Send one message: a `Message`, or its fields as keywords. See `Messages.send`."""
        return _sent(await self._api.send_messages(_one(message, fields)))

    async def get(self, message_id: str) -> SentMessage:
        """Get a message with its present status. See `Messages.get`."""
        return await self._api.get_message_status(message_id)

    async def cancel(self, message_id: str) -> None:
        """Cancel a message that is still scheduled. See `Messages.cancel`."""
        await self._api.cancel_scheduled_message(message_id, CancelScheduledMessageRequest())

    async def credits(self) -> Credits:
        """Read the balance of a prepaid account. See `Messages.credits`."""
        return await self._api.check_credits_remaining()


def _one(message: Message | None, fields: dict[str, Any]) -> SendMessagesRequest:
    """The request that sends one message.

    Raises:
        ValidationError: If the keywords are not fields of a message, or needed ones are missing.
    """
    if message is not None:
        if fields:
            raise ValidationError([FieldError("pass either a Message or its fields, not both")])
        return SendMessagesRequest(messages=[message])
    known = attrs.fields_dict(Message)
    problems = [_unknown_field(name, known) for name in fields if name not in known]
    problems += [
        FieldError("is required", f"/messages/0/{name}")
        for name, attribute in known.items()
        if attribute.default is attrs.NOTHING and name not in fields
    ]
    if problems:
        raise ValidationError(problems)
    return SendMessagesRequest(messages=[Message(**fields)])


def _unknown_field(name: str, known: Iterable[str]) -> FieldError:
    close = [_OTHER_NAMES[name]] if name in _OTHER_NAMES else difflib.get_close_matches(name, known, n=1)
    suggestion = f", did you mean {close[0]}?" if close else f"; there are {', '.join(known)}"
    return FieldError(f"is not a field of a message{suggestion}", f"/messages/0/{name}")


def _sent(response: SendMessagesResponse) -> SentMessage:
    # The message was accepted even if the answer fails to list it: an error here would make people send it again.
    first = response.messages[0] if response.messages else None
    return first if first is not None and first.raw else SentMessage(raw=response.raw)
