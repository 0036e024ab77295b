"""The model `ConfirmRepliesAsReceivedRequest`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from attrs import define

from ..writing import Problems, write_list, write_text


@define(kw_only=True)
class ConfirmRepliesAsReceivedRequest:
    """The replies to confirm."""

    MAX_REPLY_IDS: ClassVar[int] = 100
    """How many items `reply_ids` may have."""

    reply_ids: Sequence[str]
    """Ids of replies, not of messages. At most 100 items."""

    def to_json(self, problems: Problems, at: str = "") -> dict[str, Any]:
        """The JSON object to send. What is wrong with it is added to `problems`; `at` is the place of the object."""
        json: dict[str, Any] = {}
        json["reply_ids"] = write_list(
            self.reply_ids, problems, f"{at}/reply_ids", write_text, max_items=self.MAX_REPLY_IDS
        )
        return json
