"""What is kept of a chat, and how all of it is erased."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Chat, Objection, OperatorNotice, Review, SentMessage, SilencedStory, Subscription
from storage.upserts import add_if_new

NOBODY = 0
"""The number of the chat and of the user under which stays what others need, once its author erased it."""

_STAYING = frozenset({"review", "objection"})
"""Tables whose rows stay, without chat and person: what was told of statements rests on them."""

_PEOPLE = frozenset({"user_id", "created_by", "asked_by", "decided_by"})
"""Columns that say who did something."""

_NAMING = ("admission", "objection")
"""Kinds of notices that name the person or chat they are about."""


@dataclass(frozen=True, slots=True)
class KeptOfChat:
    """What is kept of a chat.

    Attributes:
        title: Its title, or the person's name.
        language: Its language.
        timezone: Its time zone.
        since: When it was first heard of.
        subscriptions: How many it has.
        messages: How many messages that were sent to it are remembered, by their numbers.
        reviews: How many words on reversals came from it.
        objections: How many corrections it reported.
    """

    title: str
    language: str
    timezone: str
    since: datetime
    subscriptions: int
    messages: int
    reviews: int
    objections: int


async def kept_of_chat(session: AsyncSession, *, chat_id: int) -> KeptOfChat | None:
    """Give what is kept of a chat; None where it is nothing."""
    chat = await session.get(Chat, chat_id)
    if chat is None:
        return None
    connection = await session.connection()
    counts = [
        (await connection.execute(select(func.count()).where(col(column) == chat_id))).scalar_one()
        for column in (Subscription.chat_id, SentMessage.chat_id, Review.chat_id, Objection.chat_id)
    ]
    return KeptOfChat(chat.title, chat.language, chat.timezone, chat.created_at, *counts)


async def erase_chat(session: AsyncSession, *, chat_id: int, spared: Collection[int]) -> bool:
    """Erase what is kept of a chat, and of the person whose private chat it is.

    Reviews and corrections stay without their chat and author. A refusal to let the chat in stays, so that it is not
    asked about again.

    Args:
        session: A unit of work that writes.
        chat_id: The chat.
        spared: Ids of the installation's administrators: what they said in a group stays theirs.

    Returns:
        Whether there was anything.
    """
    if await session.get(Chat, chat_id) is None:
        return False
    nobody = Chat(id=NOBODY, kind="console", state="disabled", disabled_reason="a console takes no alerts")
    await add_if_new(session, nobody, key=("id",))
    await session.flush()
    connection = await session.connection()
    # A group that became a supergroup left its old row behind.
    former = await connection.execute(select(col(Chat.id)).where(col(Chat.migrated_to) == chat_id))
    chat_ids = [chat_id, *former.scalars()]
    await _leave_nameless(connection, chat_ids, chat_id, spared)
    for table in reversed(SQLModel.metadata.sorted_tables):
        condition = _is_of(table, chat_ids)
        if condition is not None and table.name not in _STAYING:
            await connection.execute(delete(table).where(condition))
    naming = (col(OperatorNotice.what).in_(_NAMING), col(OperatorNotice.state) != "due")
    await connection.execute(delete(OperatorNotice).where(*naming))
    session.expire_all()
    return True


async def _leave_nameless(
    connection: AsyncConnection, chat_ids: list[int], user_id: int, spared: Collection[int]
) -> None:
    """Take chat and person out of what stays; in private the chat has the number of the person."""
    is_here = col(Review.chat_id).in_(chat_ids)
    is_theirs = or_(col(Review.user_id) == user_id, is_here & col(Review.user_id).not_in(sorted(spared)))
    # A pair has one word of each person: those of nobody are told apart by the number of the review.
    await connection.execute(update(Review).where(is_theirs).values(user_id=-col(Review.id)))
    await connection.execute(update(Review).where(is_here).values(chat_id=NOBODY))
    is_theirs = or_(col(Objection.user_id) == user_id, col(Objection.chat_id).in_(chat_ids))
    nameless = {"chat_id": None, "user_id": None, "message_id": 0, "topic_id": 0}
    await connection.execute(update(Objection).where(is_theirs).values(nameless))
    await connection.execute(update(SilencedStory).where(col(SilencedStory.user_id) == user_id).values(user_name=""))
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            if column.name in _PEOPLE:
                await connection.execute(update(table).where(column == user_id).values({column.name: NOBODY}))


def _is_of(table: Table, chat_ids: list[int]) -> ColumnElement[bool] | None:
    """Give which rows of a table are a chat's: those that name it, and those that hang on such rows; None for none."""
    if table.name == "chat":
        return table.c.id.in_([chat_id for chat_id in chat_ids if chat_id != NOBODY])
    conditions: list[ColumnElement[bool]] = []
    if "chat_id" in table.c:
        conditions.append(table.c.chat_id.in_(chat_ids))
        if table.name == "admission":
            conditions = [conditions[0] & (table.c.state != "refused")]
    for key in table.foreign_keys:
        owner_table = key.column.table
        if owner_table.name != "chat" and owner_table is not table and owner_table.name not in _STAYING:
            owner = _is_of(owner_table, chat_ids)
            if owner is not None:
                conditions.append(key.parent.in_(select(key.column).where(owner)))
    return or_(*conditions) if conditions else None
