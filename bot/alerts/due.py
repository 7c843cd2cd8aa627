"""What becomes due to which chat: the rules of what is told at all, and the rows that say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from storage.articles import ArticleText
from storage.chats import followers
from storage.outbox import NewDelivery, queue_all

OLDEST_WORDS = timedelta(days=7)
"""Words that were said longer before their article than this enter silently: they are no news."""


@dataclass(frozen=True, slots=True)
class NewStatement:
    """A statement that the article brought and nobody had before.

    Attributes:
        statement_id: Its number.
        person_id: The speaker.
        said_from: First day on which it can have been said; None where the text does not date it, or only
            says that it was before some day.
        said_to: Last day on which it can have been said; None where the text does not date it, which
            means that it was said at the article's own moment.
    """

    statement_id: int
    person_id: str
    said_from: date | None
    said_to: date | None


@dataclass(frozen=True, slots=True)
class NewReversal:
    """A pair that was flagged with the article.

    Attributes:
        reversal_id: Its number.
        person_id: The speaker.
        later_said_to: Last day on which the later words can have been said; None as for a statement.
    """

    reversal_id: int
    person_id: str
    later_said_to: date | None


async def queue_alerts(
    session: AsyncSession,
    *,
    article: ArticleText,
    statements: Sequence[NewStatement],
    reversals: Sequence[NewReversal],
    moment: datetime,
    max_age: timedelta,
    hold: timedelta = timedelta(),
) -> int:
    """Make due what an article brought, to the chats that follow the speakers now.

    Runs in the transaction that stores the statements, so that both are there or neither. A chat that
    follows later gets nothing of it. Nothing is told of a backfill, of an article older than
    ``max_age``, or of words said more than a week before their article.

    Args:
        session: The unit of work that stores the article's statements.
        article: The article.
        statements: Its new statements, in the order of the text.
        reversals: The new pairs.
        moment: Now.
        max_age: How long after its publication an article is still announced.
        hold: How long the pairs wait for a second opinion.

    Returns:
        How many deliveries became due; the same article twice makes none the second time.
    """
    if not is_announced(article, moment, max_age):
        return 0
    published_on = article.published_at.astimezone(ZoneInfo(article.timezone)).date()
    news = [
        ("statement", item.statement_id, item.person_id)
        for item in statements
        if not _is_open_to_the_past(item) and _is_recent(item.said_to, published_on)
    ]
    news += [
        ("reversal", item.reversal_id, item.person_id)
        for item in reversals
        if _is_recent(item.later_said_to, published_on)
    ]
    told = await followers(session, person_ids=sorted({person_id for _, _, person_id in news}))
    deliveries = [
        NewDelivery(
            chat_id=follower.chat_id,
            topic_id=follower.topic_id,
            what=what,
            what_id=what_id,
            article_id=article.article_id,
            due_at=moment + hold if what == "reversal" else moment,
        )
        for what, what_id, person_id in news
        for follower in told
        if follower.person_id == person_id
    ]
    return await queue_all(session, deliveries=deliveries)


def is_announced(article: ArticleText, moment: datetime, max_age: timedelta) -> bool:
    """Whether an article is told of at all: it is no backfill, and no older than ``max_age``."""
    return article.announce and moment - article.published_at <= max_age


def _is_open_to_the_past(statement: NewStatement) -> bool:
    """Whether nobody can tell how old the words are ("had eerder gezegd"): old words as news are the worst mistake."""
    return statement.said_to is not None and statement.said_from is None


def _is_recent(said_to: date | None, published_on: date) -> bool:
    return said_to is None or published_on - said_to <= OLDEST_WORDS
