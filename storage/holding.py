"""What keeps a chat's alerts back: a pause that it asked for, and the number of messages that it wants in a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.outbox import OVER_LIMIT, NewDelivery, queue_all
from storage.tables import Delivery, SentMessage

_ALERTS = ("statement", "reversal")


async def hold_back(session: AsyncSession, *, chat_id: int, until: datetime) -> int:
    """Let what is due to a chat wait until a moment; give how much of it that is."""
    held = await session.exec(
        update(Delivery)
        .where(col(Delivery.chat_id) == chat_id, col(Delivery.state) == "due", col(Delivery.due_at) < until)
        .values(due_at=until)
    )
    return int(held.rowcount)


async def bring_forward(session: AsyncSession, *, chat_id: int, due_at: datetime) -> int:
    """Let what waits for longer be due to a chat at a moment already; give how much of it that is."""
    brought = await session.exec(
        update(Delivery)
        .where(
            col(Delivery.chat_id) == chat_id,
            col(Delivery.what).in_(_ALERTS),
            col(Delivery.state) == "due",
            col(Delivery.due_at) > due_at,
        )
        .values(due_at=due_at)
    )
    return int(brought.rowcount)


async def alerts_since(session: AsyncSession, *, chat_id: int, since: datetime) -> int:
    """Count the messages with alerts that a chat was sent since a moment; edits of older ones do not count."""
    wanted = (
        select(func.count(col(SentMessage.id).distinct()))
        .join(Delivery, col(Delivery.sent_message_id) == col(SentMessage.id))
        .where(
            col(SentMessage.chat_id) == chat_id,
            col(SentMessage.created_at) >= since,
            col(Delivery.what).in_(_ALERTS),
        )
    )
    return (await session.exec(wanted)).one()


async def set_aside(
    session: AsyncSession,
    *,
    chat_id: int,
    topic_id: int,
    delivery_ids: Sequence[int],
    article_id: int,
    worker: str,
    day_number: int,
    moment: datetime,
) -> None:
    """Keep what goes beyond a chat's messages of a day for its digest, and make due that this is said, once that day.

    Args:
        session: A unit of work that writes.
        chat_id: The chat.
        topic_id: Its topic, 0 for none.
        delivery_ids: What is set aside.
        article_id: An article of it.
        worker: Who claimed it: what another worker claimed meanwhile is left to that one.
        day_number: The chat's day, as its proleptic Gregorian ordinal.
        moment: Now.
    """
    await session.exec(
        update(Delivery)
        .where(
            col(Delivery.id).in_(delivery_ids),
            col(Delivery.state) == "claimed",
            col(Delivery.claimed_by) == worker,
        )
        .values(state="set_aside", last_error=OVER_LIMIT, claimed_by=None, claim_expires_at=None)
    )
    limit = NewDelivery(chat_id, topic_id, "limit", day_number, article_id, moment)
    await queue_all(session, deliveries=[limit])
