"""The methods of the tag Messages, blocking and awaited."""

from __future__ import annotations

from ...models import (
    CancelScheduledMessageRequest,
    Credits,
    SendMessagesRequest,
    SendMessagesResponse,
    SentMessage,
)
from ...types import AsyncExecutor, Executor
from . import (
    cancel_scheduled_message as _cancel_scheduled_message,
    check_credits_remaining as _check_credits_remaining,
    get_message_status as _get_message_status,
    send_messages as _send_messages,
)


class MessagesApi:
    """Send messages, follow their status, cancel scheduled ones and read the prepaid balance."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def send_messages(self, body: SendMessagesRequest, *, account: str | None = None) -> SendMessagesResponse:
        """Send up to 100 messages.

        Submits 1 to 100 messages in one request. The request is all or nothing: if one message is
        refused, none is sent. The answer lists the messages in the order of the request, each with
        its new id. The API has no idempotency key, so retrying a request after its answer was lost
        may send every message twice.

        Retried automatically only if it was provably not processed.

        Args:
            body: What to send, a `SendMessagesRequest`.
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Returns:
            Accepted. Every message was queued for sending.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. At least one message is invalid, and nothing was sent.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. The `Account` header names an unknown sub-account,
                or the account lacks a feature. Before 2026-07, wrong credentials were answered with
                this status as well.
            UnprocessableEntityError: (422) Refused. The connection used a version of TLS older than
                1.3, which messages to Singapore (+65) have required since 2026-04-01. The form of
                the body is not documented; the example is an assumption.
            OutcomeUnknownServerError: (5XX) The service failed. The body has no documented form and
                may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            NotSentError: The request provably never reached the API; it is safe to retry.
            OutcomeUnknownError: The request left, but no usable answer came: it may have been
                processed.
        """
        return self._executor.execute(_send_messages.build(body, account=account))

    def get_message_status(self, message_id: str, *, account: str | None = None) -> SentMessage:
        """Get one message with its current status.

        Returns the message as it was submitted, with its current status. Messages are kept for 45
        days; after that, and for an id that never existed or is not a UUID at all, the answer is
        404.

        Args:
            message_id: Id of the message, as returned when it was sent. For example
                `877c19ef-fa2e-4cec-827a-e1df9b5509f7`.
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Returns:
            The message was found.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. The `Account` header names an unknown sub-account,
                or the account lacks a feature. Before 2026-07, wrong credentials were answered with
                this status as well.
            NotFoundError: (404) There is nothing at this address, or it is older than 45 days.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return self._executor.execute(_get_message_status.build(message_id, account=account))

    def cancel_scheduled_message(
        self, message_id: str, body: CancelScheduledMessageRequest, *, account: str | None = None
    ) -> None:
        """Cancel a message that is still scheduled.

        Cancels a message whose status is `scheduled`. A message in any other status is not changed,
        and the answer is 400. The body of a successful answer is empty.

        Args:
            message_id: Id of the message, as returned when it was sent. For example
                `877c19ef-fa2e-4cec-827a-e1df9b5509f7`.
            body: What to send, a `CancelScheduledMessageRequest`.
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. The message is not scheduled, or the body is invalid.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. The `Account` header names an unknown sub-account,
                or the account lacks a feature. Before 2026-07, wrong credentials were answered with
                this status as well.
            NotFoundError: (404) There is nothing at this address, or it is older than 45 days.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return self._executor.execute(_cancel_scheduled_message.build(message_id, body, account=account))

    def check_credits_remaining(self, *, account: str | None = None) -> Credits:
        """Read the balance of a prepaid account.

        Returns how many credits a prepaid account has left. The API's owner does not document this
        operation; it is known only from the older SDKs, and no real answer was ever published.

        Not documented by the API's owner: it may change without notice.

        Args:
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Returns:
            The balance.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. The request was invalid. Assumed by analogy with the
                other operations.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. The `Account` header names an unknown sub-account,
                or the account lacks a feature. Before 2026-07, wrong credentials were answered with
                this status as well.
            NotFoundError: (404) There is nothing at this address, or it is older than 45 days.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return self._executor.execute(_check_credits_remaining.build(account=account))


