"""Chats, whom they follow, and groups that become supergroups."""

from __future__ import annotations

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import chats, outbox, subscriptions
from storage.database import Database
from storage.errors import ValueRefused
from storage.subscriptions import Subject
from storage.tables import Chat, Delivery, Review, SentMessage, Subscription
from tests.storage_examples import (
    NOON,
    VAN_DEN_ELZEN,
    ZANDSTRA,
    a_statement,
    keep,
    keep_people,
    keep_text,
    keep_turn,
)

OLD, NEW = -100, -1_001_234_567_890


async def follows(session: AsyncSession, chat_id: int) -> list[str]:
    rows = await subscriptions.subscriptions(session, chat_id=chat_id, topic_id=0)
    return sorted(row.subject.target for row in rows)


async def start_group(session: AsyncSession, chat_id: int = OLD) -> None:
    await keep_people(session)
    await chats.ensure_chat(session, chat_id=chat_id, kind="group", title="Redactie")


async def follow(session: AsyncSession, chat_id: int, person_id: str) -> bool:
    return await chats.follow(session, chat_id=chat_id, topic_id=0, person_id=person_id, user_id=7)


async def queue(session: AsyncSession, chat_id: int, what_id: int, article_id: int) -> int:
    await outbox.queue(
        session, chat_id=chat_id, topic_id=0, what="statement", what_id=what_id, article_id=article_id, due_at=NOON
    )
    wanted = select(col(Delivery.id)).where(col(Delivery.chat_id) == chat_id, col(Delivery.what_id) == what_id)
    return (await session.exec(wanted)).one()


async def confirm(session: AsyncSession, delivery_id: int, chat_id: int) -> None:
    await outbox.confirm(
        session,
        delivery_ids=[delivery_id],
        chat_id=chat_id,
        topic_id=0,
        message_id=5,
        text_hash="h",
        moment=NOON,
    )


async def told(session: AsyncSession, *person_ids: str) -> list[tuple[int, int]]:
    """Give the chats and topics that are told what these people say."""
    found = await subscriptions.listeners(session, person_ids=person_ids, standings=())
    return [(listener.chat_id, listener.topic_id) for listener in found]


async def test_a_chat_is_kept_once_with_its_newest_title(database: Database) -> None:
    async with database.writing() as session:
        await chats.ensure_chat(session, chat_id=OLD, kind="group", title="Redactie")
        await chats.set_language(session, chat_id=OLD, language="en")
        again = await chats.ensure_chat(session, chat_id=OLD, kind="group", title="De redactie")
        assert (again.title, again.language, again.state) == ("De redactie", "en", "active")
        assert len((await session.exec(select(Chat))).all()) == 1
        assert await chats.chat(session, chat_id=1) is None


async def test_a_disabled_chat_is_active_again_when_it_is_heard_of(database: Database) -> None:
    async with database.writing() as session:
        await start_group(session)
        await follow(session, OLD, ZANDSTRA)
        await chats.disable_chat(session, chat_id=OLD, reason="blocked by the user")
        assert await told(session, ZANDSTRA) == []
        assert await follows(session, OLD) == [ZANDSTRA]
        again = await chats.ensure_chat(session, chat_id=OLD, kind="group", title="Redactie")
        assert (again.state, again.disabled_reason) == ("active", None)
        assert await told(session, ZANDSTRA) == [(OLD, 0)]


async def test_an_unknown_language_is_refused(database: Database) -> None:
    async with database.writing() as session:
        await start_group(session)
    with pytest.raises(ValueRefused, match="language_known"):
        async with database.writing() as session:
            await chats.set_language(session, chat_id=OLD, language="klingon")


async def test_following_twice_is_one_row_and_ends_at_once(database: Database) -> None:
    async with database.writing() as session:
        await start_group(session)
        assert [await follow(session, OLD, ZANDSTRA) for _ in range(2)] == [True, False]
        assert await follow(session, OLD, VAN_DEN_ELZEN)
        assert await follows(session, OLD) == [VAN_DEN_ELZEN, ZANDSTRA]
        whom = Subject("person", ZANDSTRA)
        ended = [
            await subscriptions.unfollow(session, chat_id=OLD, topic_id=0, subject=whom) is not None for _ in range(2)
        ]
        assert ended == [True, False]
        assert await follows(session, OLD) == [VAN_DEN_ELZEN]


