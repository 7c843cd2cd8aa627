"""The bands of articles' signatures: which articles may carry the same text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Article, ArticleVersion, Band
from storage.upserts import add_many_if_new

MOST_CANDIDATES = 30
"""How many articles are held against one at most: those that share the most bands."""

_KEY = ("scheme", "seed", "number", "hash", "article_id")


async def keep_bands(session: AsyncSession, *, article_id: int, scheme: str, seed: int, bands: Sequence[int]) -> None:
    """Keep the bands of a version of an article beside those of its other versions.

    Args:
        session: A unit of work that writes.
        article_id: The article.
        scheme: How the bands were made.
        seed: What the scheme's permutations grow from.
        bands: The bands, in their order.
    """
    rows = [
        {"scheme": scheme, "seed": seed, "number": number, "hash": value, "article_id": article_id}
        for number, value in enumerate(bands)
    ]
    await add_many_if_new(session, Band, rows, key=_KEY)


async def sharing_bands(
    session: AsyncSession,
    *,
    article_id: int,
    scheme: str,
    seed: int,
    bands: Sequence[int],
    first: datetime,
    last: datetime,
) -> list[int]:
    """Give the articles that share bands with one, those that share most first.

    Args:
        session: A unit of work.
        article_id: The article, which is left out.
        scheme: How its bands were made; bands of another scheme or seed are not compared.
        seed: What the scheme's permutations grow from.
        bands: Its bands, in their order.
        first: The moment of the first publication that counts.
        last: The moment of the last.

    Returns:
        Numbers of articles, at most ``MOST_CANDIDATES``.
    """
    if not bands:
        return []
    wanted = (
        select(col(Band.article_id))
        .join(Article, col(Article.id) == col(Band.article_id))
        .where(
            col(Band.scheme) == scheme,
            col(Band.seed) == seed,
            tuple_(col(Band.number), col(Band.hash)).in_(list(enumerate(bands))),
            col(Band.article_id) != article_id,
            col(Article.published_at).between(first, last),
        )
        .group_by(col(Band.article_id))
        .order_by(func.count().desc(), col(Band.article_id))
        .limit(MOST_CANDIDATES)
    )
    return list(await session.exec(wanted))


async def texts_of(session: AsyncSession, *, article_ids: Sequence[int]) -> dict[int, str]:
    """Give the current text of each of some articles; those whose text is gone are left out."""
    newest = (
        select(col(ArticleVersion.article_id), func.max(ArticleVersion.number))
        .where(col(ArticleVersion.article_id).in_(article_ids))
        .group_by(col(ArticleVersion.article_id))
    )
    wanted = select(ArticleVersion.article_id, ArticleVersion.text).where(
        tuple_(col(ArticleVersion.article_id), col(ArticleVersion.number)).in_(newest), col(ArticleVersion.text) != ""
    )
    return dict((await session.exec(wanted)).all())
