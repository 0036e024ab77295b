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
        """Remove items; unknown ids are not an error."""
        for item_id in item_ids:
            self._items.pop(item_id, None)


@attrs.frozen
class Reached:
    """A status that a message has reached, and when."""

    status: str
    at: datetime
    error_code: str | None = None


@attrs.define(eq=False)
class StoredReply:
    """Something that a person has written.

    Attributes:
        number: Who.
        at: When.
        body: The reply as it is pushed.
    """

    number: str
    at: datetime
    body: JsonObject = attrs.field(repr=False)

    @property
    def content(self) -> str:
        """What was written."""
        return str(self.body["content"])


@attrs.define(eq=False)
class StoredMessage:
    """An accepted message, the rest of its walk, and what has come of it so far.

    Attributes:
        request: The place in the log of the request that brought it, if one did.
    """

    message_id: str
    account: str
    fields: JsonObject = attrs.field(repr=False)
    accepted: datetime
    steps: deque[Step]
    request: int | None = None
    status: str = "queued"
    history: list[Reached] = attrs.field(init=False)
    reports: list[JsonObject] = attrs.field(factory=list[JsonObject], repr=False)
    replies: list[StoredReply] = attrs.field(factory=list[StoredReply], repr=False)

    def __attrs_post_init__(self) -> None:
        self.history = [Reached(self.status, self.accepted)]

    @property
    def number(self) -> str:
        """Whom it was sent to."""
        return str(self.fields["destination_number"])

    @property
    def content(self) -> str:
        """What it says."""
        return str(self.fields["content"])

    @property
    def at(self) -> datetime:
        """When it was accepted."""
        return self.accepted

    @property
    def callback_url(self) -> str | None:
        """Where replies and delivery reports are pushed."""
        return self.fields.get("callback_url")

    def reach(self, status: str, at: datetime, error_code: str | None = None) -> None:
        """Have another status from now on."""
        self.status = status
        self.history.append(Reached(status, at, error_code))

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
