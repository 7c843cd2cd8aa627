"""What two outlets carry within an hour, each by itself: that is news, whoever said it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.ingest.wire import are_copies
from storage.carriers import Carrier, carriers
from storage.wire import texts_of

WITHIN = timedelta(hours=1)
"""How far apart two outlets may publish the same words."""


async def corroborated(session: AsyncSession, *, article_id: int, statement_ids: Collection[int]) -> frozenset[int]:
    """Give those of an article's statements that another outlet carries within an hour of it.

    An article with the same text (agency copy, or one outlet's article in another) is none by itself.

    Args:
        session: A unit of work, with all mentions kept.
        article_id: The article.
        statement_ids: Statements that it carries.
    """
    if not statement_ids:
        return frozenset()
    found = await carriers(session, statement_ids=statement_ids)
    near = {statement_id: _near(article_id, articles) for statement_id, articles in found.items()}
    others = {other for articles in near.values() for other in articles}
    texts = await texts_of(session, article_ids=[article_id, *sorted(others)]) if others else {}
    ours = texts.get(article_id, "")
    independent = {other for other in others if not are_copies(ours, texts.get(other, ""))}
    return frozenset(statement_id for statement_id, articles in near.items() if independent.intersection(articles))


def _near(article_id: int, articles: Sequence[Carrier]) -> list[int]:
    """Give the articles of other outlets that were published within the hour."""
    own = next(article for article in articles if article.article_id == article_id)
    return [
        other.article_id
        for other in articles
        if other.source_id != own.source_id and abs(other.published_at - own.published_at) <= WITHIN
    ]
