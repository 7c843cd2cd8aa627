"""A speaker's earlier statements that a new one should be compared with, found by the stems they share."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Text, case, cast, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Posting, Statement

RECALL_TERMS = 8
"""How many of a statement's terms recall looks up: its speaker's rarest ones."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """A statement that shares terms, with what decides whether it is looked at closer."""

    id: int
    content: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Compared:
    """A statement with what a comparison needs; ``analysis`` is JSON text (see ``tables.Statement``)."""

    id: int
    content: str
    kind: str
    cue: str | None
    said_on: date
    membership_id: str | None
    analysis_version: int
    analysis: str


async def recall(
    session: AsyncSession,
    *,
    person_id: str,
    terms: Sequence[str],
    history: int,
    limit: int = 200,
    exclude: Collection[int] = (),
) -> list[Recalled]:
    """Give a speaker's statements that share the most telling terms.

    The ``RECALL_TERMS`` terms that the speaker uses least are looked up; a statement scores the summed
    inverse document frequencies, ``ln(1 + history / df)`` over the speaker's own statements, of those it holds.

    Args:
        session: A unit of work.
        person_id: The speaker.
        terms: Stems, as the statements were kept with.
        history: How many statements the speaker made, about; counting them takes longer than all the rest.
        limit: How many at most; those among them that were withdrawn are left out afterwards.
        exclude: Ids of statements that are not wanted.

    Returns:
        Statements that were not withdrawn, best first, the newest number first among equals.
    """
    weights = await _weights(session, person_id, terms, history)
    if not weights:
        return []
    score = func.sum(case(weights, value=col(Posting.term), else_=0.0)).label("score")
    best = (
        select(col(Posting.statement_id), score)
        .where(
            col(Posting.person_id) == person_id,
            col(Posting.term).in_(list(weights)),
            col(Posting.statement_id).not_in(list(exclude)),
        )
        .group_by(col(Posting.statement_id))
        .order_by(score.desc(), col(Posting.statement_id).desc())
        .limit(limit)
        .subquery()
    )
    wanted = (
        select(Statement.id, Statement.content, Statement.confidence)
        .join(best, best.c.statement_id == col(Statement.id))
        .where(col(Statement.withdrawn_at).is_(None))
        .order_by(best.c.score.desc(), col(Statement.id).desc())
    )
    return [Recalled(*row) for row in await session.exec(wanted)]


async def compared(session: AsyncSession, *, statement_ids: Collection[int]) -> Mapping[int, Compared]:
    """Give statements, by number, with what a comparison needs.

    Args:
        session: A unit of work.
        statement_ids: Their numbers.
    """
    wanted = select(  # type: ignore[call-overload]  # SQLModel's select is typed for four columns
        Statement.id,
        Statement.content,
        Statement.kind,
        Statement.cue,
        Statement.said_on,
        Statement.membership_id,
        Statement.analysis_version,
        cast(col(Statement.analysis), Text),
    ).where(col(Statement.id).in_(list(statement_ids)))
    return {row[0]: Compared(*row) for row in await session.exec(wanted)}


async def _weights(session: AsyncSession, person_id: str, terms: Sequence[str], history: int) -> dict[str, float]:
    """Give the speaker's rarest of these terms with their inverse document frequencies."""
    wanted = (
        select(col(Posting.term), func.count())
        .where(col(Posting.person_id) == person_id, col(Posting.term).in_(list(dict.fromkeys(terms))))
        .group_by(col(Posting.term))
    )
    frequencies = list(await session.exec(wanted))
    rarest = sorted(frequencies, key=lambda row: (row[1], row[0]))[:RECALL_TERMS]
    return {term: math.log1p(max(history, 1) / frequency) for term, frequency in rarest}
