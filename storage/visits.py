"""Visits: when an article's page is looked at again, and by whom just now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Article, Source


@dataclass(frozen=True, slots=True)
class DueVisit:
    """An article whose page this process is to look at.

    Attributes:
        article_id: The article.
        identity: Under what it is kept.
        source_id: Its source.
        timezone: The source's IANA time zone.
        url: The page.
        title: Its headline so far.
        published_at: When it was published.
        published_is_estimated: Whether that is a guess.
        fetched_at: When it was read for the first time.
        visits: How many visits there were.
        etag: The ETag of the last one.
        last_modified: Its Last-Modified.
    """

    article_id: int
    identity: str
    source_id: str
    timezone: str
    url: str
    title: str
    published_at: datetime
    published_is_estimated: bool
    fetched_at: datetime
    visits: int
    etag: str | None
    last_modified: str | None


async def claim_visit(
    session: AsyncSession, *, moment: datetime, until: datetime, skip_sources: Collection[str] = ()
) -> DueVisit | None:
    """Take the article that has waited longest for a visit; one statement decides which process gets it.

    Args:
        session: A unit of work that writes.
        moment: Now.
        until: When it is due again if this process dies.
        skip_sources: Sources that are visited just now.

    Returns:
        The article; None where none is due. Sources that are switched off or removed are left alone.
    """
    due = (
        select(col(Article.id))
        .join(Source, col(Source.id) == col(Article.source_id))
        .where(
            col(Article.revisit_at) <= moment,
            col(Article.url).is_not(None),
            col(Source.enabled),
            col(Source.removed_at).is_(None),
            col(Source.id).not_in(list(skip_sources)),
        )
        .order_by(col(Article.revisit_at), col(Article.id))
        .limit(1)
    )
    number = (await session.exec(due)).first()
    if number is None:
        return None
    taking = (
        update(Article)
        .where(col(Article.id) == number, col(Article.revisit_at) <= moment)
        .values(revisit_at=until)
        .returning(col(Article.id))
    )
    if (await session.exec(taking)).first() is None:
        return await claim_visit(session, moment=moment, until=until, skip_sources=skip_sources)
    article, timezone = (
        await session.exec(
            select(Article, Source.timezone)
            .join(Source, col(Source.id) == col(Article.source_id))
            .where(col(Article.id) == number)
        )
    ).one()
    return DueVisit(
        article_id=article.id,
        identity=article.identity,
        source_id=article.source_id,
        timezone=timezone,
        url=article.url or "",
        title=article.title,
        published_at=article.published_at,
        published_is_estimated=article.published_is_estimated,
        fetched_at=article.fetched_at,
        visits=article.visits,
        etag=article.etag,
        last_modified=article.last_modified,
    )


async def plan_visit(
    session: AsyncSession,
    *,
    article_id: int,
    visits: int,
    revisit_at: datetime | None,
    etag: str | None,
    last_modified: str | None,
    fetched_at: datetime | None = None,
) -> None:
    """Keep that a page was looked at, and when it is looked at again.

    Args:
        session: A unit of work that writes.
        article_id: The article.
        visits: How many visits there were by now.
        revisit_at: When the next is due; None where there is none.
        etag: What the next request is made conditional by.
        last_modified: The same.
        fetched_at: When it was read for the first time, if that was now.
    """
    values = {"visits": visits, "revisit_at": revisit_at, "etag": etag, "last_modified": last_modified}
    if fetched_at is not None:
        values["fetched_at"] = fetched_at
    await session.exec(update(Article).where(col(Article.id) == article_id).values(values))
