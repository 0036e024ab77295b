"""Receiving without loss: check, handle, confirm, again and again.

`Run.steps` decides and does no input or output: it yields what is to be done, is sent what came of it, and ends when
the run does. The blocking and the awaited client drive the same steps, so they can't differ.
"""

from __future__ import annotations

import json
import logging
from collections import Counter, OrderedDict
from collections.abc import Callable, Generator, Mapping, Sequence
from itertools import islice
from time import monotonic
from typing import Any, Generic

from attrs import define, frozen

from messagemedia._call.polling import TRANSIENT, Backoff
from messagemedia._call.progress import Pause
from messagemedia._inbox.options import Item, Options
from messagemedia.errors import MessageMediaError

_logger = logging.getLogger("messagemedia")

# So many ids of confirmed items are kept, to know them if they come again: about 18 MB.
REMEMBERED = 100_000

Key = str | tuple[str, int]  # the id of an item; if it has none, its content and which of several equal ones it is


@frozen
class Check:
    """That the oldest unconfirmed items are to be fetched."""


@frozen
class Handle(Generic[Item]):
    """That an item is to be handled."""

    item: Item


@frozen
class Bury(Generic[Item]):
    """That an item which can't be handled is to be given to `dead_letter`."""

    item: Item
    error: Exception


@frozen
class Confirm:
    """That items are to be confirmed; `leaving` if an exception waits for it."""

    ids: Sequence[str]
    leaving: bool


Step = Check | Handle[Item] | Bury[Item] | Confirm | Pause
Steps = Generator[Step[Item], Any, None]


@frozen
class Consumed:
    """What a run of `consume` has done.

    Attributes:
        handled: How many items were handled.
        dead_lettered: How many could not be handled, and were given to `dead_letter`.
        unconfirmable: How many of both came without an id: they can't be confirmed, and come again in the next run.
    """

    handled: int = 0
    dead_lettered: int = 0
    unconfirmable: int = 0


@define
class _Failing:
    """What is known of an item whose handler has failed."""

    attempts: int = 0
    due: float = 0.0


