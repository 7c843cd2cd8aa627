"""What a poll asks of the tables: which addresses are known, and which pages want another try."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Article, ArticleAddress, ArticleVersion
from storage.upserts import add_if_new

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


@dataclass(frozen=True, slots=True)
class NamedArticle:
    """What is known of an article, to be held against an entry or a page.

    Attributes:
        identity: Under what it is kept.
        title: Its headline.
        published_at: When it was published.
        published_is_estimated: Whether that is a guess.
        text: Its text; empty once it was kept long enough, None where it was never read or is not asked for.
    """

    identity: str
    title: str
    published_at: datetime
    published_is_estimated: bool
    text: str | None


async def known_addresses(session: AsyncSession, *, source_id: str, addresses: Collection[str]) -> set[str]:
    """Give those of the addresses that an article is kept under, or that led to one.

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
        known.update(await session.exec(select(ArticleAddress.url).where(col(ArticleAddress.url).in_(part))))
    return known.intersection(listed)


async def remember_address(session: AsyncSession, *, url: str, article_id: int) -> None:
    """Keep that an address led to an article that is kept under another one, so that its page is not fetched again.

    Args:
        session: A unit of work that writes.
        url: The address, cleaned.
        article_id: The article.
    """
    await add_if_new(session, ArticleAddress(url=url, article_id=article_id), key=("url",))


async def named_articles(session: AsyncSession, *, source_id: str, guids: Collection[str]) -> dict[str, NamedArticle]:
    """Give a source's articles by what its feed called them, each name's latest, without their texts."""
    named: dict[str, NamedArticle] = {}
    listed = sorted(set(guids))
    for start in range(0, len(listed), _AT_ONCE):
        part = listed[start : start + _AT_ONCE]
        query = select(Article).where(col(Article.source_id) == source_id, col(Article.guid).in_(part))
        for article in await session.exec(query.order_by(col(Article.id))):
            named[article.guid or ""] = _known(article, None)
    return named


async def article_named(session: AsyncSession, *, source_id: str, guid: str) -> NamedArticle | None:
    """Give the latest article of a source that its feed called so, with its text; None without one."""
    return await _with_text(session, col(Article.source_id) == source_id, col(Article.guid) == guid)


async def article_under(session: AsyncSession, *, identity: str) -> NamedArticle | None:
    """Give the article under an identity, with its text; None without one."""
    return await _with_text(session, col(Article.identity) == identity)


async def unread_articles(
    session: AsyncSession, *, source_id: str, moment: datetime, limit: int
) -> list[UnreadArticle]:
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
        .limit(limit)
    )
    return [
        UnreadArticle(
            row.identity, row.url or "", row.title, row.published_at, row.published_is_estimated, row.attempts
        )
        for row in await session.exec(query)
    ]


async def _with_text(session: AsyncSession, *conditions: ColumnElement[bool]) -> NamedArticle | None:
    query = (
        select(Article, ArticleVersion.text)
        .join(ArticleVersion, col(ArticleVersion.article_id) == col(Article.id), isouter=True)
        .where(*conditions)
        .order_by(col(Article.id).desc(), col(ArticleVersion.number).desc())
        .limit(1)
    )
    found = (await session.exec(query)).first()
    return None if found is None else _known(*found)


def _known(article: Article, text: str | None) -> NamedArticle:
    return NamedArticle(article.identity, article.title, article.published_at, article.published_is_estimated, text)
