"""The doctor tells of each source how it does: off, read, failing, ailing or ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.doctor import Finding, examine_installation
from bot.settings import Settings
from storage.database import Database
from storage.sources import record_failure, record_success, seed_sources, switch_source

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def examine(database: Database, folder: Path) -> Finding:
    """Give what is found of the one source."""
    values = {"database_url": database.url, "data_dir": folder, "telegram_bot_token": None}
    settings = Settings(_env_file=None, **values)  # type: ignore[arg-type, call-arg]
    (found,) = [one async for one in examine_installation(settings) if one.subject == "source bode"]
    return found


async def fail(database: Database, error: str, wait: timedelta | None) -> None:
    async with database.writing() as session:
        await record_failure(
            session,
            source_id="bode",
            polled_at=NOON,
            error=error,
            next_poll_at=None if wait is None else NOON + wait,
        )


async def test_each_state_of_a_source_is_told(database: Database, tmp_path: Path) -> None:
    async with database.writing() as session:
        await seed_sources(session, rows=[{"id": "bode", "name": "De Bode", "url": "https://bode.example/rss"}])
    assert (await examine(database, tmp_path)).detail == "not polled yet"

    async with database.writing() as session:
        await record_success(
            session, source_id="bode", polled_at=NOON, next_poll_at=NOON + timedelta(minutes=5), interval_seconds=300
        )
    assert (await examine(database, tmp_path)).state == "ok"

    await fail(database, "500", timedelta(hours=1))
    assert await examine(database, tmp_path) == Finding(
        "wrong",
        "source bode",
        "500 (1 times in a row, last read 24-11-2026 12:00 UTC, next try 24-11-2026 13:00 UTC)",
    )

    await fail(database, "500", timedelta(days=1))
    assert (await examine(database, tmp_path)).detail.startswith("ailing: 500 (2 times in a row")

    await fail(database, "410 Gone", None)
    ended = await examine(database, tmp_path)
    assert (ended.state, ended.detail[:15]) == ("wrong", "ended: 410 Gone")

    async with database.writing() as session:
        await switch_source(session, source_id="bode", enabled=False)
    assert await examine(database, tmp_path) == Finding("note", "source bode", "off")
