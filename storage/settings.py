"""What a chat chose: its settings, and for how long it wants to hear nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Chat

CHOICES = frozenset(
    {
        "language",
        "timezone",
        "quiet_from",
        "quiet_until",
        "is_silent",
        "messages_a_day",
        "shows_previews",
        "alert_topic",
        "members_may_change",
        "muted_until",
        "digest",
        "digest_hour",
        "digest_day",
        "digest_due_at",
    }
)
"""Columns of a chat that are its own to choose."""


async def choose(session: AsyncSession, *, chat_id: int, **choices: Any) -> Chat:
    """Change settings of a chat.

    Args:
        session: A unit of work that writes.
        chat_id: The chat; it is kept already.
        **choices: New values by column.

    Returns:
        The chat as it is now.

    Raises:
        ValueError: A column is not one that a chat chooses.
    """
    if not choices.keys() <= CHOICES:
        raise ValueError(", ".join(sorted(choices.keys() - CHOICES)))
    await session.exec(update(Chat).where(col(Chat.id) == chat_id).values(**choices))
    wanted = select(Chat).where(col(Chat.id) == chat_id)
    return (await session.exec(wanted, execution_options={"populate_existing": True})).one()


def settings_of(chat: Chat) -> dict[str, Any]:
    """Give what a chat chose, by column."""
    return {name: getattr(chat, name) for name in sorted(CHOICES)}


async def members_may_change(session: AsyncSession, *, chat_id: int) -> bool:
    """Whether a group lets all its members change what it follows and how it is set."""
    wanted = select(col(Chat.members_may_change)).where(col(Chat.id) == chat_id)
    return bool((await session.exec(wanted)).first())


async def muted_until(session: AsyncSession, *, chat_id: int) -> datetime | None:
    """Until when a chat wants to hear nothing; a moment in the past is over. None where it never did."""
    return (await session.exec(select(col(Chat.muted_until)).where(col(Chat.id) == chat_id))).first()
