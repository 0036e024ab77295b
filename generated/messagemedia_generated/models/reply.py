"""The model `Reply`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import define, field

from ..dicts import as_dict
from ..privacy import hidden_number, hidden_text
from ..reading import no_object, read_object, read_objects, read_texts, read_timestamp
from .attachment import Attachment
from .metadata import Metadata
from .vendor_account_id import VendorAccountId


@define(kw_only=True)
class Reply:
    """A reply of a person, whether it was fetched or pushed.

    Its source is the destination of the original message.

    Use `to_dict()` to convert it to JSON; `raw` is what the API answered.

    Attributes:
        reply_id: Id of the reply.
        message_id: Id of the message that it replies to.
        content: The text of the reply.
        source_number: The number of the person.
        destination_number: The number it was sent to.
        date_received: When the reply arrived.
        callback_url: The callback address of the original message.
        metadata: The metadata of the original message.
        vendor_account_id: The account that a reply or delivery report belongs to.
        account_id: Id of the account.
        attachments: The files of an MMS reply.
        raw: The JSON object as it was received.
    """

    reply_id: str = ""
    """Id of the reply. This is the id to confirm. For example `a175e797-2b54-468b-9850-41a3eab32f74`."""

    message_id: str | None = None
    """Id of the message that it replies to. Absent if the person wrote first. For example
    `877c19ef-fa2e-4cec-827a-e1df9b5509f7`."""

    content: str | None = field(default=None, repr=hidden_text)
    """The text of the reply. For example `Thanks!`."""

    source_number: str | None = field(default=None, repr=hidden_number)
    """The number of the person. For example `+61491570156`."""

    destination_number: str | None = field(default=None, repr=hidden_number)
    """The number it was sent to. Absent if the original message named no source number. For example
    `+61491570157`."""

    date_received: datetime | None = None
    """When the reply arrived. An aware datetime."""

    callback_url: str | None = field(default=None, repr=hidden_text)
    """The callback address of the original message. For example `https://example.com/hooks/replies`."""

    metadata: Metadata | None = field(default=None, repr=hidden_text)
    """The metadata of the original message."""

    vendor_account_id: VendorAccountId | None = None
    """The account that a reply or delivery report belongs to."""

    account_id: str | None = None
    """Id of the account. Only in pushes made with the sample templates of webhooks, instead of
    `vendor_account_id`. For example `MyAccount`."""

    attachments: list[Attachment] | None = field(default=None, repr=hidden_text)
    """The files of an MMS reply. Only in pushed replies, and only if the account may receive MMS."""

    raw: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)
    """The JSON object as it was received."""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Reply:
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
        made.reply_id = text if isinstance(text := get("reply_id"), str) else ""
        made.message_id = text if isinstance(text := get("message_id"), str) else None
        made.content = text if isinstance(text := get("content"), str) else None
        made.source_number = text if isinstance(text := get("source_number"), str) else None
        made.destination_number = text if isinstance(text := get("destination_number"), str) else None
        made.date_received = read_timestamp(get("date_received"))
        made.callback_url = text if isinstance(text := get("callback_url"), str) else None
        made.metadata = read_texts(get("metadata"))
        made.vendor_account_id = read_object(get("vendor_account_id"), VendorAccountId.from_dict)
        made.account_id = text if isinstance(text := get("account_id"), str) else None
        made.attachments = read_objects(get("attachments"), Attachment.from_dict)
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
        "reply_id",
        "message_id",
        "content",
        "source_number",
        "destination_number",
        "date_received",
        "callback_url",
        "metadata",
        "vendor_account_id",
        "account_id",
        "attachments",
    }
)
_WEBHOOK_TEMPLATE = (
    "{\n"
    '#if($messageId)"message_id": "$esc.json($messageId)",#end\n'
    '#if($replyContent)"content": "$esc.json($replyContent)",#end\n'
    '#if($sourceAddress)"source_number": "$esc.json($sourceAddress)",#end\n'
    '#if($destinationAddress)"destination_number": "$esc.json($destinationAddress)",#end\n'
    '#if($receivedTimestamp)"date_received": "$esc.json($receivedTimestamp)",#end\n'
    '#if($metadata)"metadata": {#foreach($key in $metadata.keySet())"$esc.json($key)": "$!esc.json($metadata.get($key))"#if($foreach.hasNext), #end#end},#end\n'
    '"vendor_account_id": {"vendor_id": "$!esc.json($vendorId)", "account_id": "$!esc.json($accountId)"},\n'
    '#if($accountId)"account_id": "$esc.json($accountId)",#end\n'
    '#if($attachments)"attachments": [#foreach($item in $attachments){"content_type": "$!esc.json($item.contentType)", "content": "$!esc.json($item.base64)", "original_name": "$!esc.json($item.originalName)"}#if($foreach.hasNext), #end#end],#end\n'
    '"reply_id": "$replyId"\n'
    "}\n"
)
