"""The methods of the tag Replies, blocking and awaited."""

from __future__ import annotations

from ...models import CheckRepliesResponse, ConfirmRepliesAsReceivedRequest
from ...types import AsyncExecutor, Executor
from . import check_replies as _check_replies, confirm_replies_as_received as _confirm_replies_as_received


class RepliesApi:
    """Fetch replies, and confirm those that have been handled."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def check_replies(self, *, account: str | None = None) -> CheckRepliesResponse:
        """Fetch the oldest unconfirmed replies, at most 100.

        Returns up to 100 replies, the oldest unconfirmed first. The same replies are returned each
        time until they are confirmed: to go through all of them, fetch, handle and confirm until
        the list is empty. Replies are kept for 45 days.

        Args:
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Returns:
            The oldest unconfirmed replies, or an empty list.

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
        return self._executor.execute(_check_replies.build(account=account))

    def confirm_replies_as_received(
        self, body: ConfirmRepliesAsReceivedRequest, *, account: str | None = None
    ) -> None:
        """Confirm up to 100 replies, so that they are not returned again.

        Marks replies as handled. Confirming an id twice, or an id that does not exist, is not an
        error. The ids are reply ids, not message ids. The body of the answer is empty.

        Args:
            body: What to send, a `ConfirmRepliesAsReceivedRequest`.
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. The body is invalid, and nothing was confirmed.
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
        return self._executor.execute(_confirm_replies_as_received.build(body, account=account))


class AsyncRepliesApi:
    """Fetch replies, and confirm those that have been handled."""

    def __init__(self, executor: AsyncExecutor) -> None:
        self._executor = executor

    async def check_replies(self, *, account: str | None = None) -> CheckRepliesResponse:
        """Fetch the oldest unconfirmed replies, at most 100.

        Returns up to 100 replies, the oldest unconfirmed first. The same replies are returned each
        time until they are confirmed: to go through all of them, fetch, handle and confirm until
        the list is empty. Replies are kept for 45 days.

        Args:
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Returns:
            The oldest unconfirmed replies, or an empty list.

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
        return await self._executor.execute(_check_replies.build(account=account))

    async def confirm_replies_as_received(
        self, body: ConfirmRepliesAsReceivedRequest, *, account: str | None = None
    ) -> None:
        """Confirm up to 100 replies, so that they are not returned again.

        Marks replies as handled. Confirming an id twice, or an id that does not exist, is not an
        error. The ids are reply ids, not message ids. The body of the answer is empty.

        Args:
            body: What to send, a `ConfirmRepliesAsReceivedRequest`.
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. The body is invalid, and nothing was confirmed.
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
        return await self._executor.execute(_confirm_replies_as_received.build(body, account=account))
