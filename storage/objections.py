"""Objections of readers to a statement: its speaker, its day or its wording, and what administrators say to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Amendment, Objection


@dataclass(frozen=True, slots=True, kw_only=True)
class NewObjection:
    """What a reader reports: the columns of ``tables.Objection``."""

    statement_id: int
    field: str
    proposal: str
    value: Mapping[str, Any]
    chat_id: int
    topic_id: int
    message_id: int
    user_id: int


async def keep_objection(session: AsyncSession, *, objection: NewObjection) -> tuple[int, bool]:
    """Keep what a reader reports, unless the same is open already.

    Args:
        session: A unit of work that writes.
        objection: What is reported; the chat is kept.

    Returns:
        Its number, and whether it is new.
    """
    wanted = select(Objection).where(
        col(Objection.statement_id) == objection.statement_id,
        col(Objection.field) == objection.field,
        col(Objection.state) == "open",
    )
    for known in await session.exec(wanted):
        if known.value == dict(objection.value):
            return known.id, False
    row = Objection(
        statement_id=objection.statement_id,
        field=objection.field,
        proposal=objection.proposal,
        value=dict(objection.value),
        chat_id=objection.chat_id,
        topic_id=objection.topic_id,
        message_id=objection.message_id,
        user_id=objection.user_id,
    )
    session.add(row)
    await session.flush()
    return row.id, True


async def objection(session: AsyncSession, *, objection_id: int, is_locked: bool = False) -> Objection | None:
    """Give an objection; None if there is none with that number.

    Args:
        session: A unit of work.
        objection_id: Which.
        is_locked: Whether nobody else may decide about it until the unit of work ends.
    """
    return await session.get(Objection, objection_id, populate_existing=True, with_for_update=is_locked)


async def decide(session: AsyncSession, *, objection_id: int, accepted: bool, user_id: int, moment: datetime) -> bool:
    """Accept or reject an objection; what was rejected can be accepted after all.

    Args:
        session: A unit of work that writes.
        objection_id: Which.
        accepted: What is decided.
        user_id: Who decides.
        moment: Now.

    Returns:
        Whether that changed something.
    """
    open_to = ("open", "rejected") if accepted else ("open",)
    changed = await session.exec(
        update(Objection)
        .where(col(Objection.id) == objection_id, col(Objection.state).in_(open_to))
        .values(state="accepted" if accepted else "rejected", decided_by=user_id, decided_at=moment)
    )
    return changed.rowcount > 0


async def accepted_objections(session: AsyncSession) -> list[int]:
    """Give the accepted objections that no amendment was made for yet, oldest first."""
    is_made = select(Amendment.id).where(col(Amendment.objection_id) == col(Objection.id)).exists()
    wanted = select(col(Objection.id)).where(col(Objection.state) == "accepted", ~is_made).order_by(col(Objection.id))
    return list(await session.exec(wanted))
