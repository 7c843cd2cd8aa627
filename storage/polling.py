"""What a poll asks of the tables: which addresses are known, and which pages want another try."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Article, ArticleVersion

# SQLite takes 32,766 variables in a statement, older builds 999.
_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class UnreadArticle:
    """An article that was recorded without text, whose next try is due."""

    identity: str
    url: str
    title: str
    published_at: datetime
    published_is_estimated: bool
    attempts: int


async def known_addresses(session: AsyncSession, *, source_id: str, addresses: Collection[str]) -> set[str]:
    """Give those of the addresses that an article is kept under, or that the source led to one by.

    Args:
        session: The unit of work.
        source_id: The source that gave the addresses.
        addresses: Identities, or cleaned addresses as the source gives them.

    Returns:
        The known ones.
    """
    known: set[str] = set()
    listed = sorted(set(addresses))
    for start in range(0, len(listed), _AT_ONCE):
        part = listed[start : start + _AT_ONCE]
        query = select(Article.identity, Article.url).where(
            or_(col(Article.identity).in_(part), (col(Article.source_id) == source_id) & col(Article.url).in_(part))
        )
        for identity, url in await session.exec(query):
            known |= {identity, url or identity}
    return known.intersection(listed)


async def known_guids(session: AsyncSession, *, source_id: str, guids: Collection[str]) -> set[str]:
    """Give those of a feed's own names for its entries under which the source's articles are kept."""
    known: set[str] = set()
    listed = sorted(set(guids))
    for start in range(0, len(listed), _AT_ONCE):
        part = listed[start : start + _AT_ONCE]
        query = select(Article.guid).where(col(Article.source_id) == source_id, col(Article.guid).in_(part))
        known |= {guid for guid in await session.exec(query) if guid is not None}
    return known


async def unread_articles(session: AsyncSession, *, source_id: str, moment: datetime) -> list[UnreadArticle]:
    """Give the source's articles that could not be read, and whose next try is due; oldest first."""
    query = (
        select(Article)
        .where(
            col(Article.source_id) == source_id,
            col(Article.state) == "failed",
            col(Article.retry_at) <= moment,
            col(Article.url).is_not(None),
            ~select(ArticleVersion.id).where(col(ArticleVersion.article_id) == col(Article.id)).exists(),
        )
        .order_by(col(Article.published_at), col(Article.id))
    )
    return [
        UnreadArticle(
            row.identity, row.url or "", row.title, row.published_at, row.published_is_estimated, row.attempts
        )
        for row in await session.exec(query)
    ]
