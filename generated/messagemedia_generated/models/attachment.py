"""The model `Attachment`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..privacy import hidden_text


@define(kw_only=True)
class Attachment:
    """One file of an MMS reply."""

    content_type: str | None = None
    """Media type of the file. For example `image/png`."""

    content: str | None = field(default=None, repr=hidden_text)
    """The file itself, in base64. For example `iVBORw0KGgo=`."""

    original_name: str | None = field(default=None, repr=hidden_text)
    """Name of the file on the sender's device. For example `photo.png`."""

    raw: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)
    """The JSON object as it came."""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Attachment:
        """Read a JSON object; what is missing or of the wrong kind reads as not there."""
        # An attribute after the other: a call with a keyword for each takes twice as long.
        get, made = raw.get, cls.__new__(cls)
        made.content_type = text if isinstance(text := get("content_type"), str) else None
        made.content = text if isinstance(text := get("content"), str) else None
        made.original_name = text if isinstance(text := get("original_name"), str) else None
        made.raw = raw
        return made

    @property
    def extra(self) -> dict[str, Any]:
        """What came beyond the fields of the contract."""
        return {name: value for name, value in self.raw.items() if name not in _NAMES}


_NAMES = frozenset({"content_type", "content", "original_name"})
