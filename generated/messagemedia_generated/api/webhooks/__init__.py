"""The methods of the tag Webhooks, blocking and awaited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from ...models import CreateWebhookRequest, ListWebhooksResponse, UpdateWebhookRequest, Webhook
from ...paging import pages, pages_awaited
from ...types import AsyncExecutor, Executor
from . import (
    create_webhook as _create_webhook,
    delete_webhook as _delete_webhook,
    get_webhook as _get_webhook,
    list_webhooks as _list_webhooks,
    update_webhook as _update_webhook,
)


class WebhooksApi:
    """Register addresses to which the service pushes replies, delivery reports and opt-outs of the
    whole account. A message can also have an address of its own, its `callback_url`."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def list_webhooks(
        self, *, page: int | None = None, page_size: int | None = None, account: str | None = None
    ) -> ListWebhooksResponse:
        """List one page of the account's webhooks.

        Returns one page of webhooks. Pages are counted from 0. The answer does not give the total
        number, so read on until a page is empty.

        Args:
            page: Number of the page, counted from 0. If left out, the first page. At least 0.
            page_size: How many webhooks a page has. If left out, the API decides. At least 1.
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Returns:
            The webhooks of the page, or none if there are no more.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. The page or its size is not a usable number.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. The `Account` header names an unknown sub-account,
                or the account lacks a feature. Before 2026-07, wrong credentials were answered with
                this status as well.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return self._executor.execute(_list_webhooks.build(page=page, page_size=page_size, account=account))

    def list_webhooks_pages(
        self, *, page_size: int | None = None, account: str | None = None
    ) -> Iterator[ListWebhooksResponse]:
        """Go through all pages of `list_webhooks`.

        Takes the arguments of `list_webhooks`, except the page. Each page is fetched when you ask
        for it. An empty page, or one that repeats the page before, is the end; a short page is not.

        Args:
            page_size: How many webhooks a page has. If left out, the API decides. At least 1.
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Yields:
            The webhooks of the page, or none if there are no more.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. The page or its size is not a usable number.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. The `Account` header names an unknown sub-account,
                or the account lacks a feature. Before 2026-07, wrong credentials were answered with
                this status as well.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return pages(
            lambda page_: self.list_webhooks(page=page_, page_size=page_size, account=account),
            _list_webhooks.PAGING,
        )

    def create_webhook(self, body: CreateWebhookRequest, *, account: str | None = None) -> Webhook:
        """Create a webhook: register an address for pushes.

        Creates a webhook. The combination of address and method must be new to the account, which
        can have up to 150 webhooks. If the answer is lost, look for the address and method in the
        list before you try again. Without a `template`, the service decides what a push holds.

        Not retried automatically after it may have been processed.

        Args:
            body: What to send, a `CreateWebhookRequest`.
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Returns:
            The registered webhook with its id.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. A field is invalid, or the account has reached its
                maximum number of webhooks.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. The `Account` header names an unknown sub-account,
                or the account lacks a feature. Before 2026-07, wrong credentials were answered with
                this status as well.
            ConflictError: (409) Refused. The account already has a webhook with this address and
                method. Documented for creating a webhook; for changing one, it is assumed by
                analogy.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return self._executor.execute(_create_webhook.build(body, account=account))

    def get_webhook(self, webhook_id: str, *, account: str | None = None) -> Webhook:
        """Get one webhook.

        Returns a webhook as it is stored. The API's owner does not document this operation; one of
        the owner's connectors uses it. The list of all webhooks has the same data.

        Not documented by the API's owner: it may change without notice.

        Args:
            webhook_id: Id of the webhook, as returned when it was created. For example
                `a7f11bb0-f299-4861-a5ca-9b29d04bc5ad`.
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Returns:
            The webhook.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. The `Account` header names an unknown sub-account,
                or the account lacks a feature. Before 2026-07, wrong credentials were answered with
                this status as well.
            NotFoundError: (404) There is no such webhook. The form of the body is not documented;
                the example is an assumption.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return self._executor.execute(_get_webhook.build(webhook_id, account=account))

    def delete_webhook(self, webhook_id: str, *, account: str | None = None) -> None:
        """Delete a webhook.

        Deletes a webhook permanently. Nothing more is pushed to its address.

        If an answer is lost, the call is retried; a 404 to the retry means that it is done.

        Args:
            webhook_id: Id of the webhook, as returned when it was created. For example
                `a7f11bb0-f299-4861-a5ca-9b29d04bc5ad`.
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. The `Account` header names an unknown sub-account,
                or the account lacks a feature. Before 2026-07, wrong credentials were answered with
                this status as well.
            NotFoundError: (404) There is no such webhook. The form of the body is not documented;
                the example is an assumption.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return self._executor.execute(_delete_webhook.build(webhook_id, account=account))

    def update_webhook(
        self, webhook_id: str, body: UpdateWebhookRequest, *, account: str | None = None
    ) -> Webhook:
        """Change a webhook.

        Changes the given fields, and leaves the others unchanged. `read_timeout`, `retries` and
        `retry_delay` can't be changed: delete the webhook and create another one.

        Args:
            webhook_id: Id of the webhook, as returned when it was created. For example
                `a7f11bb0-f299-4861-a5ca-9b29d04bc5ad`.
            body: What to send, a `UpdateWebhookRequest`.
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Returns:
            The webhook as it is now.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. A field is invalid, or there is none.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. The `Account` header names an unknown sub-account,
                or the account lacks a feature. Before 2026-07, wrong credentials were answered with
                this status as well.
            NotFoundError: (404) There is no such webhook. The form of the body is not documented;
                the example is an assumption.
            ConflictError: (409) Refused. The account already has a webhook with this address and
                method. Documented for creating a webhook; for changing one, it is assumed by
                analogy.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return self._executor.execute(_update_webhook.build(webhook_id, body, account=account))


