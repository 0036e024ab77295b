"""Marks: a metadata pair in each message, by which replies and delivery reports tell the row that was sent.

It says `mm-row` = `<id of the journal>:<number of its entry>`, and nothing about the recipient.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

import attrs
from messagemedia_generated.models import DeliveryReport, Message, OptOut, Reply

MARK = "mm-row"
# The contract's limit, see `Message.metadata`.
MAX_PAIRS = 10
_FORM = re.compile(r"[0-9a-f]{12}:[0-9]+")


def marked(message: Message, journal_id: str, entry: int) -> Message:
    """A copy with the mark; the message itself, if its metadata are full or have a pair of that name already.

    A mark that came along with the metadata of a reply would be evidence for a row that this message is not: it is
    replaced.
    """
    metadata = message.metadata or {}
    is_copied = _FORM.fullmatch(metadata.get(MARK, "")) is not None
    if not is_copied and (len(metadata) >= MAX_PAIRS or MARK in metadata):
        return message
    return attrs.evolve(message, metadata={**metadata, MARK: f"{journal_id}:{entry}"})


def entry_of(item: Reply | DeliveryReport | OptOut, journal_id: str) -> int | None:
    """The entry of the journal that something pushed or fetched is about; None if it has no mark of this journal."""
    metadata = cast("object", item.metadata)
    mark = cast("Mapping[str, object]", metadata).get(MARK) if isinstance(metadata, Mapping) else None
    found, _, entry = mark.partition(":") if isinstance(mark, str) else ("", "", "")
    # 18 digits fit into a key of SQLite.
    ours = found == journal_id and entry.isascii() and entry.isdecimal() and len(entry) <= 18
    return int(entry) if ours else None
