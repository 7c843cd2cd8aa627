"""Withdrawals are due to those who were told, once for each version, and know which messages told it."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import outbox
from storage.chats import ensure_chat
from storage.database import Database
from storage.statements import withdraw_missing_mentions
from storage.tables import Delivery, SentMessage
from storage.versions import added_later
from storage.withdrawals import (
    confirm_withdrawals,
    keep_rewordings,
    queue_withdrawals,
    spare_the_told,
    take_back_withdrawals,
    withdrawals,
)
from tests.storage_examples import (
    NOON,
    a_statement,
    keep,
    keep_mention,
    keep_people,
    keep_statement,
    keep_text,
    keep_turn,
)

CHAT = -100


async def _queue(session: AsyncSession, what: str, what_id: int, article_id: int) -> None:
    await outbox.queue(
        session, chat_id=CHAT, topic_id=0, what=what, what_id=what_id, article_id=article_id, due_at=NOON
    )


async def _send(database: Database, message_id: int) -> list[int]:
    """Let what is due to the chat be sent, or told, in one message; give the deliveries."""
    async with database.writing() as session:
        claim = await outbox.claim(session, worker="w", moment=NOON, lease=timedelta(minutes=5))
        assert claim is not None
        numbers = [due.id for due in claim.deliveries]
        if claim.deliveries[0].what == "withdrawal":
            reply = SentMessage(chat_id=CHAT, topic_id=0, message_id=message_id, text_hash="h")
            await confirm_withdrawals(session, delivery_ids=numbers, worker="w", reply=reply, moment=NOON)
        else:
            await outbox.confirm(
                session,
                delivery_ids=numbers,
                chat_id=CHAT,
                topic_id=0,
                message_id=message_id,
                text_hash="h",
                moment=NOON,
            )
    return numbers


async def _states(database: Database, what: str) -> list[tuple[int, str]]:
    async with database.reading() as session:
        rows = await session.exec(select(Delivery).where(col(Delivery.what) == what).order_by(col(Delivery.id)))
        return [(row.what_id, row.state) for row in rows]


async def test_corrected_words_are_due_as_a_correction_and_their_own_fate_is_told_in_turn(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        await ensure_chat(session, chat_id=CHAT, kind="group", title="Redactie")
        article_id = await keep_text(session, "a")
        old_id = await keep(session, a_statement("Er komt 10 miljoen bij."), article_id)
        await _queue(session, "statement", old_id, article_id)
    await _send(database, 1)
    async with database.writing() as session:
        new = await keep_statement(session, a_statement("Er komt 100 miljoen bij."))
        await keep_mention(session, new.statement_id, article_id, version_number=2, start=0, end=9)
        gone = await withdraw_missing_mentions(session, article_id=article_id, version_number=2)
        corrected = {new.statement_id: old_id}
        await keep_rewordings(session, article_id=article_id, version_number=2, old_by_new=corrected)
        assert await queue_withdrawals(session, statement_ids=gone, article_id=article_id, moment=NOON) == 1
        await _queue(session, "statement", new.statement_id, article_id)
        await spare_the_told(session, old_by_new=corrected)
        added = await added_later(session, article_by_statement={old_id: article_id, new.statement_id: article_id})
    assert added == {new.statement_id}
    assert await _states(database, "statement") == [(old_id, "sent"), (new.statement_id, "dropped")]
    numbers = await _send(database, 2)

    async with database.reading() as session:
        [record] = await withdrawals(session, delivery_ids=numbers)
    assert (record.statement_id, record.new_id, record.is_withdrawn) == (old_id, new.statement_id, True)
    assert [told.message_id for told in record.told_in] == [1]
    assert await _states(database, "statement") == [(old_id, "sent"), (new.statement_id, "sent")]

    async with database.writing() as session:
        gone = await withdraw_missing_mentions(session, article_id=article_id, version_number=3)
        assert await queue_withdrawals(session, statement_ids=gone, article_id=article_id, moment=NOON) == 1
    numbers = await _send(database, 3)
    async with database.reading() as session:
        [record] = await withdrawals(session, delivery_ids=numbers)
    assert (record.statement_id, record.new_id) == (new.statement_id, None)
    assert [told.message_id for told in record.told_in] == [2]

    async with database.writing() as session:
        await take_back_withdrawals(session, statement_ids=[new.statement_id], moment=NOON)
    assert await _states(database, "withdrawal") == [(old_id, "sent"), (new.statement_id, "due")]


async def test_who_knew_the_words_from_a_pair_alone_is_told_too_and_nobody_else(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        await ensure_chat(session, chat_id=CHAT, kind="group", title="Redactie")
        article_id = await keep_text(session, "a")
        earlier_id, later_id, reversal_id = await keep_turn(session, article_id)
        other_id = await keep(session, a_statement("Iets anders."), article_id, start=300)
        await _queue(session, "reversal", reversal_id, article_id)
    await _send(database, 1)

    async with database.writing() as session:
        gone = [earlier_id, later_id, other_id]
        assert await queue_withdrawals(session, statement_ids=gone, article_id=article_id, moment=NOON) == 2
    assert await _states(database, "withdrawal") == [(earlier_id, "due"), (later_id, "due")]
