"""The model `ConfirmRepliesAsReceivedRequest`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from attrs import define

from ..dicts import as_dict
from ..hints import names_its_fields
from ..writing import Problems, write_list, write_text


@names_its_fields
@define(kw_only=True)
class ConfirmRepliesAsReceivedRequest:
    """The replies to confirm.

    Attributes:
        reply_ids: Ids of replies, not of messages. Required. At most 100 items.
    """

    MAX_REPLY_IDS: ClassVar[int] = 100
    """How many items `reply_ids` may have."""

    reply_ids: Sequence[str]
    """Ids of replies, not of messages. At most 100 items."""

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON values under the API's names, without those that are None.

        Raises:
            TypeError: If a field holds what JSON can't express.
        """
        return as_dict(self)

    def to_json(self, problems: Problems, at: str = "") -> dict[str, Any]:
        """The JSON object to send. What is wrong with it is added to `problems`; `at` is the place of the object."""
        json: dict[str, Any] = {}
        json["reply_ids"] = write_list(
            self.reply_ids, problems, f"{at}/reply_ids", write_text, max_items=self.MAX_REPLY_IDS
        )
        return json
