"""Statements as the pipeline keeps, mentions, withdraws, recalls and pairs them."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, exists, func
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Mention, Posting, Reversal, Statement, now
from storage.upserts import add_if_new, add_many_if_new

RECALL_TERMS = 8
"""How many of a statement's terms recall looks up: its speaker's rarest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStatement:
    """A statement to be kept: the columns of ``tables.Statement``, and the stems that recall finds it by."""

    person_id: str
    membership_id: str | None
    kind: str
    content: str
    content_key: str
    cue: str | None
    attribution: str
    speaker_surface: str | None
    said_from: date | None
    said_to: date | None
    said_on: date
    confidence: float
    rule: str
    context: str
    analysis_version: int
    analysis: Any
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptStatement:
    """The statement that was kept or found, and whether it is new."""

    statement_id: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class KeptReversal:
    """The pair that was kept or found, and whether it is new."""

    reversal_id: int
    is_new: bool


async def keep_statement(session: AsyncSession, *, statement: NewStatement) -> KeptStatement:
    """Keep a statement, unless the speaker's same words of that day are kept already.

    Args:
        session: A unit of work that writes.
        statement: The statement.

    Returns:
        The statement; one that was withdrawn counts again, and is not new.
    """
    row = Statement(
        person_id=statement.person_id,
        membership_id=statement.membership_id,
        kind=statement.kind,
        content=statement.content,
        content_key=statement.content_key,
        cue=statement.cue,
        attribution=statement.attribution,
        speaker_surface=statement.speaker_surface,
        said_from=statement.said_from,
        said_to=statement.said_to,
        said_on=statement.said_on,
        confidence=statement.confidence,
        rule=statement.rule,
        context=statement.context,
        analysis_version=statement.analysis_version,
        analysis=statement.analysis,
    )
    new_id = await add_if_new(session, row, key=("person_id", "said_on", "content_key"))
    if new_id is None:
        return KeptStatement(await _count_again(session, statement), is_new=False)
    postings = [
        Posting(person_id=statement.person_id, term=term, statement_id=new_id)
        for term in dict.fromkeys(statement.terms)
    ]
    await add_many_if_new(session, postings, key=("person_id", "term", "statement_id"))
    return KeptStatement(new_id, is_new=True)


async def keep_mention(
    session: AsyncSession, *, statement_id: int, article_id: int, version_number: int, start: int, end: int
) -> bool:
    """Keep that a version of an article carries a statement; one that was withdrawn counts again.

    Args:
        session: A unit of work that writes.
        statement_id: The statement.
        article_id: The article.
        version_number: The version of its text.
        start: Offset of the first code point.
        end: Offset after the last code point.

    Returns:
        Whether the article was not known to carry it at that place.
    """
    mention = Mention(
        statement_id=statement_id, article_id=article_id, version_number=version_number, start=start, end=end
    )
    if await add_if_new(session, mention, key=("statement_id", "article_id", "start")) is not None:
        return True
    await session.exec(
        update(Mention)
        .where(
            col(Mention.statement_id) == statement_id,
            col(Mention.article_id) == article_id,
            col(Mention.start) == start,
        )
        .values(version_number=version_number, end=end, withdrawn_at=None)
    )
    return False


async def withdraw_missing_mentions(session: AsyncSession, *, article_id: int, version_number: int) -> list[int]:
    """Withdraw what an article no longer carries; to be called when all mentions of a version are kept.

    Args:
        session: A unit of work that writes.
        article_id: The article.
        version_number: Its version; mentions that were last seen in an earlier one are withdrawn.

    Returns:
        Ids of the statements that lost their last mention, and were withdrawn with it.
    """
    moment = now()
    gone = await session.exec(
        update(Mention)
        .where(
            col(Mention.article_id) == article_id,
            col(Mention.version_number) < version_number,
            col(Mention.withdrawn_at).is_(None),
        )
        .values(withdrawn_at=moment)
        .returning(col(Mention.statement_id))
    )
    touched = sorted({statement_id for (statement_id,) in gone})
    still_carried = exists().where(col(Mention.statement_id) == col(Statement.id), col(Mention.withdrawn_at).is_(None))
    withdrawn = await session.exec(
        update(Statement)
        .where(col(Statement.id).in_(touched), col(Statement.withdrawn_at).is_(None), ~still_carried)
        .values(withdrawn_at=moment)
        .returning(col(Statement.id))
    )
    return sorted(statement_id for (statement_id,) in withdrawn)


