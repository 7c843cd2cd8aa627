"""The door to the schema for the command line: state, upgrade, check, backup and restore. All of it blocks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, inspect, text
from sqlmodel import SQLModel

from storage import backups, revisions, search
from storage.addresses import dialect_of, display_url, normalise_url, sqlite_file
from storage.connections import changing, looking
from storage.errors import DatabaseMissing, DatabaseNotEmpty, NewerDatabase, NotMigrated
from storage.revisions import MIGRATIONS


@dataclass(frozen=True, slots=True)
class SchemaState:
    """How a database stands to this version of the program.

    Attributes:
        current: The revision of the database; None where it has no tables of ours.
        head: The revision that this version needs.
        is_current: Whether they are the same.
        is_newer: Whether the database is at a revision that this version does not know.
        exists: Whether there is a database at all.
    """

    current: str | None
    head: str
    is_current: bool
    is_newer: bool
    exists: bool


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did.

    Attributes:
        before: The revision before it; None for a new database.
        after: The revision after it.
        backup_path: The backup that was taken before it; None where nothing was to be changed or lost.
    """

    before: str | None
    after: str
    backup_path: Path | None


def state(url: str) -> SchemaState:
    """Say how a database stands to this version of the program.

    Args:
        url: The database's address.

    Raises:
        InvalidAddress: If it is not one.
        DatabaseUnavailable: If the database does not answer.
    """
    url = normalise_url(url)
    head = revisions.head()
    if not _exists(url):
        return SchemaState(current=None, head=head, is_current=False, is_newer=False, exists=False)
    with looking(url) as connection:
        current = revisions.current(connection)
    is_newer = current is not None and not revisions.is_known(current)
    return SchemaState(current=current, head=head, is_current=current == head, is_newer=is_newer, exists=True)


def require_current(url: str) -> None:
    """Refuse a database that this version cannot work with.

    Args:
        url: The database's address.

    Raises:
        InvalidAddress: If it is not one.
        DatabaseMissing: If there is no such file.
        DatabaseUnavailable: If the database does not answer.
        NotMigrated: If its tables are missing or those of an older version.
        NewerDatabase: If a newer version of the program made it.
    """
    found = state(url)
    shown = display_url(normalise_url(url))
    if not found.exists:
        raise DatabaseMissing(f"there is no database at {shown}; `citaatwacht db upgrade` makes one")
    if found.is_newer:
        raise NewerDatabase(
            f"the database at {shown} is at revision {found.current}, this version knows revisions up to "
            f"{found.head}: a newer version of the program made it. Install that version again."
        )
    if not found.is_current:
        what = "has no tables yet" if found.current is None else f"is at revision {found.current} of {found.head}"
        raise NotMigrated(f"the database at {shown} {what}; `citaatwacht db upgrade` brings it up to date")


def upgrade(url: str, backup_folder: Path | None = None, *, migrations: Path = MIGRATIONS) -> Upgrade:
    """Bring a database to the newest revision; a SQLite file is made where there is none.

    Everything happens in one transaction: an upgrade that fails changes nothing.

    Args:
        url: The database's address.
        backup_folder: Where a backup is put before anything changes: a copy of the file for SQLite, a
            portable backup (see ``backup``) for PostgreSQL, beside which the operator's pg_dump remains the
            better one for a large database. None for no backup.
        migrations: The folder of migrations.

    Returns:
        What was done.

    Raises:
        StorageError: ``InvalidAddress``, ``DatabaseUnavailable``, ``NewerDatabase`` or ``MigrationFailed``.
    """
    url = normalise_url(url)
    if dialect_of(url) == "sqlite":
        sqlite_file(url).parent.mkdir(parents=True, exist_ok=True)
    after = revisions.head(migrations)
    with changing(url) as connection:
        before = revisions.current(connection)
        if before == after:
            return Upgrade(before, after, None)
        backup_path = None
        if before is not None and revisions.is_known(before, migrations) and backup_folder is not None:
            backup_path = _back_up_first(url, backup_folder, before)
        revisions.migrate(connection, "head", migrations)
    return Upgrade(before, after, backup_path)


