"""How long the texts of articles are kept; what was found in them stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Article, ArticleVersion

BATCH = 500
"""Versions that one transaction empties, so that nobody waits for it."""


async def empty_texts(session: AsyncSession, *, before: datetime) -> int:
    """Empty the oldest texts that were kept long enough.

    Hashes and signatures stay, so that an article is known again; statements stay with the paragraph around them. A
    text that is still to be read stays too, and so do the current turns of a report that may still be corrected: the
    next publication may hold only some of them.

    Args:
        session: A unit of work that writes.
        before: Texts that came before this are emptied.

    Returns:
        How many versions were emptied, ``BATCH`` at most: call it again until there are fewer.
    """
    is_done = or_(col(Article.state) == "taken", and_(col(Article.state) == "failed", col(Article.retry_at).is_(None)))
    wanted = (
        select(col(ArticleVersion.id))
        .join(Article, col(Article.id) == col(ArticleVersion.article_id))
        .where(
            col(ArticleVersion.created_at) < before,
            col(ArticleVersion.text) != "",
            is_done,
            ~col(Article.is_uncorrected),
        )
        .limit(BATCH)
    )
    numbers = (await session.exec(wanted)).all()
    if numbers:
        await session.exec(update(ArticleVersion).where(col(ArticleVersion.id).in_(numbers)).values(text=""))
    return len(numbers)
