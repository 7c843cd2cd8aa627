"""Upgrades, checks, backups and restores, on databases that hold something."""

from __future__ import annotations

import asyncio
import gzip
import json
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import schema
from storage.addresses import sqlite_file
from storage.connections import changing, looking
from storage.database import Database, normalise_url
from storage.errors import (
    DatabaseMissing,
    DatabaseNotEmpty,
    InvalidBackup,
    MigrationFailed,
    NewerDatabase,
    NotMigrated,
    StorageError,
)
from storage.quotes import quotes
from storage.revisions import MIGRATIONS, draft, head, migrate
from storage.settings import SettingsRecord, settings
from storage.subscriptions import Subject, SubscriptionRecord, subscriptions
from tests.storage_examples import a_statement, fill, keep, keep_text

Result = TypeVar("Result")

HEAD = head()
REVISION = f'''
"""A revision for the tests."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{HEAD}"


def upgrade() -> None:
'''

ALTER_PARENTS = """
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name in ("person", "statement", "article"):
        with op.batch_alter_table(name, recreate="always" if is_sqlite else "never") as batch:
            batch.add_column(sa.Column("note", sa.String(), nullable=True))
"""
FORGET_A_COLUMN = """
    op.drop_column("story", "title")
"""
LOSE_PARENTS = """
    op.execute("DELETE FROM person")
"""
FAIL_LATE = """
    op.add_column("person", sa.Column("note", sa.String(), nullable=True))
    op.execute("SELECT nonsense")
"""


def in_unit(url: str, work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    """Run something in a writing unit of work."""

    async def run() -> Result:
        database = await Database.open(url)
        try:
            async with database.writing() as session:
                return await work(session)
        finally:
            await database.close()

    return asyncio.run(run())


def with_revision(folder: Path, body: str) -> Path:
    """Give a copy of our migrations with one more revision."""
    migrations = folder / "migrations"
    shutil.copytree(MIGRATIONS, migrations)
    (migrations / "versions" / "9999_later.py").write_text(REVISION + body, encoding="utf-8")
    return migrations


def contents(url: str) -> dict[str, list[dict[str, Any]]]:
    """Give all rows of all our tables."""
    with looking(normalise_url(url)) as connection:
        return {
            table.name: sorted(
                (dict(row) for row in connection.execute(select(table)).mappings()), key=lambda row: repr(row)
            )
            for table in SQLModel.metadata.sorted_tables
        }


async def cafe_statements(session: AsyncSession) -> int:
    return (await quotes(session, words="café ministerie")).total


def test_an_upgrade_makes_the_tables_once(empty_url: str) -> None:
    assert schema.state(empty_url).current is None
    first = schema.upgrade(empty_url)
    assert (first.before, first.after, first.backup_path) == (None, HEAD, None)
    assert schema.upgrade(empty_url).before == HEAD
    assert schema.state(empty_url) == schema.SchemaState(HEAD, HEAD, is_current=True, is_newer=False, exists=True)
    assert schema.check(empty_url) == []


def test_an_upgrade_makes_the_folder_of_a_sqlite_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'deep' / 'er' / 'x.db'}"
    assert not schema.state(url).exists
    schema.upgrade(url)
    assert schema.state(url).is_current


def test_changing_parent_tables_keeps_their_children_and_the_search(empty_url: str, tmp_path: Path) -> None:
    schema.upgrade(empty_url)
    in_unit(empty_url, fill)
    before = contents(empty_url)
    assert all(before.values()), "every table holds something"
    migrations = with_revision(tmp_path, ALTER_PARENTS)
    result = schema.upgrade(empty_url, tmp_path / "backups", migrations=migrations)
    assert (result.before, result.after) == (HEAD, "9999")
    assert contents(empty_url) == before
    with changing(normalise_url(empty_url)) as connection:
        # The revision is not ours: the units of work below would refuse it.
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": HEAD})
    assert in_unit(empty_url, cafe_statements) == 1

    async def add_one(session: AsyncSession) -> None:
        statement = a_statement("Nog een café bij het ministerie.")
        await keep(session, statement, await keep_text(session, "new"))

    in_unit(empty_url, add_one)
    assert in_unit(empty_url, cafe_statements) == 2


def test_a_backup_is_taken_before_an_upgrade(empty_url: str, tmp_path: Path) -> None:
    schema.upgrade(empty_url)
    in_unit(empty_url, fill)
    before = contents(empty_url)
    migrations = with_revision(tmp_path, ALTER_PARENTS)
    backup_path = schema.upgrade(empty_url, tmp_path / "backups", migrations=migrations).backup_path
    assert backup_path is not None
    assert HEAD in backup_path.name
    if backup_path.suffix == ".db":
        restored = f"sqlite:///{backup_path}"
    else:
        restored = f"sqlite:///{tmp_path / 'restored.db'}"
        schema.restore(restored, backup_path)
    assert schema.state(restored).current == HEAD
    assert contents(restored) == before


