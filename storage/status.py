"""How the installation does, as a chat may ask: what was read, what was told here, and what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.operator_notices import notices_due
from storage.outbox import outbox_state
from storage.source_requests import count_waiting_requests
from storage.sources import all_sources
from storage.tables import Article, Delivery, SentMessage, Source


@dataclass(frozen=True, slots=True)
class StatusRecord:
    """How the installation does.

    Attributes:
        sources: The sources in the list that are or can be polled.
        told_here_at: When the last message was sent to the chat; None if there was none.
        due_here: Deliveries that are due to the chat, now or later.
        articles_waiting: Articles to be taken, those that are tried again among them.
        articles_failed: Articles that could not be read, and are given up.
        deliveries_due: Deliveries that are due to all active chats, now or later.
        oldest_due_at: When the first of them was due; None if there is none.
        requests_waiting: Requests for sources and notices to operators that wait.
    """

    sources: tuple[Source, ...]
    told_here_at: datetime | None
    due_here: int
    articles_waiting: int
    articles_failed: int
    deliveries_due: int
    oldest_due_at: datetime | None
    requests_waiting: int


async def status(session: AsyncSession, *, chat_id: int) -> StatusRecord:
    """Say how the installation does, as a chat sees it."""
    told_here = select(func.max(SentMessage.created_at)).where(col(SentMessage.chat_id) == chat_id)
    due_here = select(func.count()).where(col(Delivery.chat_id) == chat_id, col(Delivery.state) == "due")
    is_given_up = (col(Article.state) == "failed") & col(Article.retry_at).is_(None)
    open_articles = (
        select(is_given_up, func.count()).where(col(Article.state).in_(("new", "failed"))).group_by(is_given_up)
    )
    counted = dict((await session.exec(open_articles)).all())
    outbox = await outbox_state(session)
    return StatusRecord(
        sources=tuple(source for source in await all_sources(session) if source.url),
        told_here_at=(await session.exec(told_here)).one(),
        due_here=(await session.exec(due_here)).one(),
        articles_waiting=counted.get(False, 0),
        articles_failed=counted.get(True, 0),
        deliveries_due=outbox.due,
        oldest_due_at=outbox.oldest_due_at,
        requests_waiting=await count_waiting_requests(session) + await notices_due(session),
    )
