"""The short verbs: what people type, with plain arguments and plain results."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, Unpack, cast, overload

import attrs
from messagemedia_generated.api.delivery_reports import AsyncDeliveryReportsApi, DeliveryReportsApi
from messagemedia_generated.api.messages import AsyncMessagesApi, MessagesApi
from messagemedia_generated.api.replies import AsyncRepliesApi, RepliesApi
from messagemedia_generated.models import (
    CancelScheduledMessageRequest,
    ConfirmDeliveryReportsAsReceivedRequest,
    ConfirmRepliesAsReceivedRequest,
    Credits,
    DeliveryReport,
    Message,
    MessageFields,
    Reply,
    SendMessagesRequest,
    SendMessagesResponse,
    SentMessage,
)
from messagemedia_generated.writing import write_text

from messagemedia.errors import FieldError, ValidationError

Item = TypeVar("Item", Reply, DeliveryReport)


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


class Replies:
    """Fetch and confirm what people answered."""

    def __init__(self, api: RepliesApi) -> None:
        self._api = api

    def check(self) -> list[Reply]:
        """Fetch the oldest unconfirmed replies, at most 100. They come again until they are confirmed.

        Raises:
            APIStatusError: The API refused.
            TransportError: No answer came.
        """
        return self._api.check_replies().replies

    def confirm(self, replies: Iterable[Reply | str] | Reply | str) -> None:
        """Confirm replies, so that they do not come again. Confirm what has been handled, not before.

        Args:
            replies: Replies or their ids, one or many; more than 100 are confirmed in several requests, in order.

        Raises:
            ValidationError: Something is no reply and no id; nothing was confirmed.
            TransportError: No answer came. Confirming again does no harm.
        """
        for request in _reply_requests(replies):
            self._api.confirm_replies_as_received(request)


class AsyncReplies:
    """Fetch and confirm what people answered."""

    def __init__(self, api: AsyncRepliesApi) -> None:
        self._api = api

    async def check(self) -> list[Reply]:
        """Fetch the oldest unconfirmed replies, at most 100. See `Replies.check`."""
        return (await self._api.check_replies()).replies

    async def confirm(self, replies: Iterable[Reply | str] | Reply | str) -> None:
        """Confirm replies, so that they do not come again. See `Replies.confirm`."""
        for request in _reply_requests(replies):
            await self._api.confirm_replies_as_received(request)


class DeliveryReports:
    """Fetch and confirm what became of messages."""

    def __init__(self, api: DeliveryReportsApi) -> None:
        self._api = api

    def check(self) -> list[DeliveryReport]:
        """Fetch the oldest unconfirmed delivery reports, at most 100. They come again until they are confirmed.

        Raises:
            APIStatusError: The API refused.
            TransportError: No answer came.
        """
        return self._api.check_delivery_reports().delivery_reports

    def confirm(self, reports: Iterable[DeliveryReport | str] | DeliveryReport | str) -> None:
        """Confirm delivery reports, so that they do not come again. Confirm what has been handled, not before.

        Args:
            reports: Reports or their ids, one or many; more than 100 are confirmed in several requests, in order.

        Raises:
            ValidationError: Something is no delivery report and no id; nothing was confirmed.
            TransportError: No answer came. Confirming again does no harm.
        """
        for request in _report_requests(reports):
            self._api.confirm_delivery_reports_as_received(request)


class AsyncDeliveryReports:
    """Fetch and confirm what became of messages."""

    def __init__(self, api: AsyncDeliveryReportsApi) -> None:
        self._api = api

    async def check(self) -> list[DeliveryReport]:
        """Fetch the oldest unconfirmed delivery reports, at most 100. See `DeliveryReports.check`."""
        return (await self._api.check_delivery_reports()).delivery_reports

    async def confirm(self, reports: Iterable[DeliveryReport | str] | DeliveryReport | str) -> None:
        """Confirm delivery reports, so that they do not come again. See `DeliveryReports.confirm`."""
        for request in _report_requests(reports):
            await self._api.confirm_delivery_reports_as_received(request)


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


def _reply_requests(
    replies: Iterable[Reply | str] | Reply | str,
) -> Iterator[ConfirmRepliesAsReceivedRequest]:
    for reply_ids in _batches(replies, Reply, "reply_id", ConfirmRepliesAsReceivedRequest.MAX_REPLY_IDS):
        yield ConfirmRepliesAsReceivedRequest(reply_ids=reply_ids)


def _report_requests(
    reports: Iterable[DeliveryReport | str] | DeliveryReport | str,
) -> Iterator[ConfirmDeliveryReportsAsReceivedRequest]:
    size = ConfirmDeliveryReportsAsReceivedRequest.MAX_DELIVERY_REPORT_IDS
    for report_ids in _batches(reports, DeliveryReport, "delivery_report_id", size):
        yield ConfirmDeliveryReportsAsReceivedRequest(delivery_report_ids=report_ids)


def _batches(
    items: Iterable[Item | str] | Item | str, kind: type[Item], id_name: str, size: int
) -> Iterator[list[str]]:
    """The ids of items, in lists of at most `size`; all are checked before the first list is made."""
    many = isinstance(items, Iterable) and not isinstance(items, str | Mapping)
    ids: list[str] = []
    problems: list[FieldError] = []
    for index, item in enumerate(cast("Iterable[object]", items if many else [items])):
        found = getattr(item, id_name) if isinstance(item, kind) else item
        at = f"/{id_name}s/{index}"
        if found == "":
            problems.append(FieldError("has an empty id", at))
        elif isinstance(found, str):
            ids.append(write_text(found, problems, at))
        else:
            problems.append(FieldError(f"must be a {kind.__name__} or its id, not {type(item).__name__}", at))
    if problems:
        raise ValidationError(problems)
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
