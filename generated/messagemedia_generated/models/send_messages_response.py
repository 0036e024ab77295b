"""The model `SendMessagesResponse`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..dicts import as_dict
from ..reading import no_object, read_objects
from .sent_message import SentMessage


@define(kw_only=True)
class SendMessagesResponse:
    """The accepted messages.

    Use `to_dict()` to convert it to JSON; `raw` is what the API answered.

    Attributes:
        messages: The messages with their new ids, in the order of the request.
        raw: The JSON object as it was received.
    """

    messages: list[SentMessage] = field(factory=list[SentMessage])
    """The messages with their new ids, in the order of the request."""

    raw: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)
    """The JSON object as it was received."""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> SendMessagesResponse:
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
        made.messages = read_objects(get("messages"), SentMessage.from_dict) or []
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


_NAMES = frozenset({"messages"})
