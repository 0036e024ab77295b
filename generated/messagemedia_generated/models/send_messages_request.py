"""The model `SendMessagesRequest`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from attrs import define

from ..dicts import as_dict
from ..hints import names_its_fields
from ..writing import Problems, write_list, write_model
from .message import Message


@names_its_fields
@define(kw_only=True)
class SendMessagesRequest:
    """The messages of one request.

    They are sent all or none.

    Attributes:
        messages: The messages. Required. 1 to 100 items.
    """

    MAX_MESSAGES: ClassVar[int] = 100
    """How many items `messages` may have."""

    messages: Sequence[Message]
    """The messages. 1 to 100 items."""

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON values under the API's names, without those that are None.

        Raises:
            TypeError: If a field holds what JSON can't express.
        """
        return as_dict(self)

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
