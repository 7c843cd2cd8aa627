"""The doctor tells of each source how it does: off, read, failing, ailing or ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.doctor import Finding, examine_source
from storage.database import Database
from storage.sources import all_sources, record_failure, record_success, seed_sources, switch_source

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def examine(database: Database) -> Finding:
    """Give what is found of the one source."""
    async with database.reading() as session:
        (source,) = await all_sources(session)
    return examine_source(source)


async def fail(database: Database, error: str, wait: timedelta | None) -> None:
    async with database.writing() as session:
        await record_failure(
            session,
            source_id="bode",
            polled_at=NOON,
            error=error,
            next_poll_at=None if wait is None else NOON + wait,
            is_ailing=wait == timedelta(days=1),
        )


async def succeed(database: Database, moment: datetime, *, has_news: bool) -> None:
    async with database.writing() as session:
        await record_success(
            session,
            source_id="bode",
            polled_at=moment,
            next_poll_at=moment + timedelta(minutes=5),
            interval_seconds=300,
            has_news=has_news,
        )


async def test_each_state_of_a_source_is_told(database: Database) -> None:
    async with database.writing() as session:
        await seed_sources(session, rows=[{"id": "bode", "name": "De Bode", "url": "https://bode.example/rss"}])
    assert (await examine(database)).detail == "not polled yet"

    await succeed(database, datetime.now(UTC) - timedelta(days=9), has_news=True)
    await succeed(database, datetime.now(UTC) - timedelta(minutes=3), has_news=False)
    assert await examine(database) == Finding(
        "note", "source bode", "polled 3 minutes ago, last news 9 days ago: has its address changed?"
    )

    await succeed(database, datetime.now(UTC), has_news=True)
    assert (await examine(database)).state == "ok"
    await succeed(database, NOON, has_news=True)

    await fail(database, "500", timedelta(hours=1))
    assert await examine(database) == Finding(
        "wrong",
        "source bode",
        "500 (1 times in a row, last read 24-11-2026 12:00 UTC, next try 24-11-2026 13:00 UTC)",
    )

    await fail(database, "500", timedelta(days=1))
    assert (await examine(database)).detail.startswith("ailing: 500 (2 times in a row")

    await fail(database, "410 Gone", None)
    ended = await examine(database)
    assert (ended.state, ended.detail[:15]) == ("wrong", "ended: 410 Gone")

    async with database.writing() as session:
        await switch_source(session, source_id="bode", enabled=False)
    assert await examine(database) == Finding("note", "source bode", "off")
