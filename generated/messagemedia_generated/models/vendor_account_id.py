"""The model `VendorAccountId`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..dicts import as_dict
from ..reading import no_object


@define(kw_only=True)
class VendorAccountId:
    """The account that a reply or delivery report belongs to.

    Use `to_dict()` to convert it to JSON; `raw` is what the API answered.

    Attributes:
        vendor_id: The company that runs the account, such as `MessageMedia` or `SinchEU`.
        account_id: Id of the account.
        raw: The JSON object as it was received.
    """

    vendor_id: str | None = None
    """The company that runs the account, such as `MessageMedia` or `SinchEU`. Other values are
    possible. For example `MessageMedia`."""

    account_id: str | None = None
    """Id of the account. For example `MyAccount`."""

    raw: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)
    """The JSON object as it was received."""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> VendorAccountId:
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
        made.vendor_id = text if isinstance(text := get("vendor_id"), str) else None
        made.account_id = text if isinstance(text := get("account_id"), str) else None
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


_NAMES = frozenset({"vendor_id", "account_id"})
