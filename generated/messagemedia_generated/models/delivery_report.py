"""The model `DeliveryReport`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import define, field

from ..privacy import hidden_number, hidden_text
from ..reading import read_enum, read_integer, read_map, read_object, read_text, read_timestamp
from .message_status import MessageStatus
from .metadata import Metadata
from .vendor_account_id import VendorAccountId


@define(kw_only=True)
class DeliveryReport:
    """What became of a message, whether it was fetched or pushed.

    There is one for each change of its status.
    """

    delivery_report_id: str = ""
    """Id of the report. This is what has to be confirmed. For example
    `01e1fa0a-6e27-4945-9cdb-18644b4de043`."""

    message_id: str | None = None
    """Id of the message. For example `877c19ef-fa2e-4cec-827a-e1df9b5509f7`."""

    status: MessageStatus | None = None
    """The status that the message reached."""

    error_code: str | None = None
    """Finer reason, a text of three digits such as `220` (delivered) or `305` (duplicate). It has
    nothing to do with HTTP status codes. Seen in pushes; whether fetched reports carry it is an
    open question. For example `220`."""

    source_number: str | None = field(default=None, repr=hidden_number)
    """The recipient of the message. For example `+61491570156`."""

    date_received: datetime | None = None
    """When the report was made. An aware datetime."""

    submitted_date: datetime | None = None
    """When the status changed. An aware datetime."""

    original_text: str | None = field(default=None, repr=hidden_text)
    """The text of the message. For example `Your parcel arrives today.`."""

    delay: int | None = None
    """Always 0. Kept by the API for older clients. Deprecated."""

    billing_units: int | None = None
    """How many units the message was charged. Only if the account has billing units switched on."""

    callback_url: str | None = field(default=None, repr=hidden_text)
    """The callback address of the message. For example `https://example.com/hooks/reports`."""

    metadata: Metadata | None = field(default=None, repr=hidden_text)
    """The metadata of the message."""

    vendor_account_id: VendorAccountId | None = None
    """The account that a reply or delivery report belongs to."""

    raw: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)
    """The JSON object as it came."""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> DeliveryReport:
        """Read a JSON object; what is missing or of the wrong kind reads as not there."""
        return cls(
            delivery_report_id=read_text(raw.get("delivery_report_id")) or "",
            message_id=read_text(raw.get("message_id")),
            status=read_enum(raw.get("status"), MessageStatus),
            error_code=read_text(raw.get("error_code")),
            source_number=read_text(raw.get("source_number")),
            date_received=read_timestamp(raw.get("date_received")),
            submitted_date=read_timestamp(raw.get("submitted_date")),
            original_text=read_text(raw.get("original_text")),
            delay=read_integer(raw.get("delay")),
            billing_units=read_integer(raw.get("billing_units")),
            callback_url=read_text(raw.get("callback_url")),
            metadata=read_map(raw.get("metadata"), read_text),
            vendor_account_id=read_object(raw.get("vendor_account_id"), VendorAccountId.from_dict),
            raw=raw,
        )

    @property
    def extra(self) -> dict[str, Any]:
        """What came beyond the fields of the contract."""
        return {name: value for name, value in self.raw.items() if name not in _NAMES}


_NAMES = frozenset(
    {
        "delivery_report_id",
        "message_id",
        "status",
        "error_code",
        "source_number",
        "date_received",
        "submitted_date",
        "original_text",
        "delay",
        "billing_units",
        "callback_url",
        "metadata",
        "vendor_account_id",
    }
)