@pytest.mark.parametrize(
    ("body", "error"), [(LOSE_PARENTS, StorageError), (FAIL_LATE, StorageError)], ids=["loses parents", "fails late"]
)
def test_an_upgrade_that_fails_changes_nothing(
    database_url: str, tmp_path: Path, body: str, error: type[StorageError]
) -> None:
    in_unit(database_url, fill)
    before = contents(database_url)
    with pytest.raises(error):
        schema.upgrade(database_url, migrations=with_revision(tmp_path, body))
    assert contents(database_url) == before
    assert schema.check(database_url) == []


def test_rows_that_lost_their_parent_are_named(sqlite_url: str, tmp_path: Path) -> None:
    in_unit(sqlite_url, fill)
    with pytest.raises(MigrationFailed, match="refers to a row of person"):
        schema.upgrade(sqlite_url, migrations=with_revision(tmp_path, LOSE_PARENTS))


def test_a_draft_of_a_revision_sees_the_tables_but_not_the_search(tmp_path: Path) -> None:
    migrations = with_revision(tmp_path, FORGET_A_COLUMN)
    drafted = draft("Add a title to story", migrations).read_text(encoding="utf-8")
    assert "batch_op.add_column(sa.Column('title', sa.String(), nullable=False))" in drafted
    assert "statement" not in drafted
    assert schema.upgrade(f"sqlite:///{tmp_path / 'x.db'}", migrations=migrations).after == "10000"


async def test_a_database_of_a_newer_version_is_refused(empty_url: str, tmp_path: Path) -> None:
    schema.upgrade(empty_url, migrations=with_revision(tmp_path, ALTER_PARENTS))
    assert schema.state(empty_url).is_newer
    for refused in (schema.upgrade, schema.check):
        with pytest.raises(NewerDatabase, match="9999"):
            refused(empty_url)
    with pytest.raises(NewerDatabase, match="newer version"):
        await Database.open(empty_url)


async def test_a_database_without_tables_says_how_to_make_them(empty_url: str) -> None:
    with pytest.raises((NotMigrated, DatabaseMissing), match="citaatwacht db upgrade"):
        await Database.open(empty_url)


def test_a_check_finds_what_was_changed_by_hand(empty_url: str) -> None:
    schema.upgrade(empty_url)
    with changing(normalise_url(empty_url)) as connection:
        connection.execute(text("ALTER TABLE person ADD COLUMN shoe_size INTEGER"))
        connection.execute(text("DROP INDEX ix_article_published_at"))
    problems = "\n".join(schema.check(empty_url))
    assert "shoe_size" in problems
    assert "ix_article_published_at" in problems


def test_a_check_finds_a_lost_constraint_search_and_parent(sqlite_url: str) -> None:
    in_unit(sqlite_url, fill)
    with closing(sqlite3.connect(sqlite_file(normalise_url(sqlite_url)))) as connection, connection:
        connection.execute("DROP TRIGGER statement_search_insert")
        connection.execute("DELETE FROM person")
        connection.execute("CREATE TABLE plain AS SELECT * FROM review")
        connection.execute("DROP TABLE review")
        connection.execute("ALTER TABLE plain RENAME TO review")
    problems = "\n".join(schema.check(sqlite_url))
    assert "lacks statement_search_insert" in problems
    assert "refers to a row of person that is not there" in problems
    assert "table review lacks the constraint ck_review_verdict_known" in problems