def check(url: str) -> list[str]:
    """Look for damage in a database, and for differences between its schema and this version's tables.

    Args:
        url: The database's address.

    Returns:
        One line for each problem; empty if all is well.

    Raises:
        StorageError: ``InvalidAddress``, ``DatabaseMissing``, ``DatabaseUnavailable``, ``NotMigrated`` or
            ``NewerDatabase``.
    """
    require_current(url)
    with changing(normalise_url(url)) as connection:
        problems = _damage(connection) + revisions.orphaned_rows(connection)
        problems += search.problems(connection) + _drift(connection)
        connection.rollback()
    return problems


def backup(url: str, file: Path) -> int:
    """Write all rows of a database to a file, from one snapshot; a file of that name is replaced.

    The file is the same for both databases (see ``storage.backups``), so that one can be moved to the other.

    Args:
        url: The database's address.
        file: Where to.

    Returns:
        The number of rows.

    Raises:
        StorageError: ``InvalidAddress``, ``DatabaseMissing``, ``DatabaseUnavailable`` or ``NotMigrated``.
    """
    url = normalise_url(url)
    found = state(url)
    if not found.exists:
        raise DatabaseMissing(f"there is no database at {display_url(url)}")
    if found.current is None:
        raise NotMigrated(f"the database at {display_url(url)} has no tables of ours")
    with looking(url) as connection:
        return backups.write(connection, file)


def restore(url: str, file: Path, *, migrations: Path = MIGRATIONS) -> int:
    """Fill an empty database from a backup, and bring it to the newest revision.

    Everything happens in one transaction: a restore that fails changes nothing.

    Args:
        url: The address of a database without tables; a SQLite file is made where there is none.
        file: A file that ``backup`` wrote, on either database and by this or an older version.
        migrations: The folder of migrations.

    Returns:
        The number of rows.

    Raises:
        DatabaseNotEmpty: If the database has tables already.
        InvalidBackup: If the file is not a backup, or not a whole one.
        StorageError: ``InvalidAddress``, ``DatabaseUnavailable``, ``NewerDatabase`` or ``MigrationFailed``.
    """
    url = normalise_url(url)
    is_new = not _exists(url)
    if is_new:
        sqlite_file(url).parent.mkdir(parents=True, exist_ok=True)
    try:
        with changing(url) as connection:
            if inspect(connection).get_table_names():
                raise DatabaseNotEmpty(f"{display_url(url)} has tables already; a backup goes into an empty database")
            return backups.read(connection, file, migrations)
    except BaseException:
        if is_new:
            sqlite_file(url).unlink(missing_ok=True)
        raise


def _exists(url: str) -> bool:
    return dialect_of(url) == "postgresql" or sqlite_file(url).exists()


def _back_up_first(url: str, folder: Path, revision: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"before-upgrade-from-{revision}-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    if dialect_of(url) == "postgresql":
        path = folder / f"{stem}.backup"
        backup(url, path)
        return path
    path = folder / f"{stem}.db"
    with closing(sqlite3.connect(sqlite_file(url))) as source, closing(sqlite3.connect(path)) as copy:
        source.backup(copy)
    return path


def _damage(connection: Connection) -> list[str]:
    if connection.dialect.name != "sqlite":
        rows = connection.execute(text("SELECT conname FROM pg_constraint WHERE NOT convalidated"))
        return [f"constraint {name} was never validated" for (name,) in rows]
    rows = connection.execute(text("PRAGMA integrity_check"))
    return [f"the file is damaged: {line}" for (line,) in rows if line != "ok"]


def _drift(connection: Connection) -> list[str]:
    context = MigrationContext.configure(connection, opts=revisions.comparison_options())
    differences = [f"the schema differs: {difference}" for difference in compare_metadata(context, SQLModel.metadata)]
    # Alembic does not compare CHECK constraints, which alone keep unknown words out.
    inspector = inspect(connection)
    for table in SQLModel.metadata.sorted_tables:
        if inspector.has_table(table.name):
            found = {row["name"] for row in inspector.get_check_constraints(table.name)}
            wanted = {str(rule.name) for rule in table.constraints if isinstance(rule, CheckConstraint)}
            differences += [f"table {table.name} lacks the constraint {name}" for name in sorted(wanted - found)]
    return differences
