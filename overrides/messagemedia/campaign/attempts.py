"""What one process has sent: no state of a file makes it send a row again."""

from __future__ import annotations


class Attempts:
    """For each entry, by its number, the attempt that was made last. A bit for each, as long as there is but one."""

    def __init__(self) -> None:
        self._first = bytearray()
        self._further: dict[int, int] = {}

    def last(self, entry: int) -> int:
        """The last attempt to send an entry, 0 if there was none."""
        at, bit = divmod(entry, 8)
        once = at < len(self._first) and bool(self._first[at] >> bit & 1)
        return self._further.get(entry, int(once))

    def undo(self, entry: int) -> None:
        """Forget an attempt that was not made after all."""
        if last := self.last(entry):
            self.record(entry, last - 1)

    def record(self, entry: int, attempt: int) -> None:
        """Record the attempt that was made last, 0 for none."""
        at, bit = divmod(entry, 8)
        if at >= len(self._first):
            self._first.extend(bytes(at + 1 - len(self._first)))
        if attempt:
            self._first[at] |= 1 << bit
        else:
            self._first[at] &= ~(1 << bit)
        if attempt > 1:
            self._further[entry] = attempt
        else:
            self._further.pop(entry, None)
