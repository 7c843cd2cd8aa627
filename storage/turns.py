"""Who speaks where in the text of a report or transcript, and what its corrections changed in the wording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Article, ArticleVersion, Mention, Statement


@dataclass(frozen=True, slots=True)
class KeptTurns:
    """The current version of a report or transcript.

    Attributes:
        text: Its text; empty once it was kept long enough.
        turns: Who speaks where in it: mappings with ``id``, ``person_id``, ``surface``, ``start`` and ``end`` (code
            points, end exclusive), ``as_member``, and what else the reader of the source wants to find again.
    """

    text: str
    turns: tuple[dict[str, Any], ...]


async def kept_turns(session: AsyncSession, *, identity: str) -> KeptTurns | None:
    """Give the current turns of a report or transcript, which nobody else changes until the session ends.

    Args:
        session: A unit of work that writes.
        identity: The article's identity.

    Returns:
        Its turns; None where there is no such article.
    """
    await session.exec(select(Article.id).where(col(Article.identity) == identity).with_for_update())
    wanted = (
        select(ArticleVersion)
        .join(Article, col(Article.id) == col(ArticleVersion.article_id))
        .where(col(Article.identity) == identity)
        .order_by(col(ArticleVersion.number).desc())
        .limit(1)
    )
    version = (await session.exec(wanted)).first()
    return None if version is None else KeptTurns(version.text, tuple(version.turns or ()))


async def keep_turns(
    session: AsyncSession,
    *,
    article_id: int,
    turns: Sequence[dict[str, Any]],
    is_uncorrected: bool,
    announce: bool = True,
) -> bool:
    """Keep who speaks where in an article's current text; with other speakers it is another version of it.

    Args:
        session: A unit of work that writes.
        article_id: The article.
        turns: See ``KeptTurns``.
        is_uncorrected: Whether its speakers may still correct it.
        announce: Whether what other speakers said may be pushed to chats.

    Returns:
        Whether the same text has other speakers than before, so that the article is to be taken again.
    """
    article = await session.get_one(Article, article_id)
    wanted = (
        select(ArticleVersion)
        .where(col(ArticleVersion.article_id) == article_id)
        .order_by(col(ArticleVersion.number).desc())
        .limit(1)
    )
    version = (await session.exec(wanted)).one()
    is_changed = version.turns is not None and _speakers(version.turns) != _speakers(turns)
    if is_changed:
        version.number += 1
        article.announce = announce or (article.announce and article.state != "taken")
        article.state = "new"
    version.turns = list(turns)
    article.is_uncorrected = is_uncorrected
    session.add_all([version, article])
    await session.flush()
    return is_changed


async def keep_wordings(session: AsyncSession, *, article_id: int, version_number: int, text: str) -> None:
    """Keep how a version of an article words its statements, where that is not how they were first worded.

    Args:
        session: A unit of work that writes; the version's mentions are kept.
        article_id: The article.
        version_number: The version.
        text: Its text.
    """
    wanted = (
        select(col(Mention.id), col(Mention.start), col(Mention.end), col(Statement.content))
        .join(Statement, col(Statement.id) == col(Mention.statement_id))
        .where(col(Mention.article_id) == article_id, col(Mention.version_number) == version_number)
    )
    for number, start, end, content in (await session.exec(wanted)).all():
        wording = text[start:end] if text[start:end] != content else None
        is_other = col(Mention.wording).is_distinct_from(wording)
        await session.exec(update(Mention).where(col(Mention.id) == number, is_other).values(wording=wording))


def _speakers(turns: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(turn["person_id"], turn["start"], turn["end"], turn["as_member"]) for turn in turns]
