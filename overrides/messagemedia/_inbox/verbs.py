"""The short verbs around what comes back, replies and delivery reports: fetch, handle, confirm."""

from __future__ import annotations

from collections.abc import Iterable

from messagemedia_generated.api.delivery_reports import AsyncDeliveryReportsApi, DeliveryReportsApi
from messagemedia_generated.api.replies import AsyncRepliesApi, RepliesApi
from messagemedia_generated.models import DeliveryReport, Reply

from messagemedia._inbox.confirm_requests import reply_requests, report_requests
from messagemedia._inbox.receiving import AsyncInbox, Inbox


class Replies(Inbox[Reply]):
    """Fetch and confirm replies."""

    _kind = Reply

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
            ValidationError: Something is neither a reply nor an id; nothing was confirmed.
            TransportError: No answer came. Confirming again does no harm.
        """
        for request in reply_requests(replies):
            self._api.confirm_replies_as_received(request)


class AsyncReplies(AsyncInbox[Reply]):
    """Fetch and confirm replies."""

    _kind = Reply

    def __init__(self, api: AsyncRepliesApi) -> None:
        self._api = api

    async def check(self) -> list[Reply]:
        """Fetch the oldest unconfirmed replies, at most 100. See `Replies.check`."""
        return (await self._api.check_replies()).replies

    async def confirm(self, replies: Iterable[Reply | str] | Reply | str) -> None:
        """Confirm replies, so that they do not come again. See `Replies.confirm`."""
        for request in reply_requests(replies):
            await self._api.confirm_replies_as_received(request)


class DeliveryReports(Inbox[DeliveryReport]):
    """Fetch and confirm delivery reports."""

    _kind = DeliveryReport

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
            ValidationError: Something is neither a delivery report nor an id; nothing was confirmed.
            TransportError: No answer came. Confirming again does no harm.
        """
        for request in report_requests(reports):
            self._api.confirm_delivery_reports_as_received(request)


class AsyncDeliveryReports(AsyncInbox[DeliveryReport]):
    """Fetch and confirm delivery reports."""

    _kind = DeliveryReport

    def __init__(self, api: AsyncDeliveryReportsApi) -> None:
        self._api = api

    async def check(self) -> list[DeliveryReport]:
        """Fetch the oldest unconfirmed delivery reports, at most 100. See `DeliveryReports.check`."""
        return (await self._api.check_delivery_reports()).delivery_reports

    async def confirm(self, reports: Iterable[DeliveryReport | str] | DeliveryReport | str) -> None:
        """Confirm delivery reports, so that they do not come again. See `DeliveryReports.confirm`."""
        for request in report_requests(reports):
            await self._api.confirm_delivery_reports_as_received(request)
