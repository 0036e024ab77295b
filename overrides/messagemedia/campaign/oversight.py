"""What an operator reads and changes in the file of a journal, also while another process sends from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from messagemedia.campaign.database import Database
from messagemedia.campaign.entries import Settled, State, now
from messagemedia.campaign.tables import ADDED

_PAGE = 500
_WITHDRAWN = "withdrawn before it was sent"


def is_paused(database: Database) -> bool:
    """Whether nothing is to be claimed."""
    return bool(database.all("SELECT paused FROM campaign")[0][0])


def pause(database: Database, *, paused: bool) -> None:
    """Say whether entries may be claimed from now on, by whatever process."""
    with database.transaction():
        database.change("UPDATE campaign SET paused = ?", (paused,))


def withdraw(database: Database, by: Literal["key", "recipient"], values: Sequence[str], moved: Counter[State]) -> None:
    """Withdraw the pending entries with these keys or recipients, within `changes`.

    Those in flight are marked, for `without_withdrawn`.
    """
    for start in range(0, len(values), _PAGE):
        page = values[start : start + _PAGE]
        listed = f"SELECT entry FROM entry_by_{by} WHERE {by} IN ({', '.join('?' * len(page))})"  # noqa: S608  # no input
        among = f"id IN ({listed}) AND {ADDED}"
        done = database.change(
            f"UPDATE entry SET state = 'withdrawn', reason = ?, changed = ? WHERE state = 'pending' AND {among}",  # noqa: S608  # no input
            (_WITHDRAWN, now(), *page),
        )
        database.change(f"UPDATE entry SET reason = ? WHERE state = 'in_flight' AND {among}", (_WITHDRAWN, *page))  # noqa: S608  # no input
        moved["pending"] -= done
        moved["withdrawn"] += done


def without_withdrawn(database: Database, outcomes: Iterable[Settled]) -> list[Settled]:
    """What becomes of entries in flight: those that were to be withdrawn, and come back unsent, are withdrawn."""
    found = list(outcomes)
    if all(each.state != "pending" for each in found):
        return found
    rows = database.all("SELECT id FROM entry WHERE state = 'in_flight' AND reason = ?", (_WITHDRAWN,))
    marked = {entry for (entry,) in rows}
    return [
        Settled(each.entry, "withdrawn", reason=_WITHDRAWN)
        if each.state == "pending" and each.entry in marked
        else each
        for each in found
    ]


def pending(database: Database) -> Iterator[str]:
    """The messages of the pending entries, read page by page."""
    last = 0
    while page := database.all(
        f"SELECT id, message FROM entry WHERE state = 'pending' AND id > ? AND {ADDED} ORDER BY id LIMIT {_PAGE}",  # noqa: S608  # no input
        (last,),
    ):
        last = page[-1][0]
        yield from (message for _, message in page)


def repeated(database: Database) -> int:
    """How many pending entries have the recipient of an earlier one that is not invalid."""
    # CROSS JOIN keeps the order of the tables: the other way round, each entry looks at all recipients.
    statement = f"""SELECT count(*) FROM entry_by_recipient AS later CROSS JOIN entry ON id = later.entry
        WHERE state = 'pending' AND recipient <> '' AND {ADDED} AND EXISTS (
            SELECT 1 FROM entry_by_recipient AS earlier CROSS JOIN entry AS other ON other.id = earlier.entry
            WHERE earlier.recipient = later.recipient AND earlier.entry < later.entry AND other.state <> 'invalid')"""  # noqa: S608
    return int(database.all(statement)[0][0])
