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
        # An attribute after the other: a call with a keyword for each takes twice as long.
        get, made = raw.get, cls.__new__(cls)
        made.message = text if isinstance(text := get("message"), str) else ""
        made.details = read_list(get("details"), read_text)
        made.raw = raw
        return made

    @property
    def extra(self) -> dict[str, Any]:
        """What came beyond the fields of the contract."""
        return {name: value for name, value in self.raw.items() if name not in _NAMES}


_NAMES = frozenset({"message", "details"})
