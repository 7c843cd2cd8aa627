"""What judges are asked, what they said, what it came to, and what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.records import JudgedRecord
from storage.tables import Delivery, JudgeDay, Judgement, Reversal, Statement
from storage.upserts import add_if_new, add_or_update

_WORDS = ("confirmed", "vetoed", "proposed")


@dataclass(frozen=True, slots=True)
class JudgeName:
    """Who is asked what: the kind of judge, its model, and the version of the question."""

    judge: str
    model: str
    version: str


@dataclass(frozen=True, slots=True)
class KeptWord:
    """A judge's word: see ``tables.Judgement``."""

    label: str
    confidence: float
    reason: str
    prompt: str


@dataclass(frozen=True, slots=True)
class AskedSide:
    """One statement of a pair, as a judge reads it."""

    statement_id: int
    content: str
    kind: str
    cue: str | None
    said_on: date
    said_to: date | None
    membership_id: str | None


@dataclass(frozen=True, slots=True)
class JudgeRequest:
    """A pair that waits for a word.

    Attributes:
        id: The request.
        person_id: The speaker.
        article_id: The article that brought the pair.
        is_flagged: Whether the rules flagged it.
        wait_until: Until when a word is of use.
        earlier: What was said first.
        later: What was said last.
        word: What the same judge said of the same pair before; None where it was never asked.
    """

    id: int
    person_id: str
    article_id: int
    is_flagged: bool
    wait_until: datetime
    earlier: AskedSide
    later: AskedSide
    word: KeptWord | None


async def ask(
    session: AsyncSession,
    *,
    name: JudgeName,
    earlier_id: int,
    later_id: int,
    article_id: int,
    is_flagged: bool,
    wait_until: datetime,
) -> None:
    """Write down that a judge is to give a word on a pair; a word that it gave before is not asked again.

    Args:
        session: The unit of work that keeps the pair.
        name: Who is asked.
        earlier_id: The statement that was said first.
        later_id: The other one.
        article_id: The article that brought the pair.
        is_flagged: Whether the rules flagged it.
        wait_until: Until when a word is of use.
    """
    row = Judgement(
        earlier_id=earlier_id,
        later_id=later_id,
        article_id=article_id,
        judge=name.judge,
        model=name.model,
        version=name.version,
        is_flagged=is_flagged,
        wait_until=wait_until,
    )
    changes = {"article_id": article_id, "is_flagged": is_flagged, "wait_until": wait_until, "state": "waiting"}
    await add_or_update(
        session, row, key=("earlier_id", "later_id", "judge", "model", "version"), changes={**changes, "error": None}
    )


async def waiting(session: AsyncSession, *, name: JudgeName, limit: int) -> list[JudgeRequest]:
    """Give the pairs that wait for a judge's word: flagged ones first, then by how long they still can."""
    earlier, later = aliased(Statement), aliased(Statement)
    wanted = (
        select(Judgement, earlier, later)
        .join(earlier, col(earlier.id) == col(Judgement.earlier_id))
        .join(later, col(later.id) == col(Judgement.later_id))
        .where(
            col(Judgement.state) == "waiting",
            col(Judgement.judge) == name.judge,
            col(Judgement.model) == name.model,
            col(Judgement.version) == name.version,
        )
        .order_by(col(Judgement.is_flagged).desc(), col(Judgement.wait_until), col(Judgement.id))
        .limit(limit)
    )
    return [_request(row, one, other) for row, one, other in await session.exec(wanted)]


async def keep_word(session: AsyncSession, *, request_id: int, word: KeptWord, ruling: str, moment: datetime) -> None:
    """Keep a judge's word, and what it came to.

    Args:
        session: A unit of work that writes.
        request_id: The request.
        word: The word.
        ruling: ``confirmed``, ``vetoed``, ``proposed`` or ``none``.
        moment: Now.
    """
    await session.exec(
        update(Judgement)
        .where(col(Judgement.id) == request_id)
        .values(
            state="judged",
            label=word.label,
            confidence=word.confidence,
            reason=word.reason,
            prompt=word.prompt,
            ruling=ruling,
            judged_at=moment,
        )
    )


async def give_up(session: AsyncSession, *, request_id: int, error: str, moment: datetime) -> None:
    """Keep that a judge gave no word, and why."""
    await session.exec(
        update(Judgement).where(col(Judgement.id) == request_id).values(state="failed", error=error, judged_at=moment)
    )


async def give_up_late(session: AsyncSession, *, moment: datetime) -> int:
    """Give up the requests for which a word would come too late, whoever was asked; give how many."""
    late = await session.exec(
        update(Judgement)
        .where(col(Judgement.state) == "waiting", col(Judgement.wait_until) <= moment)
        .values(state="failed", error="there was no word in time", judged_at=moment)
    )
    return int(late.rowcount)


