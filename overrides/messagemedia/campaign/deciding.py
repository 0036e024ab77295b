"""What is made of unknown rows by the caller's decision, all at once or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from messagemedia.campaign.entries import Record, State, encodable
from messagemedia.campaign.errors import RowsError
from messagemedia.campaign.protocol import Journal
from messagemedia.errors import FieldError, ValidationError

Rows = Iterable[Record | str] | Record | str


def decide(journal: Journal, rows: Rows, state: State, reason: str = "") -> int:
    """Move unknown rows into another state, and return how many they were.

    Raises:
        RowsError: If there is no such row, or it is not unknown; nothing was changed.
    """
    keys = keys_of(rows, "rows")
    if problems := journal.decide(keys, state, reason):
        raise RowsError("only unknown rows can be retried or accepted, and nothing was changed:", problems)
    return len(keys)


def keys_of(rows: Rows, name: str) -> list[str]:
    """The keys of rows, each once."""
    many = rows if isinstance(rows, Iterable) and not isinstance(rows, str) else [rows]
    keys: dict[str, None] = {}
    for row in cast("Iterable[object]", many):
        key = row.key if isinstance(row, Record) else row
        if not isinstance(key, str):
            raise ValidationError([FieldError(f"must be records or their keys, not {type(key).__name__}", name)])
        if encodable(key) != key:
            raise ValidationError([FieldError("must be keys that can be encoded as UTF-8", name)])
        keys[key] = None
    return list(keys)
