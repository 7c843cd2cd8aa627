"""What an article says of "today" and "this year" counts from the day on which it appeared where its outlet is."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from bot.pipeline import Pipeline, Rules
from bot.worker import Worker
from storage.articles import keep_article
from storage.database import Database
from storage.people import import_roster
from storage.sources import seed_sources
from storage.tables import Statement
from tests.fictional import ROSTER

pytest_plugins = ("tests.worker_fixtures",)

PROMISE = "“Wij zullen de havens nog dit jaar openen”, zei premier Wouter Zandstra na afloop van de ministerraad."
YESTERDAY = "“De btw gaat niet omhoog”, zei premier Wouter Zandstra gisteren na afloop van de ministerraad."


@pytest.mark.parametrize(
    ("timezone", "published_at", "text", "said_on", "pledged_for"),
    [
        # Half past midnight on New Year's Day, by the clock of Amsterdam.
        ("Europe/Amsterdam", datetime(2025, 12, 31, 23, 30, tzinfo=UTC), PROMISE, date(2026, 1, 1), date(2026, 12, 31)),
        (
            "Europe/Amsterdam",
            datetime(2025, 12, 31, 22, 30, tzinfo=UTC),
            PROMISE,
            date(2025, 12, 31),
            date(2025, 12, 31),
        ),
        # Ten in the evening of 1 March in Willemstad, where Amsterdam has 2 March.
        ("America/Curacao", datetime(2026, 3, 2, 2, tzinfo=UTC), YESTERDAY, date(2026, 2, 28), None),
        ("Europe/Amsterdam", datetime(2026, 3, 2, 2, tzinfo=UTC), YESTERDAY, date(2026, 3, 1), None),
    ],
)
async def test_days_are_counted_from_that_of_the_outlet(
    sqlite_database: Database,
    worker: Worker,
    timezone: str,
    published_at: datetime,
    text: str,
    said_on: date,
    pledged_for: date | None,
) -> None:
    async with sqlite_database.writing() as session:
        await import_roster(session, popolo=ROSTER)
        source = {"id": "bode", "name": "De Bode", "url": "https://bode.example/rss", "timezone": timezone}
        await seed_sources(session, rows=[source])
        kept = await keep_article(
            session,
            identity="https://bode.example/1",
            source_id="bode",
            url=None,
            title="",
            text=text,
            published_at=published_at,
        )

    await Pipeline(sqlite_database, worker, Rules()).take(kept.article_id, published_at)

    async with sqlite_database.reading() as session:
        [found] = (await session.exec(select(Statement))).all()
    assert (found.said_on, found.pledged_for) == (said_on, pledged_for)
