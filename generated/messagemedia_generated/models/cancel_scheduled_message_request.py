"""The model `CancelScheduledMessageRequest`."""

from __future__ import annotations

from typing import Any, Literal

from attrs import define

from ..writing import Problems, write_const


@define(kw_only=True)
class CancelScheduledMessageRequest:
    """The order to cancel a scheduled message."""

    status: Literal["cancelled"] = "cancelled"
    """The new status. There is no other."""

    def to_json(self, problems: Problems, at: str = "") -> dict[str, Any]:
        """The JSON object to send. What is wrong with it is added to `problems`; `at` is the place of the object."""
        json: dict[str, Any] = {}
        json["status"] = write_const(self.status, problems, f"{at}/status", "cancelled")
        return json
