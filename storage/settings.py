"""What a chat chose: its settings, and for how long it wants to hear nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Chat


@dataclass(frozen=True, slots=True)
class SettingsRecord:
    """What a chat chose: the columns of ``tables.Chat`` that are its own."""

    language: str = "nl"
    timezone: str = "Europe/Amsterdam"
    quiet_from: int | None = None
    quiet_until: int | None = None
    is_silent: bool = False
    messages_a_day: int | None = 10
    shows_previews: bool = False
    alert_topic: int | None = None
    members_may_change: bool = False
    muted_until: datetime | None = None
    digest: str = "off"
    digest_hour: int = 8
    digest_day: int = 0
    digest_due_at: datetime | None = None


async def settings(session: AsyncSession, *, chat_id: int) -> SettingsRecord:
    """Give what a chat chose; one that was never heard of has the usual settings."""
    wanted = select(Chat).where(col(Chat.id) == chat_id)
    chat = (await session.exec(wanted, execution_options={"populate_existing": True})).first()
    if chat is None:
        return SettingsRecord()
    return SettingsRecord(**{field.name: getattr(chat, field.name) for field in fields(SettingsRecord)})


async def choose(session: AsyncSession, *, chat_id: int, **choices: Any) -> SettingsRecord:
    """Change settings of a chat.

    Args:
        session: A unit of work that writes.
        chat_id: The chat; it is kept already.
        **choices: New values by column.

    Returns:
        What the chat chose by now.

    Raises:
        ValueError: A column is not one that a chat chooses.
    """
    strange = choices.keys() - {field.name for field in fields(SettingsRecord)}
    if strange:
        raise ValueError(", ".join(sorted(strange)))
    await session.exec(update(Chat).where(col(Chat.id) == chat_id).values(**choices))
    return await settings(session, chat_id=chat_id)


async def copy(session: AsyncSession, *, old_id: int, new_id: int) -> None:
    """Let one chat have the settings of another; only that one's digests are made from now on."""
    await choose(session, chat_id=new_id, **asdict(await settings(session, chat_id=old_id)))
    await choose(session, chat_id=old_id, digest_due_at=None)


async def members_may_change(session: AsyncSession, *, chat_id: int) -> bool:
    """Whether a group lets all its members change what it follows and how it is set."""
    wanted = select(col(Chat.members_may_change)).where(col(Chat.id) == chat_id)
    return bool((await session.exec(wanted)).first())
