"""Reviewers' words on told pairs: kept, taken back, and what they make of a pair here and everywhere."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Reversal, Review, Statement
from storage.upserts import add_or_update


@dataclass(frozen=True, slots=True)
class Tally:
    """How reviewers judged the pairs of one kind of evidence: one vote for each pair and reviewer."""

    confirmed: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class ReviewedSide:
    """One statement of a reviewed pair, as the comparison took it."""

    content: str
    kind: str
    cue: str | None
    said_on: str


@dataclass(frozen=True, slots=True)
class ReviewedPair:
    """A pair with the last word on it: an installation's reviewer's where there is one, else anybody's."""

    reversal_id: int
    person_id: str
    label: str
    verdict: str
    reason: str | None
    earlier: ReviewedSide
    later: ReviewedSide


async def keep_review(
    session: AsyncSession,
    *,
    reversal_id: int,
    chat_id: int,
    user_id: int,
    verdict: str,
    reason: str | None,
    moment: datetime,
) -> None:
    """Keep somebody's word on a pair; it takes the place of what they said before, in whichever chat.

    Args:
        session: A unit of work that writes.
        reversal_id: The pair.
        chat_id: Where they said it; a chat that is kept.
        user_id: Who.
        verdict: ``confirmed`` or ``rejected``.
        reason: Why it is none; None for a confirmation.
        moment: Now.
    """
    row = Review(
        reversal_id=reversal_id,
        chat_id=chat_id,
        user_id=user_id,
        verdict=verdict,
        reason=reason,
        created_at=moment,
    )
    changes = {"chat_id": chat_id, "verdict": verdict, "reason": reason, "created_at": moment}
    await add_or_update(session, row, key=("reversal_id", "user_id"), changes=changes)


async def take_back_review(session: AsyncSession, *, reversal_id: int, user_id: int) -> bool:
    """Forget somebody's word on a pair; give whether there was one."""
    gone = await session.exec(
        delete(Review).where(col(Review.reversal_id) == reversal_id, col(Review.user_id) == user_id)
    )
    return gone.rowcount > 0


async def settle(session: AsyncSession, *, reversal_id: int, reviewers: Collection[int]) -> str:
    """Let the last word of the installation's reviewers decide a pair's state for everyone.

    Args:
        session: A unit of work that writes.
        reversal_id: The pair.
        reviewers: Ids of the users whose word holds everywhere.

    Returns:
        The state: ``possible`` where none of them said anything.
    """
    last = (
        select(col(Review.verdict), col(Review.reason))
        .where(col(Review.reversal_id) == reversal_id, col(Review.user_id).in_(list(reviewers)))
        .order_by(col(Review.created_at).desc(), col(Review.id).desc())
        .limit(1)
    )
    state, reason = (await session.exec(last)).first() or ("possible", None)
    await session.exec(update(Reversal).where(col(Reversal.id) == reversal_id).values(state=state, reason=reason))
    return state


def state_in_chat(chat_id: int | None) -> Any:
    """Give the SQL of a pair's state as a chat sees it: decided for everyone, or else by its own last word.

    Args:
        chat_id: The chat; None for the state that holds for everyone.
    """
    decided = col(Reversal.state)
    if chat_id is None:
        return decided
    own = func.coalesce(_last_word_here(Review.verdict, chat_id), "possible")
    return case((decided != "possible", decided), else_=own)


def reason_in_chat(chat_id: int | None) -> Any:
    """Give the SQL of the reason that goes with ``state_in_chat``; null where it has none."""
    decided = col(Reversal.reason)
    if chat_id is None:
        return decided
    return case((col(Reversal.state) != "possible", decided), else_=_last_word_here(Review.reason, chat_id))


async def tallies(session: AsyncSession, *, reviewers: Collection[int]) -> dict[str, Tally]:
    """Count the installation's reviewers' words by kind of evidence; a kind without any is left out.

    Args:
        session: A unit of work.
        reviewers: Ids of the users who count.
    """
    if not reviewers:
        return {}
    wanted = (
        select(col(Reversal.kind), col(Review.verdict), func.count())
        .join(Reversal, col(Reversal.id) == col(Review.reversal_id))
        .where(col(Review.user_id).in_(list(reviewers)))
        .group_by(col(Reversal.kind), col(Review.verdict))
    )
    counts = {(kind, verdict): number for kind, verdict, number in await session.exec(wanted)}
    return {
        kind: Tally(counts.get((kind, "confirmed"), 0), counts.get((kind, "rejected"), 0))
        for kind in sorted({kind for kind, _ in counts})
    }


async def reviewed_pairs(session: AsyncSession, *, reviewers: Collection[int]) -> list[ReviewedPair]:
    """Give the pairs that somebody reviewed, by number, with the word that counts.

    Args:
        session: A unit of work.
        reviewers: Ids of the users whose word goes before that of others.
    """
    words = {}
    # In this order a later word replaces an earlier one, and a reviewer's that of anybody else.
    is_reviewer = case((col(Review.user_id).in_(list(reviewers)), 1), else_=0)
    in_order = select(Review).order_by(is_reviewer, col(Review.created_at), col(Review.id))
    for review in await session.exec(in_order):
        words[review.reversal_id] = review
    pairs = (await session.exec(select(Reversal).order_by(col(Reversal.id)))).all() if words else ()
    reviewed = [pair for pair in pairs if pair.id in words]
    numbers = {number for pair in reviewed for number in (pair.earlier_id, pair.later_id)}
    sides = {row.id: _side(row) for row in await session.exec(select(Statement).where(col(Statement.id).in_(numbers)))}
    return [
        ReviewedPair(
            reversal_id=pair.id,
            person_id=pair.person_id,
            label=pair.label,
            verdict=words[pair.id].verdict,
            reason=words[pair.id].reason,
            earlier=sides[pair.earlier_id],
            later=sides[pair.later_id],
        )
        for pair in reviewed
    ]


def _side(row: Statement) -> ReviewedSide:
    return ReviewedSide(row.content, row.kind, row.cue, row.said_on.isoformat())


def _last_word_here(column: Any, chat_id: int) -> Any:
    return (
        select(col(column))
        .where(col(Review.reversal_id) == col(Reversal.id), col(Review.chat_id) == chat_id)
        .order_by(col(Review.created_at).desc(), col(Review.id).desc())
        .limit(1)
        .correlate(Reversal)
        .scalar_subquery()
    )
