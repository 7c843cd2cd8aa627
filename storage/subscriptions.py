"""What chats follow: subscriptions of six kinds, and which of them are about what somebody said."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Chat, Membership, Organization, Subscription
from storage.upserts import add_if_new

KEY = ("chat_id", "topic_id", "kind", "target", "words")

_GOVERNMENT_ROLES = frozenset({"minister-president", "minister", "staatssecretaris", "vicepremier"})
# Rosters name some roles in several ways; what is followed has one (the roles of bot.quotes.roster).
_ROLES = {
    "premier": "minister-president",
    "viceminister-president": "vicepremier",
    "vice-premier": "vicepremier",
    "fractieleider": "fractievoorzitter",
    "politiek leider": "partijleider",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What is followed: the columns of ``tables.Subscription`` that say so."""

    kind: str
    target: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class SubscriptionRecord:
    """A subscription of a chat, or of one topic of it.

    Attributes:
        id: Its number.
        topic_id: The topic, 0 for none.
        subject: What is followed.
        level: ``all``, ``news`` or ``turns``.
        passes_quiet: Whether it is told in quiet hours as well.
    """

    id: int
    topic_id: int
    subject: Subject
    level: str
    passes_quiet: bool


@dataclass(frozen=True, slots=True)
class ChatRules:
    """When a chat wants to be told: the columns of ``tables.Chat``."""

    timezone: str
    quiet_from: int | None
    quiet_until: int | None
    muted_until: datetime | None
    has_digest: bool


@dataclass(frozen=True, slots=True)
class Listener:
    """A chat, or one topic of it, with one of its subscriptions."""

    chat_id: int
    topic_id: int
    subject: Subject
    level: str
    passes_quiet: bool
    rules: ChatRules


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person is on a day: for which parties, in which roles, and whether in the cabinet.

    Attributes:
        parties: Ids of parties.
        roles: Targets of subscriptions to a role (see ``role_target``).
        is_in_government: Whether one of the roles is held in a cabinet.
    """

    parties: frozenset[str]
    roles: frozenset[str]
    is_in_government: bool


def role_target(role: str, of: str = "") -> str:
    """Give the target of a subscription to whoever holds a role.

    Args:
        role: The role, as ``bot.quotes.roster`` names it.
        of: The portfolio, or the id of the party; empty for everyone with that role.
    """
    return f"{role}|{of}"


async def alert_topic(session: AsyncSession, *, chat_id: int, topic_id: int) -> int:
    """Give the topic to which what is followed from a topic is told: that one, unless the chat chose one for all."""
    chosen = (await session.exec(select(col(Chat.alert_topic)).where(col(Chat.id) == chat_id))).first()
    return topic_id if chosen is None else chosen


async def follow(
    session: AsyncSession,
    *,
    chat_id: int,
    topic_id: int,
    subject: Subject,
    user_id: int,
    level: str = "all",
    passes_quiet: bool = False,
) -> tuple[SubscriptionRecord, bool]:
    """Let a chat, or one topic of it, follow something.

    Args:
        session: A unit of work that writes.
        chat_id: The chat; it is kept already.
        topic_id: The topic, 0 for none.
        subject: What.
        user_id: Who asked for it.
        level: How much of it is told; of what is followed already the level stays.
        passes_quiet: Whether it is told in quiet hours as well.

    Returns:
        The subscription, and whether it is new.
    """
    row = Subscription(
        chat_id=chat_id,
        topic_id=topic_id,
        kind=subject.kind,
        target=subject.target,
        words=subject.words,
        level=level,
        passes_quiet=passes_quiet,
        created_by=user_id,
    )
    is_new = await add_if_new(session, row, key=KEY) is not None
    wanted = select(Subscription).where(*_is(chat_id, topic_id, subject))
    return _record((await session.exec(wanted)).one()), is_new


async def unfollow(
    session: AsyncSession, *, chat_id: int, topic_id: int, subject: Subject
) -> SubscriptionRecord | None:
    """Let a chat, or one topic of it, no longer follow something; give what it was, None where it did not."""
    wanted = select(Subscription).where(*_is(chat_id, topic_id, subject))
    row = (await session.exec(wanted)).first()
    if row is None:
        return None
    record = _record(row)
    await session.delete(row)
    await session.flush()
    return record


async def subscription(session: AsyncSession, *, chat_id: int, subscription_id: int) -> SubscriptionRecord | None:
    """Give a subscription by its number; None where it is no longer there, or another chat's."""
    wanted = select(Subscription).where(col(Subscription.id) == subscription_id, col(Subscription.chat_id) == chat_id)
    row = (await session.exec(wanted)).first()
    return None if row is None else _record(row)


