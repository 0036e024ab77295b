"""What was said with each number, as the pages show it."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator
from itertools import islice

import attrs

from messagemedia.sandbox.mailbox import StoredMessage, StoredReply

Said = StoredMessage | StoredReply

SHOWN = 10_000
"""How many messages and replies the pages show."""


@attrs.frozen
class Conversation:
    """What was said with one number.

    Attributes:
        number: The number, as it was written last.
        said: Messages and replies, the newest first.
        total: How many there are, with those that `said` leaves out.
    """

    number: str
    said: list[Said] = attrs.field(repr=False)
    total: int


class Conversations:
    """Messages and replies by the number of the other side, as many as the limit allows."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._by_number: OrderedDict[str, deque[Said]] = OrderedDict()
        self._order: deque[str] = deque()

    def add(self, said: Said) -> None:
        """Append something to its conversation, and forget the oldest of all if there are too many."""
        number = _key(said.number)
        self._by_number.setdefault(number, deque()).append(said)
        self._by_number.move_to_end(number)
        self._order.append(number)
        if len(self._order) > self._limit:
            oldest = self._order.popleft()
            self._by_number[oldest].popleft()
            if not self._by_number[oldest]:
                del self._by_number[oldest]

    @property
    def count(self) -> int:
        """How many conversations there are."""
        return len(self._by_number)

    def latest(self, begin: int, count: int) -> list[Conversation]:
        """Conversations with the last word of each, the newest first."""
        numbers = islice(reversed(self._by_number), begin, begin + count)
        return [conversation for number in numbers if (conversation := self.of(number, 1)) is not None]

    def of(self, number: str, count: int) -> Conversation | None:
        """The conversation with a number, with as much of it as is asked for."""
        said = self._by_number.get(_key(number))
        return None if said is None else Conversation(said[-1].number, list(islice(reversed(said), count)), len(said))

    def search(self, text: str) -> Iterator[tuple[Said, int]]:
        """What holds a text, or was said with a number that does, and how many of its conversation are as new.

        The conversations with the latest activity come first, and the newest first within each.
        """
        wanted, digits = text.casefold(), text.replace(" ", "").removeprefix("+")
        for number, conversation in reversed(self._by_number.items()):
            number_fits = bool(digits) and digits in number
            for place, said in enumerate(reversed(conversation), 1):
                if number_fits or wanted in said.content.casefold():
                    yield said, place


def _key(number: str) -> str:
    """The same for both ways to write an international number."""
    return number.removeprefix("+")
