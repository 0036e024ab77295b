"""The model `OptOut`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import define, field

from ..dicts import as_dict
from ..privacy import hidden_number, hidden_text
from ..reading import no_object, read_texts, read_timestamp
from .metadata import Metadata


@define(kw_only=True)
class OptOut:
    """An opt-out: a person wants no more messages.

    Only webhooks get it. It is not a reply: it has an id of its own, and can't be confirmed.

    Use `to_dict()` to convert it to JSON; `raw` is what the API answered.

    Attributes:
        notification_id: Id of the opt-out.
        account_id: Id of the account that the person opted out of.
        destination_number: The number it was sent to.
        source_number: Who opted out.
        date_received: When the opt-out arrived.
        message_id: Id of the message that it replies to.
        content: The text that the person sent.
        metadata: The metadata of the message that it replies to.
        raw: The JSON object as it was received.
    """

    notification_id: str = ""
    """Id of the opt-out. For example `3e6e6b1a-6c1d-4b1a-9c1e-6f1a6b1a6c1d`."""

    account_id: str | None = None
    """Id of the account that the person opted out of. For example `MyAccount`."""

    destination_number: str | None = field(default=None, repr=hidden_number)
    """The number it was sent to. For example `+61491570157`."""

    source_number: str | None = field(default=None, repr=hidden_number)
    """Who opted out. For example `+61491570156`."""

    date_received: datetime | None = None
    """When the opt-out arrived. An aware datetime."""

    message_id: str | None = None
    """Id of the message that it replies to. Absent if there was none. For example
    `877c19ef-fa2e-4cec-827a-e1df9b5509f7`."""

    content: str | None = field(default=None, repr=hidden_text)
    """The text that the person sent. For example `STOP`."""

    metadata: Metadata | None = field(default=None, repr=hidden_text)
    """The metadata of the message that it replies to."""

    raw: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)
    """The JSON object as it was received."""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> OptOut:
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
        made.notification_id = text if isinstance(text := get("notification_id"), str) else ""
        made.account_id = text if isinstance(text := get("account_id"), str) else None
        made.destination_number = text if isinstance(text := get("destination_number"), str) else None
        made.source_number = text if isinstance(text := get("source_number"), str) else None
        made.date_received = read_timestamp(get("date_received"))
        made.message_id = text if isinstance(text := get("message_id"), str) else None
        made.content = text if isinstance(text := get("content"), str) else None
        made.metadata = read_texts(get("metadata"))
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
        "notification_id",
        "account_id",
        "destination_number",
        "source_number",
        "date_received",
        "message_id",
        "content",
        "metadata",
    }
)
_WEBHOOK_TEMPLATE = (
    "{\n"
    '#if($accountId)"account_id": "$esc.json($accountId)",#end\n'
    '#if($destinationAddress)"destination_number": "$esc.json($destinationAddress)",#end\n'
    '#if($sourceAddress)"source_number": "$esc.json($sourceAddress)",#end\n'
    '#if($receivedTimestamp)"date_received": "$esc.json($receivedTimestamp)",#end\n'
    '#if($messageId)"message_id": "$esc.json($messageId)",#end\n'
    '#if($replyContent)"content": "$esc.json($replyContent)",#end\n'
    '#if($metadata)"metadata": {#foreach($key in $metadata.keySet())"$esc.json($key)": "$!esc.json($metadata.get($key))"#if($foreach.hasNext), #end#end},#end\n'
    '"notification_id": "$notificationId"\n'
    "}\n"
)
