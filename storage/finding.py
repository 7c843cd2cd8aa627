"""Which statements are asked for, as a query for their numbers in the order in which they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage import search
from storage.records import Offices
from storage.tables import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What statements must be like; what is None does not matter.

    Attributes:
        person_id: Whose.
        words: What they hold, as ``search.holds`` reads it.
        first: The first day on which they count.
        last: The last one.
        offices: In which offices they were said.
    """

    person_id: str | None = None
    words: str | None = None
    first: date | None = None
    last: date | None = None
    offices: Offices | None = None


def numbers(wanted: Wanted, dialect: str, *, oldest_first: bool = False) -> SelectOfScalar[int] | None:
    """Give a query for the numbers of statements that were not withdrawn.

    Args:
        wanted: Which ones.
        dialect: ``sqlite`` or ``postgresql``.
        oldest_first: Whether the oldest day comes first, instead of the newest.

    Returns:
        The query; None where ``words`` holds nothing that can be looked for.
    """
    if wanted.words is not None:
        return _with_words(wanted, wanted.words, dialect, oldest_first=oldest_first)
    query: SelectOfScalar[int] = select(col(Statement.id)).where(col(Statement.withdrawn_at).is_(None))
    if wanted.person_id is not None:
        query = query.where(col(Statement.person_id) == wanted.person_id)
    if wanted.first is not None:
        query = query.where(col(Statement.said_on) >= wanted.first)
    if wanted.last is not None:
        query = query.where(col(Statement.said_on) <= wanted.last)
    if wanted.offices is not None:
        query = query.where(_said_in(wanted.offices))
    order = [col(Statement.said_on), col(Statement.id)]
    return query.order_by(*(order if oldest_first else [one.desc() for one in order]))


def _with_words(wanted: Wanted, words: str, dialect: str, *, oldest_first: bool) -> SelectOfScalar[int] | None:
    holds_them = search.holds(words, dialect, wanted.person_id)
    if holds_them is None:
        return None
    entry = search.entry_number(dialect)
    query = select(search.statement_of(entry)).where(holds_them)
    if wanted.first is not None:
        query = query.where(entry >= search.first_of(wanted.first))
    if wanted.last is not None:
        query = query.where(entry < search.first_after(wanted.last))
    if wanted.offices is not None:
        is_its = col(Statement.id) == search.statement_of(entry)
        query = query.join(Statement, is_its).where(_said_in(wanted.offices))
    return query.order_by(entry if oldest_first else entry.desc())


def _said_in(offices: Offices) -> ColumnElement[bool]:
    is_in = col(Statement.membership_id).in_(sorted(offices.ids))
    return or_(is_in, col(Statement.membership_id).is_(None)) if offices.or_none else is_in
