"""A request to an operation, as the handlers of operations see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from messagemedia.sandbox.contract import Endpoint


class InvalidRequestError(Exception):
    """A request that does not fit the contract; carries the entries of `details`."""

    def __init__(self, *problems: str) -> None:
        super().__init__(*problems)
        self.problems = problems


@attrs.frozen
class Incoming:
    """A request that was let in: by whom, with which path parameters, query and body, and its place in the log."""

    operation: Endpoint
    account: str
    path_values: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = attrs.field(repr=False)
    order: int | None = None
