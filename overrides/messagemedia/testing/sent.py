"""What was sent to a sandbox, as typed messages, and what a test asserts of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

from messagemedia_generated.models import SentMessage
from messagemedia_generated.wording import counted

from messagemedia.sandbox import Sandbox
from messagemedia.testing.comparing import check_names, difference, fits, same_number, told

SEND = "sendMessages"


class Sent(Sequence[SentMessage]):
    """The messages that a sandbox has accepted, oldest first."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Look at a sandbox."""
        self.sandbox = sandbox

    def __len__(self) -> int:
        return len(self.sandbox.ledger)

    @overload
    def __getitem__(self, index: int) -> SentMessage: ...
    @overload
    def __getitem__(self, index: slice) -> list[SentMessage]: ...
    def __getitem__(self, index: int | slice) -> SentMessage | list[SentMessage]:
        return self._all()[index]

    def __iter__(self) -> Iterator[SentMessage]:
        return iter(self._all())

    def __repr__(self) -> str:
        messages = self._all()
        return f"{type(self).__name__} of {len(messages)}\n{told(messages)}".rstrip()

    def _all(self) -> list[SentMessage]:
        status = self.sandbox.status
        return [
            SentMessage.from_dict({**entry.message, "message_id": entry.message_id, "status": status(entry.message_id)})
            for entry in self.sandbox.ledger
        ]

    @property
    def last(self) -> SentMessage:
        """The message that was sent last.

        Raises:
            AssertionError: Nothing was sent.
        """
        return self.last_to(None)

    def to(self, number: str) -> list[SentMessage]:
        """The messages to a number, with or without the plus sign; oldest first."""
        return [message for message in self._all() if same_number(message.destination_number, number)]

    def assert_sent(self, *, times: int | None = None, **fields: Any) -> SentMessage:
        """Assert that a message with these fields was sent, and return it: the last one, if there are several.

        Args:
            times: How many such messages must have been sent; if left out, at least one.
            **fields: Fields of `Message` with their expected values; all other fields may have any value.

        Raises:
            AssertionError: There is no such message, or a different number of them. The error shows how the nearest
                message differs, and how many SMS parts it has.
            TypeError: A message has no such field.
        """
        __tracebackhide__ = True
        if times is not None and times < 1:
            raise ValueError("times must be at least 1; to assert that there is none, use assert_nothing_sent")
        found = self._with(fields)
        if found and times in (None, len(found)):
            return found[-1]
        if found:
            raise AssertionError(f"sent {_counted(len(found))}, not {_counted(times or 1)}:\n{told(found)}")
        if messages := self._all():
            raise AssertionError(f"No such message was sent. {difference(messages, fields)}")
        raise AssertionError(f"nothing was sent{self._refused()}")

    def assert_nothing_sent(self, **fields: Any) -> None:
        """Assert that no message was accepted, or none with these fields.

        Raises:
            AssertionError: There is one; the error shows all of them.
            TypeError: A message has no such field.
        """
        __tracebackhide__ = True
        if found := self._with(fields):
            raise AssertionError(f"sent {_counted(len(found))}, and should not have been:\n{told(found)}")

    def _with(self, fields: Mapping[str, Any]) -> list[SentMessage]:
        check_names(fields)
        return [message for message in self._all() if fits(message, fields)]

    def last_to(self, number: str | None) -> SentMessage:
        """The last message to a number, or the last of all if that is None.

        Raises:
            AssertionError: There is none.
        """
        __tracebackhide__ = True
        messages = self._all() if number is None else self.to(number)
        if not messages:
            raise AssertionError(f"nothing was sent{'' if number is None else f' to {number}'}{self._refused()}")
        return messages[-1]

    def _refused(self) -> str:
        """What is to be known of requests if no message is there."""
        answers = [str(record.status or "none") for record in self.sandbox.requests if record.operation == SEND]
        return f"; the answers to {counted(len(answers), 'request')}: {', '.join(answers)}" if answers else ""


def _counted(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
