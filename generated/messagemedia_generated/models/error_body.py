"""The model `ErrorBody`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..dicts import as_dict
from ..reading import no_object, read_list, read_text


@define(kw_only=True)
class ErrorBody:
    """The API's description of an error.

    Use `to_dict()` to convert it to JSON; `raw` is what the API answered.

    Attributes:
        message: What is wrong, in general.
        details: The individual problems.
        raw: The JSON object as it was received.
    """

    message: str = ""
    """What is wrong, in general. For example `Invalid authentication credentials`."""

    details: list[str] | None = None
    """The individual problems. Some answers leave them out. Problems of the same field share an entry,
    separated by a comma and a space."""

    raw: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)
    """The JSON object as it was received."""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> ErrorBody:
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
        made.message = text if isinstance(text := get("message"), str) else ""
        made.details = read_list(get("details"), read_text)
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


_NAMES = frozenset({"message", "details"})
