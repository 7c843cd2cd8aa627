"""Topics that take no messages: each chat is told once where its alerts went instead."""

from __future__ import annotations

from sqlmodel import col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import ClosedTopic
from storage.upserts import add_if_new


async def note_closed(session: AsyncSession, *, chat_id: int, topic_id: int) -> None:
    """Keep that a chat was told that a topic is closed."""
    await add_if_new(session, ClosedTopic(chat_id=chat_id, topic_id=topic_id), key=("chat_id", "topic_id"))


async def is_known_closed(session: AsyncSession, *, chat_id: int, topic_id: int) -> bool:
    """Tell whether a chat was told that a topic is closed."""
    return await session.get(ClosedTopic, (chat_id, topic_id)) is not None


async def note_open(session: AsyncSession, *, chat_id: int, topic_id: int) -> None:
    """Keep that a topic takes messages again: its chat is told anew should it be closed once more."""
    await session.exec(
        delete(ClosedTopic).where(col(ClosedTopic.chat_id) == chat_id, col(ClosedTopic.topic_id) == topic_id)
    )
