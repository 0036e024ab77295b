"""The model `ErrorBody`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..reading import read_list, read_text


@define(kw_only=True)
class ErrorBody:
    """How the API says what is wrong."""

    message: str = ""
    """What is wrong, in general. For example `Invalid authentication credentials`."""

    details: list[str] | None = None
    """The single problems. Left out by some answers. Problems of the same field share an entry, parted
    by a comma and a space."""

    raw: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)
    """The JSON object as it came."""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> ErrorBody:
        """Read a JSON object; what is missing or of the wrong kind reads as not there."""
        return cls(
            message=read_text(raw.get("message")) or "",
            details=read_list(raw.get("details"), read_text),
            raw=raw,
        )

    @property
    def extra(self) -> dict[str, Any]:
        """What came beyond the fields of the contract."""
        return {name: value for name, value in self.raw.items() if name not in _NAMES}


_NAMES = frozenset({"message", "details"})
