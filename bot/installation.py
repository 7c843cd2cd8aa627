"""What an installation starts from: a database of the right version, the roster and the sources."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog

import seeds
from storage import schema
from storage.database import Database
from storage.people import count_people, import_roster
from storage.sources import seed_sources

log = structlog.get_logger(__name__)


async def open_installation(url: str, data_dir: Path) -> Database:
    """Bring a database up to date, and fill what is empty of roster and sources.

    A roster that is there is left alone: `citaatwacht roster import` changes it.

    Args:
        url: The database; a SQLite file and its folder are made where there is none.
        data_dir: Where the backup before an upgrade goes.

    Returns:
        The open database; the caller closes it.

    Raises:
        StorageError: The database cannot be used, or is from a newer version.
    """
    upgraded = await asyncio.to_thread(schema.upgrade, url, data_dir / "backups")
    if upgraded.before != upgraded.after:
        log.info("database upgraded", before=upgraded.before, after=upgraded.after, backup=str(upgraded.backup_path))
    database = await Database.open(url)
    async with database.writing() as session:
        if await count_people(session) == 0:
            await import_roster(session, popolo=seeds.roster())
        await seed_sources(session, rows=seeds.sources())
    return database
