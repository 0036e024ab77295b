"""The short verbs around what comes back, replies and delivery reports: fetch, handle, confirm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar, cast

from messagemedia_generated.api.delivery_reports import AsyncDeliveryReportsApi, DeliveryReportsApi
from messagemedia_generated.api.replies import AsyncRepliesApi, RepliesApi
from messagemedia_generated.models import (
    ConfirmDeliveryReportsAsReceivedRequest,
    ConfirmRepliesAsReceivedRequest,
    DeliveryReport,
    Reply,
)
from messagemedia_generated.writing import write_text

from messagemedia.errors import FieldError, ValidationError

Item = TypeVar("Item", Reply, DeliveryReport)


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