async def test_topics_of_one_chat_follow_for_themselves(database: Database) -> None:
    async with database.writing() as session:
        await start_group(session)
        for topic_id in (0, 3):
            await chats.follow(session, chat_id=OLD, topic_id=topic_id, person_id=ZANDSTRA, user_id=7)
        assert await told(session, ZANDSTRA, VAN_DEN_ELZEN) == [(OLD, 0), (OLD, 3)]
        assert await told(session) == []


async def test_a_supergroup_gets_everything_once(database: Database) -> None:
    async with database.writing() as session:
        await start_group(session)
        await follow(session, OLD, ZANDSTRA)
        await chats.set_language(session, chat_id=OLD, language="en")
        article_id = await keep_text(session, "a")
        earlier_id, _, reversal_id = await keep_turn(session, article_id)
        session.add(Review(reversal_id=reversal_id, chat_id=OLD, user_id=7, verdict="confirmed"))
        await queue(session, OLD, earlier_id, article_id)
        moved = [await chats.migrate_chat(session, old_id=OLD, new_id=NEW) for _ in range(2)]
        assert moved == [True, False]
    async with database.reading() as session:
        new = await chats.chat(session, chat_id=NEW)
        assert new is not None
        assert (new.kind, new.title, new.language, new.state) == ("supergroup", "Redactie", "en", "active")
        assert await follows(session, NEW) == [ZANDSTRA]
        assert await follows(session, OLD) == []
        assert (await session.exec(select(Delivery.chat_id))).all() == [NEW]
        assert (await session.exec(select(Review.chat_id))).all() == [NEW]


async def test_a_supergroup_that_was_heard_of_first_is_merged(database: Database) -> None:
    async with database.writing() as session:
        await start_group(session)
        await chats.set_language(session, chat_id=OLD, language="en")
        await follow(session, OLD, ZANDSTRA)
        await follow(session, OLD, VAN_DEN_ELZEN)
        await chats.ensure_chat(session, chat_id=NEW, kind="supergroup", title="Redactie")
        await follow(session, NEW, ZANDSTRA)
        assert await chats.migrate_chat(session, old_id=OLD, new_id=NEW)
        new = await chats.ensure_chat(session, chat_id=NEW, kind="supergroup", title="Redactie")
        assert new.language == "en"
        assert await follows(session, NEW) == [VAN_DEN_ELZEN, ZANDSTRA]
        assert len((await session.exec(select(Subscription))).all()) == 2


async def test_what_was_sent_before_the_migration_is_not_sent_again(database: Database) -> None:
    async with database.writing() as session:
        await start_group(session)
        await chats.ensure_chat(session, chat_id=NEW, kind="supergroup", title="Redactie")
        article_id = await keep_text(session, "a")
        sent_in_old = await keep(session, a_statement("Een."), article_id)
        sent_in_new = await keep(session, a_statement("Twee."), article_id, start=9)
        for what_id, chat_id in ((sent_in_old, OLD), (sent_in_new, NEW)):
            deliveries = {chat: await queue(session, chat, what_id, article_id) for chat in (OLD, NEW)}
            await confirm(session, deliveries[chat_id], chat_id)
        await chats.migrate_chat(session, old_id=OLD, new_id=NEW)
        deliveries_left = (await session.exec(select(Delivery).order_by(col(Delivery.what_id)))).all()
        assert [(row.chat_id, row.what_id, row.state) for row in deliveries_left] == [
            (NEW, sent_in_old, "sent"),
            (NEW, sent_in_new, "sent"),
        ]
        messages = (await session.exec(select(SentMessage.chat_id))).all()
        assert sorted(messages) == sorted([OLD, NEW])


async def test_a_late_word_from_the_old_group_does_not_wake_it(database: Database) -> None:
    async with database.writing() as session:
        await start_group(session)
        await chats.migrate_chat(session, old_id=OLD, new_id=NEW)
        late = await chats.ensure_chat(session, chat_id=OLD, kind="group", title="Redactie")
        assert (late.state, late.migrated_to) == ("disabled", NEW)
        await follow(session, OLD, ZANDSTRA)
        assert not await chats.migrate_chat(session, old_id=OLD, new_id=NEW)
        assert await follows(session, NEW) == [ZANDSTRA]


async def test_an_unknown_group_has_nothing_to_move(database: Database) -> None:
    async with database.writing() as session:
        assert not await chats.migrate_chat(session, old_id=OLD, new_id=NEW)
        assert await chats.chat(session, chat_id=NEW) is None
