"""Changes of the roster that were typed into a chat: proposed, carried out, taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.people import count_change, import_roster
from storage.tables import Chat, Membership, OfficeChange, Person, Statement, Subscription


@dataclass(frozen=True, slots=True)
class FollowerOf:
    """A chat, or one topic of it (0 for none), that follows somebody, and how."""

    chat_id: int
    topic_id: int
    person_id: str
    level: str
    passes_quiet: bool


async def propose(
    session: AsyncSession,
    *,
    user_id: int,
    typed: str,
    person_id: str,
    added: Mapping[str, Any],
    ended: Sequence[Mapping[str, Any]],
    before: Sequence[Mapping[str, Any]],
) -> int:
    """Keep a change that is to be confirmed; give its number.

    Args:
        session: A unit of work that writes.
        user_id: Who typed it.
        typed: What they typed.
        person_id: Who is appointed, or leaves.
        added: Entries that come with it: lists of Popolo under ``persons`` and ``memberships``.
        ended: Memberships that end: each with ``id`` and ``end_date``.
        before: The same with the ``end_date`` that they have.
    """
    row = OfficeChange(
        user_id=user_id,
        typed=typed,
        person_id=person_id,
        added=dict(added),
        ended=[dict(entry) for entry in ended],
        before=[dict(entry) for entry in before],
    )
    session.add(row)
    await session.flush()
    return row.id


async def office_change(session: AsyncSession, *, change_id: int) -> OfficeChange | None:
    """Give a change; None if there is none with that number."""
    return await session.get(OfficeChange, change_id, populate_existing=True)


async def confirm(session: AsyncSession, *, change_id: int, moment: datetime) -> OfficeChange | None:
    """Carry out a change that was proposed.

    Args:
        session: A unit of work that writes.
        change_id: The change.
        moment: Now.

    Returns:
        The change; None where it is not there, or no longer only proposed.

    Raises:
        InvalidRoster: Something that it builds on is not in the roster any more.
    """
    change = await _settled(session, change_id, "proposed", "confirmed", moment)
    if change is None:
        return None
    ended = await _with_last_days(session, change.ended)
    popolo = {
        "persons": change.added.get("persons", []),
        "organizations": [],
        "memberships": [*change.added.get("memberships", []), *ended],
    }
    await import_roster(session, popolo=popolo)
    return change


async def take_back(session: AsyncSession, *, change_id: int, moment: datetime) -> OfficeChange | None:
    """Let the memberships that a change ended run as before; give the change, None where it does not hold.

    What it added is taken away by ``remove_added``, once no statement stands under it.
    """
    change = await _settled(session, change_id, "confirmed", "undone", moment)
    if change is None:
        return None
    restored = await _with_last_days(session, change.before)
    await import_roster(session, popolo={"persons": [], "organizations": [], "memberships": restored})
    return change


async def remove_added(session: AsyncSession, *, change: OfficeChange) -> None:
    """Take away the memberships that came with a change, and a person of whom nothing is kept besides.

    Args:
        session: A unit of work that writes.
        change: A change that was taken back; no statement stands under its memberships any more.
    """
    added = [entry["id"] for entry in change.added.get("memberships", [])]
    await session.exec(delete(Membership).where(col(Membership.id).in_(added)))
    for entry in change.added.get("persons", []):
        said = select(func.count()).select_from(Statement).where(col(Statement.person_id) == entry["id"])
        followed = select(func.count()).select_from(Subscription).where(col(Subscription.target) == entry["id"])
        if (await session.exec(said)).one() == 0 and (await session.exec(followed)).one() == 0:
            await session.exec(delete(Person).where(col(Person.id) == entry["id"]))
    await count_change(session)


async def days_of_statements(
    session: AsyncSession, *, person_ids: Collection[str], since: date
) -> list[tuple[str, date]]:
    """Give the days from one on at which some people said something that is kept."""
    wanted = (
        select(col(Statement.person_id), col(Statement.said_on))
        .where(col(Statement.person_id).in_(sorted(person_ids)), col(Statement.said_on) >= since)
        .distinct()
    )
    return list((await session.exec(wanted)).all())


async def set_offices(session: AsyncSession, *, offices: Mapping[tuple[str, date], str | None]) -> None:
    """Say in which membership people said what they said on some days.

    Args:
        session: A unit of work that writes.
        offices: Ids of memberships, None for none, by person and day.
    """
    for (person_id, day), membership_id in offices.items():
        await session.exec(
            update(Statement)
            .where(col(Statement.person_id) == person_id, col(Statement.said_on) == day)
            .values(membership_id=membership_id)
        )


async def followers_of(session: AsyncSession, *, person_ids: Collection[str]) -> list[FollowerOf]:
    """Give the active chats and topics that follow some people by name."""
    wanted = (
        select(Subscription)
        .join(Chat, col(Chat.id) == col(Subscription.chat_id))
        .where(
            col(Subscription.kind) == "person",
            col(Subscription.target).in_(sorted(person_ids)),
            col(Chat.state) == "active",
        )
        .order_by(col(Subscription.id))
    )
    return [
        FollowerOf(row.chat_id, row.topic_id, row.target, row.level, row.passes_quiet)
        for row in await session.exec(wanted)
    ]


async def _settled(
    session: AsyncSession, change_id: int, before: str, after: str, moment: datetime
) -> OfficeChange | None:
    changed = await session.exec(
        update(OfficeChange)
        .where(col(OfficeChange.id) == change_id, col(OfficeChange.state) == before)
        .values(state=after, decided_at=moment)
    )
    return await office_change(session, change_id=change_id) if changed.rowcount else None


async def _with_last_days(session: AsyncSession, entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    last_days = {entry["id"]: entry["end_date"] for entry in entries}
    rows = (await session.exec(select(Membership).where(col(Membership.id).in_(sorted(last_days))))).all()
    return [{**row.popolo, "end_date": last_days[row.id]} for row in rows]
