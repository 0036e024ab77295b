"""The short verbs around messages: what people type, with plain arguments and plain results."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any, Unpack, overload

from messagemedia_generated.api.messages import AsyncMessagesApi, MessagesApi
from messagemedia_generated.models import (
    CancelScheduledMessageRequest,
    Credits,
    DeliveryReport,
    Message,
    MessageFields,
    Reply,
    SendMessagesRequest,
    SendMessagesResponse,
    SentMessage,
)

from messagemedia._messages.arguments import id_of, one_message, without_others
from messagemedia._messages.batches import OnInvalid, SendResult
from messagemedia._messages.proof import proven
from messagemedia._messages.send_many import Options, send_many, send_many_async
from messagemedia._messages.wait import DEFAULT_TIMEOUT as DEFAULT_WAIT
from messagemedia._messages.wait import Watch, wait, wait_async
from messagemedia.errors import OutcomeUnknownError


class Messages:
    """Send messages, follow and cancel them, and read the prepaid balance."""

    def __init__(self, api: MessagesApi) -> None:
        self._api = api

    @overload
    def send(self, message: Message, /) -> SentMessage: ...
    @overload
    def send(self, /, **fields: Unpack[MessageFields]) -> SentMessage: ...
    @without_others
    def send(self, message: Message | None = None, /, *_others: object, **fields: Any) -> SentMessage:
        """Send one message: a `Message`, or its fields as keywords.

        Args:
            message: The message, if no fields are given.
            **fields: The fields of a `Message`; `content` and `destination_number` are required. See `Message` for all.

        Returns:
            The message with its `message_id` and its status, `queued`.

        Raises:
            ValidationError: A field is invalid; nothing was sent.
            OutcomeUnknownError: The message may have been sent; do not retry it blindly. No usable answer came, or one
                that does not list this message with a `message_id`. Catch it before `APIStatusError`: after a 5xx, it
                is one of those as well.
            APIStatusError: The API refused the message; nothing was sent.
            NotSentError: The request never reached the API; it is safe to retry.
        """
        request = one_message(message, _others, fields)
        return _sent(request, self._api.send_messages(request))

    def send_many(
        self,
        messages: Iterable[Message],
        *,
        on_invalid: OnInvalid = "skip",
        concurrency: int = 4,
        batch_size: int = SendMessagesRequest.MAX_MESSAGES,
        max_rate: float | None = None,
        duplicates_within: timedelta | None = None,
    ) -> Iterator[SendResult]:
        """Send any number of messages, and report the outcome of each.

        The messages go out in batches while you iterate over the results, which come in the order of the messages and
        need constant memory: a generator of a million messages is fine. When the process ends, the outcomes are gone;
        `messagemedia.campaign` keeps them.

        If you stop iterating, no new request starts. Requests in progress, at most `concurrency`, are completed, but
        you do not get their results. Lost are the rest of the batch you were reading and the results of up to
        `concurrency` batches, or of four times as many while a slow one holds them up.

        At the API, a request is all or nothing. Messages that it refuses, or that the check before it refuses, are
        taken out, and the others are sent, once. No message is ever in two requests that may both have been processed.

        Args:
            messages: The messages, in any iterable. Each gets a result, even if the iterable raises later. A list or
                tuple is checked for items that are not messages before the first is sent.
            on_invalid: What to do with invalid messages. `skip`: they get the outcome `invalid`, and the others are
                sent. `raise`: nothing of their batch is sent, and the error names all that were found in it.
            concurrency: How many requests may be in progress at once, 1 to 100. The next one starts as soon as one
                ends, so that a slow one does not hold up the others.
            batch_size: How many messages go into one request, 1 to 100.
            max_rate: The maximum number of messages per second; not limited if left out.
            duplicates_within: Refuse a message with the same number and content as one that came within this time
                before it: an account may withhold such duplicates for 24 hours. Needs about 200 bytes of memory for
                each message in that time.

        Yields:
            A result for each message: `accepted`, `invalid`, `not_sent` or `unknown`. Only `accepted` and `unknown`
            ones may have reached people.

        Raises:
            ValidationError: An argument can't be used, or an item is not a `Message`; with `on_invalid="raise"`,
                messages are invalid.
            BadRequestError: With `on_invalid="raise"`, the API refused messages.
            APIStatusError: The API refuses everything, for instance because of wrong credentials. This and the errors
                above are raised after the results of all messages that were read.
            Exception: Whatever the iterable or your own HTTP client raises, and Ctrl-C, is raised after the results of
                all messages that may have left. A second Ctrl-C does not wait for them.
        """
        options = Options(
            on_invalid=on_invalid,
            concurrency=concurrency,
            batch_size=batch_size,
            max_rate=max_rate,
            duplicates_within=duplicates_within,
        )
        return send_many(self._api, messages, options)

    def get(self, message_id: SentMessage | SendResult | DeliveryReport | Reply | str) -> SentMessage:
        """Get a message with its current status.

        Args:
            message_id: The message as `send` returned it, or its id. A result of `send_many`, a delivery report or a
                reply stands for its message.

        Raises:
            ValidationError: It does not name a message; no request was made.
            NotFoundError: There is no such message, or it is older than 45 days.
            TransportError: No answer came.
        """
        return self._api.get_message_status(id_of(message_id))

    def cancel(self, message_id: SentMessage | SendResult | DeliveryReport | Reply | str) -> None:
        """Cancel a message that is still scheduled.

        Args:
            message_id: The message as `send` returned it, or its id. A result of `send_many`, a delivery report or a
                reply stands for its message.

        Raises:
            ValidationError: It does not name a message; no request was made.
            BadRequestError: It is not scheduled, or no longer.
            NotFoundError: There is no such message.
            TransportError: No answer came; the message may have been cancelled.
        """
        self._api.cancel_scheduled_message(id_of(message_id), CancelScheduledMessageRequest())

    def credits(self) -> Credits:
        """Read the balance of a prepaid account. The API's owner does not document this.

        Raises:
            APIStatusError: The API refused, for instance because the account is not prepaid.
            TransportError: No answer came.
        """
        return self._api.check_credits_remaining()

    def wait(
        self,
        message_id: SentMessage | SendResult | DeliveryReport | Reply | str,
        *,
        until: str | Iterable[str] | None = None,
        timeout: float | None = DEFAULT_WAIT,
    ) -> SentMessage:
        """Wait until a message has a certain status, polling at intervals that grow from 1 to 15 seconds.

        It returns as soon as the message has one of the statuses you wait for, and also when it can no longer get any
        of them: a rejected message will not be delivered. So check the `status` of the returned message. A status that
        arrives late never replaces a terminal one.

        Args:
            message_id: The message as `send` returned it, or its id. A result of `send_many`, a delivery report or a
                reply stands for its message.
            until: A status or several, such as `"delivered"`; any terminal one if left out. See
                `MessageStatus.is_terminal`.
            timeout: Seconds to wait, 300 if left out; None waits for ever. A request in progress is not cut short.

        Returns:
            The message as it was last read.

        Raises:
            ValidationError: It does not name a message, there is no such status, or the timeout is not a number of
                seconds; no request was made.
            WaitTimeoutError: The time is up. Has the message as it was last read.
            NotFoundError: There is no such message.
            APIStatusError: The API refused. A server failure (5xx), too many requests (429) or a missing answer do not
                end the wait while there is time.
        """
        return wait(self.get, id_of(message_id), Watch(until, timeout))


class AsyncMessages:
    """Send messages, follow and cancel them, and read the prepaid balance."""

    def __init__(self, api: AsyncMessagesApi) -> None:
        self._api = api

    @overload
    async def send(self, message: Message, /) -> SentMessage: ...
    @overload
    async def send(self, /, **fields: Unpack[MessageFields]) -> SentMessage: ...
    @without_others
    async def send(self, message: Message | None = None, /, *_others: object, **fields: Any) -> SentMessage:
        """Send one message: a `Message`, or its fields as keywords. See `Messages.send`."""
        request = one_message(message, _others, fields)
        return _sent(request, await self._api.send_messages(request))

    def send_many(
        self,
        messages: AsyncIterable[Message] | Iterable[Message],
        *,
        on_invalid: OnInvalid = "skip",
        concurrency: int = 4,
        batch_size: int = SendMessagesRequest.MAX_MESSAGES,
        max_rate: float | None = None,
        duplicates_within: timedelta | None = None,
    ) -> AsyncIterator[SendResult]:
        """Send any number of messages, and report the outcome of each. See `Messages.send_many`.

        Iterate with `async for`, in one event loop. A cancellation reaches the requests in progress, whose messages may
        have been sent, and does not wait for results. If you stop iterating, `aclose()` lets them finish.
        """
        options = Options(
            on_invalid=on_invalid,
            concurrency=concurrency,
            batch_size=batch_size,
            max_rate=max_rate,
            duplicates_within=duplicates_within,
        )
        return send_many_async(self._api, messages, options)

    async def get(self, message_id: SentMessage | SendResult | DeliveryReport | Reply | str) -> SentMessage:
        """Get a message with its current status. See `Messages.get`."""
        return await self._api.get_message_status(id_of(message_id))

    async def cancel(self, message_id: SentMessage | SendResult | DeliveryReport | Reply | str) -> None:
        """Cancel a message that is still scheduled. See `Messages.cancel`."""
        await self._api.cancel_scheduled_message(id_of(message_id), CancelScheduledMessageRequest())

    async def credits(self) -> Credits:
        """Read the balance of a prepaid account. See `Messages.credits`."""
        return await self._api.check_credits_remaining()

    async def wait(
        self,
        message_id: SentMessage | SendResult | DeliveryReport | Reply | str,
        *,
        until: str | Iterable[str] | None = None,
        timeout: float | None = DEFAULT_WAIT,  # noqa: ASYNC109  # raises an error that carries the message
    ) -> SentMessage:
        """Wait until a message has a certain status. See `Messages.wait`."""
        return await wait_async(self.get, id_of(message_id), Watch(until, timeout))


def _list_fields(send: Callable[..., Any]) -> None:
    """Put what the contract says of the fields of a message into the docstring, which `help()` shows."""
    _, heading, fields = inspect.cleandoc(Message.__doc__ or "").partition("Attributes:\n")
    if send.__doc__ and heading:
        send.__doc__ = f"{inspect.cleandoc(send.__doc__)}\n\nFields:\n{fields}"


for _send in (Messages.send, AsyncMessages.send):
    _list_fields(_send)


def _sent(request: SendMessagesRequest, answer: SendMessagesResponse) -> SentMessage:
    """What the API said of the only message of a request.

    Raises:
        OutcomeUnknownError: If that does not prove that it was accepted.
    """
    (told,) = proven(request.messages, answer)
    if isinstance(told, OutcomeUnknownError):
        raise told
    return told
