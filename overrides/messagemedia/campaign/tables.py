"""The tables of a journal, and how they are held against each other."""

from __future__ import annotations

from messagemedia.campaign.database import Database
from messagemedia.campaign.entries import STATES
from messagemedia.campaign.explanations import damaged

# The format of the file: raise it with any change to the tables.
VERSION = 3
SCHEMA = (
    # One row. `moved` says that a database has the campaign from now on. `claims` counts the batches that were claimed.
    # `entries` and the numbers of each state are kept beside the entries themselves, so that it is noticed if a part of
    # the file is older than the rest.
    f"""CREATE TABLE campaign (
        id TEXT NOT NULL,
        paused INTEGER NOT NULL DEFAULT 0,
        moved INTEGER NOT NULL DEFAULT 0,
        claims INTEGER NOT NULL DEFAULT 0,
        entries INTEGER NOT NULL DEFAULT 0,
        {", ".join(f"{state} INTEGER NOT NULL DEFAULT 0" for state in STATES)})""",
    # The ids are 1, 2, 3 and so on; rows with one above `campaign.entries` are not added yet. `attempt` is 1, and one
    # more each time that the caller makes the row pending again.
    f"""CREATE TABLE entry (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL,
        number INTEGER,
        message TEXT NOT NULL,
        checksum INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ({", ".join(f"'{state}'" for state in STATES)})),
        message_id TEXT NOT NULL DEFAULT '',
        reason TEXT NOT NULL DEFAULT '',
        valid INTEGER NOT NULL,
        attempt INTEGER NOT NULL DEFAULT 1,
        changed TEXT NOT NULL)""",
    "CREATE INDEX entry_by_state ON entry (state)",
    # Indices that are tables: rows come in any order of their keys, and are put in here in order when all are known.
    # Else a million would go over the whole of them again and again. A recipient is the digits of the number.
    "CREATE TABLE entry_by_key (key TEXT PRIMARY KEY, entry INTEGER NOT NULL) WITHOUT ROWID",
    """CREATE TABLE entry_by_recipient (
        recipient TEXT NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (recipient, entry)) WITHOUT ROWID""",
    "INSERT INTO campaign (id) VALUES (lower(hex(randomblob(6))))",
)

# Which rows are added, and not only on their way.
ADDED = "id <= (SELECT entries FROM campaign)"

_KEY = "CAST(key AS BLOB)"  # what is no UTF-8 any more can be compared, too
# For each state: how many, the sum of their ids, how many are damaged, and a sum that depends on their keys.
_BY_TABLE = f"""SELECT state, count(*), sum(id),
    sum(checksum({_KEY}, CAST(message AS BLOB)) IS NOT checksum), sum(checksum({_KEY}, x''))
    FROM entry NOT INDEXED WHERE {ADDED} GROUP BY state"""  # noqa: S608  # no input
_BY_STATE = f"SELECT state, count(*), sum(id) FROM entry INDEXED BY entry_by_state WHERE {ADDED} GROUP BY state"  # noqa: S608
_BY_KEY = f"""SELECT count(*), coalesce(sum(entry), 0), coalesce(sum(checksum({_KEY}, x'')), 0)
    FROM entry_by_key WHERE entry <= (SELECT entries FROM campaign)"""  # noqa: S608  # no input
_BY_RECIPIENT = """SELECT count(*), coalesce(sum(entry), 0)
    FROM entry_by_recipient WHERE entry <= (SELECT entries FROM campaign)"""


def numbers_of(database: Database, *columns: str) -> list[int]:
    """What the campaign says of itself.

    Raises:
        JournalError: It says nothing, or what can't be true.
    """
    rows = database.all(f"SELECT {', '.join(columns)} FROM campaign")  # noqa: S608  # no input
    if len(rows) != 1 or not all(isinstance(each, int) for each in rows[0]):
        raise damaged(database.path)
    return list(rows[0])


def verify(database: Database) -> None:
    """Read the whole journal, and refuse it if its parts don't fit together.

    SQLite sees whether each page is one. That a page is an older version of itself shows only beside others: in an
    index that does not have the rows of the table, or in states that are not as many as the campaign has of them.

    Raises:
        JournalError: If they don't.
    """
    database.check()
    with database.reading():
        entries, *tally = numbers_of(database, "entries", *STATES)
        found = database.all(_BY_TABLE)
        by_state = database.all(_BY_STATE)
    # Keys and recipients change only by adding, which nobody else does meanwhile.
    by_key, by_recipient = database.all(_BY_KEY), database.all(_BY_RECIPIENT)
    count, ids, faults, keys = (sum(each[column] for each in found) for column in (1, 2, 3, 4))
    fits = (
        {each[0]: each[1] for each in found} == {state: rows for state, rows in zip(STATES, tally, strict=True) if rows}
        and by_state == [each[:3] for each in found]
        and (count, ids) == (entries, entries * (entries + 1) // 2)
        and by_key == [(count, ids, keys)]
        and by_recipient == [(count, ids)]
        and faults == 0
    )
    if not fits:
        raise damaged(database.path, "parts of it were changed, or are older than others")
