"""Receiving without loss: check, handle, confirm, again and again. Items are handled in batches; one alone is a batch.

`Run.steps` decides and does no input or output: it yields what is to be done, is sent what came of it, and ends when
the run does. The blocking and the awaited client drive the same steps, so they can't differ.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from time import monotonic
from typing import Any, Generic

from attrs import define, frozen

from messagemedia._call.polling import TRANSIENT, Backoff, raise_if_foreign
from messagemedia._call.progress import Pause
from messagemedia._inbox.memory import Key, Memory
from messagemedia._inbox.options import Item, Options
from messagemedia.errors import MessageMediaError, NotConfirmedError

_logger = logging.getLogger("messagemedia")

# So many confirmations in a row may have no effect before a run that is to end by itself ends with an error.
MAX_FUTILE = 5


@frozen
class Check:
    """That the oldest unconfirmed items are to be fetched."""


@frozen
class Handle(Generic[Item]):
    """That items are to be handled, together: a list of its own, which may be changed."""

    items: list[Item]


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
    """The summary of a run of `consume` or `consume_batches`.

    Attributes:
        handled: How many items were handled.
        dead_lettered: How many could not be handled, and went to `dead_letter`.
        unconfirmable: How many of both had no id: they can't be confirmed, and come again in the next run.
    """

    handled: int = 0
    dead_lettered: int = 0
    unconfirmable: int = 0


@define
class _Failing:
    """What is known of an item that the handler has failed with: how often, with it alone, and until when it rests."""

    attempts: int = 0
    due: float = 0.0


class Run(Generic[Item]):
    """One call of `consume` or `consume_batches`, without any input or output."""

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
        self._is_stopped = is_stopped
        self._has_dead_letter = has_dead_letter
        self._now = now
        # A whole batch is confirmed by itself; items that come alone after a failure are confirmed together.
        self._confirm_every = max(options.size, options.confirm_every)
        self._backoff = Backoff(options.poll_interval, options.max_poll_interval)
        self._failing: dict[Key, _Failing] = {}
        self._memory = Memory(id_of)
        self._futile = 0  # how many confirmations in a row had no effect
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
        self._memory.unconfirmed.clear()

    def _work(self) -> Steps[Item]:
        while not self._is_over():
            items = yield from self._fetch()
            if items is None:
                yield Pause(self._backoff.next())
                continue
            waiting = self._sort(items)
            if self._options.until_empty and not self._memory.unconfirmed and not waiting:
                return
            before = self.summary
            yield from self._pass(waiting)
            if self.summary != before:
                self._backoff.reset()
            elif not self._is_over():
                yield Pause(self._idle())

    def _is_over(self) -> bool:
        return self._is_stopped() or self._room() <= 0

    def _room(self) -> int:
        """How many items may be handled together now."""
        size, limit = self._options.size, self._options.limit
        return size if limit is None else min(size, limit - self.summary.handled - self.summary.dead_lettered)

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
        raise_if_foreign(error)
        if self._options.until_empty:
            raise error
        _logger.warning("consuming continues after a failure: %s", type(error).__name__)

    def _sort(self, items: Sequence[Item]) -> dict[Key, Item]:
        """The items that still wait to be handled. Those that were confirmed before are noted to be confirmed again."""
        waiting = self._memory.take(items)
        self._failing = {key: failing for key, failing in self._failing.items() if key in waiting}
        again, nameless = len(self._memory.unconfirmed), self._memory.nameless
        if not waiting and (again or nameless):
            # Nothing else can come while these are the oldest ones; whoever looks for a reason shall find it.
            _logger.warning(
                "only items that were already handled are returned: %d of them confirmed, %d without an id",
                again,
                nameless,
            )
        self._futile = self._futile + 1 if again and not waiting else 0
        if self._options.until_empty and self._futile >= MAX_FUTILE:
            self._memory.unconfirmed.clear()  # once more would not help either
            raise NotConfirmedError(
                f"the same items keep coming although they were confirmed {MAX_FUTILE} times in a row"
                f" ({again} in the last answer)",
                hint="They were handled, so nothing is lost. Check that no proxy answers instead of the API, or ask "
                "the API's support about the ids that check() returns.",
            )
        return waiting

    def _pass(self, waiting: Mapping[Key, Item]) -> Steps[Item]:
        """Try each item once that is not to rest after a failure."""
        may_confirm = True
        for batch in self._batches(waiting):
            if self._is_over():
                return
            yield from self._try({key: waiting[key] for key in batch})
            if may_confirm and (len(batch) > 1 or len(self._memory.unconfirmed) >= self._confirm_every):
                try:
                    yield from self._confirm()
                except TRANSIENT as error:
                    self._bear(error)
                    may_confirm = False

    def _batches(self, waiting: Mapping[Key, Item]) -> Iterator[list[Key]]:
        """What is handled together. Items that the handler has failed with come alone, so that it shows with which."""
        fresh = iter([key for key in waiting if key not in self._failing])
        rested = [key for key, failing in self._failing.items() if failing.due <= self._now()]
        while batch := list(islice(fresh, self._room())):
            yield batch
        yield from ([key] for key in rested)

    def _try(self, batch: Mapping[Key, Item]) -> Steps[Item]:
        try:
            yield Handle([*batch.values()])
        except Exception as error:
            if not self._has_dead_letter:
                raise
            if len(batch) > 1:
                self._take_apart(batch, error)
                return
            [(key, item)] = batch.items()
            if not self._is_hopeless(key, error):
                return
            yield Bury(item, error)
            self._count(key, dead_lettered=1)
        else:
            for key in batch:
                self._count(key, handled=1)

    def _take_apart(self, batch: Iterable[Key], error: Exception) -> None:
        """Let each item of a batch come alone after a rest: nobody knows yet with which of them the handler failed."""
        _logger.warning("a batch can't be handled, so each of its items now comes alone: %s", type(error).__name__)
        for key in batch:
            self._failing[key] = _Failing(due=self._now() + self._options.poll_interval)

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
        self._memory.finish(key)
        if not key.id:
            _logger.warning("an item without an id was handled; it can't be confirmed, and comes again in the next run")
        done = self.summary
        self.summary = Consumed(
            done.handled + handled, done.dead_lettered + dead_lettered, done.unconfirmable + (not key.id)
        )

    def _idle(self) -> float:
        """How many seconds to wait when nothing could be done: until new items may be there, or one has rested."""
        rests = [failing.due - self._now() for failing in self._failing.values()]
        return max(0.0, min([self._backoff.next(), *rests]))

    def _confirm(self, *, leaving: bool = False) -> Steps[Item]:
        while self._memory.unconfirmed:
            ids = list(islice(self._memory.unconfirmed, self._options.max_confirms))
            yield Confirm(ids, leaving)
            self._memory.confirmed(ids)

    def _leave(self, error: BaseException) -> Steps[Item]:
        """Confirm what is handled before an exception is passed on, which a failure to do so must not replace."""
        try:
            yield from self._confirm(leaving=True)
        except Exception as failure:  # noqa: BLE001  # told with the exception that goes on
            _logger.warning("%s: %s", self._left_over(), type(failure).__name__)
            error.add_note(f"{self._left_over()}: {type(failure).__name__}")

    def _left_over(self) -> str:
        return f"{len(self._memory.unconfirmed)} handled items could not be confirmed, and will come again"
