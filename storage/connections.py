"""How both databases are spoken to: drivers, pragmas, the begin of a transaction, errors in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, NullPool, create_engine, event, text
from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError
from sqlalchemy.exc import DataError as DriverDataError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.addresses import blocking_url, dialect_of
from storage.errors import DatabaseUnavailable, StorageError, ValueRefused

BUSY_TIMEOUT = 30.0
"""Seconds that a writer waits for another one on SQLite before it gives up."""

_MIGRATION_LOCK = 0x6369_7461_6174_0001


def async_engine(url: str) -> AsyncEngine:
    """Give the engine behind the units of work, for a normalised address.

    On SQLite a connection begins a transaction with the commands in its execution option ``sqlite_begin``.
    """
    if dialect_of(url) == "postgresql":
        return create_async_engine(url, hide_parameters=True, pool_pre_ping=True)
    engine = create_async_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT})
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "connect", _enforce_foreign_keys)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def looking(url: str) -> Iterator[Connection]:
    """Give a blocking connection over one snapshot of the database, for a normalised address.

    Raises:
        StorageError: If the database does not answer.
    """
    options: dict[str, Any] = {"sqlite_begin": ("PRAGMA query_only = ON", "BEGIN")}
    if dialect_of(url) == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with _blocking_connection(url, options) as connection:
        yield connection


@contextmanager
def changing(url: str) -> Iterator[Connection]:
    """Give a blocking connection that alone may change the schema; kept on a normal exit, else undone.

    Foreign keys are off on SQLite, where changing a table means to drop it: with them on, dropping a
    parent empties its children by cascade.

    Raises:
        StorageError: If the database does not answer.
    """
    options = {"sqlite_begin": ("PRAGMA query_only = OFF", "BEGIN IMMEDIATE")}
    with _blocking_connection(url, options) as connection, connection.begin():
        if dialect_of(url) == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        yield connection


@contextmanager
def own_errors() -> Iterator[None]:
    """Turn the library's exceptions into ours; their texts hold no values.

    Raises:
        ValueRefused: For a value that its table or column does not take.
        DatabaseUnavailable: For a database that fails.
        StorageError: For anything else.
    """
    try:
        yield
    except (IntegrityError, DriverDataError) as error:
        raise ValueRefused(f"the database refused a value: {error.orig}") from error
    except DatabaseError as error:
        raise DatabaseUnavailable(f"the database failed: {error.orig}") from error
    except DBAPIError as error:
        raise StorageError(f"the database failed: {error.orig}") from error
    except StatementError as error:
        raise ValueRefused(f"the database cannot hold a value: {error.orig or error}") from error
    except SQLAlchemyError as error:
        raise StorageError(f"the database failed: {error}") from error


@contextmanager
def _blocking_connection(url: str, options: dict[str, Any]) -> Iterator[Connection]:
    is_sqlite = dialect_of(url) == "sqlite"
    arguments = {"timeout": BUSY_TIMEOUT} if is_sqlite else {}
    engine = create_engine(blocking_url(url), hide_parameters=True, poolclass=NullPool, connect_args=arguments)
    if is_sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    with own_errors(), engine.connect() as connection:
        yield connection.execution_options(**options)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin transactions by itself, and late: after the reads, which then hold no longer.
    connection.isolation_level = None
    _run(connection, "PRAGMA journal_mode = WAL")
    _run(connection, "PRAGMA synchronous = NORMAL")


def _enforce_foreign_keys(connection: Any, _record: object) -> None:
    _run(connection, "PRAGMA foreign_keys = ON")


def _run(connection: Any, command: str) -> None:
    cursor = connection.cursor()
    cursor.execute(command)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    for command in connection.get_execution_options()["sqlite_begin"]:
        connection.exec_driver_sql(command)
