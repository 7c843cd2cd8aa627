"""What two outlets carry within an hour, each by itself: that is news, whoever said it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from itertools import combinations

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.ingest.wire import are_copies
from storage.carriers import Carrier, carriers
from storage.wire import texts_of

WITHIN = timedelta(hours=1)
"""How far apart two outlets may publish the same words."""

Pair = tuple[int, int]


async def corroborated(session: AsyncSession, *, statement_ids: Collection[int]) -> frozenset[int]:
    """Give those of some statements that two independent outlets carry within an hour.

    Two articles that carry the same text (agency copy, or one outlet's article in another) are not independent.

    Args:
        session: A unit of work, with all mentions kept.
        statement_ids: The statements.
    """
    if not statement_ids:
        return frozenset()
    found = await carriers(session, statement_ids=statement_ids)
    near = {statement_id: _near(articles) for statement_id, articles in found.items()}
    wanted = sorted({article_id for pairs in near.values() for pair in pairs for article_id in pair})
    texts = await texts_of(session, article_ids=wanted) if wanted else {}
    copies: dict[Pair, bool] = {}
    return frozenset(
        statement_id
        for statement_id, pairs in near.items()
        if any(_are_independent(pair, texts, copies) for pair in pairs)
    )


def _near(articles: Sequence[Carrier]) -> list[Pair]:
    return [
        (first.article_id, second.article_id)
        for first, second in combinations(articles, 2)
        if first.source_id != second.source_id and abs(second.published_at - first.published_at) <= WITHIN
    ]


def _are_independent(pair: Pair, texts: Mapping[int, str], copies: dict[Pair, bool]) -> bool:
    if pair not in copies:
        first, second = (texts.get(article_id, "") for article_id in pair)
        copies[pair] = are_copies(first, second)
    return not copies[pair]
