"""What becomes due, to whom, and what enters silently."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.alerts.due import NewReversal, NewStatement, queue_alerts
from storage.articles import ArticleText, article_to_take, keep_article
from storage.chats import disable_chat, ensure_chat, follow
from storage.database import Database
from storage.subscriptions import Subject, unfollow
from storage.tables import Delivery
from tests.storage_examples import NOON, VAN_DEN_ELZEN, ZANDSTRA, keep_people, keep_turn

DAY = timedelta(days=1)
GROUP, ANNA = -100, 7


@dataclass
class Desk:
    """A newsroom's group and a reporter, and an article with a statement that turns."""

    database: Database
    article: ArticleText
    statement_id: int
    earlier_id: int
    reversal_id: int

    async def queue(
        self,
        *statements: NewStatement,
        reversals: tuple[NewReversal, ...] = (),
        moment: datetime = NOON,
        max_age: timedelta = DAY,
    ) -> int:
        async with self.database.writing() as session:
            return await queue_alerts(
                session,
                article=self.article,
                statements=statements or (self.said(),),
                reversals=reversals,
                moment=moment,
                max_age=max_age,
            )

    def said(self, said_to: date | None = None, person_id: str = ZANDSTRA) -> NewStatement:
        return NewStatement(self.statement_id, person_id, said_to, said_to)

    async def follow(self, chat_id: int, topic_id: int = 0, person_id: str = ZANDSTRA) -> None:
        async with self.database.writing() as session:
            await ensure_chat(session, chat_id=chat_id, kind="group" if chat_id < 0 else "private", title="x")
            await follow(session, chat_id=chat_id, topic_id=topic_id, person_id=person_id, user_id=ANNA)

    async def due(self) -> list[tuple[int, int, str, int]]:
        async with self.database.reading() as session:
            rows = await session.exec(select(Delivery).order_by(col(Delivery.id)))
            return [(row.chat_id, row.topic_id, row.what, row.what_id) for row in rows]


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await a_desk(database)


async def a_desk(database: Database, *, announce: bool = True, published_at: datetime = NOON) -> Desk:
    async with database.writing() as session:
        await keep_people(session)
        kept = await keep_article(
            session,
            identity="a",
            source_id="bode",
            url=None,
            title="Kop",
            text="Tekst.",
            published_at=published_at,
            announce=announce,
        )
        article = await article_to_take(session, article_id=kept.article_id)
        assert article is not None
        earlier_id, later_id, reversal_id = await keep_turn(session, kept.article_id)
    return Desk(database, article, later_id, earlier_id, reversal_id)


async def test_followers_of_the_speaker_get_what_is_new_and_nobody_else(desk: Desk) -> None:
    await desk.follow(GROUP)
    await desk.follow(ANNA)
    await desk.follow(8, person_id=VAN_DEN_ELZEN)

    assert await desk.queue() == 2

    assert await desk.due() == [(chat, 0, "statement", desk.statement_id) for chat in (GROUP, ANNA)]


async def test_a_topic_is_told_apart_from_its_group(desk: Desk) -> None:
    await desk.follow(GROUP, topic_id=7)
    await desk.follow(GROUP)

    await desk.queue()

    assert [(chat, topic) for chat, topic, _, _ in await desk.due()] == [(GROUP, 0), (GROUP, 7)]


async def test_the_same_article_again_makes_nothing_due(desk: Desk) -> None:
    await desk.follow(GROUP)
    await desk.queue()

    assert await desk.queue() == 0
    assert len(await desk.due()) == 1


async def test_a_reversal_comes_after_the_statements_of_its_article(desk: Desk) -> None:
    await desk.follow(GROUP)

    queued = await desk.queue(reversals=(NewReversal(desk.reversal_id, ZANDSTRA, None),))

    assert queued == 2
    assert [what for _, _, what, _ in await desk.due()] == ["statement", "reversal"]


async def test_who_follows_after_the_article_was_taken_gets_nothing_of_it(desk: Desk) -> None:
    await desk.queue()

    await desk.follow(GROUP)

    assert await desk.due() == []


async def test_who_unfollowed_or_is_disabled_gets_nothing(desk: Desk) -> None:
    await desk.follow(GROUP)
    await desk.follow(ANNA)
    async with desk.database.writing() as session:
        await unfollow(session, chat_id=GROUP, topic_id=0, subject=Subject("person", ZANDSTRA))
        await disable_chat(session, chat_id=ANNA, reason="blocked")

    assert await desk.queue() == 0


@pytest.mark.parametrize(
    ("days_before", "is_told"), [(None, True), (0, True), (7, True), (8, False), (365, False), (-1, True)]
)
async def test_words_said_more_than_a_week_before_their_article_enter_silently(
    sqlite_database: Database, days_before: int | None, is_told: bool
) -> None:
    desk = await a_desk(sqlite_database)
    await desk.follow(GROUP)
    said_to = None if days_before is None else NOON.date() - timedelta(days=days_before)

    queued = await desk.queue(desk.said(said_to), reversals=(NewReversal(desk.reversal_id, ZANDSTRA, said_to),))

    assert queued == (2 if is_told else 0)


async def test_the_week_is_counted_from_the_day_of_publication_where_the_outlet_is(sqlite_database: Database) -> None:
    # Half past eleven in the evening by UTC is the next day in Amsterdam.
    desk = await a_desk(sqlite_database, published_at=datetime.fromisoformat("2024-03-01T23:30:00+00:00"))
    await desk.follow(GROUP)
    moment = desk.article.published_at

    assert await desk.queue(desk.said(date(2024, 2, 23)), moment=moment) == 0
    assert await desk.queue(desk.said(date(2024, 2, 24)), moment=moment) == 1


async def test_nothing_of_a_backfill_is_told(sqlite_database: Database) -> None:
    desk = await a_desk(sqlite_database, announce=False)
    await desk.follow(GROUP)

    assert await desk.queue() == 0


@pytest.mark.parametrize(("age", "queued"), [(timedelta(hours=24), 1), (timedelta(hours=24, seconds=1), 0)])
async def test_nothing_older_than_the_limit_is_told(sqlite_database: Database, age: timedelta, queued: int) -> None:
    desk = await a_desk(sqlite_database)
    await desk.follow(GROUP)

    assert await desk.queue(moment=NOON + age) == queued


async def test_words_that_may_be_of_any_age_enter_silently(desk: Desk) -> None:
    await desk.follow(GROUP)
    yesterday = NOON.date() - DAY
    assert await desk.queue(NewStatement(desk.statement_id, ZANDSTRA, None, yesterday)) == 0
    assert await desk.queue(NewStatement(desk.statement_id, ZANDSTRA, yesterday, yesterday)) == 1