class AsyncMessagesApi:
    """Send messages, follow their status, cancel scheduled ones and read the prepaid balance."""

    def __init__(self, executor: AsyncExecutor) -> None:
        self._executor = executor

    async def send_messages(
        self, body: SendMessagesRequest, *, account: str | None = None
    ) -> SendMessagesResponse:
        """Send up to 100 messages.

        Submits 1 to 100 messages in one request. The request is all or nothing: if one message is
        refused, none is sent. The answer lists the messages in the order of the request, each with
        its new id. The API has no idempotency key, so retrying a request after its answer was lost
        may send every message twice.

        Retried automatically only if it was provably not processed.

        Args:
            body: What to send, a `SendMessagesRequest`.
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Returns:
            Accepted. Every message was queued for sending.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. At least one message is invalid, and nothing was sent.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. The `Account` header names an unknown sub-account,
                or the account lacks a feature. Before 2026-07, wrong credentials were answered with
                this status as well.
            UnprocessableEntityError: (422) Refused. The connection used a version of TLS older than
                1.3, which messages to Singapore (+65) have required since 2026-04-01. The form of
                the body is not documented; the example is an assumption.
            OutcomeUnknownServerError: (5XX) The service failed. The body has no documented form and
                may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            NotSentError: The request provably never reached the API; it is safe to retry.
            OutcomeUnknownError: The request left, but no usable answer came: it may have been
                processed.
        """
        return await self._executor.execute(_send_messages.build(body, account=account))

    async def get_message_status(self, message_id: str, *, account: str | None = None) -> SentMessage:
        """Get one message with its current status.

        Returns the message as it was submitted, with its current status. Messages are kept for 45
        days; after that, and for an id that never existed or is not a UUID at all, the answer is
        404.

        Args:
            message_id: Id of the message, as returned when it was sent. For example
                `877c19ef-fa2e-4cec-827a-e1df9b5509f7`.
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Returns:
            The message was found.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. The `Account` header names an unknown sub-account,
                or the account lacks a feature. Before 2026-07, wrong credentials were answered with
                this status as well.
            NotFoundError: (404) There is nothing at this address, or it is older than 45 days.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return await self._executor.execute(_get_message_status.build(message_id, account=account))

    async def cancel_scheduled_message(
        self, message_id: str, body: CancelScheduledMessageRequest, *, account: str | None = None
    ) -> None:
        """Cancel a message that is still scheduled.

        Cancels a message whose status is `scheduled`. A message in any other status is not changed,
        and the answer is 400. The body of a successful answer is empty.

        Args:
            message_id: Id of the message, as returned when it was sent. For example
                `877c19ef-fa2e-4cec-827a-e1df9b5509f7`.
            body: What to send, a `CancelScheduledMessageRequest`.
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. The message is not scheduled, or the body is invalid.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. The `Account` header names an unknown sub-account,
                or the account lacks a feature. Before 2026-07, wrong credentials were answered with
                this status as well.
            NotFoundError: (404) There is nothing at this address, or it is older than 45 days.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return await self._executor.execute(
            _cancel_scheduled_message.build(message_id, body, account=account)
        )

    async def check_credits_remaining(self, *, account: str | None = None) -> Credits:
        """Read the balance of a prepaid account.

        Returns how many credits a prepaid account has left. The API's owner does not document this
        operation; it is known only from the older SDKs, and no real answer was ever published.

        Not documented by the API's owner: it may change without notice.

        Args:
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Returns:
            The balance.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. The request was invalid. Assumed by analogy with the
                other operations.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. The `Account` header names an unknown sub-account,
                or the account lacks a feature. Before 2026-07, wrong credentials were answered with
                this status as well.
            NotFoundError: (404) There is nothing at this address, or it is older than 45 days.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return await self._executor.execute(_check_credits_remaining.build(account=account))
