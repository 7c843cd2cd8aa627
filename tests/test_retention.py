"""Texts are emptied once they were kept long enough; what was found in them stays, and a revisit withdraws nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.pipeline import Pipeline, Rules
from bot.worker import Worker
from storage import articles, quotes
from storage.articles import KeptArticle
from storage.database import Database
from storage.people import import_roster
from storage.retention import empty_texts
from storage.sources import ensure_manual_source
from storage.tables import ArticleVersion
from tests.fictional import EARLIER, LATER, ROSTER

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """One worker process for the module."""
    worker = Worker(ROSTER, spacy_model=None, timeout=60)
    yield worker
    asyncio.run(worker.close())


async def keep(database: Database, text: str) -> KeptArticle:
    """Keep one text of the one article."""
    async with database.writing() as session:
        await import_roster(session, popolo=ROSTER)
        await ensure_manual_source(session, source_id="krant", name="De Krant")
        return await articles.keep_article(
            session,
            identity="https://krant.test/1",
            source_id="krant",
            url="https://krant.test/1",
            title="Btw",
            text=text,
            published_at=MONDAY,
        )


async def empty(database: Database) -> int:
    """Empty whatever may be emptied."""
    async with database.writing() as session:
        return await empty_texts(session, before=datetime.now(UTC) + timedelta(days=1))


async def test_a_text_goes_and_its_statements_stay_with_their_paragraph(database: Database, worker: Worker) -> None:
    kept = await keep(database, EARLIER)
    assert await empty(database) == 0  # it is still to be read
    await Pipeline(database, worker, Rules()).take(kept.article_id, MONDAY)

    assert await empty(database) == 1

    async with database.reading() as session:
        [version] = (await session.exec(select(ArticleVersion))).all()
        [quote] = [one for one in (await quotes.quotes(session)).items if one.kind == "direct"]
    assert (version.text, len(version.content_hash)) == ("", 64)
    assert quote.content in quote.context
    assert await empty(database) == 0


async def test_the_same_text_again_after_that_changes_nothing(database: Database, worker: Worker) -> None:
    pipeline = Pipeline(database, worker, Rules())
    await pipeline.take((await keep(database, EARLIER)).article_id, MONDAY)
    await empty(database)

    again = await keep(database, EARLIER)

    assert (again.is_new, again.is_changed) == (False, False)
    assert await pipeline.take_next(MONDAY) is None


async def test_a_text_that_comes_back_is_read_in_full_again(database: Database, worker: Worker) -> None:
    pipeline = Pipeline(database, worker, Rules())
    for text in (EARLIER, LATER):
        await pipeline.take((await keep(database, text)).article_id, MONDAY)
    await empty(database)

    back = await keep(database, EARLIER)
    await pipeline.take(back.article_id, MONDAY)

    async with database.reading() as session:
        shown = {quote.content.rstrip(".") for quote in (await quotes.quotes(session)).items}
    assert back.is_changed
    assert "De btw gaat niet omhoog" in shown
    assert "De btw gaat omhoog" not in shown
