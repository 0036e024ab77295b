"""The model `CancelScheduledMessageRequest`."""

from __future__ import annotations

from typing import Any, Literal

from attrs import define

from ..dicts import as_dict
from ..hints import names_its_fields
from ..writing import Problems, write_const


@names_its_fields
@define(kw_only=True)
class CancelScheduledMessageRequest:
    """The request to cancel a scheduled message.

    Attributes:
        status: The new status.
    """

    status: Literal["cancelled"] = "cancelled"
    """The new status. No other is possible."""

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON values under the API's names, without those that are None.

        Raises:
            TypeError: If a field holds what JSON can't express.
        """
        return as_dict(self)

    def to_json(self, problems: Problems, at: str = "") -> dict[str, Any]:
        """The JSON object to send. What is wrong with it is added to `problems`; `at` is the place of the object."""
        json: dict[str, Any] = {}
        json["status"] = write_const(self.status, problems, f"{at}/status", "cancelled")
        return json
