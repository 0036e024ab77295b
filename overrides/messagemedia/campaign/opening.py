"""Which database holds a journal, by what the caller says of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from messagemedia._secret import Secret
from messagemedia.campaign.errors import JournalNotFoundError
from messagemedia.campaign.files import is_begun, real_path
from messagemedia.campaign.journal import FileJournal
from messagemedia.campaign.protocol import Journal, Moved
from messagemedia.errors import ConfigurationError, FieldError, ValidationError

_ADDRESSES = ("postgresql://", "postgres://")
_LONGEST_NAME = 200


def opened(where: str | os.PathLike[str], name: str, *, begin: bool) -> tuple[Journal, Path | None]:
    """Open the journal at a path or an address, or begin it, and return it with its file, if it has one.

    Raises:
        ValidationError: The name is missing or not allowed, or the address can't be read.
        ConfigurationError: What PostgreSQL needs is not installed.
        JournalNotFoundError: There is none, and none is to be begun.
        JournalError: The journal can't be opened.
    """
    if isinstance(where, str) and where.startswith(_ADDRESSES):
        return _in_postgres(where, name, begin=begin), None
    if name:
        raise ValidationError([FieldError("must be left out: a journal in a file is identified by its path", "name")])
    # What belongs to it is beside the file itself, whatever links lead to it.
    path = real_path(where)
    if not begin and not is_begun(path):
        raise JournalNotFoundError(f"there is no journal {path}", hint="Check the path.")
    return FileJournal(path), path


def shielded(where: str | os.PathLike[str]) -> str | os.PathLike[str]:
    """The same; an address, which may have a password in it, is shown by no traceback."""
    return Secret(where) if isinstance(where, str) and where.startswith(_ADDRESSES) else where


def destination(
    address: str, name: str, journal_id: str
) -> AbstractContextManager[Callable[[Iterable[Moved], bool], int]]:
    """What takes over the rows of a journal, in a database.

    Raises:
        ValidationError: The name is missing or taken, or the address can't be read.
        ConfigurationError: What PostgreSQL needs is not installed.
    """
    _check(address, name)
    with _installed():
        from messagemedia.campaign.postgres.moving import taking_over  # noqa: PLC0415  # an extra
    return taking_over(address, name, journal_id)


def _in_postgres(address: str, name: str, *, begin: bool) -> Journal:
    _check(address, name)
    with _installed():
        from messagemedia.campaign.postgres.journal import PostgresJournal  # noqa: PLC0415  # an extra
    return PostgresJournal(address, name, begin=begin)


def _check(address: object, name: object) -> None:
    if not isinstance(address, str) or not address.startswith(_ADDRESSES):
        raise ValidationError([FieldError("must be an address such as postgresql://user@host/database", "address")])
    if not isinstance(name, str) or not name or len(name) > _LONGEST_NAME or not name.isprintable():
        wanted = f"must be the name of the campaign in the database, 1 to {_LONGEST_NAME} characters"
        raise ValidationError([FieldError(wanted, "name")])


@contextmanager
def _installed() -> Generator[None]:
    try:
        yield
    except ImportError as error:
        raise ConfigurationError(
            "a campaign in PostgreSQL needs psycopg, which is not installed",
            hint="pip install 'messagemedia[postgres]'",
        ) from error
