"""Articles, versions and sources: once each, and taken once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import articles, sources
from storage.articles import ArticleCounts
from storage.database import Database
from storage.errors import ValueRefused
from storage.tables import Article, ArticleVersion, Source
from tests.storage_examples import NOON, a_statement, keep, keep_people, keep_text, keep_turn

FEED = {
    "id": "feed",
    "name": "De Feed",
    "kind": "feed",
    "url": "https://feed.example/rss",
    "home": "https://feed.example",
    "timezone": "Europe/Amsterdam",
    "language": "nl",
    "terms": "CC0",
    "enabled": True,
}


async def unreadable(session: AsyncSession, identity: str, *, retry_at: datetime | None) -> int:
    return await articles.keep_unreadable(
        session,
        identity=identity,
        source_id="bode",
        url=None,
        title="Achter een muur",
        published_at=NOON,
        reason="no text on the page",
        retry_at=retry_at,
    )


async def test_the_same_article_twice_is_one_row(database: Database) -> None:
    for is_first in (True, False):
        async with database.writing() as session:
            await keep_people(session)
            kept = await articles.keep_article(
                session,
                identity="a",
                source_id="bode",
                url=None,
                title="Kop",
                text="Tekst.",
                published_at=NOON,
            )
            assert (kept.is_new, kept.is_changed) == (is_first, False)
    async with database.reading() as session:
        assert len((await session.exec(select(Article))).all()) == 1
        assert len((await session.exec(select(ArticleVersion))).all()) == 1


async def test_another_text_is_a_new_version_that_is_to_be_taken(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a", text="Eerst.")
        await articles.mark_taken(session, article_id=article_id, version_number=1, moment=NOON)
        assert await articles.article_to_take(session, article_id=article_id) is None
        await keep_text(session, "a", text="Verbeterd.")
        found = await articles.article_to_take(session, article_id=article_id)
    assert found is not None
    assert (found.text, found.version_number, found.source_name) == ("Verbeterd.", 2, "De Waterlandse Bode")


async def test_a_text_that_comes_back_is_current_again(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        for text in ("Eerst.", "Verbeterd.", "Eerst."):
            article_id = await keep_text(session, "a", text=text)
        found = await articles.article_to_take(session, article_id=article_id)
    assert found is not None
    assert (found.text, found.version_number) == ("Eerst.", 3)


async def test_a_version_that_came_meanwhile_still_waits(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a", text="Eerst.")
        await keep_text(session, "a", text="Verbeterd.")
        await articles.mark_taken(session, article_id=article_id, version_number=1, moment=NOON)
        assert await articles.articles_to_take(session, moment=NOON, limit=9) == [article_id]


async def test_who_comes_second_to_a_version_finds_that_it_no_longer_waits(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a", text="Eerst.")
        assert await articles.hold_version(session, article_id=article_id, version_number=1)
        await articles.mark_taken(session, article_id=article_id, version_number=1, moment=NOON)
    async with database.writing() as session:
        assert not await articles.hold_version(session, article_id=article_id, version_number=1)
        await keep_text(session, "a", text="Verbeterd.")
        assert not await articles.hold_version(session, article_id=article_id, version_number=1)
        assert await articles.hold_version(session, article_id=article_id, version_number=2)


async def test_articles_are_taken_in_order_of_publication(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        late = await keep_text(session, "late", published_at=NOON)
        early = await keep_text(session, "early", published_at=NOON - timedelta(hours=1))
        assert await articles.articles_to_take(session, moment=NOON, limit=9) == [early, late]
        assert await articles.articles_to_take(session, moment=NOON, limit=1) == [early]


async def test_a_failed_article_is_tried_again_when_it_is_time(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a")
        later = NOON + timedelta(minutes=5)
        await articles.mark_failed(
            session, article_id=article_id, version_number=1, reason="the worker died", retry_at=later
        )
        assert await articles.articles_to_take(session, moment=NOON, limit=9) == []
        assert await articles.articles_to_take(session, moment=later, limit=9) == [article_id]
        found = await articles.article_to_take(session, article_id=article_id)
        assert found is not None
        assert found.attempts == 1
        await articles.mark_failed(
            session, article_id=article_id, version_number=1, reason="it died again", retry_at=None
        )
        assert await articles.articles_to_take(session, moment=later, limit=9) == []


async def test_a_version_that_cannot_be_taken_gives_up_no_newer_one(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a", text="Eerst.")
        await keep_text(session, "a", text="Verbeterd.")
        await articles.mark_failed(session, article_id=article_id, version_number=1, reason="it died", retry_at=None)
        assert await articles.articles_to_take(session, moment=NOON, limit=9) == [article_id]
        await articles.mark_taken(session, article_id=article_id, version_number=2, moment=NOON)
        await articles.mark_failed(session, article_id=article_id, version_number=2, reason="it died", retry_at=NOON)
        assert await articles.articles_to_take(session, moment=NOON, limit=9) == []


async def test_an_unreadable_article_is_kept_with_its_reason_and_never_taken(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await unreadable(session, "a", retry_at=NOON)
        assert await unreadable(session, "a", retry_at=NOON) == article_id
        assert await articles.articles_to_take(session, moment=NOON, limit=9) == []
        assert await articles.article_to_take(session, article_id=article_id) is None
        row = (await session.exec(select(Article))).one()
        assert (row.state, row.reason, row.attempts) == ("failed", "no text on the page", 2)


async def test_an_unreadable_article_that_can_be_read_at_last_is_taken(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await unreadable(session, "a", retry_at=None)
        assert await keep_text(session, "a", text="Toch nog.") == article_id
        assert await articles.articles_to_take(session, moment=NOON, limit=9) == [article_id]


async def test_a_known_text_survives_a_page_that_can_no_longer_be_read(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a", text="Eerst.")
        assert await unreadable(session, "a", retry_at=None) == article_id
        found = await articles.article_to_take(session, article_id=article_id)
    assert found is not None
    assert found.text == "Eerst."


async def test_an_estimated_date_of_publication_is_replaced_by_a_known_one(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        for text, published_at, is_estimated in (("A", NOON, True), ("B", NOON - timedelta(days=1), False)):
            kept = await articles.keep_article(
                session,
                identity="a",
                source_id="bode",
                url=None,
                title="Kop",
                text=text,
                published_at=published_at,
                published_is_estimated=is_estimated,
            )
        found = await articles.article_to_take(session, article_id=kept.article_id)
    assert found is not None
    assert found.published_at == NOON - timedelta(days=1)


async def test_everything_is_counted(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        taken = await keep_text(session, "taken")
        await articles.mark_taken(session, article_id=taken, version_number=1, moment=NOON)
        await keep_text(session, "new")
        await unreadable(session, "again", retry_at=NOON)
        await unreadable(session, "given up", retry_at=None)
        await keep_turn(session, taken)
        await keep(session, a_statement(), taken, start=300)
        assert await articles.counts(session) == ArticleCounts(
            articles=4, statements=3, reversals=1, waiting=2, failed=2
        )


async def test_moments_come_back_as_the_same_moment_in_utc(database: Database) -> None:
    in_amsterdam = datetime(2024, 7, 1, 14, 30, 5, 123456, tzinfo=timezone(timedelta(hours=2)))
    async with database.writing() as session:
        await keep_people(session)
        await keep_text(session, "a", published_at=in_amsterdam)
    async with database.reading() as session:
        found = (await session.exec(select(col(Article.published_at)))).one()
    assert found == in_amsterdam
    assert found.tzinfo is UTC


async def test_a_moment_without_a_time_zone_is_refused(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
    with pytest.raises(ValueRefused, match="timezone"):
        async with database.writing() as session:
            await keep_text(session, "a", published_at=datetime(2024, 7, 1, 14, 30))  # noqa: DTZ001


async def test_an_article_of_an_unknown_source_is_refused(database: Database) -> None:
    with pytest.raises(ValueRefused):
        async with database.writing() as session:
            await keep_text(session, "a")


async def test_seeding_adds_sources_once_and_leaves_existing_ones_alone(database: Database) -> None:
    async with database.writing() as session:
        assert await sources.seed_sources(session, rows=[FEED]) == 1
        source = (await session.exec(select(Source))).one()
        source.enabled = False
        session.add(source)
    async with database.writing() as session:
        assert await sources.seed_sources(session, rows=[FEED, FEED | {"id": "other"}]) == 1
    async with database.reading() as session:
        assert [source.id for source in await sources.all_sources(session)] == ["feed", "other"]
        assert [source.id for source in await sources.enabled_sources(session)] == ["other"]


async def test_a_source_for_articles_by_hand_is_never_polled(database: Database) -> None:
    async with database.writing() as session:
        await sources.ensure_manual_source(session, source_id="desk", name="Eigen bureau")
        await sources.ensure_manual_source(session, source_id="desk", name="Anders")
        assert await sources.enabled_sources(session) == []
        assert [source.name for source in await sources.all_sources(session)] == ["Eigen bureau"]


async def test_failed_polls_are_counted_until_one_succeeds(database: Database) -> None:
    later = NOON + timedelta(hours=1)
    async with database.writing() as session:
        await sources.seed_sources(session, rows=[FEED])
        await sources.record_success(
            session, source_id="feed", polled_at=NOON, etag="a1", next_poll_at=later, interval_seconds=300
        )
        for minutes in (1, 2):
            moment = NOON + timedelta(minutes=minutes)
            await sources.record_failure(
                session, source_id="feed", polled_at=moment, error="timed out", next_poll_at=later
            )
    async with database.writing() as session:
        (source,) = await sources.all_sources(session)
        assert (source.failures, source.last_error, source.etag) == (2, "timed out", "a1")
        assert (source.succeeded_at, source.polled_at) == (NOON, NOON + timedelta(minutes=2))
        await sources.record_success(
            session, source_id="feed", polled_at=NOON, etag="a2", next_poll_at=later, interval_seconds=300
        )
    async with database.reading() as session:
        (source,) = await sources.all_sources(session)
        assert (source.failures, source.last_error, source.etag) == (0, None, "a2")
