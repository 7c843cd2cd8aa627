"""What a timeline shows: how many statements of which kind on which day, and where somebody turned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.finding import Wanted, numbers
from storage.judgements import is_vetoed
from storage.reviews import state_in_chat
from storage.tables import Reversal, Statement


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many statements of a kind count under a day."""

    day: date
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """Where somebody turned.

    Attributes:
        day: The day of the later words.
        label: ``reversal`` or ``shift``.
        is_confirmed: Whether a reviewer confirmed it.
        statement_id: The later statement.
    """

    day: date
    label: str
    is_confirmed: bool
    statement_id: int


@dataclass(frozen=True, slots=True)
class TimelineRecord:
    """Days with statements, oldest first and a kind each, and turns, oldest first."""

    days: tuple[DayCount, ...]
    turns: tuple[TurnRecord, ...]


async def timeline(session: AsyncSession, *, wanted: Wanted, chat_id: int | None = None) -> TimelineRecord:
    """Count what somebody said by day and kind, and find where it turned from earlier words.

    Args:
        session: A unit of work.
        wanted: Which statements; of turns the later side must be one of them.
        chat_id: The chat whose own reviews count; None for those that hold for everyone.

    Returns:
        What was found; empty where ``wanted.words`` holds nothing that can be looked for.
    """
    found = numbers(wanted, session.get_bind().dialect.name)
    if found is None:
        return TimelineRecord((), ())
    is_found = col(Statement.id).in_(found.order_by(None))
    counted = (
        select(col(Statement.said_on), col(Statement.kind), func.count())
        .where(is_found)
        .group_by(col(Statement.said_on), col(Statement.kind))
        .order_by(col(Statement.said_on), col(Statement.kind))
    )
    days = tuple(DayCount(*row) for row in await session.exec(counted))
    earlier, state = aliased(Statement), state_in_chat(chat_id)
    turned = (
        select(col(Statement.said_on), col(Reversal.label), state, col(Statement.id))
        .join(Reversal, col(Reversal.later_id) == col(Statement.id))
        .join(earlier, col(earlier.id) == col(Reversal.earlier_id))
        .where(
            is_found,
            state != "rejected",
            or_(state == "confirmed", ~is_vetoed()),
            col(earlier.withdrawn_at).is_(None),
        )
        .order_by(col(Statement.said_on), col(Reversal.id))
    )
    turns = tuple(
        TurnRecord(day, label, seen_as == "confirmed", number)
        for day, label, seen_as, number in await session.exec(turned)
    )
    return TimelineRecord(days, turns)