def test_a_check_finds_a_search_that_does_not_agree(sqlite_url: str) -> None:
    in_unit(sqlite_url, fill)
    with closing(sqlite3.connect(sqlite_file(normalise_url(sqlite_url)))) as connection, connection:
        connection.execute("DROP TRIGGER statement_search_update")
        connection.execute("UPDATE statement SET content = 'heel iets anders'")
        connection.execute("CREATE TRIGGER statement_search_update AFTER UPDATE ON statement BEGIN SELECT 1; END")
    assert schema.check(sqlite_url) == ["the full-text index does not agree with the statements"]


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_backup_of_either_database_can_be_restored_in_either(
    database_url: str, target: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    in_unit(database_url, fill)
    file = tmp_path / "all.backup"
    if target == "sqlite":
        url = f"sqlite:///{tmp_path / 'other' / 'restored.db'}"
    else:
        url = request.getfixturevalue("postgres_server").create_database()
    rows = sum(len(table) for table in contents(database_url).values())
    assert schema.backup(database_url, file) == rows
    assert schema.restore(url, file) == rows
    assert contents(url) == contents(database_url)
    assert schema.check(url) == []
    assert in_unit(url, cafe_statements) == 1

    async def add_one(session: AsyncSession) -> int:
        return await keep(session, a_statement("Later gezegd."), await keep_text(session, "new"))

    assert in_unit(url, add_one) == max(row["id"] for row in contents(database_url)["statement"]) + 1


def test_a_backup_of_an_older_version_is_brought_up_to_date(database_url: str, tmp_path: Path) -> None:
    in_unit(database_url, fill)
    file = tmp_path / "old.backup"
    schema.backup(database_url, file)
    url = f"sqlite:///{tmp_path / 'restored.db'}"
    schema.restore(url, file, migrations=with_revision(tmp_path, ALTER_PARENTS))
    assert schema.state(url).current == "9999"
    assert contents(url) == contents(database_url)


def test_a_backup_goes_into_an_empty_database_only(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "all.backup"
    schema.backup(database_url, file)
    with pytest.raises(DatabaseNotEmpty):
        schema.restore(database_url, file)


def test_there_is_no_backup_of_nothing(empty_url: str, tmp_path: Path) -> None:
    with pytest.raises((NotMigrated, DatabaseMissing)):
        schema.backup(empty_url, tmp_path / "all.backup")
    assert list(tmp_path.glob("*.backup*")) == []


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-40])


def without_end(file: Path) -> None:
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    file.write_bytes(gzip.compress(b"".join(lines[:-1])))


def with_a_row_less(file: Path) -> None:
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    file.write_bytes(gzip.compress(b"".join(lines[:-2] + lines[-1:])))


def of_another_kind(file: Path) -> None:
    file.write_bytes(gzip.compress(json.dumps({"format": "something else"}).encode()))


def no_json(file: Path) -> None:
    file.write_bytes(gzip.compress(b"[1, 2"))


def strange_rows(file: Path) -> None:
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    file.write_bytes(gzip.compress(b"".join([lines[0], b'{"table": "unheard_of", "row": {}}\n'])))


def plain_text(file: Path) -> None:
    file.write_text("dit is geen backup")


@pytest.mark.parametrize(
    "spoil", [cut_short, without_end, with_a_row_less, of_another_kind, no_json, strange_rows, plain_text, Path.unlink]
)
def test_a_file_that_is_no_whole_backup_leaves_nothing_behind(
    sqlite_url: str, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    in_unit(sqlite_url, fill)
    file, target = tmp_path / "all.backup", tmp_path / "restored.db"
    schema.backup(sqlite_url, file)
    spoil(file)
    with pytest.raises(InvalidBackup):
        schema.restore(f"sqlite:///{target}", file)
    assert not target.exists()


def test_a_backup_of_a_newer_version_is_refused(empty_url: str, tmp_path: Path) -> None:
    schema.upgrade(empty_url, migrations=with_revision(tmp_path, ALTER_PARENTS))
    file = tmp_path / "newer.backup"
    schema.backup(empty_url, file)
    with pytest.raises(NewerDatabase):
        schema.restore(f"sqlite:///{tmp_path / 'restored.db'}", file)


def test_whom_a_chat_followed_before_there_were_levels_is_followed_in_full(empty_url: str) -> None:
    with changing(normalise_url(empty_url)) as connection:
        migrate(connection, "0004")
        moment = "'2024-03-01 12:00:00+00:00'"
        connection.execute(
            text("INSERT INTO person (id, name, family_name, popolo) VALUES ('jan-post', 'Jan Post', 'Post', '{}')")
        )
        connection.execute(
            text(
                "INSERT INTO chat (id, kind, title, language, timezone, state, created_at) "
                f"VALUES (-100, 'group', 'Redactie', 'en', 'UTC', 'active', {moment})"
            )
        )
        connection.execute(
            text(
                "INSERT INTO subscription (chat_id, topic_id, person_id, created_by, created_at) "
                f"VALUES (-100, 3, 'jan-post', 7, {moment})"
            )
        )
    schema.upgrade(empty_url)

    async def read(session: AsyncSession) -> tuple[list[SubscriptionRecord], SettingsRecord]:
        return await subscriptions(session, chat_id=-100, topic_id=3), await settings(session, chat_id=-100)

    followed, chosen = in_unit(empty_url, read)
    assert followed == [SubscriptionRecord(1, 3, Subject("person", "jan-post"), "all", passes_quiet=False)]
    assert chosen == SettingsRecord(language="en", timezone="UTC")
    assert schema.check(empty_url) == []
