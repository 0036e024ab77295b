"""The model `ListWebhooksResponse`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from ..dicts import as_dict
from ..reading import no_object, read_integer, read_objects
from .webhook import Webhook


@define(kw_only=True)
class ListWebhooksResponse:
    """One page of webhooks.

    Use `to_dict()` to convert it to JSON; `raw` is what the API answered.

    Attributes:
        page_data: The webhooks of the page.
        page: Number of the page, counted from 0.
        page_size: How many webhooks a page has, unless it is the last.
        raw: The JSON object as it was received.
    """

    page_data: list[Webhook] = field(factory=list[Webhook])
    """The webhooks of the page."""

    page: int | None = None
    """Number of the page, counted from 0."""

    page_size: int | None = None
    """How many webhooks a page has, unless it is the last."""

    raw: Mapping[str, Any] = field(factory=dict[str, Any], repr=False, eq=False)
    """The JSON object as it was received."""

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> ListWebhooksResponse:
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
        made.page_data = read_objects(get("pageData"), Webhook.from_dict) or []
        made.page = read_integer(get("page"))
        made.page_size = read_integer(get("pageSize"))
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
        return as_dict(self, page_data="pageData", page_size="pageSize")


_NAMES = frozenset({"pageData", "page", "pageSize"})
