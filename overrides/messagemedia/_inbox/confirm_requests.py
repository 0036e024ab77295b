"""What confirms items: their ids, checked, in requests of the size that the API takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from messagemedia_generated.models import (
    ConfirmDeliveryReportsAsReceivedRequest,
    ConfirmRepliesAsReceivedRequest,
    DeliveryReport,
    Reply,
)
from messagemedia_generated.writing import write_text

from messagemedia._inbox.options import Item
from messagemedia.errors import FieldError, ValidationError

ID_NAMES = {Reply: "reply_id", DeliveryReport: "delivery_report_id"}
MAX_IDS = {
    Reply: ConfirmRepliesAsReceivedRequest.MAX_REPLY_IDS,
    DeliveryReport: ConfirmDeliveryReportsAsReceivedRequest.MAX_DELIVERY_REPORT_IDS,
}
MAX_CONFIRMS = min(MAX_IDS.values())


def reply_requests(
    replies: Iterable[Reply | str] | Reply | str,
) -> Iterator[ConfirmRepliesAsReceivedRequest]:
    """The requests that confirm replies."""
    for reply_ids in _batches(replies, Reply):
        yield ConfirmRepliesAsReceivedRequest(reply_ids=reply_ids)


def report_requests(
    reports: Iterable[DeliveryReport | str] | DeliveryReport | str,
) -> Iterator[ConfirmDeliveryReportsAsReceivedRequest]:
    """The requests that confirm delivery reports."""
    for report_ids in _batches(reports, DeliveryReport):
        yield ConfirmDeliveryReportsAsReceivedRequest(delivery_report_ids=report_ids)


def _batches(items: Iterable[Item | str] | Item | str, kind: type[Item]) -> Iterator[list[str]]:
    """The ids of items, in lists that fit into a request; all are checked before the first list is made."""
    id_name, size = ID_NAMES[kind], MAX_IDS[kind]
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
