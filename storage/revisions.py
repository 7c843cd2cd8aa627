"""Alembic, run from inside the program: which revisions there are, and the way from one to the next."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.schema import SchemaItem
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from storage import search, tables  # noqa: F401 - the tables are what is compared
from storage.connections import changing
from storage.errors import MigrationFailed, NewerDatabase

MIGRATIONS = Path(__file__).with_name("migrations")
"""The folder with Alembic's environment and our revisions."""

VERSION_TABLE = "alembic_version"


def head(migrations: Path = MIGRATIONS) -> str:
    """Give the newest revision of a folder of migrations."""
    revision = ScriptDirectory.from_config(_config(migrations)).get_current_head()
    if revision is None:
        raise MigrationFailed(f"there are no migrations in {migrations}")
    return revision


def current(connection: Connection) -> str | None:
    """Give the revision of a database; None where it has no tables of ours."""
    return MigrationContext.configure(connection).get_current_revision()


def is_known(revision: str, migrations: Path = MIGRATIONS) -> bool:
    """Whether a revision is one of a folder of migrations."""
    scripts = ScriptDirectory.from_config(_config(migrations))
    return revision in {script.revision for script in scripts.walk_revisions()}


def migrate(connection: Connection, target: str, migrations: Path = MIGRATIONS) -> None:
    """Bring a database to a revision, in the connection's own transaction.

    Args:
        connection: From ``connections.changing``: alone, and on SQLite with foreign keys off.
        target: A revision, or ``head``.
        migrations: The folder of migrations.

    Raises:
        NewerDatabase: If the folder does not know the database's revision, or the target.
        MigrationFailed: If rows would be left without their parent.
    """
    for revision in (current(connection), None if target == "head" else target):
        if revision is not None and not is_known(revision, migrations):
            raise NewerDatabase(
                f"this version of the program does not know revision {revision}: a newer version made the "
                "database or the backup. Install that version again, or restore an older backup."
            )
    config = _config(migrations)
    config.attributes["connection"] = connection
    search.drop(connection)
    command.upgrade(config, target)
    search.renew(connection)
    orphans = orphaned_rows(connection)
    if orphans:
        raise MigrationFailed(f"the upgrade was undone, it would leave rows without their parent: {orphans[0]}")


def draft(message: str, migrations: Path = MIGRATIONS) -> Path:
    """Write the next revision from the differences between the tables and the revisions so far; read it over.

    Alembic sees no change of a CHECK constraint; write that by hand. A revision has no way back: that is what
    the backup before an upgrade is for.

    Args:
        message: What it does, in the imperative; the file is named after it.
        migrations: The folder of migrations.

    Returns:
        The new file.
    """
    newest = head(migrations)
    config = _config(migrations)
    with TemporaryDirectory() as folder, changing(f"sqlite:///{folder}/empty.db") as connection:
        migrate(connection, "head", migrations)
        config.attributes["connection"] = connection
        script = command.revision(config, message, autogenerate=True, rev_id=f"{int(newest) + 1:04d}")
    if not isinstance(script, Script):
        raise MigrationFailed("Alembic wrote no revision")
    return Path(script.path)


def orphaned_rows(connection: Connection) -> list[str]:
    """Say which rows of a SQLite database lack the row that they refer to; PostgreSQL never has any."""
    if connection.dialect.name != "sqlite":
        return []
    rows = connection.execute(text("PRAGMA foreign_key_check")).all()
    return [f"row {row.rowid} of {row.table} refers to a row of {row.parent} that is not there" for row in rows]


def comparison_options() -> dict[str, Any]:
    """Give how Alembic compares our tables with a database, and how it writes a revision."""
    return {
        "target_metadata": SQLModel.metadata,
        "render_as_batch": True,
        "compare_type": True,
        "include_object": _belongs_to_revisions,
        "render_item": _plain_type,
    }


def _belongs_to_revisions(_item: SchemaItem, name: str | None, *_rest: object) -> bool:
    return not search.is_derived(name)


def _plain_type(_kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write a type of SQLModel as SQLAlchemy's own, so that old revisions outlive its changes."""
    if isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return "sa.String()" if isinstance(item, AutoString) else False


def _config(migrations: Path) -> Config:
    config = Config()
    # Alembic reads the value with interpolation, where a percent sign is doubled.
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    return config
