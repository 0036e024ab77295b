"""The model `DeliveryReport`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import define, field

from ..dicts import as_dict
from ..privacy import hidden_number, hidden_text
from ..reading import no_object, read_enum, read_integer, read_object, read_texts, read_timestamp
from .message_status import MessageStatus
from .metadata import Metadata
from .vendor_account_id import VendorAccountId


@define(kw_only=True)
class DeliveryReport:
    """The delivery report of a message, whether it was fetched or pushed.

    There is one for each change of the message's status.

    Use `to_dict()` to convert it to JSON; `raw` is what the API answered.

    Attributes:
        delivery_report_id: Id of the report.
        message_id: Id of the message.
        status: The status that the message reached.
        error_code: A more precise reason, a string of three digits such as `220` (delivered) or
            `305` (duplicate).
        source_number: The recipient of the message.
        date_received: When the report was created.
        submitted_date: When the status changed.
        original_text: The text of the message.
        delay: Always 0, which the sample templates of webhooks write as a string. Deprecated.
        billing_units: How many units were charged for the message.
        callback_url: The callback address of the message.
        metadata: The metadata of the message.
        vendor_account_id: The account that a reply or delivery report belongs to.
        raw: The JSON object as it was received.
    """

    delivery_report_id: str = ""
    """Id of the report. This is the id to confirm. For example `01e1fa0a-6e27-4945-9cdb-18644b4de043`."""

    message_id: str | None = None
    """Id of the message. For example `877c19ef-fa2e-4cec-827a-e1df9b5509f7`."""

    status: MessageStatus | None = None
    """The status that the message reached."""

    error_code: str | None = None
    """A more precise reason, a string of three digits such as `220` (delivered) or `305` (duplicate).
    It is unrelated to HTTP status codes. Seen in pushes; whether fetched reports carry it is an
    open question. For example `220`."""

    source_number: str | None = field(default=None, repr=hidden_number)
    """The recipient of the message. For example `+61491570156`."""

    date_received: datetime | None = None
    """When the report was created. An aware datetime."""

    submitted_date: datetime | None = None
    """When the status changed. An aware datetime."""

    original_text: str | None = field(default=None, repr=hidden_text)
    """The text of the message. For example `Your parcel arrives today.`."""

    delay: int | None = None
    """Always 0, which the sample templates of webhooks write as a string. Kept by the API for older
    clients. Deprecated."""

    billing_units: int | None = None
    """How many units were charged for the message. Only if billing units are enabled for the account."""

    callback_url: str | None = field(default=None, repr=hidden_text)
    """The callback address of the message. For example `https://example.com/hooks/reports`."""

    metadata: Metadata | None = field(default=None, repr=hidden_text)
    """The metadata of the message."""

    vendor_account_id: VendorAccountId | None = None
    """The account that a reply or delivery report belongs to."""

    raw: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)
    """The JSON object as it was received."""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> DeliveryReport:
        """Read a JSON object; fields that are missing or of the wrong type read as absent.

        Raises:
            ValueError: If it is not a JSON object at all.
        """
        try:
            get = raw.get
        except AttributeError:
            raise no_object(cls, raw) from None
        # Set attribute by attribute: calling `__init__` with keywords takes twice as long.
        made = cls.__new__(cls)
        made.delivery_report_id = text if isinstance(text := get("delivery_report_id"), str) else ""
        made.message_id = text if isinstance(text := get("message_id"), str) else None
        made.status = read_enum(get("status"), MessageStatus)
        made.error_code = text if isinstance(text := get("error_code"), str) else None
        made.source_number = text if isinstance(text := get("source_number"), str) else None
        made.date_received = read_timestamp(get("date_received"))
        made.submitted_date = read_timestamp(get("submitted_date"))
        made.original_text = text if isinstance(text := get("original_text"), str) else None
        made.delay = read_integer(get("delay"))
        made.billing_units = read_integer(get("billing_units"))
        made.callback_url = text if isinstance(text := get("callback_url"), str) else None
        made.metadata = read_texts(get("metadata"))
        made.vendor_account_id = read_object(get("vendor_account_id"), VendorAccountId.from_dict)
        made.raw = raw
        return made

    @property
    def extra(self) -> dict[str, Any]:
        """The fields of the answer that are not in the contract."""
        return {name: value for name, value in self.raw.items() if name not in _NAMES}

    @classmethod
    def webhook_template(cls) -> str:
        """The `template` for `create_webhook` that makes a webhook push this, in a form that `from_dict` reads."""
        return _WEBHOOK_TEMPLATE

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON values under the API's names, and `extra`, without those that are None.

        Raises:
            TypeError: If a field holds what JSON can't express.
        """
        return as_dict(self)


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
_WEBHOOK_TEMPLATE = (
    "{\n"
    '#if($messageId)"message_id": "$esc.json($messageId)",#end\n'
    '#if($status)"status": "$esc.json($status)",#end\n'
    '#if($statusCode)"error_code": "$esc.json($statusCode)",#end\n'
    '#if($sourceAddress)"source_number": "$esc.json($sourceAddress)",#end\n'
    '#if($receivedTimestamp)"date_received": "$esc.json($receivedTimestamp)",#end\n'
    '#if($submittedTimestamp)"submitted_date": "$esc.json($submittedTimestamp)",#end\n'
    '#if($messageContent)"original_text": "$esc.json($messageContent)",#end\n'
    '#if($billingUnits)"billing_units": "$esc.json($billingUnits)",#end\n'
    '#if($metadata)"metadata": {#foreach($key in $metadata.keySet())"$esc.json($key)": "$!esc.json($metadata.get($key))"#if($foreach.hasNext), #end#end},#end\n'
    '"vendor_account_id": {"vendor_id": "$!esc.json($vendorId)", "account_id": "$!esc.json($accountId)"},\n'
    '"delivery_report_id": "$reportId"\n'
    "}\n"
)
