"""The model `Credits`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field


@define(kw_only=True)
class Credits:
    """The balance of a prepaid account."""

    remaining_credits: Any = None
    """The credits that are left. Its kind was never documented; number, text, object and null are all
    possible, and whatever comes is handed on as it is."""

    raw: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)
    """The JSON object as it came."""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Credits:
        """Read a JSON object; what is missing or of the wrong kind reads as not there."""
        # An attribute after the other: a call with a keyword for each takes twice as long.
        get, made = raw.get, cls.__new__(cls)
        made.remaining_credits = get("remaining_credits")
        made.raw = raw
        return made

    @property
    def extra(self) -> dict[str, Any]:
        """What came beyond the fields of the contract."""
        return {name: value for name, value in self.raw.items() if name not in _NAMES}


_NAMES = frozenset({"remaining_credits"})