class Run(Generic[Item]):
    """One call of `consume`, without any input or output."""

    def __init__(
        self,
        options: Options,
        *,
        id_of: Callable[[Item], str],
        is_stopped: Callable[[], bool],
        has_dead_letter: bool = False,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._options = options
        self._id_of = id_of
        self._is_stopped = is_stopped
        self._has_dead_letter = has_dead_letter
        self._now = now
        self._backoff = Backoff(options.poll_interval, options.max_poll_interval)
        self._failing: dict[Key, _Failing] = {}
        self._unconfirmed: dict[str, None] = {}  # done with, in order
        self._confirmed: OrderedDict[str, None] = OrderedDict()
        self._unconfirmable: set[Key] = set()  # done with, without an id, and still in the last answer
        self.summary = Consumed()

    def steps(self) -> Steps[Item]:
        """The steps of the run. However it ends, what was handled is confirmed."""
        try:
            yield from self._work()
        except BaseException as error:
            yield from self._leave(error)
            raise
        try:
            yield from self._confirm()
        except Exception as error:
            error.add_note(self._left_over())
            raise

    def abandon(self) -> None:
        """Leave the rest, and what is to be confirmed, to the process that this one was forked from."""
        self._unconfirmed.clear()

    def _work(self) -> Steps[Item]:
        while not self._is_over():
            items = yield from self._fetch()
            if items is None:
                yield Pause(self._backoff.next())
                continue
            waiting = self._sort(items)
            if self._options.until_empty and not self._unconfirmed and not waiting:
                return
            before = self.summary
            yield from self._pass(waiting)
            if self.summary != before:
                self._backoff.reset()
            elif not self._is_over():
                yield Pause(self._idle())

    def _is_over(self) -> bool:
        done = self.summary.handled + self.summary.dead_lettered
        return self._is_stopped() or (self._options.limit is not None and done >= self._options.limit)

    def _fetch(self) -> Generator[Step[Item], Any, Sequence[Item] | None]:
        """The oldest unconfirmed items, after all that is handled was confirmed; None if that has to wait."""
        try:
            yield from self._confirm()
            items: Sequence[Item] = yield Check()
        except TRANSIENT as error:
            self._bear(error)
            return None
        return items

    def _bear(self, error: MessageMediaError) -> None:
        """Go on after a failure that may be over soon, unless the run is to end anyway."""
        if self._options.until_empty:
            raise error
        _logger.warning("consuming goes on after a failure: %s", type(error).__name__)

    def _sort(self, items: Sequence[Item]) -> dict[Key, Item]:
        """The items that still wait to be handled. Those that were confirmed before are noted to be confirmed again."""
        keyed: dict[Key, Item] = {}
        copies: Counter[str] = Counter()
        for item in items:
            key: Key = self._id_of(item)
            if not key:
                content = json.dumps(item.raw, sort_keys=True, default=repr)
                copies[content] += 1
                key = (content, copies[content])
            keyed.setdefault(key, item)
        again = [key for key in keyed if isinstance(key, str) and key in self._confirmed]
        self._unconfirmed |= dict.fromkeys(again)
        self._unconfirmable &= keyed.keys()
        self._failing = {key: failing for key, failing in self._failing.items() if key in keyed}
        known: set[Key] = {*again, *self._unconfirmable}
        waiting = {key: item for key, item in keyed.items() if key not in known}
        if keyed and not waiting:
            # Nothing else can come while these are the oldest ones; whoever looks for a reason shall find it.
            _logger.warning(
                "only items that were handled before come: %d again after they were confirmed, %d without an id",
                len(again),
                len(self._unconfirmable),
            )
        return waiting

    def _pass(self, waiting: Mapping[Key, Item]) -> Steps[Item]:
        """Try each item once that is not to rest after a failure."""
        may_confirm = True
        for key, item in waiting.items():
            if self._is_over():
                return
            if key in self._failing and self._failing[key].due > self._now():
                continue
            yield from self._try(key, item)
            if may_confirm and len(self._unconfirmed) >= self._options.confirm_every:
                try:
                    yield from self._confirm()
                except TRANSIENT as error:
                    self._bear(error)
                    may_confirm = False

    def _try(self, key: Key, item: Item) -> Steps[Item]:
        try:
            yield Handle(item)
        except Exception as error:
            if not self._has_dead_letter:
                raise
            if not self._is_hopeless(key, error):
                return
            yield Bury(item, error)
            self._count(key, dead_lettered=1)
        else:
            self._count(key, handled=1)

    def _is_hopeless(self, key: Key, error: Exception) -> bool:
        """Whether an item has failed often enough; if not, it rests for a while."""
        failing = self._failing.setdefault(key, _Failing())
        failing.attempts += 1
        most = self._options.max_attempts
        _logger.warning("an item can't be handled, attempt %d of %d: %s", failing.attempts, most, type(error).__name__)
        rest = self._options.poll_interval * 2.0 ** min(failing.attempts - 1, 30)
        failing.due = self._now() + min(rest, self._options.max_poll_interval)
        return failing.attempts >= most

    def _count(self, key: Key, *, handled: int = 0, dead_lettered: int = 0) -> None:
        """Note that an item is done with."""
        self._failing.pop(key, None)
        if has_id := isinstance(key, str):
            self._unconfirmed[key] = None
        else:
            self._unconfirmable.add(key)
            _logger.warning("an item without an id was handled; it can't be confirmed, and comes again in the next run")
        done = self.summary
        self.summary = Consumed(
            done.handled + handled, done.dead_lettered + dead_lettered, done.unconfirmable + (not has_id)
        )

    def _idle(self) -> float:
        """How many seconds to wait when nothing could be done: until new items may be there, or one has rested."""
        rests = [failing.due - self._now() for failing in self._failing.values()]
        return max(0.0, min([self._backoff.next(), *rests]))

    def _confirm(self, *, leaving: bool = False) -> Steps[Item]:
        while self._unconfirmed:
            ids = list(islice(self._unconfirmed, self._options.max_confirms))
            yield Confirm(ids, leaving)
            for each in ids:
                del self._unconfirmed[each]
                self._confirmed[each] = None
            while len(self._confirmed) > REMEMBERED:
                self._confirmed.popitem(last=False)

    def _leave(self, error: BaseException) -> Steps[Item]:
        """Confirm what is handled before an exception goes on, which a failure to do so must not replace."""
        try:
            yield from self._confirm(leaving=True)
        except Exception as failure:  # noqa: BLE001  # told with the exception that goes on
            _logger.warning("%s: %s", self._left_over(), type(failure).__name__)
            error.add_note(f"{self._left_over()}: {type(failure).__name__}")

    def _left_over(self) -> str:
        return f"{len(self._unconfirmed)} handled items could not be confirmed, and come again"
