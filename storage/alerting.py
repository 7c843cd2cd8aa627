"""What the sender asks besides the outbox: the articles that it tells of, and what went lately."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.records import OutletRecord
from storage.tables import Article, SentMessage, Source


async def article_outlet(session: AsyncSession, *, article_id: int) -> OutletRecord:
    """Give an article as a message names it.

    Args:
        session: The unit of work.
        article_id: An article that is there.

    Returns:
        Its outlet, title, address and moment.
    """
    query = (
        select(Source.name, Article.title, Article.url, Article.published_at)
        .join(Source, col(Source.id) == col(Article.source_id))
        .where(col(Article.id) == article_id)
    )
    name, title, url, published_at = (await session.exec(query)).one()
    return OutletRecord(name, title, url, published_at)


async def sent_since(session: AsyncSession, *, moment: datetime) -> list[tuple[int, datetime]]:
    """Give chat and moment of each message that was accepted since ``moment``, oldest first."""
    query = (
        select(SentMessage.chat_id, SentMessage.created_at)
        .where(col(SentMessage.created_at) >= moment)
        .order_by(col(SentMessage.created_at), col(SentMessage.id))
    )
    return [(chat_id, created_at) for chat_id, created_at in await session.exec(query)]
