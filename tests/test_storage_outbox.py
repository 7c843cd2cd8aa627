"""Deliveries: queued once, claimed by one, never two live claims in a chat."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import chats, outbox
from storage.database import Database
from storage.errors import ValueRefused
from storage.records import ClaimRecord
from storage.tables import Delivery, SentMessage
from tests.storage_examples import NOON, keep_people, keep_text

LEASE = timedelta(minutes=1)
GROUP, OTHER = -100, -200


async def prepare(session: AsyncSession, *chat_ids: int) -> int:
    await keep_people(session)
    for chat_id in chat_ids or (GROUP,):
        await chats.ensure_chat(session, chat_id=chat_id, kind="group", title="Redactie")
    return await keep_text(session, "a")


async def queue(
    session: AsyncSession,
    article_id: int,
    what_id: int,
    *,
    chat_id: int = GROUP,
    topic_id: int = 0,
    minutes: int = 0,
    what: str = "statement",
) -> bool:
    return await outbox.queue(
        session,
        chat_id=chat_id,
        topic_id=topic_id,
        what=what,
        what_id=what_id,
        article_id=article_id,
        due_at=NOON + timedelta(minutes=minutes),
    )


async def claim(
    session: AsyncSession, *, minutes: int = 0, worker: str = "w", limit: int = 50, skip: tuple[int, ...] = ()
) -> ClaimRecord | None:
    moment = NOON + timedelta(minutes=minutes)
    return await outbox.claim(session, worker=worker, moment=moment, lease=LEASE, limit=limit, skip_chats=skip)


def ids(found: ClaimRecord | None) -> list[int]:
    assert found is not None
    return [due.id for due in found.deliveries]


def what(found: ClaimRecord | None) -> list[int]:
    assert found is not None
    return [due.what_id for due in found.deliveries]


async def confirm(session: AsyncSession, found: ClaimRecord | None, *, message_id: int = 5) -> None:
    assert found is not None
    await outbox.confirm(
        session,
        delivery_ids=ids(found),
        chat_id=found.chat_id,
        topic_id=found.topic_id,
        message_id=message_id,
        text_hash="h",
        moment=NOON,
    )


async def test_the_same_delivery_twice_is_one_row(database: Database) -> None:
    async with database.writing() as session:
        article_id = await prepare(session)
        assert [await queue(session, article_id, 1) for _ in range(2)] == [True, False]
        await confirm(session, await claim(session))
        assert not await queue(session, article_id, 1)
        assert await claim(session) is None


async def test_an_unknown_kind_of_delivery_is_refused(database: Database) -> None:
    with pytest.raises(ValueRefused, match="what_known"):
        async with database.writing() as session:
            await queue(session, await prepare(session), 1, what="rumour")


async def test_a_claim_holds_all_that_is_due_to_one_topic_oldest_first(database: Database) -> None:
    async with database.writing() as session:
        article_id = await prepare(session, GROUP, OTHER)
        await chats.set_language(session, chat_id=GROUP, language="en")
        await queue(session, article_id, 1, minutes=2)
        await queue(session, article_id, 2, minutes=1)
        await queue(session, article_id, 3, minutes=9)
        await queue(session, article_id, 4, topic_id=8, minutes=2)
        await queue(session, article_id, 5, chat_id=OTHER, minutes=2)
        found = await claim(session, minutes=3)
    assert found is not None
    assert (found.chat_id, found.topic_id, found.language, found.timezone) == (GROUP, 0, "en", "Europe/Amsterdam")
    assert what(found) == [2, 1]
    assert [(due.what, due.article_id, due.attempts) for due in found.deliveries] == [("statement", article_id, 0)] * 2


async def test_a_claim_is_no_larger_than_asked(database: Database) -> None:
    async with database.writing() as session:
        article_id = await prepare(session)
        for number in range(3):
            await queue(session, article_id, number, minutes=number)
        assert what(await claim(session, minutes=5, limit=2)) == [0, 1]


async def test_a_chat_never_has_two_live_claims_not_even_in_two_topics(database: Database) -> None:
    async with database.writing() as session:
        article_id = await prepare(session, GROUP, OTHER)
        await queue(session, article_id, 1)
        await queue(session, article_id, 2, topic_id=8)
        await queue(session, article_id, 3, chat_id=OTHER)
        first = await claim(session)
        assert what(first) == [1]
        assert what(await claim(session)) == [3]
        assert await claim(session) is None
        await confirm(session, first)
        assert what(await claim(session)) == [2]


async def test_nothing_is_due_before_its_time(database: Database) -> None:
    async with database.writing() as session:
        await queue(session, await prepare(session), 1, minutes=5)
        assert await claim(session, minutes=4) is None
        assert what(await claim(session, minutes=5)) == [1]


async def test_a_claim_that_ran_out_can_be_claimed_again_and_counts_as_an_attempt(database: Database) -> None:
    async with database.writing() as session:
        await queue(session, await prepare(session), 1)
        await claim(session, worker="died")
        assert await claim(session, worker="next") is None
        again = await claim(session, worker="next", minutes=1)
        assert again is not None
        assert [due.attempts for due in again.deliveries] == [1]
        row = (await session.exec(select(Delivery))).one()
        assert (row.claimed_by, row.claim_expires_at) == ("next", NOON + timedelta(minutes=2))


async def test_disabled_chats_and_chats_that_must_wait_get_nothing(database: Database) -> None:
    async with database.writing() as session:
        article_id = await prepare(session, GROUP, OTHER)
        await queue(session, article_id, 1)
        await queue(session, article_id, 2, chat_id=OTHER, minutes=1)
        await chats.disable_chat(session, chat_id=GROUP, reason="blocked")
        assert await claim(session, minutes=1, skip=(OTHER,)) is None
        assert what(await claim(session, minutes=1)) == [2]


async def test_what_was_sent_is_kept_with_its_message(database: Database) -> None:
    async with database.writing() as session:
        article_id = await prepare(session)
        await queue(session, article_id, 1)
        await queue(session, article_id, 2)
        await confirm(session, await claim(session), message_id=77)
    async with database.reading() as session:
        message = (await session.exec(select(SentMessage))).one()
        assert (message.chat_id, message.topic_id, message.message_id, message.text_hash) == (GROUP, 0, 77, "h")
        rows = (await session.exec(select(Delivery))).all()
        assert [(row.state, row.sent_message_id, row.sent_at, row.claimed_by) for row in rows] == [
            ("sent", message.id, NOON, None)
        ] * 2


async def test_a_released_delivery_is_due_again_later(database: Database) -> None:
    async with database.writing() as session:
        await queue(session, await prepare(session), 1)
        found = await claim(session)
        due_at = NOON + timedelta(minutes=5)
        await outbox.release(session, delivery_ids=ids(found), due_at=due_at, error="flood control")
        assert await claim(session, minutes=4) is None
        again = await claim(session, minutes=5)
        assert again is not None
        assert [due.attempts for due in again.deliveries] == [1]
        row = (await session.exec(select(Delivery))).one()
        assert row.last_error == "flood control"


async def test_a_worker_that_lost_its_claim_releases_nothing_of_the_next_one(database: Database) -> None:
    async with database.writing() as session:
        await queue(session, await prepare(session), 1)
        lost = await claim(session, worker="slow")
        await claim(session, worker="next", minutes=1)
        await outbox.release(session, delivery_ids=ids(lost), due_at=NOON, error="late", worker="slow")
        await outbox.drop(session, delivery_ids=ids(lost), error="late", worker="slow")
        row = (await session.exec(select(Delivery))).one()
        assert (row.state, row.claimed_by) == ("claimed", "next")


async def test_a_dropped_delivery_is_never_claimed_again(database: Database) -> None:
    async with database.writing() as session:
        await queue(session, await prepare(session), 1)
        await outbox.drop(session, delivery_ids=ids(await claim(session)), error="chat not found")
        assert await claim(session, minutes=60) is None
        row = (await session.exec(select(Delivery))).one()
        assert (row.state, row.last_error) == ("dropped", "chat not found")


async def test_what_was_sent_stays_sent(database: Database) -> None:
    async with database.writing() as session:
        await queue(session, await prepare(session), 1)
        found = await claim(session)
        await confirm(session, found)
        await outbox.release(session, delivery_ids=ids(found), due_at=NOON, error="late")
        await outbox.drop(session, delivery_ids=ids(found), error="late")
        assert await claim(session, minutes=60) is None
        assert (await session.exec(select(Delivery.state))).one() == "sent"


async def test_the_state_of_the_outbox_leaves_out_disabled_chats(database: Database) -> None:
    async with database.writing() as session:
        assert (await outbox.outbox_state(session)).oldest_due_at is None
        article_id = await prepare(session, GROUP, OTHER)
        await queue(session, article_id, 1, minutes=1)
        await queue(session, article_id, 2, minutes=2)
        await queue(session, article_id, 3, chat_id=OTHER)
        await chats.disable_chat(session, chat_id=OTHER, reason="blocked")
        await claim(session, minutes=1)
        state = await outbox.outbox_state(session)
    assert (state.due, state.claimed, state.oldest_due_at) == (1, 1, NOON + timedelta(minutes=2))


async def test_four_workers_send_everything_once_and_never_two_at_a_time_in_one_chat(database: Database) -> None:
    chat_ids = [-1, -2, -3]
    async with database.writing() as session:
        article_id = await prepare(session, *chat_ids)
        for chat_id in chat_ids:
            for topic_id in range(4):
                for what_id in range(5):
                    await queue(session, article_id, what_id, chat_id=chat_id, topic_id=topic_id)
    busy: set[int] = set()
    clashes: list[int] = []
    sent: list[int] = []

    async def work(worker: str) -> None:
        # Each has connections of its own, as a process of its own would.
        own = await Database.open(database.url)
        while len(sent) < len(chat_ids) * 4 * 5:
            async with own.writing() as session:
                found = await claim(session, worker=worker, limit=3)
            if found is None:
                await asyncio.sleep(0.005)
                continue
            if found.chat_id in busy:
                clashes.append(found.chat_id)
            busy.add(found.chat_id)
            await asyncio.sleep(0.002)
            # From the commit on somebody else may hold the chat, so it is let go of before.
            busy.discard(found.chat_id)
            sent.extend(ids(found))
            async with own.writing() as session:
                await confirm(session, found, message_id=min(ids(found)))
        await own.close()

    async with asyncio.timeout(120), asyncio.TaskGroup() as workers:
        for number in range(4):
            workers.create_task(work(f"worker {number}"))
    assert clashes == []
    assert len(sent) == len(set(sent)) == 60
    async with database.reading() as session:
        assert set(await session.exec(select(col(Delivery.state)))) == {"sent"}
