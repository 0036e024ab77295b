"""The way to PostgreSQL: one connection, made when it is needed and replaced when it is lost.

It works through PgBouncer in transaction mode: no prepared statements, nothing that lasts longer than a transaction. No
error shows what a row holds, nor a password.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict

from messagemedia._http.home import Home, shield_in_children
from messagemedia._secret import Secret
from messagemedia.campaign.errors import JournalError
from messagemedia.errors import FieldError, ValidationError

T = TypeVar("T")
_Psycopg = psycopg.Connection[tuple[Any, ...]]

# How a server that is gone is noticed, in seconds (milliseconds in the last one), unless the address says otherwise.
_PATIENT = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
# Whatever the role, the database or the environment have set for others: every message can be written.
_NEEDED = {"client_encoding": "UTF8"}
# Seconds after which a connection is tried out before it is used again.
_IDLE = 1.0
# Classes and codes of what passes by itself: connections, a server that starts or stops, deadlocks, a full disk.
_PASSING = ("08", "40", "53", "57P", "58", "55P03", "25006")
_CHANGED = (
    "The tables in the schema messagemedia are not as this version made them. Restore them; do not start over with the "
    "same rows."
)
_HINTS = {
    "42501": "Give this user CREATE on the database, or have its owner open a campaign once; afterwards it needs "
    "USAGE on the schema messagemedia and its sequence, and SELECT, INSERT, UPDATE and DELETE on its tables.",
    "25006": "Use the primary server, and check that default_transaction_read_only is off for this user.",
    "25P03": "Raise idle_in_transaction_session_timeout for this user.",
    "57014": "It was canceled, or took too long: raise statement_timeout for this user.",
    "3F": _CHANGED,
    "42": _CHANGED,
}
_SAYS_NOTHING_OF_ROWS = ("08", "28", "3D", "42501", "53", "57P", "25006", "3F")


class Address:
    """Where the journal is, and how that may be shown to people."""

    def __init__(self, address: str) -> None:
        """Read an address.

        Raises:
            ValidationError: It is none.
        """
        try:
            parameters = conninfo_to_dict(address)
        except psycopg.Error:
            parameters = None
        if parameters is None:  # out here: libpq repeats what it can't read, a password too
            raise ValidationError(
                [FieldError("must be an address such as postgresql://user@host/database, percent-encoded", "path")]
            )
        self.parameters = {**_PATIENT, **{name: Secret(value) for name, value in parameters.items()}, **_NEEDED}
        where = {name: str(parameters.get(name) or "") for name in ("host", "port", "dbname")}
        port = where["port"] and f":{where['port']}"
        self.shown = f"postgresql://{where['host']}{port}/{where['dbname']}"

    def __repr__(self) -> str:
        return getattr(self, "shown", "postgresql://…")  # a traceback may print one that could not be read


class Connection:
    """One connection, for all threads of the process, one at a time."""

    def __init__(self, address: Address, name: str) -> None:
        self.address = address
        self.name = name
        self._home = Home("this campaign")
        self._home.enter()
        self._lock = threading.RLock()
        self._connection: _Psycopg | None = None
        self._is_inside = False
        self._used = 0.0
        self._is_closed = False
        shield_in_children(self)

    def close(self) -> None:
        """Close it; a forked child leaves it to the process that opened it."""
        if self._home.is_elsewhere:
            return
        with self._lock:
            self._is_closed = True
            self._drop()

    def all(self, statement: LiteralString, parameters: Any = None) -> list[tuple[Any, ...]]:
        """The rows that a statement gives: within `transaction`, or as a transaction of its own."""

        def execute(connection: _Psycopg) -> list[tuple[Any, ...]]:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description is not None else []

        return self._explained(execute)

    def copy(self, statement: LiteralString, rows: Iterable[tuple[Any, ...]]) -> None:
        """Write many rows, within `transaction`."""

        def execute(connection: _Psycopg) -> None:
            with connection.cursor() as cursor, cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)

        self._explained(execute)

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Make everything within be kept together, or not at all if it ends with an exception.

        Each statement sees what was committed before it began, whatever the server would do by itself.
        """
        with self._lock:
            self.all("BEGIN ISOLATION LEVEL READ COMMITTED")
            self._is_inside = True
            try:
                yield
                self._explained(_commit)
            except BaseException:
                with suppress(JournalError):
                    self.all("ROLLBACK")
                raise
            finally:
                self._is_inside = False

    def _explained(self, execute: Callable[[_Psycopg], T]) -> T:
        """Do something with the connection; what goes wrong with it becomes a `JournalError`."""
        self._stay()
        with self._lock:
            try:
                return execute(self._connected())
            except psycopg.Error as error:
                failure = self._failure(error)
            if isinstance(failure.__cause__, ConnectionError):
                self._drop()
        raise failure  # out here, so that what a row holds does not come along with the context of the exception

    def _connected(self) -> _Psycopg:
        if self._is_closed:
            raise JournalError(f"the journal {self.name} is closed", hint="Make a new Campaign.")
        if self._is_inside:  # what is left of a transaction must not be carried out without its beginning
            if self._connection is None or self._connection.closed:
                raise psycopg.OperationalError("the connection was lost within a transaction")
            return self._connection
        now = time.monotonic()
        if self._connection is not None and now - self._used > _IDLE:
            try:
                self._connection.execute("SELECT 1")  # rather than let what is wanted meet a server that restarted
            except psycopg.Error:
                self._drop()
        self._used = now
        if self._connection is None or self._connection.closed:
            parameters: dict[str, Any] = {"application_name": "messagemedia", **self.address.parameters}
            self._connection = _reads_dates(psycopg.connect(autocommit=True, prepare_threshold=None, **parameters))
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
        self._connection = None

    def _stay(self) -> None:
        if self._home.is_elsewhere:
            raise JournalError(
                f"the journal {self.name} was opened before the process was forked, and belongs to the parent process",
                hint="Open a Campaign in each process.",
            )

    def _failure(self, error: psycopg.Error) -> JournalError:
        """What an error means. Only what is said of the server is repeated: the rest may show what a row holds."""
        state = error.sqlstate or ""
        is_lost = self._connection is None or self._connection.closed or not state or state.startswith(("08", "57P"))
        is_lost = is_lost and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
        told = type(error).__name__ + (f" {state}" if state else "")
        if is_lost or state.startswith(_SAYS_NOTHING_OF_ROWS):
            told = " ".join(str(error).split()) or told
        failure = JournalError(
            f"the journal {self.name} can't be used at {self.address.shown}: {told}",
            hint="Check that the server is running and that this user may connect." if is_lost else _hint(state),
        )
        if is_lost and not state.startswith(("28", "3D")):
            failure.__cause__ = ConnectionError(told)
        elif state.startswith(_PASSING):
            failure.__cause__ = TimeoutError(told)
        return failure


def _hint(state: str) -> str:
    """What to do about an error with this code, empty if that is not known."""
    return next((hint for begin, hint in _HINTS.items() if state.startswith(begin)), "")


def _reads_dates(connection: _Psycopg) -> _Psycopg:
    """The same connection; psycopg reads times in ISO 8601 alone, and a role may have another style."""
    if not (connection.info.parameter_status("DateStyle") or "").startswith("ISO"):
        connection.execute("SET DateStyle = 'ISO'")
    return connection


def _commit(connection: _Psycopg) -> None:
    if connection.execute("COMMIT").statusmessage != "COMMIT":  # it says ROLLBACK of a transaction that had failed
        raise psycopg.errors.InFailedSqlTransaction
