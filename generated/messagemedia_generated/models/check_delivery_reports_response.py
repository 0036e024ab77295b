"""The model `CheckDeliveryReportsResponse`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..reading import read_objects
from .delivery_report import DeliveryReport


@define(kw_only=True)
class CheckDeliveryReportsResponse:
    """The oldest unconfirmed delivery reports."""

    delivery_reports: list[DeliveryReport] = field(factory=list[DeliveryReport])
    """At most 100 delivery reports, the oldest first."""

    raw: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)
    """The JSON object as it came."""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> CheckDeliveryReportsResponse:
        """Read a JSON object; what is missing or of the wrong kind reads as not there."""
        # An attribute after the other: a call with a keyword for each takes twice as long.
        get, made = raw.get, cls.__new__(cls)
        made.delivery_reports = read_objects(get("delivery_reports"), DeliveryReport.from_dict) or []
        made.raw = raw
        return made

    @property
    def extra(self) -> dict[str, Any]:
        """What came beyond the fields of the contract."""
        return {name: value for name, value in self.raw.items() if name not in _NAMES}


_NAMES = frozenset({"delivery_reports"})
