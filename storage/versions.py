"""What a later version of an article brought."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Mention


async def added_later(session: AsyncSession, *, article_by_statement: Mapping[int, int]) -> set[int]:
    """Give the statements that an article brought with a later version than its first ones.

    Args:
        session: A unit of work.
        article_by_statement: The article that brought each statement, by the statement's number.
    """
    article_ids: Collection[int] = set(article_by_statement.values())
    first = (
        select(col(Mention.article_id), func.min(Mention.since_version))
        .where(col(Mention.article_id).in_(article_ids))
        .group_by(col(Mention.article_id))
    )
    since = (
        select(col(Mention.statement_id), col(Mention.article_id), func.min(Mention.since_version))
        .where(col(Mention.article_id).in_(article_ids), col(Mention.statement_id).in_(list(article_by_statement)))
        .group_by(col(Mention.statement_id), col(Mention.article_id))
    )
    firsts = dict((await session.exec(first)).all())
    return {
        statement_id
        for statement_id, article_id, version in (await session.exec(since)).all()
        if article_by_statement[statement_id] == article_id and version > firsts[article_id]
    }