class AsyncWebhooksApi:
    """Register addresses to which the service pushes replies, delivery reports and opt-outs of the
    whole account. A message can also have an address of its own, its `callback_url`."""

    def __init__(self, executor: AsyncExecutor) -> None:
        self._executor = executor

    async def list_webhooks(
        self, *, page: int | None = None, page_size: int | None = None, account: str | None = None
    ) -> ListWebhooksResponse:
        """List one page of the account's webhooks.

        Returns one page of webhooks. Pages are counted from 0. The answer does not give the total
        number, so read on until a page is empty.

        Args:
            page: Number of the page, counted from 0. If left out, the first page. At least 0.
            page_size: How many webhooks a page has. If left out, the API decides. At least 1.
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Returns:
            The webhooks of the page, or none if there are no more.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. The page or its size is not a usable number.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. The `Account` header names an unknown sub-account,
                or the account lacks a feature. Before 2026-07, wrong credentials were answered with
                this status as well.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return await self._executor.execute(
            _list_webhooks.build(page=page, page_size=page_size, account=account)
        )

    def list_webhooks_pages(
        self, *, page_size: int | None = None, account: str | None = None
    ) -> AsyncIterator[ListWebhooksResponse]:
        """Go through all pages of `list_webhooks`.

        Takes the arguments of `list_webhooks`, except the page. Each page is fetched when you ask
        for it. An empty page, or one that repeats the page before, is the end; a short page is not.

        Args:
            page_size: How many webhooks a page has. If left out, the API decides. At least 1.
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Yields:
            The webhooks of the page, or none if there are no more.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. The page or its size is not a usable number.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. The `Account` header names an unknown sub-account,
                or the account lacks a feature. Before 2026-07, wrong credentials were answered with
                this status as well.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return pages_awaited(
            lambda page_: self.list_webhooks(page=page_, page_size=page_size, account=account),
            _list_webhooks.PAGING,
        )

    async def create_webhook(self, body: CreateWebhookRequest, *, account: str | None = None) -> Webhook:
        """Create a webhook: register an address for pushes.

        Creates a webhook. The combination of address and method must be new to the account, which
        can have up to 150 webhooks. If the answer is lost, look for the address and method in the
        list before you try again. Without a `template`, the service decides what a push holds.

        Not retried automatically after it may have been processed.

        Args:
            body: What to send, a `CreateWebhookRequest`.
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Returns:
            The registered webhook with its id.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. A field is invalid, or the account has reached its
                maximum number of webhooks.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. The `Account` header names an unknown sub-account,
                or the account lacks a feature. Before 2026-07, wrong credentials were answered with
                this status as well.
            ConflictError: (409) Refused. The account already has a webhook with this address and
                method. Documented for creating a webhook; for changing one, it is assumed by
                analogy.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return await self._executor.execute(_create_webhook.build(body, account=account))

    async def get_webhook(self, webhook_id: str, *, account: str | None = None) -> Webhook:
        """Get one webhook.

        Returns a webhook as it is stored. The API's owner does not document this operation; one of
        the owner's connectors uses it. The list of all webhooks has the same data.

        Not documented by the API's owner: it may change without notice.

        Args:
            webhook_id: Id of the webhook, as returned when it was created. For example
                `a7f11bb0-f299-4861-a5ca-9b29d04bc5ad`.
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Returns:
            The webhook.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. The `Account` header names an unknown sub-account,
                or the account lacks a feature. Before 2026-07, wrong credentials were answered with
                this status as well.
            NotFoundError: (404) There is no such webhook. The form of the body is not documented;
                the example is an assumption.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return await self._executor.execute(_get_webhook.build(webhook_id, account=account))

    async def delete_webhook(self, webhook_id: str, *, account: str | None = None) -> None:
        """Delete a webhook.

        Deletes a webhook permanently. Nothing more is pushed to its address.

        If an answer is lost, the call is retried; a 404 to the retry means that it is done.

        Args:
            webhook_id: Id of the webhook, as returned when it was created. For example
                `a7f11bb0-f299-4861-a5ca-9b29d04bc5ad`.
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. The `Account` header names an unknown sub-account,
                or the account lacks a feature. Before 2026-07, wrong credentials were answered with
                this status as well.
            NotFoundError: (404) There is no such webhook. The form of the body is not documented;
                the example is an assumption.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return await self._executor.execute(_delete_webhook.build(webhook_id, account=account))

    async def update_webhook(
        self, webhook_id: str, body: UpdateWebhookRequest, *, account: str | None = None
    ) -> Webhook:
        """Change a webhook.

        Changes the given fields, and leaves the others unchanged. `read_timeout`, `retries` and
        `retry_delay` can't be changed: delete the webhook and create another one.

        Args:
            webhook_id: Id of the webhook, as returned when it was created. For example
                `a7f11bb0-f299-4861-a5ca-9b29d04bc5ad`.
            body: What to send, a `UpdateWebhookRequest`.
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Returns:
            The webhook as it is now.

        Raises:
            ValidationError: An argument is invalid; no request was made.
            BadRequestError: (400) Refused. A field is invalid, or there is none.
            AuthenticationError: (401) Refused. The key or secret is wrong, belongs to another
                region, or the signature does not match the request (the sender's clock may be
                wrong).
            PermissionDeniedError: (403) Refused. The `Account` header names an unknown sub-account,
                or the account lacks a feature. Before 2026-07, wrong credentials were answered with
                this status as well.
            NotFoundError: (404) There is no such webhook. The form of the body is not documented;
                the example is an assumption.
            ConflictError: (409) Refused. The account already has a webhook with this address and
                method. Documented for creating a webhook; for changing one, it is assumed by
                analogy.
            ServerError: (5XX) The service failed. The body has no documented form and may be HTML.
            RateLimitError: (429) Too many requests; this one was not processed.
            TransportError: No answer came.
            InvalidResponseError: An answer came that makes no sense.
        """
        return await self._executor.execute(_update_webhook.build(webhook_id, body, account=account))
