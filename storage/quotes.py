"""What is shown: quotes and reversals as values that are read in full, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.finding import Wanted, numbers
from storage.judgements import is_vetoed, words_on
from storage.records import JudgedRecord, Offices, OutletRecord, Page, QuoteRecord, ReversalRecord
from storage.reviews import reason_in_chat, state_in_chat
from storage.tables import Article, Membership, Mention, Organization, Person, Reversal, Source, Statement

MOST_COUNTED, MOST_COUNTED_WITH_WORDS = 1000, 200
"""Statements that a page counts; to count many more would take longer than all the rest."""


MEMBERS_RULE = "turn_as_member"
MEMBER = "Tweede Kamerlid"
"""The rule of words that were spoken as a member of parliament, and the office that is shown with them."""


async def quotes(
    session: AsyncSession,
    *,
    person_id: str | None = None,
    words: str | None = None,
    first: date | None = None,
    last: date | None = None,
    offices: Offices | None = None,
    oldest_first: bool = False,
    offset: int = 0,
    limit: int = 5,
    most_counted: int | None = None,
    chat_id: int | None = None,
) -> Page[QuoteRecord]:
    """Give a page of statements, the newest day first.

    Args:
        session: A unit of work.
        person_id: Only this speaker's.
        words: Only those that hold all of these words, as ``search.holds`` reads them.
        first: Only those of this day and later days.
        last: Only those of this day and earlier days.
        offices: Only those said in one of these offices.
        oldest_first: Whether the oldest day comes first.
        offset: How many to pass over.
        limit: How many to give.
        most_counted: How many to count; None for as many as can be counted in no time.
        chat_id: The chat whose own reviews count; None for those that hold for everyone.

    Returns:
        The page; empty where ``words`` holds nothing that can be looked for.
    """
    wanted = Wanted(person_id=person_id, words=words, first=first, last=last, offices=offices)
    found = numbers(wanted, session.get_bind().dialect.name, oldest_first=oldest_first)
    if found is None:
        return Page(items=(), total=0, offset=offset)
    most = most_counted or (MOST_COUNTED if words is None else MOST_COUNTED_WITH_WORDS)
    counted = found.order_by(None).limit(most + 1).subquery()
    total = (await session.exec(select(func.count()).select_from(counted))).one()
    statement_ids = (await session.exec(found.offset(offset).limit(limit))).all()
    records = await quote_records(session, statement_ids=statement_ids, chat_id=chat_id)
    return Page(tuple(records), min(total, most), offset, has_more=total > most)


async def statement_numbers(
    session: AsyncSession,
    *,
    person_id: str | None = None,
    words: str | None = None,
    first: date | None = None,
    last: date | None = None,
    offices: Offices | None = None,
    limit: int,
) -> list[int]:
    """Give the numbers of statements, the newest day first; arguments as for ``quotes``."""
    wanted = Wanted(person_id=person_id, words=words, first=first, last=last, offices=offices)
    found = numbers(wanted, session.get_bind().dialect.name)
    return [] if found is None else list(await session.exec(found.limit(limit)))


async def quote_records(
    session: AsyncSession, *, statement_ids: Sequence[int], chat_id: int | None = None
) -> list[QuoteRecord]:
    """Give statements by number, in the order asked; numbers that nobody has are left out.

    A withdrawn statement is given too, without outlets: a message that once carried it can still be read.

    Args:
        session: A unit of work.
        statement_ids: The numbers.
        chat_id: The chat whose own reviews count; None for those that hold for everyone.

    Returns:
        The statements.
    """
    if not statement_ids:
        return []
    wanted = (
        select(Statement, Person, Membership, Organization)
        .join(Person, col(Person.id) == col(Statement.person_id))
        .outerjoin(Membership, col(Membership.id) == col(Statement.membership_id))
        .outerjoin(Organization, col(Organization.id) == col(Membership.on_behalf_of_id))
        .where(col(Statement.id).in_(statement_ids))
    )
    outlets = await _outlets(session, statement_ids)
    labels = await _reversal_labels(session, statement_ids, chat_id)
    records = {
        statement.id: _quote(statement, person, office, party, outlets, labels)
        for statement, person, office, party in await session.exec(wanted)
    }
    return [records[number] for number in statement_ids if number in records]


async def reversals(
    session: AsyncSession,
    *,
    person_id: str | None = None,
    offset: int = 0,
    limit: int = 3,
    chat_id: int | None = None,
) -> Page[ReversalRecord]:
    """Give a page of reversals and shifts, the newest turn first.

    Those that a reviewer rejected, or that lost a side to a correction, are left out.

    Args:
        session: A unit of work.
        person_id: Only this speaker's.
        offset: How many to pass over.
        limit: How many to give.
        chat_id: The chat whose own reviews count; None for those that hold for everyone.

    Returns:
        The page.
    """
    earlier, later = aliased(Statement), aliased(Statement)
    pairs = (
        select(col(Reversal.id))
        .join(earlier, col(earlier.id) == col(Reversal.earlier_id))
        .join(later, col(later.id) == col(Reversal.later_id))
        .where(
            state_in_chat(chat_id) != "rejected",
            col(earlier.withdrawn_at).is_(None),
            col(later.withdrawn_at).is_(None),
        )
    )
    if person_id is not None:
        pairs = pairs.where(col(Reversal.person_id) == person_id)
    total = (await session.exec(select(func.count()).select_from(pairs.subquery()))).one()
    newest = pairs.order_by(col(later.said_on).desc(), col(Reversal.id).desc()).offset(offset).limit(limit)
    reversal_ids = (await session.exec(newest)).all()
    records = await reversal_records(session, reversal_ids=reversal_ids, chat_id=chat_id)
    return Page(items=tuple(records), total=total, offset=offset)


async def reversal_records(
    session: AsyncSession, *, reversal_ids: Sequence[int], chat_id: int | None = None
) -> list[ReversalRecord]:
    """Give pairs by number, in the order asked; numbers that nobody has are left out.

    Args:
        session: A unit of work.
        reversal_ids: The numbers.
        chat_id: The chat whose own reviews count; None for those that hold for everyone.

    Returns:
        The pairs, both statements in full.
    """
    if not reversal_ids:
        return []
    wanted = select(Reversal, state_in_chat(chat_id), reason_in_chat(chat_id)).where(col(Reversal.id).in_(reversal_ids))
    pairs = {pair.id: (pair, state, reason) for pair, state, reason in await session.exec(wanted)}
    numbers = sorted({number for pair, _, _ in pairs.values() for number in (pair.earlier_id, pair.later_id)})
    records = {record.id: record for record in await quote_records(session, statement_ids=numbers, chat_id=chat_id)}
    words = await words_on(session, later_ids=[pair.later_id for pair, _, _ in pairs.values()])
    return [_reversal(*pairs[number], records, words) for number in reversal_ids if number in pairs]


async def article_quotes(session: AsyncSession, *, article_id: int) -> list[QuoteRecord]:
    """Give what an article carries, in the order of its text; what it carries twice comes once."""
    wanted = (
        select(col(Mention.statement_id))
        .where(col(Mention.article_id) == article_id, col(Mention.withdrawn_at).is_(None))
        .order_by(col(Mention.start), col(Mention.id))
    )
    statement_ids = list(dict.fromkeys(await session.exec(wanted)))
    return await quote_records(session, statement_ids=statement_ids)


async def archive_since(session: AsyncSession) -> date | None:
    """Give the day (UTC) of the oldest article; None while there is none."""
    oldest = (await session.exec(select(func.min(Article.published_at)))).one()
    return None if oldest is None else oldest.date()


def outlet_record(article: Article, source_name: str, kind: str, *, wording: str | None = None) -> OutletRecord:
    """Give an article as a message names it.

    Args:
        article: The article.
        source_name: The name of its source.
        kind: What that source is: ``parliament`` for one of debates.
        wording: How it words a statement by now, where that is not how it was worded first.
    """
    return OutletRecord(
        source_name,
        article.title,
        article.url,
        article.published_at,
        is_debate=kind == "parliament",
        is_uncorrected=article.is_uncorrected,
        is_paywalled=article.is_paywalled,
        wording=wording,
    )


async def _outlets(session: AsyncSession, statement_ids: Sequence[int]) -> dict[int, tuple[OutletRecord, ...]]:
    wanted = (
        select(Mention, Article, col(Source.name), col(Source.kind))
        .join(Article, col(Article.id) == col(Mention.article_id))
        .join(Source, col(Source.id) == col(Article.source_id))
        .where(col(Mention.statement_id).in_(statement_ids), col(Mention.withdrawn_at).is_(None))
        .order_by(col(Article.published_at), col(Article.id))
    )
    found: dict[int, dict[int, OutletRecord]] = {}
    for mention, article, source_name, kind in await session.exec(wanted):
        outlet = outlet_record(article, source_name, kind, wording=mention.wording)
        found.setdefault(mention.statement_id, {})[article.id] = outlet
    return {statement_id: tuple(outlets.values()) for statement_id, outlets in found.items()}


async def _reversal_labels(
    session: AsyncSession, statement_ids: Sequence[int], chat_id: int | None
) -> dict[int, tuple[str, bool]]:
    """Give what a statement is marked as, and whether that is confirmed."""
    earlier = aliased(Statement)
    state = state_in_chat(chat_id)
    wanted = (
        select(col(Reversal.later_id), col(Reversal.label), state)
        .join(earlier, col(earlier.id) == col(Reversal.earlier_id))
        .where(
            col(Reversal.later_id).in_(statement_ids),
            state != "rejected",
            or_(state == "confirmed", ~is_vetoed()),
            col(earlier.withdrawn_at).is_(None),
        )
    )
    labels: dict[int, tuple[str, bool]] = {}
    # In this order a reversal replaces a shift of the same statement, and a confirmed one a possible one.
    rows = sorted(await session.exec(wanted), key=lambda row: (row[1] == "reversal", row[2] == "confirmed"))
    for later_id, label, seen_as in rows:
        labels[later_id] = (label, seen_as == "confirmed")
    return labels


def _reversal(
    pair: Reversal,
    state: str,
    reason: str | None,
    records: Mapping[int, QuoteRecord],
    words: Mapping[tuple[int, int], JudgedRecord],
) -> ReversalRecord:
    return ReversalRecord(
        id=pair.id,
        label=pair.label,
        state=state,
        score=pair.score,
        evidence=tuple(pair.evidence),
        doubts=tuple(pair.doubts),
        earlier=records[pair.earlier_id],
        later=records[pair.later_id],
        kind=pair.kind,
        is_from_source=pair.is_from_source,
        other_days=pair.other_days,
        reason=reason if state == "rejected" else None,
        judged=words.get((pair.earlier_id, pair.later_id)),
    )


def _quote(
    statement: Statement,
    person: Person,
    office: Membership | None,
    party: Organization | None,
    outlets: Mapping[int, tuple[OutletRecord, ...]],
    labels: Mapping[int, tuple[str, bool]],
) -> QuoteRecord:
    label, is_confirmed = labels.get(statement.id, (None, False))
    return QuoteRecord(
        id=statement.id,
        person_id=person.id,
        person_name=person.name,
        content=statement.content,
        kind=statement.kind,
        cue=statement.cue,
        said_from=statement.said_from,
        said_to=statement.said_to,
        said_on=statement.said_on,
        capacity=office.label if office else MEMBER if statement.rule == MEMBERS_RULE else None,
        party=_short_name(party.popolo) if party else None,
        context=statement.context,
        confidence=statement.confidence,
        outlets=outlets.get(statement.id, ()),
        reversal_label=label,
        reversal_is_confirmed=is_confirmed,
        surname=_surname(person),
        pledge=statement.pledge,
        pledged_for=statement.pledged_for,
    )


def _surname(person: Person) -> str:
    """Give the name without the given name, as a text writes it alone: "Van der Wiel"."""
    given = str(person.popolo.get("given_name") or "")
    rest = person.name.removeprefix(f"{given} ") if given else person.family_name
    return rest[:1].upper() + rest[1:]


def _short_name(popolo: Mapping[str, Any]) -> str:
    """Give an organization's shortest name, for a party the one that news writes ("VVD")."""
    names = [popolo["name"], popolo.get("abbreviation")]
    names += [other.get("name") for other in popolo.get("other_names") or []]
    return min((str(name) for name in names if name), key=len)
