"""The model `CheckRepliesResponse`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..dicts import as_dict
from ..reading import no_object, read_objects
from .reply import Reply


@define(kw_only=True)
class CheckRepliesResponse:
    """The oldest unconfirmed replies.

    Use `to_dict()` to convert it to JSON; `raw` is what the API answered.

    Attributes:
        replies: At most 100 replies, the oldest first.
        raw: The JSON object as it was received.
    """

    replies: list[Reply] = field(factory=list[Reply])
    """At most 100 replies, the oldest first."""

    raw: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)
    """The JSON object as it was received."""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> CheckRepliesResponse:
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
        made.replies = read_objects(get("replies"), Reply.from_dict) or []
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


_NAMES = frozenset({"replies"})
