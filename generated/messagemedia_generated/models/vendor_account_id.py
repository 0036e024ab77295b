"""The model `VendorAccountId`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field


@define(kw_only=True)
class VendorAccountId:
    """The account that a reply or delivery report belongs to."""

    vendor_id: str | None = None
    """The company that runs the account, such as `MessageMedia` or `SinchEU`. Any other value is
    possible. For example `MessageMedia`."""

    account_id: str | None = None
    """Id of the account. For example `MyAccount`."""

    raw: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)
    """The JSON object as it came."""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> VendorAccountId:
        """Read a JSON object; what is missing or of the wrong kind reads as not there."""
        # An attribute after the other: a call with a keyword for each takes twice as long.
        get, made = raw.get, cls.__new__(cls)
        made.vendor_id = text if isinstance(text := get("vendor_id"), str) else None
        made.account_id = text if isinstance(text := get("account_id"), str) else None
        made.raw = raw
        return made

    @property
    def extra(self) -> dict[str, Any]:
        """What came beyond the fields of the contract."""
        return {name: value for name, value in self.raw.items() if name not in _NAMES}


_NAMES = frozenset({"vendor_id", "account_id"})
