"""Which requests meet the faults that are still to come."""

from __future__ import annotations

import threading
from collections.abc import Collection

import attrs

from messagemedia.sandbox.changes import Changes
from messagemedia.sandbox.faults import Fault


@attrs.define
class Armed:
    """A fault, how many requests it still lets pass, and how many it still applies to; None for all."""

    fault: Fault
    to_pass: int
    left: int | None

    def meets(self, operation: str | None) -> bool:
        """Whether it could apply to a request of an operation."""
        return self.left != 0 and self.fault.operation in {None, operation}

    def lets_pass(self) -> bool:
        """Return whether this request still passes, and count it if so."""
        if not self.to_pass:
            return False
        self.to_pass -= 1
        return True

    def use(self) -> Fault:
        """Count a request that the fault applies to."""
        if self.left is not None:
            self.left -= 1
        return self.fault


@attrs.frozen
class Plan:
    """The faults that apply to one request.

    Attributes:
        instead: The fault that prevents the real answer, if there is one.
        changes: The faults that change the answer.
        skews: The faults that set the service's clock wrong.
    """

    instead: Fault | None = None
    changes: tuple[Fault, ...] = ()
    skews: tuple[Fault, ...] = ()

    @property
    def clock_skew(self) -> float:
        """How many seconds ahead the service's clock is."""
        return sum(fault.seconds for fault in self.skews)

    @property
    def all(self) -> tuple[Fault, ...]:
        """Every fault that applies."""
        return (*self.skews, *([] if self.instead is None else [self.instead]), *self.changes)


class Faults:
    """The faults that are still to come. Safe to use from several threads."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._lock = threading.Lock()
        self._armed: list[Armed] = []

    def add(self, fault: Fault, operations: Collection[str]) -> None:
        """Let something go wrong from now on."""
        if fault.operation is not None and fault.operation not in operations:
            raise ValueError(f"operation must be one of {', '.join(sorted(operations))}")
        with self._lock:
            self._armed.append(Armed(fault, fault.after, fault.times))
        self._changes.note()

    def clear(self) -> None:
        """Let nothing go wrong from now on."""
        with self._lock:
            self._armed.clear()
        self._changes.note()

    def armed(self) -> list[Armed]:
        """The faults that are still to come, as they stand."""
        with self._lock:
            return [attrs.evolve(armed) for armed in self._armed]

    def plan(self, operation: str | None) -> Plan:
        """Return what goes wrong with the next request of an operation, and count it."""
        instead: Fault | None = None
        changes: list[Fault] = []
        skews: list[Fault] = []
        with self._lock:
            for armed in self._armed:
                if not armed.meets(operation) or armed.lets_pass():
                    continue
                if armed.fault.kind == "clock_skew":
                    skews.append(armed.use())
                elif armed.fault.changes_answer:
                    changes.append(armed.use())
                elif instead is None:
                    instead = armed.use()
            self._armed = [armed for armed in self._armed if armed.left != 0]
        return Plan(instead, tuple(changes), tuple(skews))
