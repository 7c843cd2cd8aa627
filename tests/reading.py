"""Reads a source on the feed server of the tests, De Bode, as the service does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from bot.ingest.fetch import Fetcher
from bot.ingest.pace import Pace
from bot.ingest.page import read_page
from bot.ingest.poll import poll
from bot.ingest.values import PageText, PollReport
from storage.database import Database
from storage.sources import seed_sources
from storage.tables import Article, Source
from tests.feedserver import read_feed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LEAST, MOST = timedelta(minutes=5), timedelta(minutes=30)
PACE = Pace(LEAST, MOST)
TEXT = "Het kabinet-Zandstra praat donderdag verder over de begroting, zei de premier na afloop van het beraad."


class Crash(BaseException):
    """The process dies here."""


class SourceReader:
    """Polls De Bode with the page reader in this process."""

    def __init__(self, database: Database, fetcher: Fetcher, operators: Collection[int] = ()) -> None:
        self.database, self.fetcher, self.operators = database, fetcher, operators

    async def add_source(self, url: str, name: str = "Bode") -> None:
        async with self.database.writing() as session:
            await seed_sources(session, rows=[{"id": name.lower(), "name": f"De {name}", "url": url}])

    async def poll(self, moment: datetime = NOW, *, source_id: str = "bode", if_due: bool = False) -> PollReport:
        return await poll(
            source_id,
            self.database,
            self.fetcher,
            self.read_page,
            read_feed=read_feed,
            pace=PACE,
            moment=moment,
            if_due=if_due,
            operators=self.operators,
        )

    async def read_page(self, html: bytes, url: str, zone: str) -> PageText:
        return read_page(html, url, zone)

    async def articles(self) -> list[Article]:
        async with self.database.reading() as session:
            return list(await session.exec(select(Article).order_by(col(Article.published_at), col(Article.id))))

    async def source(self) -> Source:
        async with self.database.reading() as session:
            return (await session.exec(select(Source).where(col(Source.id) == "bode"))).one()
