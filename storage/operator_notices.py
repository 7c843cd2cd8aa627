"""What those who run the bot are told, beside alerts: queued with what it tells of, claimed, sent or dropped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Chat, OperatorNotice


@dataclass(frozen=True, slots=True)
class NoticeRecord:
    """A notice to be sent, with what is known of its chat."""

    id: int
    chat_id: int
    topic_id: int
    what: str
    detail: Mapping[str, Any]
    attempts: int
    language: str | None
    timezone: str | None


def queue_notice(
    session: AsyncSession,
    *,
    chat_ids: Iterable[int],
    what: str,
    detail: Mapping[str, Any],
    moment: datetime,
    topic_id: int = 0,
) -> None:
    """Make something due to be told, in the unit of work in which it became so.

    Args:
        session: A unit of work that writes.
        chat_ids: Whom it is told to; the private chat with a user has the user's id.
        what: What kind of thing it is, as ``bot.messages`` knows it.
        detail: What is told of it: values that JSON holds.
        moment: From when on it may be sent.
        topic_id: The topic of the chat, 0 for none.
    """
    session.add_all(
        OperatorNotice(chat_id=chat_id, topic_id=topic_id, what=what, detail=dict(detail), due_at=moment)
        for chat_id in chat_ids
    )


async def is_notice_due(session: AsyncSession, *, moment: datetime) -> bool:
    """Say whether there is a notice to be sent by now."""
    due = select(OperatorNotice.id).where(col(OperatorNotice.state) == "due", col(OperatorNotice.due_at) <= moment)
    return (await session.exec(due.limit(1))).first() is not None


async def claim_notices(
    session: AsyncSession, *, moment: datetime, lease: timedelta, limit: int = 20
) -> list[NoticeRecord]:
    """Claim what is due; a claim is a later ``due_at``, so that of a sender that died it comes back by itself.

    Args:
        session: A unit of work that writes.
        moment: Now.
        lease: How long nobody else gets them.
        limit: How many at most.

    Returns:
        The notices, oldest first.
    """
    is_due = (col(OperatorNotice.state) == "due", col(OperatorNotice.due_at) <= moment)
    oldest = select(OperatorNotice.id).where(*is_due).order_by(col(OperatorNotice.id)).limit(limit)
    claiming = (
        update(OperatorNotice)
        .where(col(OperatorNotice.id).in_(oldest), *is_due)
        .values(due_at=moment + lease, attempts=col(OperatorNotice.attempts) + 1)
        .returning(col(OperatorNotice.id))
        .execution_options(synchronize_session=False)
    )
    claimed = [row[0] for row in await session.exec(claiming)]
    query = (
        select(OperatorNotice, Chat.language, Chat.timezone)
        .join(Chat, col(Chat.id) == col(OperatorNotice.chat_id), isouter=True)
        .where(col(OperatorNotice.id).in_(claimed))
        .order_by(col(OperatorNotice.id))
    )
    return [
        NoticeRecord(row.id, row.chat_id, row.topic_id, row.what, row.detail, row.attempts, language, timezone)
        for row, language, timezone in await session.exec(query)
    ]


async def settle_notice(
    session: AsyncSession,
    *,
    notice_id: int,
    state: str,
    moment: datetime,
    error: str | None = None,
    chat_id: int | None = None,
    topic_id: int | None = None,
) -> None:
    """Write down what came of a notice.

    Args:
        session: A unit of work that writes.
        notice_id: The notice.
        state: ``sent``, ``dropped``, or ``due`` to try again.
        moment: When it was sent or dropped, or from when on it is tried again.
        error: What went wrong.
        chat_id: Its chat from now on; None where it stays.
        topic_id: Its topic from now on; None where it stays.
    """
    values: dict[str, Any] = {"state": state, "last_error": error}
    values["due_at" if state == "due" else "sent_at"] = moment
    if chat_id is not None:
        values["chat_id"] = chat_id
    if topic_id is not None:
        values["topic_id"] = topic_id
    await session.exec(update(OperatorNotice).where(col(OperatorNotice.id) == notice_id).values(**values))


async def notices_due(session: AsyncSession) -> int:
    """Count the notices that wait to be sent."""
    query = select(func.count()).select_from(OperatorNotice).where(col(OperatorNotice.state) == "due")
    return (await session.exec(query)).one()
