"""What was sent lately: the pace of a sender that has just started."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import SentMessage


async def sent_since(session: AsyncSession, *, moment: datetime) -> list[tuple[int, datetime]]:
    """Give chat and moment of each message that was accepted since ``moment``, oldest first."""
    query = (
        select(SentMessage.chat_id, SentMessage.created_at)
        .where(col(SentMessage.created_at) >= moment)
        .order_by(col(SentMessage.created_at), col(SentMessage.id))
    )
    return [(chat_id, created_at) for chat_id, created_at in await session.exec(query)]
