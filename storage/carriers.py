"""Which articles carry a statement, to tell whether outlets came to it by themselves."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Article, Mention


@dataclass(frozen=True, slots=True)
class Carrier:
    """An article that carries a statement, its outlet, and when it was published."""

    article_id: int
    source_id: str
    published_at: datetime


async def carriers(session: AsyncSession, *, statement_ids: Collection[int]) -> dict[int, list[Carrier]]:
    """Give the articles that carry statements, by statement, the oldest first."""
    wanted = (
        select(col(Mention.statement_id), col(Article.id), col(Article.source_id), col(Article.published_at))
        .join(Article, col(Article.id) == col(Mention.article_id))
        .where(col(Mention.statement_id).in_(list(statement_ids)), col(Mention.withdrawn_at).is_(None))
        .order_by(col(Article.published_at), col(Article.id))
        .distinct()
    )
    found: dict[int, list[Carrier]] = {}
    for statement_id, article_id, source_id, published_at in await session.exec(wanted):
        found.setdefault(statement_id, []).append(Carrier(article_id, source_id, published_at))
    return found
