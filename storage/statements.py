"""Statements as the pipeline keeps, mentions, withdraws, recognises and pairs them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import and_, exists, func, or_, true, tuple_
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Mention, Posting, Reversal, Statement, now
from storage.upserts import add_if_new, add_many_if_new, add_new, add_or_update_many

_STATEMENT_KEY = ("person_id", "said_on", "content_key")


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
    pledge: str | None = None
    pledged_for: date | None = None


@dataclass(frozen=True, slots=True)
class KeptStatement:
    """The statement that was kept or found, and whether it is new."""

    statement_id: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article carries a statement: its number and the offsets, code points, end exclusive."""

    statement_id: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SaidWords:
    """A statement with what the same words from another outlet are recognised by."""

    id: int
    person_id: str
    said_on: date
    kind: str
    content: str
    cue: str | None


@dataclass(frozen=True, slots=True)
class CarriedWords(SaidWords):
    """A statement as an article carries it, at the offsets of the version that was last seen to do so."""

    article_id: int
    version_number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class KeptReversal:
    """The pair that was kept or found, and whether it is new."""

    reversal_id: int
    is_new: bool


async def keep_statements(session: AsyncSession, *, statements: Sequence[NewStatement]) -> list[KeptStatement]:
    """Keep statements, except those whose speaker's same words of that day are kept already.

    Args:
        session: A unit of work that writes.
        statements: The statements.

    Returns:
        One for each, in their order; one that was withdrawn counts again, and is not new.
    """
    rows = [_row(statement) for statement in statements]
    added = await add_new(session, Statement, rows, key=_STATEMENT_KEY)
    keys = [_key(statement) for statement in statements]
    numbers = added | await _count_again(session, sorted(set(keys) - set(added)))
    unseen = set(added)
    kept, postings = [], []
    for key, statement in zip(keys, statements, strict=True):
        is_new = key in unseen
        unseen.discard(key)
        kept.append(KeptStatement(numbers[key], is_new))
        if is_new:
            postings += [{"person_id": key[0], "term": term, "statement_id": numbers[key]} for term in statement.terms]
    # In the order of the index, so that neighbours are written together.
    postings.sort(key=lambda row: (row["person_id"], row["term"]))
    await add_many_if_new(session, Posting, postings, key=("person_id", "term", "statement_id"))
    return kept


async def keep_mentions(
    session: AsyncSession, *, article_id: int, version_number: int, places: Sequence[Place]
) -> None:
    """Keep that a version of an article carries statements; what was withdrawn of them counts again.

    Args:
        session: A unit of work that writes.
        article_id: The article.
        version_number: The version of its text.
        places: Where it carries which statement.
    """
    since = await _carried_since(session, article_id) if version_number > 1 else {}
    mentions = {
        (place.statement_id, place.start): {
            "statement_id": place.statement_id,
            "article_id": article_id,
            "version_number": version_number,
            "since_version": since.get(place.statement_id, version_number),
            "start": place.start,
            "end": place.end,
            "withdrawn_at": None,
        }
        for place in places
    }
    await add_or_update_many(
        session,
        Mention,
        list(mentions.values()),
        key=("statement_id", "article_id", "start"),
        changes=("version_number", "end", "withdrawn_at"),
    )


async def withdraw_missing_mentions(
    session: AsyncSession, *, article_id: int, version_number: int, statement_ids: Sequence[int] | None = None
) -> list[int]:
    """Withdraw what an article no longer carries; to be called when all mentions of a version are kept.

    Args:
        session: A unit of work that writes.
        article_id: The article.
        version_number: Its version; mentions that were last seen in an earlier one are withdrawn.
        statement_ids: Only mentions of these statements; None for all.

    Returns:
        Ids of the statements that lost their last mention, and were withdrawn with it.
    """
    if version_number == 1:
        return []
    moment = now()
    is_concerned = true() if statement_ids is None else col(Mention.statement_id).in_(statement_ids)
    gone = await session.exec(
        update(Mention)
        .where(
            col(Mention.article_id) == article_id,
            col(Mention.version_number) < version_number,
            col(Mention.withdrawn_at).is_(None),
            is_concerned,
        )
        .values(withdrawn_at=moment)
        .returning(col(Mention.statement_id))
    )
    touched = sorted({statement_id for (statement_id,) in gone})
    if not touched:
        return []
    still_carried = exists().where(col(Mention.statement_id) == col(Statement.id), col(Mention.withdrawn_at).is_(None))
    withdrawn = await session.exec(
        update(Statement)
        .where(col(Statement.id).in_(touched), col(Statement.withdrawn_at).is_(None), ~still_carried)
        .values(withdrawn_at=moment)
        .returning(col(Statement.id))
    )
    return sorted(statement_id for (statement_id,) in withdrawn)


