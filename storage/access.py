"""Who may use an installation that is closed to all but its newsroom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Admission, Chat
from storage.upserts import add_or_update

NOT_ADMITTED = "not admitted to this installation"
"""Why a chat is disabled that may not use the installation (any more)."""

# Also one that blocked the bot: it would be open again by unblocking it. A group that moved never comes back.
_IS_OPEN = (
    or_(col(Chat.state) == "active", col(Chat.disabled_reason).is_distinct_from(NOT_ADMITTED)),
    col(Chat.migrated_to).is_(None),
)


@dataclass(frozen=True, slots=True)
class AdmissionRecord:
    """A chat that was asked about.

    Attributes:
        chat_id: The chat.
        topic_id: The topic in which the answer is waited for; 0 for none.
        title: Its title, or the person's name.
        language: Its language.
        state: ``asked``, ``admitted`` or ``refused``.
    """

    chat_id: int
    topic_id: int
    title: str
    language: str
    state: str


async def may_use(session: AsyncSession, *, chat_id: int, allowed: Collection[int]) -> bool:
    """Tell whether a chat, or the user with that private chat, may use the installation.

    Args:
        session: A unit of work.
        chat_id: The chat; for an inline query the user's id.
        allowed: The chats and users that the settings let in; empty for an installation that is open.

    Returns:
        Whether it may: it is let in by the settings, was admitted, or is the supergroup that such a group became.
    """
    if not allowed or chat_id in allowed:
        return True
    if (await state_of(session, chat_id=chat_id)) == "admitted":
        return True
    moved = select(col(Chat.id)).where(col(Chat.migrated_to) == chat_id, col(Chat.id).in_(list(allowed))).limit(1)
    return (await session.exec(moved)).first() is not None


async def state_of(session: AsyncSession, *, chat_id: int) -> str | None:
    """Give what became of the question about a chat: ``asked``, ``admitted``, ``refused``, or None for no question."""
    return (await session.exec(select(col(Admission.state)).where(col(Admission.chat_id) == chat_id))).first()


async def ask(session: AsyncSession, *, chat_id: int, topic_id: int, user_id: int, moment: datetime) -> None:
    """Keep that it was asked whether a chat may use the installation.

    Args:
        session: A unit of work that writes.
        chat_id: The chat; its row is kept.
        topic_id: Where the answer is waited for; 0 for no topic.
        user_id: Who wanted it.
        moment: Now.
    """
    row = Admission(chat_id=chat_id, topic_id=topic_id, asked_by=user_id, asked_at=moment)
    changes = {"state": "asked", "topic_id": topic_id, "asked_by": user_id, "asked_at": moment}
    await add_or_update(session, row, key=("chat_id",), changes=changes)
    await _close(session, chat_id)


async def decide(
    session: AsyncSession, *, chat_id: int, admitted: bool, user_id: int, moment: datetime
) -> AdmissionRecord | None:
    """Admit or refuse a chat that was asked about; a decision can be changed by another one.

    Args:
        session: A unit of work that writes.
        chat_id: The chat.
        admitted: Whether it may use the installation.
        user_id: Who decides.
        moment: Now.

    Returns:
        What is decided now; None where nobody asked, or the chat has erased itself since, or the same was decided
        before.
    """
    state = "admitted" if admitted else "refused"
    changed = await session.exec(
        update(Admission)
        .where(col(Admission.chat_id) == chat_id, col(Admission.state) != state)
        .values(state=state, decided_by=user_id, decided_at=moment)
    )
    if changed.rowcount == 0:
        return None
    if admitted:
        await _open(session, chat_id)
    else:
        await _close(session, chat_id)
    return await admission(session, chat_id=chat_id)


async def present_id(session: AsyncSession, *, chat_id: int) -> int:
    """Give the number of a chat today: that of the supergroup where a group became one."""
    moved = (await session.exec(select(col(Chat.migrated_to)).where(col(Chat.id) == chat_id))).first()
    return moved or chat_id


async def admit(session: AsyncSession, *, chat_id: int, user_id: int, moment: datetime) -> None:
    """Admit a chat without a question, because one who may decide brought the bot there."""
    row = Admission(
        chat_id=chat_id, state="admitted", asked_by=user_id, asked_at=moment, decided_by=user_id, decided_at=moment
    )
    changes = {"state": "admitted", "decided_by": user_id, "decided_at": moment}
    await add_or_update(session, row, key=("chat_id",), changes=changes)
    await _open(session, chat_id)


async def admission(session: AsyncSession, *, chat_id: int) -> AdmissionRecord | None:
    """Give what was asked about a chat and what came of it; None where nobody asked, or the chat has erased itself."""
    wanted = (
        select(  # type: ignore[call-overload]  # SQLModel's select is typed for four columns
            Admission.chat_id, Admission.topic_id, Chat.title, Chat.language, Admission.state
        )
        .join(Chat, col(Chat.id) == col(Admission.chat_id))
        .where(col(Admission.chat_id) == chat_id)
    )
    row = (await session.exec(wanted)).first()
    return None if row is None else AdmissionRecord(*row)


async def enforce(session: AsyncSession, *, allowed: Collection[int]) -> int:
    """Let only those chats be told of news that may use the installation; to be called when it starts.

    Args:
        session: A unit of work that writes.
        allowed: The chats and users that the settings let in; empty for an installation that is open.

    Returns:
        How many chats are closed by it that were not before; what they follow is kept.
    """
    admitted = select(col(Admission.chat_id)).where(col(Admission.state) == "admitted")
    old = select(col(Chat.migrated_to)).where(col(Chat.migrated_to).is_not(None), col(Chat.id).in_(list(allowed)))
    is_let_in = or_(col(Chat.id).in_(list(allowed)), col(Chat.id).in_(admitted), col(Chat.id).in_(old))
    is_shut_out = (col(Chat.state) == "disabled", col(Chat.disabled_reason) == NOT_ADMITTED)
    reopening = update(Chat).where(*is_shut_out).values(state="active", disabled_reason=None)
    if not allowed:
        await session.exec(reopening)
        return 0
    await session.exec(reopening.where(is_let_in).execution_options(synchronize_session=False))
    closed = await session.exec(
        update(Chat)
        .where(*_IS_OPEN, ~is_let_in)
        .values(state="disabled", disabled_reason=NOT_ADMITTED)
        .execution_options(synchronize_session=False)
    )
    return int(closed.rowcount)


async def _open(session: AsyncSession, chat_id: int) -> None:
    await session.exec(
        update(Chat)
        .where(col(Chat.id) == chat_id, col(Chat.disabled_reason) == NOT_ADMITTED)
        .values(state="active", disabled_reason=None)
    )


async def _close(session: AsyncSession, chat_id: int) -> None:
    await session.exec(
        update(Chat).where(col(Chat.id) == chat_id, *_IS_OPEN).values(state="disabled", disabled_reason=NOT_ADMITTED)
    )
