"""How both databases are spoken to: drivers, pragmas, the begin of a transaction, errors in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, text
from sqlalchemy.exc import DatabaseError, DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage import sqlite_driver
from storage.addresses import blocking_url, dialect_of
from storage.errors import DatabaseUnavailable, StorageError, ValueRefused

BUSY_TIMEOUT = 30.0
"""Seconds that a writer waits for another one on SQLite before it gives up."""

_SQLITE: dict[str, Any] = {"hide_parameters": True, "connect_args": {"timeout": BUSY_TIMEOUT}}
_ASYNC_SQLITE: dict[str, Any] = {
    "hide_parameters": True,
    "connect_args": {"timeout": BUSY_TIMEOUT, "async_creator_fn": sqlite_driver.connect},
}
_POSTGRESQL: dict[str, Any] = {"hide_parameters": True, "pool_pre_ping": True}
# Recall, and the index behind it, touch pages all over a large file: the usual 2 MB would not even hold the upper
# levels of its tables, and a debate's transaction would have to write its pages twice. In KiB, if negative.
_CACHE = "cache_size = -65536"
_MIGRATION_LOCK = 0x6369_7461_6174_0001


def reading_engine(url: str) -> AsyncEngine:
    """Give the engine behind the units of work that read, for a normalised address: each sees one snapshot."""
    if dialect_of(url) == "postgresql":
        return create_async_engine(
            url, **_POSTGRESQL, isolation_level="REPEATABLE READ", execution_options={"postgresql_readonly": True}
        )
    engine = create_async_engine(url, **_ASYNC_SQLITE)
    _set_up_sqlite(engine.sync_engine, begin="BEGIN", pragmas=("query_only = ON",))
    return engine


def looking_engine(url: str) -> Engine:
    """Give the engine behind blocking reads, for a normalised address: each connection sees one snapshot."""
    if dialect_of(url) == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "execution_options": {"postgresql_readonly": True}}
        return create_engine(blocking_url(url), **_POSTGRESQL, **options)
    engine = create_engine(blocking_url(url), **_SQLITE)
    _set_up_sqlite(engine, begin="BEGIN", pragmas=("query_only = ON", _CACHE))
    return engine


def writing_engine(url: str) -> AsyncEngine:
    """Give the engine behind the units of work that write, for a normalised address.

    On SQLite only one can write: those of this process take their turns for one connection, which is fairer
    than to let them all knock at the file until it is free.
    """
    if dialect_of(url) == "postgresql":
        return create_async_engine(url, **_POSTGRESQL)
    engine = create_async_engine(url, **_ASYNC_SQLITE, pool_size=1, max_overflow=0, pool_timeout=BUSY_TIMEOUT)
    _set_up_sqlite(engine.sync_engine, begin="BEGIN IMMEDIATE", pragmas=("foreign_keys = ON", _CACHE))
    return engine


@contextmanager
def looking(url: str) -> Iterator[Connection]:
    """Give a blocking connection over one snapshot of the database, for a normalised address.

    Raises:
        StorageError: If the database does not answer.
    """
    if dialect_of(url) == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "execution_options": {"postgresql_readonly": True}}
        engine = create_engine(blocking_url(url), **_POSTGRESQL, **options, poolclass=NullPool)
    else:
        engine = create_engine(blocking_url(url), **_SQLITE, poolclass=NullPool)
        _set_up_sqlite(engine, begin="BEGIN", pragmas=("query_only = ON",))
    with own_errors(), engine.connect() as connection:
        yield connection


@contextmanager
def changing(url: str) -> Iterator[Connection]:
    """Give a blocking connection that alone may change the schema; kept on a normal exit, else undone.

    Foreign keys are off on SQLite, where changing a table means to drop it: with them on, dropping a
    parent empties its children by cascade.

    Raises:
        StorageError: If the database does not answer.
    """
    if dialect_of(url) == "postgresql":
        engine = create_engine(blocking_url(url), **_POSTGRESQL, poolclass=NullPool)
    else:
        engine = create_engine(blocking_url(url), **_SQLITE, poolclass=NullPool)
        _set_up_sqlite(engine, begin="BEGIN IMMEDIATE", pragmas=("foreign_keys = OFF",))
    with own_errors(), engine.begin() as connection:
        if connection.dialect.name == "postgresql":
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
    except (IntegrityError, DataError) as error:
        raise ValueRefused(f"the database refused a value: {error.orig}") from error
    except DatabaseError as error:
        raise DatabaseUnavailable(f"the database failed: {error.orig}") from error
    except PoolTimeoutError as error:
        raise DatabaseUnavailable("the database failed: another unit of work held it for too long") from error
    except DBAPIError as error:
        raise StorageError(f"the database failed: {error.orig}") from error
    except StatementError as error:
        raise ValueRefused(f"the database cannot hold a value: {error.orig or error}") from error
    except SQLAlchemyError as error:
        raise StorageError(f"the database failed: {error}") from error


def _set_up_sqlite(engine: Engine, *, begin: str, pragmas: tuple[str, ...]) -> None:
    def prepare(connection: Any, _record: object) -> None:
        # The driver would begin transactions by itself, and late: after the reads, which then hold no longer.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begin_ourselves(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin_ourselves)
