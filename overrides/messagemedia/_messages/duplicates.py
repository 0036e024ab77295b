"""Messages that come twice: an account may withhold the second one."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Sequence
from datetime import timedelta

from messagemedia_generated.models import Message

from messagemedia.errors import FieldError


class Duplicates:
    """Finds messages with the number and content of an earlier one; remembers a digest of each for as long."""

    def __init__(self, window: timedelta) -> None:
        self._window = window
        self._seen: OrderedDict[bytes, tuple[float, int]] = OrderedDict()

    def among(self, messages: Sequence[Message], first: int) -> dict[int, FieldError]:
        """What is to be refused, by position among these messages."""
        now = time.monotonic()
        self._forget(now - self._window.total_seconds())
        refused: dict[int, FieldError] = {}
        for position, message in enumerate(messages):
            number, content = message.destination_number, message.content
            if not (_is_text(number) and _is_text(content)):
                continue  # refused for that, later
            plain = repr((str.__str__(number), str.__str__(content)))  # their own methods may do anything
            digest = hashlib.blake2b(plain.encode(), digest_size=16).digest()
            index = first + position
            _, earlier = self._seen.setdefault(digest, (now, index))
            if earlier != index:
                refused[position] = FieldError(
                    f"has the number and content of message {earlier}, which may be withheld as a duplicate",
                    f"/messages/{index}",
                    item=message,
                )
        return refused

    def _forget(self, before: float) -> None:
        while self._seen and next(iter(self._seen.values()))[0] < before:
            self._seen.popitem(last=False)


def _is_text(value: object) -> bool:
    return issubclass(type(value), str)
