"""Statements whose stored analysis is of another version, and how they get a new one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Posting, Statement
from storage.upserts import add_many_if_new


@dataclass(frozen=True, slots=True)
class Outdated:
    """A statement as the analysis reads it."""

    id: int
    content: str
    kind: str
    cue: str | None
    said_on: date


@dataclass(frozen=True, slots=True)
class Renewed:
    """A statement's new stems and analysis."""

    id: int
    terms: tuple[str, ...]
    analysis: Any


async def outdated_by_person(session: AsyncSession, *, version: int) -> dict[str, int]:
    """Count the statements whose analysis is not of a version, by their speakers; the whole table is read.

    Args:
        session: A unit of work.
        version: The version wanted.
    """
    wanted = (
        select(col(Statement.person_id), func.count())
        .where(col(Statement.analysis_version) != version)
        .group_by(col(Statement.person_id))
        .order_by(col(Statement.person_id))
    )
    return dict((await session.exec(wanted)).all())


async def outdated(session: AsyncSession, *, person_id: str, version: int, limit: int) -> list[Outdated]:
    """Give some of a person's statements whose analysis is not of a version, withdrawn ones too.

    Args:
        session: A unit of work.
        person_id: The speaker.
        version: The version wanted.
        limit: How many at most.
    """
    wanted = (
        select(  # type: ignore[call-overload]  # SQLModel's select is typed for four columns
            Statement.id, Statement.content, Statement.kind, Statement.cue, Statement.said_on
        )
        .where(col(Statement.person_id) == person_id, col(Statement.analysis_version) != version)
        .order_by(col(Statement.said_on), col(Statement.id))
        .limit(limit)
    )
    return [Outdated(*row) for row in await session.exec(wanted)]


async def renew(session: AsyncSession, *, person_id: str, version: int, renewed: Sequence[Renewed]) -> None:
    """Give statements of one person their new analysis, and file them under their new stems.

    Args:
        session: A unit of work that writes.
        person_id: The speaker.
        version: The version of the analysis.
        renewed: What was made of them.
    """
    await _take_out(session, person_id, [statement.id for statement in renewed])
    postings = [
        {"person_id": person_id, "term": term, "statement_id": statement.id}
        for statement in renewed
        for term in dict.fromkeys(statement.terms)
    ]
    await add_many_if_new(session, Posting, postings, key=("person_id", "term", "statement_id"))
    change = (
        update(Statement)
        .where(col(Statement.id) == bindparam("number"))
        .values(analysis=bindparam("new_analysis"), terms=bindparam("new_terms"), analysis_version=version)
    )
    rows = [
        {"number": statement.id, "new_analysis": statement.analysis, "new_terms": " ".join(statement.terms)}
        for statement in renewed
    ]
    await (await session.connection()).execute(change, rows)


async def _take_out(session: AsyncSession, person_id: str, statement_ids: Collection[int]) -> None:
    # The index begins with the speaker: all that is filed under the name is looked through, once for many statements.
    gone = delete(Posting).where(
        col(Posting.person_id) == person_id, col(Posting.statement_id).in_(list(statement_ids))
    )
    await session.exec(gone)
