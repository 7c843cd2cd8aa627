"""Until when Telegram's flood control keeps chats shut: kept, so that a restart does not forget it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Chat


async def note_flood(session: AsyncSession, *, chat_id: int, until: datetime) -> None:
    """Keep until when nothing may go to a chat."""
    await session.exec(update(Chat).where(col(Chat.id) == chat_id).values(flooded_until=until))


async def floods(session: AsyncSession, *, moment: datetime) -> list[tuple[int, datetime]]:
    """Give the chats to which nothing may go at a moment, each with when that ends."""
    wanted = select(col(Chat.id), col(Chat.flooded_until)).where(col(Chat.flooded_until) > moment)
    return [(chat_id, until) for chat_id, until in await session.exec(wanted) if until is not None]
