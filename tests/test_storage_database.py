"""The two units of work, on both databases."""

from __future__ import annotations

import pytest
from sqlmodel import select

from storage.database import Database
from storage.errors import StorageError
from storage.sources import ensure_manual_source
from storage.tables import Source


async def test_what_was_written_can_be_read(database: Database) -> None:
    async with database.writing() as session:
        await ensure_manual_source(session, source_id="desk", name="Eigen bureau")
    async with database.reading() as session:
        assert [source.name for source in await session.exec(select(Source))] == ["Eigen bureau"]


async def test_an_exception_undoes_the_whole_unit(database: Database) -> None:
    async def fail_halfway() -> None:
        async with database.writing() as session:
            await ensure_manual_source(session, source_id="desk", name="Eigen bureau")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        await fail_halfway()
    async with database.reading() as session:
        assert (await session.exec(select(Source))).all() == []


async def test_a_reading_unit_cannot_write(database: Database) -> None:
    with pytest.raises(StorageError):
        async with database.reading() as session:
            await ensure_manual_source(session, source_id="desk", name="Eigen bureau")
