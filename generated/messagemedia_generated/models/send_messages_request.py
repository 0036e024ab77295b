"""The model `SendMessagesRequest`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from attrs import define

from ..writing import Problems, write_list, write_model
from .message import Message


@define(kw_only=True)
class SendMessagesRequest:
    """The messages of one request.

    It is sent as a whole or not at all.
    """

    MAX_MESSAGES: ClassVar[int] = 100
    """How many items `messages` may have."""

    messages: Sequence[Message]
    """The messages. 1 to 100 items."""

    def to_json(self, problems: Problems, at: str = "") -> dict[str, Any]:
        """The JSON object to send. What is wrong with it is added to `problems`; `at` is the place of the object."""
        json: dict[str, Any] = {}
        json["messages"] = write_list(
            self.messages,
            problems,
            f"{at}/messages",
            lambda item, problems, at: write_model(item, problems, at, Message),
            min_items=1,
            max_items=self.MAX_MESSAGES,
        )
        return json
