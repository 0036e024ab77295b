"""What belongs to one account: its messages, and what it has not yet confirmed."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

import attrs

from messagemedia.sandbox.keys import KeyRing
from messagemedia.sandbox.walk import Step
from messagemedia.sandbox.webhooks import WebhookRegistry

JsonObject = dict[str, Any]


class UnconfirmedQueue:
    """What an account has not yet confirmed, the oldest first."""

    def __init__(self) -> None:
        # An OrderedDict, because a dict looks at every removed entry again when it is read from the front.
        self._items: OrderedDict[str, tuple[datetime, JsonObject]] = OrderedDict()

    def add(self, item_id: str, received: datetime, item: JsonObject) -> None:
        """Append an item."""
        self._items[item_id] = (received, item)

    def oldest(self, limit: int, *, kept_since: datetime) -> list[JsonObject]:
        """Return the oldest items, and forget those that are no longer kept."""
        while self._items and next(iter(self._items.values()))[0] < kept_since:
            self._items.popitem(last=False)
        return [item for _, item in islice(self._items.values(), limit)]

    def confirm(self, item_ids: Iterable[str]) -> None:
        """Remove items; unknown ids are no error."""
        for item_id in item_ids:
            self._items.pop(item_id, None)


@attrs.define(eq=False)
class StoredMessage:
    """An accepted message and the rest of its walk."""

    message_id: str
    account: str
    fields: JsonObject = attrs.field(repr=False)
    accepted: datetime
    steps: deque[Step]
    status: str = "queued"

    @property
    def callback_url(self) -> str | None:
        """Where replies and delivery reports are pushed."""
        return self.fields.get("callback_url")

    def as_json(self) -> JsonObject:
        """The message as the API shows it."""
        return {"message_id": self.message_id, "status": self.status, **self.fields}


@attrs.define(eq=False)
class Mailbox:
    """What belongs to one account or sub-account."""

    messages: dict[str, StoredMessage] = attrs.field(factory=dict[str, StoredMessage])
    replies: UnconfirmedQueue = attrs.field(factory=UnconfirmedQueue)
    reports: UnconfirmedQueue = attrs.field(factory=UnconfirmedQueue)
    webhooks: WebhookRegistry = attrs.field(factory=WebhookRegistry)
    keys: KeyRing = attrs.field(factory=KeyRing)
