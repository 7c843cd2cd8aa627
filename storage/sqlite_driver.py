"""SQLite behind asyncio with one step of its thread for each statement, where the usual driver takes four."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import partial
from typing import Any

import aiosqlite


def connect(database: str, **options: Any) -> aiosqlite.Connection:
    """Give a connection for SQLAlchemy to await; other threads than its own may make and close its cursors.

    Args:
        database: The file.
        options: Those of ``sqlite3.connect``; ``check_same_thread`` must be off.

    Returns:
        The connection, whose thread does not keep the process alive.
    """
    # What begins with an underscore is aiosqlite's own: its versions are held to 0.22 in pyproject.toml.
    connection = _Connection(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
    connection._thread.daemon = True
    return connection


class _Connection(aiosqlite.Connection):
    def cursor(self) -> _Cursor:  # type: ignore[override]  # SQLAlchemy only enters it
        return _Cursor(self, self._conn.cursor())


class _Cursor(aiosqlite.Cursor):
    """A cursor that runs a statement and reads all its rows at once; SQLAlchemy asks for all of them anyway."""

    _rows: Iterable[Any] = ()

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> _Cursor:
        self._rows = await self._execute(self._run, sql, parameters or ())  # type: ignore[no-untyped-call]
        return self

    async def fetchall(self) -> Iterable[Any]:
        return self._rows

    async def close(self) -> None:
        self._cursor.close()

    def _run(self, sql: str, parameters: Any) -> list[Any]:
        self._cursor.execute(sql, parameters)
        return self._cursor.fetchall() if self._cursor.description else []
