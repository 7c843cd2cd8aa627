"""What keeps a chat's alerts back: a pause that it asked for, and the number of messages that it wants in a day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Delivery, SentMessage

_ALERTS = ("statement", "reversal")
_WAITING = (*_ALERTS, "digest", "limit")
"""What a pause keeps back; corrections and edits come at once, without a sound."""


async def hold_back(session: AsyncSession, *, chat_id: int, until: datetime) -> int:
    """Let what is due to a chat wait until a moment; give how much of it that is."""
    held = await session.exec(
        update(Delivery)
        .where(
            col(Delivery.chat_id) == chat_id,
            col(Delivery.what).in_(_WAITING),
            col(Delivery.state) == "due",
            col(Delivery.due_at) < until,
        )
        .values(due_at=until)
    )
    return int(held.rowcount)


async def bring_forward(session: AsyncSession, *, chat_id: int, due_at: datetime) -> int:
    """Let what waits for longer be due to a chat at a moment already; give how much of it that is."""
    brought = await session.exec(
        update(Delivery)
        .where(
            col(Delivery.chat_id) == chat_id,
            col(Delivery.what).in_(_WAITING),
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
