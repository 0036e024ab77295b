"""What a run knows of the items that came: which of them wait, which are done with, and which ids can be confirmed.

A confirmation names an id, and what is confirmed under it is everything that came with it. So an id is to be confirmed
only when all of its items in the last answer are done with.
"""

from __future__ import annotations

import json
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import Generic, NamedTuple

from messagemedia._inbox.options import Item

# So many confirmed items are kept, to know them if they come again: about 16 MB.
REMEMBERED = 100_000


class Key(NamedTuple):
    """What an item is known by.

    Attributes:
        id: Its id, empty if it came without one.
        content: A digest of all that came with it, its id included.
        copy: Which of several equal items of one answer it is.
    """

    id: str
    content: bytes
    copy: int


class Memory(Generic[Item]):
    """What is known of the items that came."""

    def __init__(self, id_of: Callable[[Item], str]) -> None:
        self.unconfirmed: dict[str, None] = {}  # ids that can be confirmed, in order
        self._id_of = id_of
        self._contents: dict[str, set[bytes]] = {}  # what came with each id in the last answer
        self._open: Counter[str] = Counter()  # how many items of each id are not done with
        self._done: set[Key] = set()  # done with, still in the last answer
        self._confirmed: OrderedDict[bytes, None] = OrderedDict()

    def take(self, items: Iterable[Item]) -> dict[Key, Item]:
        """Take note of an answer, after all that could be confirmed was; the items that still wait to be handled.

        Ids of which none waits can be confirmed, once more if they were confirmed before.
        """
        keyed = self._keyed(items)
        self._done &= keyed.keys()
        waiting = {
            key: item for key, item in keyed.items() if key not in self._done and key.content not in self._confirmed
        }
        self._open = Counter(key.id for key in waiting)
        self._contents = {}
        for key in keyed:
            if key.id:
                self._contents.setdefault(key.id, set()).add(key.content)
        self.unconfirmed |= dict.fromkeys(each for each in self._contents if not self._open[each])
        return waiting

    def _keyed(self, items: Iterable[Item]) -> dict[Key, Item]:
        keyed: dict[Key, Item] = {}
        copies: Counter[bytes] = Counter()
        for item in items:
            name = self._id_of(item)
            text = json.dumps([name, item.raw or item.to_dict()], sort_keys=True, default=repr)
            content = blake2b(text.encode(), digest_size=16).digest()
            copies[content] += 1
            keyed[Key(_confirmable(name), content, copies[content])] = item
        return keyed

    def finish(self, key: Key) -> None:
        """Note that an item is done with."""
        self._done.add(key)
        self._open[key.id] -= 1
        if key.id and not self._open[key.id]:
            self.unconfirmed[key.id] = None

    def confirmed(self, ids: Sequence[str]) -> None:
        """Note that ids were confirmed."""
        for each in ids:
            del self.unconfirmed[each]
            for content in self._contents[each]:
                self._confirmed[content] = None
                self._confirmed.move_to_end(content)
        while len(self._confirmed) > REMEMBERED:
            self._confirmed.popitem(last=False)

    @property
    def nameless(self) -> int:
        """How many items of the last answer are done with and have no id."""
        return sum(not key.id for key in self._done)


def _confirmable(name: str) -> str:
    """An id; empty if no request could hold it, such as half of a surrogate pair."""
    return name if name.isascii() or name.encode(errors="ignore").decode() == name else ""
