"""Taking over the journal of a file: all of its rows, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from itertools import islice

from messagemedia.campaign.entries import State
from messagemedia.campaign.postgres import row_statements, statements
from messagemedia.campaign.postgres.connection import Address, Connection
from messagemedia.campaign.postgres.deciding import BATCH
from messagemedia.campaign.postgres.schema import migrate
from messagemedia.campaign.protocol import Moved
from messagemedia.errors import FieldError, ValidationError

_COUNTED: tuple[State, ...] = ("pending", "accepted", "invalid", "unknown", "withdrawn")


@contextmanager
def taking_over(address: str, name: str, journal_id: str) -> Generator[Callable[[Iterable[Moved], bool], int]]:
    """What takes over the rows of a journal, after it is sure that there is a place for them.

    Raises:
        ValidationError: Another campaign has this name, or this one was moved under another name.
    """
    connection = Connection(Address(address), name)
    try:
        migrate(connection)
        _check(connection, name, journal_id)

        def take_over(rows: Iterable[Moved], paused: bool) -> int:
            with connection.transaction():
                connection.all(statements.UNHURRIED)
                if _check(connection, name, journal_id):
                    return int(str(connection.all(row_statements.ENTRIES, (journal_id,))[0][0]))  # it was done before
                connection.all(statements.TAKE_OVER, (journal_id, name, paused))
                total = _copy(connection, journal_id, rows)
                connection.all(row_statements.ADDED, (total, journal_id))
                return total

        yield take_over
    finally:
        connection.close()


def _check(connection: Connection, name: str, journal_id: str) -> bool:
    """Whether the journal is there under this name already."""
    found = connection.all(statements.TAKEN, (name, journal_id))
    if any(each != (journal_id, name) for each in found):
        raise ValidationError(
            [FieldError("is the name of another campaign, or this one was moved under another name", "name")]
        )
    return bool(found)


def _copy(connection: Connection, journal_id: str, rows: Iterable[Moved]) -> int:
    source, total = iter(rows), 0
    while chunk := list(islice(source, BATCH)):
        total += len(chunk)
        ((number,),) = connection.all(statements.NUMBERS, (1,))
        counts = Counter(each.state for each in chunk)
        state = "pending" if counts["pending"] else "done"
        batch = (number, journal_id, chunk[0].entry, state, *(counts[each] for each in _COUNTED))
        connection.copy(statements.COPY_MOVED_BATCHES, [batch])
        connection.copy(row_statements.COPY_MOVED, [_columns(journal_id, number, each) for each in chunk])
    return total


def _columns(journal_id: str, batch: object, row: Moved) -> tuple[object, ...]:
    return (
        journal_id,
        row.entry,
        batch,
        row.key,
        row.number,
        row.recipient,
        row.message,
        row.checksum,
        row.state,
        row.message_id,
        row.reason,
        row.valid,
        row.attempt,
        row.changed,
    )
