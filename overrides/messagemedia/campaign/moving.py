"""A campaign on its way from a file to PostgreSQL, even if it is partly sent, with the outcomes of its rows.

First the file lets go of its rows: what is pending or unknown there is withdrawn, with a reason that says so, and
nothing can be added to it any more. Then the database takes them over, in one transaction. A process that ends in
between leaves rows that nobody sends; the next call continues from there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from messagemedia.campaign.entries import State, now, recipient
from messagemedia.campaign.errors import JournalError
from messagemedia.campaign.journal import FileJournal
from messagemedia.campaign.opening import destination
from messagemedia.campaign.protocol import MAX_KEY, Moved

_PAGE = 500
_PENDING, _UNKNOWN = "moved to PostgreSQL", "moved to PostgreSQL, where it is unknown"
_STATES: dict[str, State] = {_PENDING: "pending", _UNKNOWN: "unknown"}


def move(journal: FileJournal, address: str, name: str) -> int:
    """Let a database take over all rows of a file, and return how many they are.

    Raises:
        ValidationError: Another campaign has this name, or the address can't be read.
        JournalError: One of the two can't be used.
    """
    with journal.database.exclusive():
        journal.verify()
        journal.recover()
        if journal.database.all("SELECT 1 FROM entry WHERE instr(CAST(key AS BLOB), x'00') > 0 LIMIT 1"):
            raise JournalError("a key has a NUL character, which PostgreSQL can't hold", hint="Send it from the file.")
        if journal.database.all("SELECT 1 FROM entry WHERE length(CAST(key AS BLOB)) > ? LIMIT 1", (MAX_KEY,)):
            raise JournalError(
                f"a key has more than {MAX_KEY:,} bytes, which is too long", hint="Send it from the file."
            )
        with destination(address, name, journal.id) as take_over:
            _let_go(journal)
            return take_over(_entries(journal), journal.is_paused())


def _let_go(journal: FileJournal) -> None:
    with journal.changes() as moved:
        journal.database.change("UPDATE campaign SET moved = 1")
        states: tuple[tuple[State, str], ...] = (("pending", _PENDING), ("unknown", _UNKNOWN))
        for state, reason in states:
            done = journal.database.change(
                "UPDATE entry SET state = 'withdrawn', reason = ?, changed = ? WHERE state = ?", (reason, now(), state)
            )
            moved[state] -= done
            moved["withdrawn"] += done


def _entries(journal: FileJournal) -> Iterator[Moved]:
    last = 0
    columns = "id, key, number, message, checksum, state, message_id, reason, valid, attempt, changed"
    while page := journal.database.all(
        f"SELECT {columns} FROM entry WHERE id > ? ORDER BY id LIMIT {_PAGE}",  # noqa: S608  # no input
        (last,),
    ):
        for entry, key, number, message, check, state, message_id, reason, valid, attempt, changed in page:
            last = entry
            yield Moved(
                entry=entry,
                key=key,
                number=number,
                recipient=recipient(json.loads(message)),
                message=message,
                checksum=check,
                state=_STATES.get(reason) or state,
                message_id=message_id,
                reason="" if reason == _PENDING else reason,
                valid=bool(valid),
                attempt=attempt,
                changed=datetime.fromisoformat(changed),
            )
