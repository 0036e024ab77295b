"""The model `Attachment`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..dicts import as_dict
from ..privacy import hidden_text
from ..reading import no_object, read_base64


@define(kw_only=True)
class Attachment:
    """One file of an MMS reply.

    Use `to_dict()` to convert it to JSON; `raw` is what the API answered.

    Attributes:
        content_type: Media type of the file.
        content: The file itself, in base64.
        original_name: Name of the file on the sender's device.
        raw: The JSON object as it was received.
    """

    content_type: str | None = None
    """Media type of the file. For example `image/png`."""

    content: str | None = field(default=None, repr=hidden_text)
    """The file itself, in base64. For example `iVBORw0KGgo=`."""

    original_name: str | None = field(default=None, repr=hidden_text)
    """Name of the file on the sender's device. For example `photo.png`."""

    raw: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)
    """The JSON object as it was received."""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Attachment:
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
        made.content_type = text if isinstance(text := get("content_type"), str) else None
        made.content = text if isinstance(text := get("content"), str) else None
        made.original_name = text if isinstance(text := get("original_name"), str) else None
        made.raw = raw
        return made

    @property
    def content_bytes(self) -> bytes | None:
        """The bytes of `content`, decoded from base64; None if it is absent or not base64."""
        return read_base64(self.content)

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


_NAMES = frozenset({"content_type", "content", "original_name"})