async def bring_forward(session: AsyncSession, *, earlier_id: int, later_id: int, moment: datetime) -> None:
    """Make a pair's deliveries due now that waited for a word; what waits for a chat's quiet hours to end stays so."""
    waited_until = (
        select(func.max(Judgement.wait_until))
        .where(col(Judgement.earlier_id) == earlier_id, col(Judgement.later_id) == later_id)
        .scalar_subquery()
    )
    due_at = col(Delivery.due_at)
    await session.exec(
        update(Delivery)
        .where(*_waits(earlier_id, later_id), due_at > moment, due_at <= waited_until)
        .values(due_at=moment),
        execution_options={"synchronize_session": False},
    )


async def withhold(session: AsyncSession, *, earlier_id: int, later_id: int, reason: str) -> None:
    """Give up a pair's deliveries that are still waiting; what is being sent or was sent stays so."""
    await session.exec(
        update(Delivery).where(*_waits(earlier_id, later_id)).values(state="dropped", last_error=reason),
        execution_options={"synchronize_session": False},
    )


async def has_pair(session: AsyncSession, *, later_id: int) -> bool:
    """Whether a statement is told already as turning from an earlier one."""
    wanted = select(col(Reversal.id)).where(col(Reversal.later_id) == later_id).limit(1)
    return (await session.exec(wanted)).first() is not None


async def spend_call(session: AsyncSession, *, day: date, budget: int) -> bool:
    """Count one call of a day, unless its budget is spent.

    Args:
        session: A unit of work that writes.
        day: The day, in UTC.
        budget: How many calls it has.

    Returns:
        Whether the call may be made.
    """
    await add_if_new(session, JudgeDay(day=day), key=("day",))
    counted = await session.exec(
        update(JudgeDay)
        .where(col(JudgeDay.day) == day, col(JudgeDay.calls) < budget)
        .values(calls=col(JudgeDay.calls) + 1)
    )
    return bool(counted.rowcount)


async def calls_on(session: AsyncSession, *, day: date) -> int:
    """Count the calls of a day (UTC)."""
    wanted = select(col(JudgeDay.calls)).where(col(JudgeDay.day) == day)
    return (await session.exec(wanted)).first() or 0


async def words_on(session: AsyncSession, *, later_ids: Sequence[int]) -> dict[tuple[int, int], JudgedRecord]:
    """Give the last word on each pair that decided something, by the numbers of its statements.

    Args:
        session: A unit of work.
        later_ids: The later statements of the pairs.
    """
    wanted = (
        select(Judgement)
        .where(
            col(Judgement.later_id).in_(later_ids),
            col(Judgement.ruling).in_(_WORDS),
        )
        .order_by(col(Judgement.judged_at), col(Judgement.id))
    )
    return {
        (row.earlier_id, row.later_id): JudgedRecord(row.model, row.label or "", row.reason or "", row.ruling or "")
        for row in await session.exec(wanted)
    }


def is_vetoed() -> Any:
    """Give the SQL of whether a judge's last word on a pair, in a query of ``Reversal``, is a veto."""
    last = (
        select(col(Judgement.ruling))
        .where(
            col(Judgement.earlier_id) == col(Reversal.earlier_id),
            col(Judgement.later_id) == col(Reversal.later_id),
            col(Judgement.ruling).in_(_WORDS),
        )
        .order_by(col(Judgement.judged_at).desc(), col(Judgement.id).desc())
        .limit(1)
        .correlate(Reversal)
        .scalar_subquery()
    )
    return func.coalesce(last, "") == "vetoed"


def _waits(earlier_id: int, later_id: int) -> tuple[Any, ...]:
    pair = (
        select(col(Reversal.id))
        .where(col(Reversal.earlier_id) == earlier_id, col(Reversal.later_id) == later_id)
        .scalar_subquery()
    )
    return (col(Delivery.what) == "reversal", col(Delivery.what_id) == pair, col(Delivery.state) == "due")


def _request(row: Judgement, earlier: Statement, later: Statement) -> JudgeRequest:
    has_word = row.label is not None and row.confidence is not None
    word = KeptWord(row.label or "", row.confidence or 0.0, row.reason or "", row.prompt or "") if has_word else None
    return JudgeRequest(
        id=row.id,
        person_id=later.person_id,
        article_id=row.article_id,
        is_flagged=row.is_flagged,
        wait_until=row.wait_until,
        earlier=_side(earlier),
        later=_side(later),
        word=word,
    )


def _side(row: Statement) -> AskedSide:
    return AskedSide(row.id, row.content, row.kind, row.cue, row.said_on, row.said_to, row.membership_id)
