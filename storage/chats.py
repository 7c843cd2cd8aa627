"""Chats and whom they follow."""

from __future__ import annotations

from sqlalchemy import and_, func
from sqlalchemy.orm import aliased
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import digests, settings, silences, subscriptions
from storage.access import NOT_ADMITTED, state_of
from storage.subscriptions import Subject
from storage.tables import (
    Admission,
    Chat,
    Delivery,
    Objection,
    OperatorNotice,
    Review,
    Subscription,
)
from storage.upserts import add_if_new, add_or_update


async def ensure_chat(session: AsyncSession, *, chat_id: int, kind: str, title: str) -> Chat:
    """Keep a chat that was heard of.

    Args:
        session: A unit of work that writes.
        chat_id: Telegram's id.
        kind: Telegram's type of it (``private``, ``group``, ``supergroup``, ``channel``).
        title: Its title, or the person's name.

    Returns:
        The chat, active again if it was disabled; but a group that became a supergroup stays disabled, and so does a
        chat that may not use the installation.
    """
    changes = {"kind": kind, "title": title}
    await add_or_update(session, Chat(id=chat_id, kind=kind, title=title), key=("id",), changes=changes)
    await session.exec(
        update(Chat)
        .where(
            col(Chat.id) == chat_id,
            col(Chat.state) == "disabled",
            col(Chat.migrated_to).is_(None),
            col(Chat.disabled_reason).is_distinct_from(NOT_ADMITTED),
        )
        .values(state="active", disabled_reason=None)
    )
    wanted = select(Chat).where(col(Chat.id) == chat_id)
    return (await session.exec(wanted, execution_options={"populate_existing": True})).one()


async def chat(session: AsyncSession, *, chat_id: int) -> Chat | None:
    """Give a chat; None if it was never heard of."""
    return await session.get(Chat, chat_id)


async def disable_chat(session: AsyncSession, *, chat_id: int, reason: str) -> None:
    """Send nothing to a chat until it is heard of again; what it follows is kept.

    Args:
        session: A unit of work that writes.
        chat_id: The chat.
        reason: Why, for the log.
    """
    # Who was shut out stays so, whatever else closes the chat: otherwise coming back would open it.
    is_this = (col(Chat.id) == chat_id, col(Chat.disabled_reason).is_distinct_from(NOT_ADMITTED))
    await session.exec(update(Chat).where(*is_this).values(state="disabled", disabled_reason=reason))


async def set_language(session: AsyncSession, *, chat_id: int, language: str) -> None:
    """Set the language of a chat: ``nl`` or ``en``."""
    await session.exec(update(Chat).where(col(Chat.id) == chat_id).values(language=language))


async def migrate_chat(session: AsyncSession, *, old_id: int, new_id: int) -> bool:
    """Move what a group has to the supergroup that it became.

    Telegram tells of it twice and in either order, and the supergroup may have been heard of before: the
    two are merged then, and what was sent in one of them is not due in the other. Messages that were sent
    stay with the old chat, since their numbers mean nothing in the new one.

    Args:
        session: A unit of work that writes.
        old_id: The group.
        new_id: The supergroup.

    Returns:
        Whether this was the first time; False too where the group is unknown.
    """
    wanted = select(Chat).where(col(Chat.id) == old_id).with_for_update()
    old = (await session.exec(wanted, execution_options={"populate_existing": True})).first()
    if old is None:
        return False
    is_first = old.migrated_to is None
    await add_if_new(session, Chat(id=new_id, kind="supergroup", title=old.title), key=("id",))
    if is_first:
        await settings.copy(session, old_id=old_id, new_id=new_id)
    await subscriptions.move(session, old_id=old_id, new_id=new_id)
    await silences.move(session, old_id=old_id, new_id=new_id)
    await digests.move(session, old_id=old_id, new_id=new_id)
    await _move_deliveries(session, old_id, new_id)
    await session.exec(update(Review).where(col(Review.chat_id) == old_id).values(chat_id=new_id))
    await session.exec(update(Objection).where(col(Objection.chat_id) == old_id).values(chat_id=new_id, message_id=0))
    await _move_admission(session, old_id, new_id)
    old.state, old.disabled_reason, old.migrated_to = "disabled", f"became the supergroup {new_id}", new_id
    session.add(old)
    await session.flush()
    return is_first


async def follow(session: AsyncSession, *, chat_id: int, topic_id: int, person_id: str, user_id: int) -> bool:
    """Let a chat, or one topic of it, follow a person in full.

    Args:
        session: A unit of work that writes.
        chat_id: The chat.
        topic_id: The topic, 0 for none.
        person_id: Whom.
        user_id: Who asked for it.

    Returns:
        Whether it did not do so already.
    """
    subject = Subject("person", person_id)
    _, is_new = await subscriptions.follow(
        session, chat_id=chat_id, topic_id=topic_id, subject=subject, user_id=user_id
    )
    return is_new


async def count_subscriptions(session: AsyncSession, *, chat_id: int) -> int:
    """Count what a chat follows, in all its topics together."""
    wanted = select(func.count()).select_from(Subscription).where(col(Subscription.chat_id) == chat_id)
    return (await session.exec(wanted)).one()


async def _move_admission(session: AsyncSession, old_id: int, new_id: int) -> None:
    if await state_of(session, chat_id=new_id) is None:
        await session.exec(update(Admission).where(col(Admission.chat_id) == old_id).values(chat_id=new_id))
    await session.exec(
        update(OperatorNotice)
        .where(col(OperatorNotice.chat_id) == old_id, col(OperatorNotice.state) == "due")
        .values(chat_id=new_id)
    )


async def _move_deliveries(session: AsyncSession, old_id: int, new_id: int) -> None:
    twins = aliased(Delivery)
    same = and_(
        col(twins.topic_id) == col(Delivery.topic_id),
        col(twins.what) == col(Delivery.what),
        col(twins.what_id) == col(Delivery.what_id),
    )
    sent_in_old = select(twins.id).where(col(twins.chat_id) == old_id, col(twins.state) == "sent", same).exists()
    is_in_new = select(twins.id).where(col(twins.chat_id) == new_id, same).exists()
    unsent = col(Delivery.state) != "sent"
    await session.exec(delete(Delivery).where(col(Delivery.chat_id) == new_id, unsent, sent_in_old))
    await session.exec(delete(Delivery).where(col(Delivery.chat_id) == old_id, is_in_new))
    await session.exec(update(Delivery).where(col(Delivery.chat_id) == old_id).values(chat_id=new_id))
