"""The methods of the tag Delivery Reports, blocking and awaited."""

from __future__ import annotations

from ...models import CheckDeliveryReportsResponse, ConfirmDeliveryReportsAsReceivedRequest
from ...types import AsyncExecutor, Executor
from . import (
    check_delivery_reports as _check_delivery_reports,
    confirm_delivery_reports_as_received as _confirm_delivery_reports_as_received,
)


class DeliveryReportsApi:
    """Fetch delivery reports, and confirm those that have been handled."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def check_delivery_reports(self, *, account: str | None = None) -> CheckDeliveryReportsResponse:
        """Fetch the oldest unconfirmed delivery reports, at most 100.

        Returns up to 100 delivery reports, the oldest unconfirmed first. The same reports are
        returned each time until they are confirmed. A message gets reports only if it was sent with
        `delivery_report` set: one for each change of its status. Reports are kept for 45 days.

        Args:
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Returns:
            The oldest unconfirmed delivery reports, or an empty list.

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
        return self._executor.execute(_check_delivery_reports.build(account=account))

    def confirm_delivery_reports_as_received(
        self, body: ConfirmDeliveryReportsAsReceivedRequest, *, account: str | None = None
    ) -> None:
        """Confirm up to 100 delivery reports, so that they are not returned again.

        Marks delivery reports as handled. Confirming an id twice, or an id that does not exist, is
        not an error. The ids are delivery report ids, not message ids. The body of the answer is
        empty.

        Args:
            body: What to send, a `ConfirmDeliveryReportsAsReceivedRequest`.
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
        return self._executor.execute(_confirm_delivery_reports_as_received.build(body, account=account))


class AsyncDeliveryReportsApi:
    """Fetch delivery reports, and confirm those that have been handled."""

    def __init__(self, executor: AsyncExecutor) -> None:
        self._executor = executor

    async def check_delivery_reports(self, *, account: str | None = None) -> CheckDeliveryReportsResponse:
        """Fetch the oldest unconfirmed delivery reports, at most 100.

        Returns up to 100 delivery reports, the oldest unconfirmed first. The same reports are
        returned each time until they are confirmed. A message gets reports only if it was sent with
        `delivery_report` set: one for each change of its status. Reports are kept for 45 days.

        Args:
            account: Id of the sub-account to use, with the key of its parent account. If left out,
                the key's own account is used. Not empty. For example `MySubAccount`.

        Returns:
            The oldest unconfirmed delivery reports, or an empty list.

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
        return await self._executor.execute(_check_delivery_reports.build(account=account))

    async def confirm_delivery_reports_as_received(
        self, body: ConfirmDeliveryReportsAsReceivedRequest, *, account: str | None = None
    ) -> None:
        """Confirm up to 100 delivery reports, so that they are not returned again.

        Marks delivery reports as handled. Confirming an id twice, or an id that does not exist, is
        not an error. The ids are delivery report ids, not message ids. The body of the answer is
        empty.

        Args:
            body: What to send, a `ConfirmDeliveryReportsAsReceivedRequest`.
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
        return await self._executor.execute(
            _confirm_delivery_reports_as_received.build(body, account=account)
        )
