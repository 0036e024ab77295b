"""How `listen` forwards: each item once, tried again until it is taken, and confirmed after that only.

`Forwarder` decides and does no input or output: it is given what fetches, pushes, confirms, waits and tells.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

from attrs import define, field, frozen

if TYPE_CHECKING:
    from messagemedia.webhooks import PushAnswer

MOST = 100  # how many of the oldest items the API shows
_LONGEST_REST = 30.0


class Inbox(Protocol):
    """Where items come from: `client.replies` or `client.delivery_reports`."""

    def check(self) -> Sequence[Any]:
        """The oldest unconfirmed items."""
        ...

    def confirm(self, items: Any, /) -> None:
        """Confirm ids."""
        ...


@frozen
class Queue:
    """One kind of items.

    Attributes:
        kind: What one of them is called, such as `reply`.
        id_name: The field with its id.
        inbox: Where they come from.
    """

    kind: str
    id_name: str
    inbox: Inbox


@frozen
class Attempt:
    """One push of one item, as it is told.

    Attributes:
        kind: `reply` or `delivery_report`.
        id_name: The field with the item's id.
        item_id: The id.
        answer: How it was answered.
        seconds: How long that took.
        attempt: Which attempt it was, from 1.
        again_in: In how many seconds it is tried again; None if it was taken.
    """

    kind: str
    id_name: str
    item_id: str
    answer: PushAnswer
    seconds: float
    attempt: int
    again_in: float | None


@define
class _Waiting:
    """What was not taken: how often it was tried, and until when it rests."""

    attempts: int = 0
    due: float = 0.0

    def failed(self, now: float) -> float:
        """Note a failure; return how many seconds to rest."""
        rest = min(2.0**self.attempts, _LONGEST_REST)
        self.attempts += 1
        self.due = now + rest
        return rest


@define
class Forwarder:
    """Forwards what comes.

    Attributes:
        push: Pushes a JSON object.
        tell: Gets each attempt.
        warn: Gets other notes.
        confirm: Whether to confirm what was taken.
        now: A clock, in seconds.
    """

    push: Callable[[Any], PushAnswer]
    tell: Callable[[Attempt], None]
    warn: Callable[[str], None]
    confirm: bool
    now: Callable[[], float] = monotonic
    _taken: set[str] = field(factory=set[str])
    _waiting: dict[str, _Waiting] = field(factory=dict[str, _Waiting])
    _down: _Waiting = field(factory=_Waiting)
    _unconfirmed: dict[str, list[str]] = field(factory=dict[str, list[str]])
    _full: set[str] = field(factory=set[str])

    def pass_over(self, queue: Queue) -> None:
        """Forward what is there now, and confirm what was taken, however that ends.

        Raises:
            MessageMediaError: The API can't be asked, or refuses.
        """
        if self._down.due > self.now():
            return
        items = queue.inbox.check()
        self._tell_if_full(queue, items)
        try:
            for item in items:
                if not self._try(queue, item):
                    break
        except BaseException:
            self._confirm_leaving(queue)
            raise
        self._confirm(queue)

    def _try(self, queue: Queue, item: Any) -> bool:
        """Push an item unless it was taken or rests; return whether it makes sense to push others now."""
        item_id = getattr(item, queue.id_name) or ""
        key = f"{queue.kind}:{item_id or json.dumps(item.raw, sort_keys=True, default=str)}"
        if key in self._taken:
            self._note_taken(queue, item_id)  # it comes again, because it could not be confirmed
            return True
        waiting = self._waiting.setdefault(key, _Waiting())
        if waiting.due > self.now():
            return True
        begun = self.now()
        answer = self.push(item.raw)
        seconds = self.now() - begun
        again_in = self._note(queue, key, item_id, waiting, answer)
        attempts = waiting.attempts + answer.ok
        self.tell(Attempt(queue.kind, queue.id_name, item_id, answer, seconds, attempts, again_in))
        return answer.status_code is not None  # where nothing answers, nothing else is taken either

    def _note(self, queue: Queue, key: str, item_id: str, waiting: _Waiting, answer: PushAnswer) -> float | None:
        """Note what came of a push; return in how many seconds it is tried again."""
        if answer.status_code is not None:
            self._down = _Waiting()
        if answer.ok:
            del self._waiting[key]
            self._taken.add(key)
            self._note_taken(queue, item_id)
            return None
        rest = waiting.failed(self.now())
        if answer.status_code is None:
            rest = self._down.failed(self.now())
            waiting.due = 0.0  # it comes first when somebody is there again
        return rest

    def _note_taken(self, queue: Queue, item_id: str) -> None:
        if self.confirm and item_id:
            self._unconfirmed.setdefault(queue.kind, []).append(item_id)

    def _confirm(self, queue: Queue) -> None:
        if ids := self._unconfirmed.get(queue.kind):
            queue.inbox.confirm(ids)
            self._unconfirmed[queue.kind] = []

    def _confirm_leaving(self, queue: Queue) -> None:
        """Confirm what was accepted before an exception is passed on, which a failure to do so must not replace."""
        try:
            self._confirm(queue)
        except Exception as error:  # noqa: BLE001  # the first exception counts
            left = len(self._unconfirmed[queue.kind])
            self.warn(
                f"{left} accepted {'item' if left == 1 else 'items'} could not be confirmed, and will come again: "
                f"{type(error).__name__}"
            )

    def _tell_if_full(self, queue: Queue, items: Sequence[Any]) -> None:
        """Tell once if nothing newer can be seen."""
        if len(items) < MOST or self.confirm or queue.kind in self._full:
            return
        self._full.add(queue.kind)
        self.warn(
            f"{MOST} items of the kind {queue.kind} are unconfirmed: newer ones can't be fetched until some are "
            "confirmed."
        )

    def rest(self, interval: float) -> float:
        """How many seconds to wait before the next pass."""
        now = self.now()
        if self._down.due > now:
            return self._down.due - now
        return max(0.05, min([interval, *(each.due - now for each in self._waiting.values())]))
