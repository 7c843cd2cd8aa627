"""The two units of work, and what the tables refuse, on both databases."""

from __future__ import annotations

import asyncio
import multiprocessing
from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint, Table, text, update
from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.database import Database, normalise_url
from storage.errors import DatabaseMissing, DatabaseUnavailable, InvalidAddress, StorageError, ValueRefused
from storage.sources import ensure_manual_source
from storage.tables import Source
from tests.storage_examples import fill

PROCESSES, COMMITS = 4, 200


async def keep_desk(session: AsyncSession) -> None:
    await ensure_manual_source(session, source_id="desk", name="Eigen bureau")


def count_up(url: str, commits: int) -> None:
    """Read a number and write the next one, many times: what one process of the test below does."""

    async def work() -> None:
        database = await Database.open(url)
        for _ in range(commits):
            async with database.writing() as session:
                source = await session.get_one(Source, "desk")
                source.failures += 1
                session.add(source)
        await database.close()

    asyncio.run(work())


async def test_no_commit_of_four_competing_processes_is_lost(sqlite_database: Database) -> None:
    async with sqlite_database.writing() as session:
        await keep_desk(session)
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=count_up, args=(sqlite_database.url, COMMITS)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        await asyncio.to_thread(process.join)
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    async with sqlite_database.reading() as session:
        assert (await session.get_one(Source, "desk")).failures == PROCESSES * COMMITS


async def test_what_was_written_can_be_read(database: Database) -> None:
    async with database.writing() as session:
        await keep_desk(session)
    async with database.reading() as session:
        assert [source.name for source in await session.exec(select(Source))] == ["Eigen bureau"]


async def test_an_exception_undoes_the_whole_unit(database: Database) -> None:
    async def fail_halfway() -> None:
        async with database.writing() as session:
            await keep_desk(session)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        await fail_halfway()
    async with database.reading() as session:
        assert (await session.exec(select(Source))).all() == []


async def test_a_reading_unit_cannot_write(database: Database) -> None:
    with pytest.raises(StorageError):
        async with database.reading() as session:
            await keep_desk(session)


async def test_a_reading_unit_sees_one_moment_however_long_it_takes(database: Database) -> None:
    async with database.reading() as reader:
        assert (await reader.exec(select(Source))).all() == []
        async with database.writing() as writer:
            await keep_desk(writer)
        assert (await reader.exec(select(Source))).all() == []
    async with database.reading() as reader:
        assert len((await reader.exec(select(Source))).all()) == 1


async def test_reading_does_not_wait_for_a_writer(database: Database) -> None:
    async with database.writing() as writer:
        await keep_desk(writer)
        async with asyncio.timeout(5), database.reading() as reader:
            assert (await reader.exec(select(Source))).all() == []


async def test_sqlite_is_set_to_be_safe_and_patient(sqlite_database: Database) -> None:
    async with sqlite_database.writing() as session:
        found = [
            (await session.exec(text(f"PRAGMA {name}"))).scalar()  # type: ignore[call-overload]
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    assert found == ["wal", 1, 30_000]


def known_word_columns() -> list[tuple[str, str]]:
    return [
        (table.name, str(rule.name).removeprefix(f"ck_{table.name}_").removesuffix("_known"))
        for table in SQLModel.metadata.sorted_tables
        for rule in table.constraints
        if isinstance(rule, CheckConstraint)
    ]


async def test_no_column_of_known_words_takes_another_one(database: Database) -> None:
    async with database.writing() as session:
        await fill(session)
    columns = known_word_columns()
    assert {("chat", "language"), ("statement", "kind"), ("delivery", "state")} <= set(columns)
    for table_name, column in columns:
        table: Table = SQLModel.metadata.tables[table_name]
        with pytest.raises(ValueRefused, match=f"{column}_known"):
            async with database.writing() as session:
                await session.exec(update(table).values({column: "rumour"}))


async def test_an_error_tells_what_failed_but_not_the_values(database: Database) -> None:
    async def keep_twice() -> None:
        async with database.writing() as session:
            session.add_all([Source(id="desk", name="geheim"), Source(id="desk", name="geheim")])

    with pytest.raises(ValueRefused) as failure:
        await keep_twice()
    assert "geheim" not in str(failure.value)


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("sqlite:///x.db", "sqlite+aiosqlite:///x.db"),
        ("sqlite+pysqlite:////data/x.db", "sqlite+aiosqlite:////data/x.db"),
        ("postgresql://me:word@host:5433/x", "postgresql+psycopg://me:word@host:5433/x"),
        ("postgres://host/x", "postgresql+psycopg://host/x"),
        ("postgresql+asyncpg://host/x", "postgresql+psycopg://host/x"),
        ("postgresql+psycopg://host/x", "postgresql+psycopg://host/x"),
    ],
)
def test_an_address_gets_the_driver_that_we_use(url: str, normal: str) -> None:
    assert normalise_url(url) == normal
    assert normalise_url(normal) == normal


@pytest.mark.parametrize("url", ["data/x.db", "", "mysql://host/x", "sqlite://", "sqlite:///:memory:", "/x.db"])
def test_what_is_not_an_address_of_ours_is_refused(url: str) -> None:
    with pytest.raises(InvalidAddress):
        normalise_url(url)


async def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "absent.db"
    with pytest.raises(DatabaseMissing, match=r"absent\.db"):
        await Database.open(f"sqlite:///{file}")
    assert not file.exists()


async def test_a_file_that_is_no_database_is_said_to_be_unreadable(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("Dit zijn aantekeningen." * 500)
    with pytest.raises(DatabaseUnavailable, match="not a database"):
        await Database.open(f"sqlite:///{file}")


async def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(DatabaseUnavailable) as failure:
        await Database.open("postgresql://me:geheim@127.0.0.1:1/x")
    assert "geheim" not in str(failure.value)


async def test_the_address_is_shown_without_its_password(sqlite_database: Database, sqlite_url: str) -> None:
    assert sqlite_database.display_url == sqlite_url
    assert sqlite_database.dialect == "sqlite"
