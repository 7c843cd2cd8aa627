"""Amendments: a statement that was reported wrong gives way to one with the right speaker, day or wording.

The old one is withdrawn and kept, with its number; the new one is carried by the same articles. By the amendment a
later version of them, or another outlet with the same words, is read as the new one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, tuple_
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import outbox, withdrawals
from storage.corrections import queue_corrections
from storage.statements import NewStatement, Place, keep_mentions, keep_reversal, keep_statements
from storage.tables import Amendment, Delivery, Mention, Objection, Reversal, Statement

Key = tuple[str, date, str]
"""A statement's speaker, day, and the key of its words: what is unique to it."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an amendment puts in the place of what the articles say: a speaker, a day or words, the rest being None.

    ``number`` is the amendment's, 0 for one that is still to be made.
    """

    person_id: str | None = None
    said_on: date | None = None
    content: str | None = None
    number: int = 0


async def current(session: AsyncSession, *, statement_id: int) -> Statement | None:
    """Give a statement, or the one that stands in its place by now; None where neither is carried any more."""
    seen: set[int] = set()
    number: int | None = statement_id
    while number is not None and number not in seen:
        seen.add(number)
        found = await session.get(Statement, number, populate_existing=True)
        if found is not None and found.withdrawn_at is None:
            return found
        number = (await withdrawals.corrected_to(session, [number])).get(number)
    return None


async def changes_by_key(session: AsyncSession, *, keys: Collection[Key]) -> dict[Key, Change]:
    """Give what was amended of statements last, by what their articles say.

    Args:
        session: A unit of work.
        keys: Of the statements as they were found.
    """
    days = {(person_id, said_on) for person_id, said_on, _ in keys}
    wanted = (
        select(Amendment, Statement.content_key)
        .join(Statement, col(Statement.id) == col(Amendment.statement_id))
        .where(tuple_(col(Amendment.person_id), col(Amendment.said_on)).in_(sorted(days)))
        .order_by(col(Amendment.id))
    )
    found = (await session.exec(wanted)).all() if days else ()
    return {(row.person_id, row.said_on, key): _change(row) for row, key in found}


async def how_many(session: AsyncSession) -> int:
    """Count the amendments: whoever read an article when there were fewer read it as it no longer counts."""
    return (await session.exec(select(func.count()).select_from(Amendment))).one()


async def amend(
    session: AsyncSession,
    *,
    objection: Objection,
    old: Statement,
    new: NewStatement,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    moment: datetime,
) -> int:
    """Put a statement in the place of another, and make due that whoever was told of that one is told so.

    Args:
        session: A unit of work that writes.
        objection: The accepted objection.
        old: The statement that it is about, carried still.
        new: What stands in its place.
        before: What the objection changes, as it was.
        after: And as it is from now on.
        moment: Now.

    Returns:
        The number of the new one.
    """
    [kept] = await keep_statements(session, statements=[new])
    session.add(
        Amendment(
            statement_id=old.id,
            objection_id=objection.id,
            field=objection.field,
            person_id=old.person_id,
            said_on=old.said_on,
            content=old.content,
            before=dict(before),
            after={**after, "statement_id": kept.statement_id},
            user_id=objection.decided_by or 0,
            created_at=moment,
        )
    )
    if kept.statement_id == old.id:
        return old.id
    mentions = await _move_mentions(session, old.id, kept.statement_id, moment)
    for mention in mentions:
        await withdrawals.keep_rewordings(
            session,
            article_id=mention.article_id,
            version_number=mention.version_number,
            old_by_new={kept.statement_id: old.id},
        )
    await _carry_pairs(session, old, kept.statement_id, new, moment)
    if mentions:
        await _tell(session, old.id, kept.statement_id, mentions[0].article_id, moment)
    return kept.statement_id


async def take_back(session: AsyncSession, *, objection_id: int, user_id: int, moment: datetime) -> int | None:
    """Take back that an objection was accepted.

    Where nothing was amended by it yet, it is turned down. Else a new one is accepted, which says how the statement
    read before; whoever carries that out puts the statement back.

    Args:
        session: A unit of work that writes.
        objection_id: The accepted objection.
        user_id: Who takes it back.
        moment: Now.

    Returns:
        The number of the objection that holds now: the same, or the new one. None where there is nothing to put back:
        it is done already, the statement was amended again or withdrawn since, or articles had it that way by
        themselves, from which it could not be told apart.
    """
    objection = await session.get(Objection, objection_id, populate_existing=True, with_for_update=True)
    if objection is None or objection.state != "accepted":
        return None
    wanted = select(Amendment).where(col(Amendment.objection_id) == objection_id).order_by(col(Amendment.id).desc())
    made = (await session.exec(wanted)).first()
    if made is None:
        objection.state, objection.decided_by, objection.decided_at = "rejected", user_id, moment
        session.add(objection)
        return objection.id
    if not await _can_be_put_back(session, made):
        return None
    back = Objection(
        statement_id=made.after["statement_id"],
        field=made.field,
        proposal="",
        value=made.before,
        state="accepted",
        decided_by=user_id,
        decided_at=moment,
    )
    session.add(back)
    await session.flush()
    return back.id


async def _can_be_put_back(session: AsyncSession, made: Amendment) -> bool:
    new_id = made.after["statement_id"]
    new = await session.get(Statement, new_id, populate_existing=True)
    if new is None or new.withdrawn_at is not None or new_id == made.statement_id:
        return False
    is_made = select(Amendment.id).where(col(Amendment.objection_id) == col(Objection.id)).exists()
    waiting = select(Objection.id).where(
        col(Objection.statement_id) == new_id, col(Objection.state) == "accepted", ~is_made
    )
    if (await session.exec(waiting)).first() is not None:
        return False
    moved = select(col(Mention.article_id)).where(col(Mention.statement_id) == made.statement_id)
    own = select(Mention.id).where(
        col(Mention.statement_id) == new_id,
        col(Mention.withdrawn_at).is_(None),
        col(Mention.created_at) < made.created_at,
        col(Mention.article_id).not_in(moved),
    )
    return (await session.exec(own)).first() is None


def _change(row: Amendment) -> Change:
    said_on = row.after.get("said_on")
    return Change(
        row.after.get("person_id"), date.fromisoformat(said_on) if said_on else None, row.after.get("content"), row.id
    )


async def _move_mentions(session: AsyncSession, old_id: int, new_id: int, moment: datetime) -> Sequence[Mention]:
    is_shown = (col(Mention.statement_id) == old_id, col(Mention.withdrawn_at).is_(None))
    mentions = (await session.exec(select(Mention).where(*is_shown).order_by(col(Mention.id)))).all()
    for mention in mentions:
        await keep_mentions(
            session,
            article_id=mention.article_id,
            version_number=mention.version_number,
            places=[Place(new_id, mention.start, mention.end)],
        )
    numbers = [mention.id for mention in mentions]
    await session.exec(update(Mention).where(col(Mention.id).in_(numbers)).values(withdrawn_at=moment))
    await session.exec(update(Statement).where(col(Statement.id) == old_id).values(withdrawn_at=moment))
    return mentions


async def _carry_pairs(session: AsyncSession, old: Statement, new_id: int, new: NewStatement, moment: datetime) -> None:
    """Let the pairs of a statement hold for the new one, or be none: of two speakers, or in the other order."""
    is_of = or_(col(Reversal.earlier_id) == old.id, col(Reversal.later_id) == old.id)
    for pair in (await session.exec(select(Reversal).where(is_of, col(Reversal.state) != "rejected"))).all():
        other = await session.get(Statement, pair.earlier_id if pair.later_id == old.id else pair.later_id)
        is_later = pair.later_id == old.id
        if other is None or other.person_id != new.person_id:
            reason = "wrong-speaker"
        elif (other.said_on < new.said_on) != is_later or other.said_on == new.said_on:
            reason = "other-time-or-place"
        else:
            await keep_reversal(
                session,
                person_id=pair.person_id,
                earlier_id=other.id if is_later else new_id,
                later_id=new_id if is_later else other.id,
                label=pair.label,
                score=pair.score,
                evidence=_evidence(pair, is_later=is_later, is_reworded=old.content != new.content),
                doubts=pair.doubts,
                kind=pair.kind,
                is_from_source=pair.is_from_source,
                other_days=pair.other_days,
            )
            continue
        pair.state, pair.reason = "rejected", reason
        session.add(pair)
        await session.flush()
        await queue_corrections(session, reversal_id=pair.id, moment=moment)


def _evidence(pair: Reversal, *, is_later: bool, is_reworded: bool) -> list[dict[str, Any]]:
    """Give the evidence for a pair; spans into words that are others now point at nothing."""
    side = "later" if is_later else "earlier"
    return [{**row, side: []} if is_reworded else row for row in pair.evidence]


async def _tell(session: AsyncSession, old_id: int, new_id: int, article_id: int, moment: datetime) -> None:
    """Tell each chat that was told of the old words that they are others; that carries the new ones."""
    told = select(Delivery).where(
        col(Delivery.what) == "statement", col(Delivery.what_id) == old_id, col(Delivery.state).in_(("sent", "claimed"))
    )
    for delivery in (await session.exec(told)).all():
        await outbox.queue(
            session,
            chat_id=delivery.chat_id,
            topic_id=delivery.topic_id,
            what="statement",
            what_id=new_id,
            article_id=delivery.article_id,
            due_at=moment,
        )
    await withdrawals.queue_withdrawals(session, statement_ids=[old_id], article_id=article_id, moment=moment)
    await withdrawals.spare_the_told(session, old_by_new={new_id: old_id})