async def change(
    session: AsyncSession,
    *,
    chat_id: int,
    subscription_id: int,
    level: str | None = None,
    passes_quiet: bool | None = None,
) -> SubscriptionRecord | None:
    """Change how much of something is told, or whether it passes quiet hours.

    Args:
        session: A unit of work that writes.
        chat_id: The chat whose subscription it must be.
        subscription_id: Its number.
        level: The new level; None leaves it.
        passes_quiet: The new choice; None leaves it.

    Returns:
        The subscription as it is now; None where it is no longer there, or another chat's.
    """
    changes: dict[str, object] = {}
    if level is not None:
        changes["level"] = level
    if passes_quiet is not None:
        changes["passes_quiet"] = passes_quiet
    is_meant = (col(Subscription.id) == subscription_id, col(Subscription.chat_id) == chat_id)
    await session.exec(update(Subscription).where(*is_meant).values(**changes))
    return await subscription(session, chat_id=chat_id, subscription_id=subscription_id)


async def subscriptions(session: AsyncSession, *, chat_id: int, topic_id: int) -> list[SubscriptionRecord]:
    """Give what a chat, or one topic of it, follows, in the order in which it began."""
    wanted = (
        select(Subscription)
        .where(col(Subscription.chat_id) == chat_id, col(Subscription.topic_id) == topic_id)
        .order_by(col(Subscription.id))
    )
    return [_record(row) for row in await session.exec(wanted)]


async def gather(session: AsyncSession, *, chat_id: int, topic_id: int) -> None:
    """Let one topic of a chat follow all that any of its topics follows; what two follow keeps the first one's level.

    Args:
        session: A unit of work that writes.
        chat_id: The chat.
        topic_id: The topic, 0 for none.
    """
    others = select(Subscription).where(col(Subscription.chat_id) == chat_id, col(Subscription.topic_id) != topic_id)
    for row in (await session.exec(others.order_by(col(Subscription.id)))).all():
        subject = Subject(row.kind, row.target, row.words)
        there = select(col(Subscription.id)).where(*_is(chat_id, topic_id, subject))
        if (await session.exec(there)).first() is None:
            row.topic_id = topic_id
            session.add(row)
        else:
            await session.delete(row)
        await session.flush()


async def move(session: AsyncSession, *, old_id: int, new_id: int) -> None:
    """Move what a chat follows to another chat, except what is followed there already."""
    there = aliased(Subscription)
    is_same = and_(*(getattr(there, name) == getattr(Subscription, name) for name in KEY[1:]))
    is_there = select(there.id).where(col(there.chat_id) == new_id, is_same).exists()
    await session.exec(delete(Subscription).where(col(Subscription.chat_id) == old_id, is_there))
    await session.exec(update(Subscription).where(col(Subscription.chat_id) == old_id).values(chat_id=new_id))


async def standings(session: AsyncSession, *, people: Collection[tuple[str, date]]) -> dict[tuple[str, date], Standing]:
    """Say what people are on days.

    Args:
        session: A unit of work.
        people: Person ids, each with a day.

    Returns:
        What each is on that day. Where no membership covers it, the party of the nearest one counts.
    """
    wanted = (
        select(Membership, Organization)
        .join(Organization, col(Organization.id) == col(Membership.organization_id))
        .where(col(Membership.person_id).in_({person_id for person_id, _ in people}))
    )
    rows = (await session.exec(wanted)).all()
    found = {}
    for person_id, day in people:
        theirs = [(row, group) for row, group in rows if row.person_id == person_id]
        found[person_id, day] = _standing(theirs, day)
    return found