async def around(session: AsyncSession, *, person_id: str, first: date, last: date) -> list[Statement]:
    """Give what a person said on some days, to recognise the same words from another outlet.

    Args:
        session: A unit of work.
        person_id: The speaker.
        first: The first day.
        last: The last day, inclusive.

    Returns:
        The statements that were not withdrawn, oldest first.
    """
    wanted = (
        select(Statement)
        .where(
            col(Statement.person_id) == person_id,
            col(Statement.said_on).between(first, last),
            col(Statement.withdrawn_at).is_(None),
        )
        .order_by(col(Statement.said_on), col(Statement.id))
    )
    return list((await session.exec(wanted)).all())


async def recall(
    session: AsyncSession,
    *,
    person_id: str,
    terms: Sequence[str],
    limit: int = 200,
    exclude: Collection[int] = (),
) -> list[Statement]:
    """Give a speaker's statements that share the most telling terms.

    The ``RECALL_TERMS`` terms that the speaker uses least are looked up; a statement scores the summed
    inverse document frequencies, ``ln(1 + n / df)`` over the speaker's own statements, of those it holds.

    Args:
        session: A unit of work.
        person_id: The speaker.
        terms: Stems, as the statements were kept with.
        limit: How many at most.
        exclude: Ids of statements that are not wanted.

    Returns:
        Statements that were not withdrawn, best first, the newest number first among equals.
    """
    weights = await _weights(session, person_id, terms)
    if not weights:
        return []
    score = func.sum(case(weights, value=col(Posting.term), else_=0.0)).label("score")
    hits = (
        select(col(Posting.statement_id), score)
        .where(col(Posting.person_id) == person_id, col(Posting.term).in_(list(weights)))
        .group_by(col(Posting.statement_id))
        .subquery()
    )
    wanted = (
        select(Statement)
        .join(hits, hits.c.statement_id == col(Statement.id))
        .where(col(Statement.withdrawn_at).is_(None), col(Statement.id).not_in(list(exclude)))
        .order_by(hits.c.score.desc(), col(Statement.id).desc())
        .limit(limit)
    )
    return list((await session.exec(wanted)).all())


async def count_by_person(session: AsyncSession, *, person_id: str) -> int:
    """Count a person's statements that were not withdrawn."""
    wanted = (
        select(func.count())
        .select_from(Statement)
        .where(col(Statement.person_id) == person_id, col(Statement.withdrawn_at).is_(None))
    )
    return (await session.exec(wanted)).one()


async def keep_reversal(
    session: AsyncSession,
    *,
    person_id: str,
    earlier_id: int,
    later_id: int,
    label: str,
    score: float,
    evidence: Sequence[dict[str, Any]],
    doubts: Sequence[str],
) -> KeptReversal:
    """Keep a pair of statements that is to be told, unless it is kept already.

    Args:
        session: A unit of work that writes.
        person_id: The speaker of both.
        earlier_id: The statement that was said first.
        later_id: The statement that turned from it.
        label: ``reversal`` or ``shift``.
        score: How sure it is a reversal, 0 to 1.
        evidence: What speaks for it (see ``records.ReversalRecord``).
        doubts: What a reader should know before believing it.

    Returns:
        The pair; an existing one keeps its label, evidence and reviews.
    """
    row = Reversal(
        person_id=person_id,
        earlier_id=earlier_id,
        later_id=later_id,
        label=label,
        score=score,
        evidence=list(evidence),
        doubts=list(doubts),
    )
    new_id = await add_if_new(session, row, key=("earlier_id", "later_id"))
    if new_id is not None:
        return KeptReversal(new_id, is_new=True)
    wanted = select(col(Reversal.id)).where(col(Reversal.earlier_id) == earlier_id, col(Reversal.later_id) == later_id)
    return KeptReversal((await session.exec(wanted)).one(), is_new=False)


async def _count_again(session: AsyncSession, statement: NewStatement) -> int:
    is_the_same = (
        col(Statement.person_id) == statement.person_id,
        col(Statement.said_on) == statement.said_on,
        col(Statement.content_key) == statement.content_key,
    )
    statement_id = (await session.exec(select(col(Statement.id)).where(*is_the_same))).one()
    await session.exec(
        update(Statement)
        .where(col(Statement.id) == statement_id, col(Statement.withdrawn_at).is_not(None))
        .values(withdrawn_at=None)
    )
    return statement_id


async def _weights(session: AsyncSession, person_id: str, terms: Sequence[str]) -> dict[str, float]:
    """Give the speaker's rarest of these terms with their inverse document frequencies."""
    wanted = (
        select(col(Posting.term), func.count())
        .where(col(Posting.person_id) == person_id, col(Posting.term).in_(list(dict.fromkeys(terms))))
        .group_by(col(Posting.term))
    )
    frequencies = list(await session.exec(wanted))
    if not frequencies:
        return {}
    statements = max(await count_by_person(session, person_id=person_id), 1)
    rarest = sorted(frequencies, key=lambda row: (row[1], row[0]))[:RECALL_TERMS]
    return {term: math.log1p(statements / frequency) for term, frequency in rarest}
