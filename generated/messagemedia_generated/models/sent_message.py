"""The model `SentMessage`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import define, field

from ..dicts import as_dict
from ..privacy import hidden_number, hidden_text
from ..reading import no_object, read_enum, read_list, read_text, read_texts, read_timestamp
from .message_format import MessageFormat
from .message_status import MessageStatus
from .metadata import Metadata
from .source_number_type import SourceNumberType


@define(kw_only=True)
class SentMessage:
    """One message as the API stores it.

    Every field that was sent is returned; `media` and `subject` only in the answer to sending, not
    when the message is read again.

    Use `to_dict()` to convert it to JSON; `raw` is what the API answered.

    Attributes:
        message_id: Id of the message.
        status: The status of the message.
        content: The text.
        destination_number: The recipient.
        callback_url: Address to which this message's replies and delivery reports are pushed.
        delivery_report: Whether delivery reports were requested.
        format: How the message is delivered.
        media: Addresses of the files of an MMS.
        message_expiry_timestamp: When the API gives up delivering the message.
        metadata: Pairs of your own.
        scheduled: When the message is sent.
        source_number: The sender.
        source_number_type: The type of `source_number`.
        subject: Subject of an MMS.
        raw: The JSON object as it was received.
    """

    message_id: str = ""
    """Id of the message. Store it, to get the status and to match replies and delivery reports. For
    example `877c19ef-fa2e-4cec-827a-e1df9b5509f7`."""

    status: MessageStatus | None = None
    """The status of the message. Right after sending, it is always `queued`."""

    content: str | None = field(default=None, repr=hidden_text)
    """The text. For example `Your parcel arrives today.`."""

    destination_number: str | None = field(default=None, repr=hidden_number)
    """The recipient. For example `+61491570156`."""

    callback_url: str | None = field(default=None, repr=hidden_text)
    """Address to which this message's replies and delivery reports are pushed. For example
    `https://example.com/hooks/messages`."""

    delivery_report: bool | None = None
    """Whether delivery reports were requested."""

    format: MessageFormat | None = None
    """How the message is delivered."""

    media: list[str] | None = field(default=None, repr=hidden_text)
    """Addresses of the files of an MMS."""

    message_expiry_timestamp: datetime | None = None
    """When the API gives up delivering the message. An aware datetime."""

    metadata: Metadata | None = field(default=None, repr=hidden_text)
    """Pairs of your own. They are returned with the message's replies and delivery reports."""

    scheduled: datetime | None = None
    """When the message is sent. An aware datetime."""

    source_number: str | None = field(default=None, repr=hidden_number)
    """The sender. For example `+61491570157`."""

    source_number_type: SourceNumberType | None = None
    """The type of `source_number`."""

    subject: str | None = field(default=None, repr=hidden_text)
    """Subject of an MMS. For example `Your ticket`."""

    raw: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)
    """The JSON object as it was received."""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> SentMessage:
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
        made.message_id = text if isinstance(text := get("message_id"), str) else ""
        made.status = read_enum(get("status"), MessageStatus)
        made.content = text if isinstance(text := get("content"), str) else None
        made.destination_number = text if isinstance(text := get("destination_number"), str) else None
        made.callback_url = text if isinstance(text := get("callback_url"), str) else None
        made.delivery_report = flag if isinstance(flag := get("delivery_report"), bool) else None
        made.format = read_enum(get("format"), MessageFormat)
        made.media = read_list(get("media"), read_text)
        made.message_expiry_timestamp = read_timestamp(get("message_expiry_timestamp"))
        made.metadata = read_texts(get("metadata"))
        made.scheduled = read_timestamp(get("scheduled"))
        made.source_number = text if isinstance(text := get("source_number"), str) else None
        made.source_number_type = read_enum(get("source_number_type"), SourceNumberType)
        made.subject = text if isinstance(text := get("subject"), str) else None
        made.raw = raw
        return made

    @property
    def extra(self) -> dict[str, Any]:
        """The fields of the answer that are not in the contract."""
        return {name: value for name, value in self.raw.items() if name not in _NAMES}

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON values under the API's names, and `extra`, without those that are None.

        Raises:
            TypeError: If a field holds what JSON can't express.
        """
        return as_dict(self)


_NAMES = frozenset(
    {
        "message_id",
        "status",
        "content",
        "destination_number",
        "callback_url",
        "delivery_report",
        "format",
        "media",
        "message_expiry_timestamp",
        "metadata",
        "scheduled",
        "source_number",
        "source_number_type",
        "subject",
    }
)