async def around(session: AsyncSession, *, spans: Collection[tuple[str, date, date]]) -> list[SaidWords]:
    """Give what people said on some days, to recognise the same words from another outlet.

    Args:
        session: A unit of work.
        spans: Whose words of which days: the speaker, the first day and the last day, inclusive.

    Returns:
        The statements that were not withdrawn, each once, oldest first.
    """
    if not spans:
        return []
    is_near = [
        and_(col(Statement.person_id) == person_id, col(Statement.said_on).between(first, last))
        for person_id, first, last in spans
    ]
    wanted = (
        select(  # type: ignore[call-overload]  # SQLModel's select is typed for four columns
            Statement.id, Statement.person_id, Statement.said_on, Statement.kind, Statement.content, Statement.cue
        )
        .where(
            or_(*is_near),
            col(Statement.withdrawn_at).is_(None),
        )
        .order_by(col(Statement.said_on), col(Statement.id))
    )
    return [SaidWords(*row) for row in await session.exec(wanted)]


async def carried(session: AsyncSession, *, article_ids: Sequence[int]) -> list[CarriedWords]:
    """Give what some articles carry, in the order of the articles and of their texts.

    Args:
        session: A unit of work.
        article_ids: The articles.

    Returns:
        Each mention that was not withdrawn, with its statement.
    """
    wanted = (
        select(  # type: ignore[call-overload]  # SQLModel's select is typed for four columns
            Statement.id,
            Statement.person_id,
            Statement.said_on,
            Statement.kind,
            Statement.content,
            Statement.cue,
            Mention.article_id,
            Mention.version_number,
            Mention.start,
            Mention.end,
        )
        .join(Mention, col(Mention.statement_id) == col(Statement.id))
        .where(col(Mention.article_id).in_(article_ids), col(Mention.withdrawn_at).is_(None))
        .order_by(col(Mention.article_id), col(Mention.start), col(Mention.id))
    )
    return [CarriedWords(*row) for row in await session.exec(wanted)]


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
    kind: str = "",
    is_from_source: bool = False,
    other_days: int = 0,
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
        kind: The kind of evidence whose record decides whether such pairs are pushed.
        is_from_source: Whether an article itself sets the two against each other.
        other_days: On how many other earlier days something was said that the later words turn from too.

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
        kind=kind,
        is_from_source=is_from_source,
        other_days=other_days,
    )
    new_id = await add_if_new(session, row, key=("earlier_id", "later_id"))
    if new_id is not None:
        return KeptReversal(new_id, is_new=True)
    wanted = select(col(Reversal.id)).where(col(Reversal.earlier_id) == earlier_id, col(Reversal.later_id) == later_id)
    return KeptReversal((await session.exec(wanted)).one(), is_new=False)


async def is_pair(session: AsyncSession, *, earlier_id: int, later_id: int) -> bool:
    """Whether two statements are kept as a pair."""
    wanted = select(Reversal.id).where(col(Reversal.earlier_id) == earlier_id, col(Reversal.later_id) == later_id)
    return (await session.exec(wanted)).first() is not None


async def _carried_since(session: AsyncSession, article_id: int) -> dict[int, int]:
    """Give the first version of an article that carried each statement, wherever in its text."""
    wanted = (
        select(col(Mention.statement_id), func.min(Mention.since_version))
        .where(col(Mention.article_id) == article_id)
        .group_by(col(Mention.statement_id))
    )
    return dict((await session.exec(wanted)).all())


def _key(statement: NewStatement) -> tuple[str, date, str]:
    return statement.person_id, statement.said_on, statement.content_key


def _row(statement: NewStatement) -> dict[str, Any]:
    values = {field.name: getattr(statement, field.name) for field in fields(statement)}
    return {**values, "terms": " ".join(statement.terms)}


async def _count_again(
    session: AsyncSession, keys: Sequence[tuple[str, date, str]]
) -> dict[tuple[str, date, str], int]:
    """Give the numbers of stored statements by their keys; none of them is withdrawn any more."""
    if not keys:
        return {}
    columns = (col(Statement.person_id), col(Statement.said_on), col(Statement.content_key))
    found = await session.exec(select(col(Statement.id), *columns).where(tuple_(*columns).in_(keys)))
    numbers = {(person_id, said_on, key): number for number, person_id, said_on, key in found}
    await session.exec(
        update(Statement)
        .where(col(Statement.id).in_(sorted(numbers.values())), col(Statement.withdrawn_at).is_not(None))
        .values(withdrawn_at=None)
    )
    return numbers
