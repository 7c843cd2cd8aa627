"""To which chats something goes: by what they follow, at which level, and when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.alerts.due import NewReversal, NewStatement, queue_alerts
from bot.corroboration import corroborated
from storage import settings, silences
from storage.articles import ArticleText, article_to_take, join_story, keep_article
from storage.chats import ensure_chat, migrate_chat
from storage.database import Database
from storage.people import import_roster
from storage.sources import ensure_manual_source
from storage.subscriptions import Subject, follow, gather, role_target, subscriptions
from storage.tables import Delivery, Digest, SilencedStory
from tests.fictional import ROSTER
from tests.storage_examples import NOON, TODAY, VAN_DEN_ELZEN, ZANDSTRA, a_statement, keep, keep_mention, keep_people

GROUP = -100
DAY = timedelta(days=1)
LONG_TEXT = " ".join(f"woord{number}" for number in range(60))


@dataclass
class Desk:
    """A group, and an article in which Zandstra says something about taxes."""

    database: Database
    article: ArticleText
    statement_id: int
    story_id: int

    async def follow(self, subject: Subject, level: str = "all", *, topic_id: int = 0, **kwargs: Any) -> None:
        async with self.database.writing() as session:
            await follow(session, chat_id=GROUP, topic_id=topic_id, subject=subject, user_id=7, level=level, **kwargs)

    async def choose(self, **choices: Any) -> None:
        async with self.database.writing() as session:
            await settings.choose(session, chat_id=GROUP, **choices)

    async def queue(
        self, statement: NewStatement | None = None, *reversals: NewReversal, moment: datetime = NOON
    ) -> int:
        async with self.database.writing() as session:
            return await queue_alerts(
                session,
                article=self.article,
                statements=(statement or self.said(),),
                reversals=reversals,
                moment=moment,
                max_age=DAY,
                story_id=self.story_id,
            )

    def said(self, **changes: Any) -> NewStatement:
        words = NewStatement(self.statement_id, ZANDSTRA, None, None, content="Er komt geen nieuwe belasting.")
        return replace(words, **changes)

    async def due(self) -> list[Delivery]:
        async with self.database.reading() as session:
            return list(await session.exec(select(Delivery).order_by(col(Delivery.id))))


@pytest.fixture
async def desk(database: Database) -> Desk:
    async with database.writing() as session:
        await keep_people(session)
        await ensure_chat(session, chat_id=GROUP, kind="group", title="Redactie")
        kept = await keep_article(
            session, identity="a", source_id="bode", url=None, title="Kop", text=LONG_TEXT, published_at=NOON
        )
        article = await article_to_take(session, article_id=kept.article_id)
        assert article is not None
        statement_id = await keep(session, a_statement(), kept.article_id)
        story_id = await join_story(session, article_id=kept.article_id)
    return Desk(database, article, statement_id, story_id)


@pytest.mark.parametrize(
    ("subject", "is_told"),
    [
        (Subject("person", ZANDSTRA), True),
        (Subject("person", VAN_DEN_ELZEN), False),
        (Subject("party", "wvp"), True),
        (Subject("party", "vp"), False),
        (Subject("role", role_target("minister-president")), True),
        (Subject("role", role_target("minister", "Financiën")), False),
        (Subject("cabinet"), True),
        (Subject("word", words="belasting"), True),
        (Subject("word", words='"nieuwe belasting"'), True),
        (Subject("word", words="stikstof"), False),
        (Subject("person_word", ZANDSTRA, "belasting"), True),
        (Subject("person_word", ZANDSTRA, "stikstof"), False),
        (Subject("person_word", VAN_DEN_ELZEN, "belasting"), False),
    ],
)
async def test_what_is_said_goes_to_those_who_follow_it(desk: Desk, subject: Subject, is_told: bool) -> None:
    await desk.follow(subject)
    assert await desk.queue() == int(is_told)


async def test_a_role_is_followed_whoever_holds_it_on_the_day(desk: Desk) -> None:
    handover = [
        {**row, "start_date": "2024-02-29"} if row["id"] == "zandstra-premier" else {**row, "end_date": "2024-02-28"}
        for row in ROSTER["memberships"]
    ]
    first = {**handover[0], "id": "elzen-premier", "person_id": VAN_DEN_ELZEN, "start_date": "2020-01-10"}
    async with desk.database.writing() as session:
        await import_roster(session, popolo={**ROSTER, "memberships": [*handover, {**first, "end_date": "2024-02-28"}]})
    await desk.follow(Subject("role", role_target("minister-president")))
    before = desk.said(person_id=VAN_DEN_ELZEN, said_from=TODAY - 2 * DAY, said_to=TODAY - 2 * DAY)

    assert await desk.queue(replace(before, statement_id=901)) == 1
    assert await desk.queue(replace(before, statement_id=902, said_from=TODAY, said_to=TODAY)) == 0
    assert await desk.queue() == 1


async def test_however_many_subscriptions_match_a_thing_is_due_once(desk: Desk) -> None:
    for subject in (Subject("person", ZANDSTRA), Subject("cabinet"), Subject("word", words="belasting")):
        await desk.follow(subject, "turns" if subject.kind == "cabinet" else "all")
    assert await desk.queue() == 1
    assert len(await desk.due()) == 1


@pytest.mark.parametrize(("level", "plain", "news", "turn"), [("all", 1, 1, 1), ("news", 0, 1, 1), ("turns", 0, 0, 1)])
async def test_a_level_leaves_out_what_is_beneath_it(desk: Desk, level: str, plain: int, news: int, turn: int) -> None:
    await desk.follow(Subject("cabinet"), level)

    assert await desk.queue() == plain
    assert await desk.queue(desk.said(statement_id=901, is_news=True)) == news
    assert await desk.queue(desk.said(statement_id=902), NewReversal(5, ZANDSTRA, None)) == plain + turn
    assert {row.state for row in await desk.due()} == {"due"}


async def test_what_is_beneath_the_level_is_set_aside_for_a_digest_and_due_once_it_is_news(desk: Desk) -> None:
    await desk.follow(Subject("cabinet"), "news")
    await desk.choose(digest="daily")

    assert await desk.queue() == 0
    assert [row.state for row in await desk.due()] == ["set_aside"]

    later = NOON + timedelta(minutes=20)
    assert await desk.queue(desk.said(is_new=False, is_news=True), moment=later) == 1
    (row,) = await desk.due()
    assert (row.state, row.due_at) == ("due", later)
    assert await desk.queue(desk.said(is_new=False, is_news=True), moment=later) == 0


async def test_in_quiet_hours_it_waits_for_their_end_unless_the_subscription_passes_through(desk: Desk) -> None:
    await desk.choose(quiet_from=12 * 60, quiet_until=20 * 60)
    await desk.follow(Subject("cabinet"))
    await desk.follow(Subject("person", ZANDSTRA), topic_id=3, passes_quiet=True)

    await desk.queue()

    ends = NOON + 7 * timedelta(hours=1)
    due = [(row.topic_id, row.due_at, row.passes_quiet) for row in await desk.due()]
    assert due == [(0, ends, False), (3, NOON, True)]


async def test_a_muted_chat_is_told_when_the_mute_ends(desk: Desk) -> None:
    await desk.choose(muted_until=NOON + timedelta(hours=2))
    await desk.follow(Subject("cabinet"), passes_quiet=True)

    await desk.queue()

    assert [row.due_at for row in await desk.due()] == [NOON + timedelta(hours=2)]


async def test_nothing_of_a_silenced_story_is_due_where_it_was_silenced(desk: Desk) -> None:
    await desk.follow(Subject("cabinet"))
    await desk.follow(Subject("cabinet"), topic_id=3)
    async with desk.database.writing() as session:
        await silences.silence(
            session,
            chat_id=GROUP,
            topic_id=3,
            story_id=desk.story_id,
            until=NOON + timedelta(hours=12),
            user_id=7,
            user_name="Jan",
        )

    assert await desk.queue() == 1
    assert [(row.topic_id, row.state) for row in await desk.due()] == [(0, "due"), (3, "set_aside")]
    assert await desk.queue(desk.said(statement_id=901), moment=NOON + timedelta(hours=13)) == 2


@pytest.mark.parametrize(
    ("minutes", "text", "is_news"),
    [
        (50, "Een eigen bericht over dezelfde woorden, elders geschreven.", True),
        (-50, "Een eigen bericht over dezelfde woorden, elders geschreven.", True),
        (70, "Een eigen bericht over dezelfde woorden, elders geschreven.", False),
        (10, LONG_TEXT + " en nog wat", False),
    ],
)
async def test_two_outlets_within_an_hour_are_news_unless_one_copies_the_other(
    desk: Desk, minutes: int, text: str, is_news: bool
) -> None:
    async with desk.database.writing() as session:
        await ensure_manual_source(session, source_id="post", name="De Post")
        kept = await keep_article(
            session,
            identity="b",
            source_id="post",
            url=None,
            title="Kop",
            text=text,
            published_at=NOON + timedelta(minutes=minutes),
        )
        await keep_mention(session, desk.statement_id, kept.article_id, start=0, end=9)
        found = await corroborated(session, article_id=kept.article_id, statement_ids=[desk.statement_id])
    assert found == (frozenset({desk.statement_id}) if is_news else frozenset())


async def test_one_outlet_twice_is_no_second_one(desk: Desk) -> None:
    async with desk.database.writing() as session:
        kept = await keep_article(
            session, identity="b", source_id="bode", url=None, title="Kop", text="Nog eens.", published_at=NOON
        )
        await keep_mention(session, desk.statement_id, kept.article_id, start=0, end=9)
        assert not await corroborated(session, article_id=kept.article_id, statement_ids=[desk.statement_id])


async def test_all_of_a_group_moves_with_it(desk: Desk) -> None:
    await desk.follow(Subject("word", words="belasting"), "news", passes_quiet=True)
    await desk.choose(quiet_from=60, quiet_until=120, messages_a_day=5, digest="weekly", digest_due_at=NOON)
    async with desk.database.writing() as session:
        await silences.silence(
            session, chat_id=GROUP, topic_id=0, story_id=desk.story_id, until=NOON, user_id=7, user_name="Jan"
        )
        session.add(Digest(chat_id=GROUP, since=NOON - DAY, until=NOON))
        before = await settings.settings(session, chat_id=GROUP)

    async with desk.database.writing() as session:
        assert await migrate_chat(session, old_id=GROUP, new_id=-200)

    async with desk.database.reading() as session:
        assert await settings.settings(session, chat_id=-200) == before
        assert (await settings.settings(session, chat_id=GROUP)).digest_due_at is None
        (row,) = await subscriptions(session, chat_id=-200, topic_id=0)
        assert (row.level, row.passes_quiet) == ("news", True)
        assert list(await session.exec(select(SilencedStory.chat_id))) == [-200]
        assert list(await session.exec(select(Digest.chat_id))) == [-200]


async def test_what_topics_follow_is_gathered_in_one(desk: Desk) -> None:
    for topic_id, level in ((3, "news"), (4, "turns")):
        await desk.follow(Subject("cabinet"), level, topic_id=topic_id)
    await desk.follow(Subject("person", ZANDSTRA), topic_id=4)
    async with desk.database.writing() as session:
        await gather(session, chat_id=GROUP, topic_id=9)
        rows = await subscriptions(session, chat_id=GROUP, topic_id=9)
    assert [(row.subject.kind, row.level) for row in rows] == [("cabinet", "news"), ("person", "all")]
