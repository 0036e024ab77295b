"""The journal in PostgreSQL, as a campaign has it."""

from __future__ import annotations

import secrets
from collections.abc import Generator
from contextlib import contextmanager, suppress

from messagemedia.campaign.errors import JournalError
from messagemedia.campaign.postgres import statements
from messagemedia.campaign.postgres.braking import Braking
from messagemedia.campaign.postgres.connection import Address, Connection
from messagemedia.campaign.postgres.deciding import Deciding
from messagemedia.campaign.postgres.schema import migrate, not_found
from messagemedia.campaign.postgres.staging import PostgresStaging


class PostgresJournal(Braking):
    """The entries of a campaign in a database. Safe to use from several threads and processes."""

    def __init__(self, address: str, name: str, *, begin: bool) -> None:
        """Open a journal, or begin one, with the schema if it is not there.

        Raises:
            ValidationError: The address is none.
            JournalNotFoundError: There is none, and none is to be begun.
            JournalError: If it can't be reached or made, or is of a newer version.
        """
        connection = Connection(Address(address), name)
        try:
            _require_utf8(connection)
            migrate(connection, begin=begin)
            campaign = _found(connection, begin=begin)
        except BaseException:
            connection.close()
            raise
        super().__init__(connection, campaign)
        self._begin()

    def close(self) -> None:
        """Write down what could not be before, if that is possible now, and close the connection."""
        with suppress(JournalError):
            self.pay()
        self.connection.close()

    @contextmanager
    def staging(self) -> Generator[PostgresStaging]:
        """Where rows are put that are to be added, while nobody else adds."""
        connection = Connection(self.connection.address, self.name)
        try:
            with connection.transaction():
                yield PostgresStaging(Deciding(connection, self.id))
        finally:
            connection.close()


def _found(connection: Connection, *, begin: bool) -> str:
    """The id of the campaign, which is begun if there is none and that is wanted."""
    found = connection.all(statements.FIND, (connection.name,))
    if not found and not begin:
        raise not_found(connection)
    found = found or connection.all(statements.OPEN, (secrets.token_hex(6), connection.name))
    return str(found[0][0])


def _require_utf8(connection: Connection) -> None:
    if (encoding := connection.all(statements.ENCODING)[0][0]) != "UTF8":
        raise JournalError(
            f"the database at {connection.address.shown} stores text as {encoding}",
            hint="Choose a database with the encoding UTF8: others can't store every message.",
        )
