"""The model `ConfirmDeliveryReportsAsReceivedRequest`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from attrs import define

from ..dicts import as_dict
from ..hints import names_its_fields
from ..writing import Problems, write_list, write_text


@names_its_fields
@define(kw_only=True)
class ConfirmDeliveryReportsAsReceivedRequest:
    """The delivery reports to confirm.

    Attributes:
        delivery_report_ids: Ids of delivery reports, not of messages. Required. At most 100 items.
    """

    MAX_DELIVERY_REPORT_IDS: ClassVar[int] = 100
    """How many items `delivery_report_ids` may have."""

    delivery_report_ids: Sequence[str]
    """Ids of delivery reports, not of messages. At most 100 items."""

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON values under the API's names, without those that are None.

        Raises:
            TypeError: If a field holds what JSON can't express.
        """
        return as_dict(self)

    def to_json(self, problems: Problems, at: str = "") -> dict[str, Any]:
        """The JSON object to send. What is wrong with it is added to `problems`; `at` is the place of the object."""
        json: dict[str, Any] = {}
        json["delivery_report_ids"] = write_list(
            self.delivery_report_ids,
            problems,
            f"{at}/delivery_report_ids",
            write_text,
            max_items=self.MAX_DELIVERY_REPORT_IDS,
        )
        return json
