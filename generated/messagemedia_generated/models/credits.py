"""The model `Credits`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..dicts import as_dict
from ..reading import no_object


@define(kw_only=True)
class Credits:
    """The balance of a prepaid account.

    Use `to_dict()` to convert it to JSON; `raw` is what the API answered.

    Attributes:
        remaining_credits: The credits that are left.
        raw: The JSON object as it was received.
    """

    remaining_credits: Any = None
    """The credits that are left. Its type was never documented; a number, a string, an object and null
    are all possible, and the value is passed on unchanged."""

    raw: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)
    """The JSON object as it was received."""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Credits:
        """Read a JSON object; fields that are missing or of the wrong type read as absent.

        Raises:
            ValueError: If it is not a JSON object at all.
        """
        try:
            get = raw.get
        except AttributeError:
            raise no_object(cls, raw) from None
        # Set attribute by attribute: calling `__init__` with keywords takes twice as long.
        made = cls.__new__(cls)
        made.remaining_credits = get("remaining_credits")
        made.raw = raw
        return made

    @property
    def extra(self) -> dict[str, Any]:
        """The fields of the answer that are not in the contract."""
        return {name: value for name, value in self.raw.items() if name not in _NAMES}

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON values under the API's names, and `extra`, without those that are None.

        Raises:
            TypeError: If a field holds what JSON can't express.
        """
        return as_dict(self)


_NAMES = frozenset({"remaining_credits"})