async def listeners(
    session: AsyncSession, *, person_ids: Collection[str], standings: Iterable[Standing]
) -> list[Listener]:
    """Give the subscriptions of active chats that may be about what these people said, in one query.

    Those to a word are all given: whether it was said is for the caller to see.

    Args:
        session: A unit of work.
        person_ids: Who said something.
        standings: What they are.
    """
    known = list(standings)
    its_kind, its_target = col(Subscription.kind), col(Subscription.target)
    may_be: list[ColumnElement[bool]] = [
        its_kind == "word",
        and_(its_kind.in_(("person", "person_word")), its_target.in_(list(person_ids))),
        and_(its_kind == "party", its_target.in_({party for one in known for party in one.parties})),
        and_(its_kind == "role", its_target.in_({role for one in known for role in one.roles})),
    ]
    if any(one.is_in_government for one in known):
        may_be.append(its_kind == "cabinet")
    # Single columns: whole rows of both tables would take several times as long.
    wanted = (
        select(
            *(getattr(Subscription, name) for name in (*KEY, "level", "passes_quiet")),
            *(getattr(Chat, name) for name in ("timezone", "quiet_from", "quiet_until", "muted_until", "digest")),
        )
        .join(Chat, col(Chat.id) == col(Subscription.chat_id))
        .where(col(Chat.state) == "active", or_(*may_be))
        .order_by(col(Subscription.chat_id), col(Subscription.topic_id), col(Subscription.id))
    )
    found = []
    rules: dict[int, ChatRules] = {}
    for chat_id, topic_id, kind, target, words, level, passes_quiet, *chosen in await session.exec(wanted):
        if chat_id not in rules:
            timezone, quiet_from, quiet_until, muted_until, digest = chosen
            rules[chat_id] = ChatRules(timezone, quiet_from, quiet_until, muted_until, has_digest=digest != "off")
        subject = Subject(kind, target, words)
        found.append(Listener(chat_id, topic_id, subject, level, passes_quiet, rules[chat_id]))
    return found


def _is(chat_id: int, topic_id: int, subject: Subject) -> list[ColumnElement[bool]]:
    return [
        col(Subscription.chat_id) == chat_id,
        col(Subscription.topic_id) == topic_id,
        col(Subscription.kind) == subject.kind,
        col(Subscription.target) == subject.target,
        col(Subscription.words) == subject.words,
    ]


def _record(row: Subscription) -> SubscriptionRecord:
    subject = Subject(row.kind, row.target, row.words)
    return SubscriptionRecord(row.id, row.topic_id, subject, row.level, row.passes_quiet)


def _standing(rows: list[tuple[Membership, Organization]], day: date) -> Standing:
    now = [(row, group) for row, group in rows if _distance(row, day) == 0]
    parties = {row.on_behalf_of_id for row, _ in now if row.on_behalf_of_id}
    parties |= {group.id for _, group in now if group.classification == "party"}
    if not parties:
        named = [row for row, _ in rows if row.on_behalf_of_id]
        nearest = min(named, key=lambda row: _distance(row, day), default=None)
        parties = {nearest.on_behalf_of_id} if nearest and nearest.on_behalf_of_id else set()
    roles = {(_role(row), name) for row, _ in now for name in ("", *_held_for(row))}
    return Standing(
        frozenset(parties),
        frozenset(role_target(role, name) for role, name in roles),
        any(role in _GOVERNMENT_ROLES for role, _ in roles),
    )


def _role(row: Membership) -> str:
    role = row.role.casefold()
    return _ROLES.get(role, role)


def _held_for(row: Membership) -> list[str]:
    """Give what a role is about: the names of its portfolio, or else the party."""
    if row.portfolio is None:
        return [row.on_behalf_of_id] if row.on_behalf_of_id else []
    aliases = row.popolo.get("portfolio_aliases") or []
    return [row.portfolio, *(alias for alias in aliases if isinstance(alias, str))]


def _distance(row: Membership, day: date) -> int:
    """How many days a membership is from a day; 0 where it covers it."""
    if row.start_date is not None and day < row.start_date:
        return (row.start_date - day).days
    return max((day - row.end_date).days, 0) if row.end_date is not None else 0
