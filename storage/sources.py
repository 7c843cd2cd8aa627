"""Where articles come from, who polls them just now, and how that went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Update, and_, bindparam, case, or_, true
from sqlalchemy.orm import QueryableAttribute
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Source
from storage.upserts import add_if_new

POLLED_KINDS = ("feed", "parliament", "transcripts")
"""Kinds of sources that are asked by themselves; ``manual`` ones are filled by hand."""

MOVES_TO_BELIEVE = 3
"""Polls in a row that must be led to the same address for good before it becomes the source's own."""

_SEEDED = frozenset({"id", "name", "kind", "url", "home", "timezone", "terms", "enabled"})


async def seed_sources(session: AsyncSession, *, rows: Iterable[Mapping[str, Any]]) -> int:
    """Add the sources that are not there yet; existing ones keep what their operator made of them.

    Args:
        session: A unit of work that writes.
        rows: Mappings with ``id`` and ``name``, and maybe ``kind``, ``url``, ``home``, ``timezone``,
            ``terms`` and ``enabled``; other keys are passed over.

    Returns:
        How many were added.
    """
    added = 0
    for row in rows:
        known = {key: value for key, value in row.items() if key in _SEEDED}
        added += await add_if_new(session, Source(**known), key=("id",)) is not None
    return added


async def ensure_manual_source(session: AsyncSession, *, source_id: str, name: str) -> None:
    """Make sure that there is a source for articles that are given by hand.

    Args:
        session: A unit of work that writes.
        source_id: Its key.
        name: The outlet's name as readers see it; an existing source keeps its own.
    """
    await add_if_new(session, Source(id=source_id, name=name, kind="manual"), key=("id",))


async def ensure_feed_source(session: AsyncSession, *, url: str, name: str) -> str:
    """Make sure that there is a source for a feed that is read by hand; a new one is not polled by itself.

    Args:
        session: A unit of work that writes.
        url: The feed's address.
        name: The outlet's name as readers see it; an existing source keeps its own.

    Returns:
        The source's key: that of the source with this address, else the address itself.
    """
    known = (await session.exec(select(Source.id).where(col(Source.url) == url).order_by(col(Source.id)))).first()
    if known is not None:
        return known
    await add_if_new(session, Source(id=url, name=name, kind="feed", url=url, enabled=False), key=("id",))
    return url


async def switch_source(session: AsyncSession, *, source_id: str, enabled: bool) -> bool:
    """Poll a source, at once and with its failures forgotten, or no more; False if there is none with that key."""
    source = await session.get(Source, source_id)
    if source is None or source.removed_at is not None:
        return False
    source.enabled = enabled
    source.next_poll_at, source.last_error, source.trouble, source.failures = None, None, None, 0
    source.ailing_since = None
    session.add(source)
    return True


async def add_source(
    session: AsyncSession, *, source_id: str, name: str, url: str, home: str | None, timezone: str
) -> tuple[Source, bool]:
    """Add a feed that is polled from now on; one that was removed comes back, and is polled as well.

    Args:
        session: A unit of work that writes.
        source_id: The key that it gets; where another feed has it, a number follows.
        name: The outlet's name as readers see it; a source that is there keeps its own.
        url: The feed's address, which tells sources apart.
        home: The page that a person would open instead.
        timezone: IANA name of the zone in which times without an offset are meant.

    Returns:
        The source, and whether it is in the list by this and was not before.
    """
    number = 1
    while True:
        listed_first = (col(Source.removed_at).is_not(None), col(Source.id))
        source = (await session.exec(select(Source).where(col(Source.url) == url).order_by(*listed_first))).first()
        if source is not None:
            is_back = source.removed_at is not None
            if is_back:
                source.removed_at = None
                await switch_source(session, source_id=source.id, enabled=True)
            return source, is_back
        key = source_id if number == 1 else f"{source_id}-{number}"
        new = Source(id=key, name=name, kind="feed", url=url, home=home, timezone=timezone)
        # Where another process adds the same feed in this moment, the next look finds its row.
        if await add_if_new(session, new, key=("id",)) is not None:
            return await session.get_one(Source, key), True
        number += 1


async def remove_source(session: AsyncSession, *, source_id: str, moment: datetime) -> bool:
    """Take a source out of the list, and poll it no more; its articles stay. False if it is not in the list."""
    source = await session.get(Source, source_id)
    if source is None or source.removed_at is not None:
        return False
    source.removed_at = moment
    session.add(source)
    return True


async def restore_source(session: AsyncSession, *, source_id: str) -> bool:
    """Put a removed source back as it was, on or off; False if it was not removed."""
    source = await session.get(Source, source_id)
    if source is None or source.removed_at is None:
        return False
    source.removed_at = None
    session.add(source)
    return True


async def enabled_sources(session: AsyncSession) -> list[Source]:
    """Give the sources that are to be polled, by key."""
    wanted = select(Source).where(*_is_polled()).order_by(col(Source.id))
    return list((await session.exec(wanted)).all())


async def polled_sources(session: AsyncSession) -> dict[str, bool]:
    """Give the keys of the sources that are to be polled, and whether it is to be at once: they are new or resumed."""
    query = select(Source.id, col(Source.next_poll_at).is_(None)).where(*_is_polled())
    return dict((await session.exec(query)).all())


async def all_sources(session: AsyncSession, *, with_removed: bool = False) -> list[Source]:
    """Give every source in the list, by key; those that were removed from it only where they are wanted."""
    listed = select(Source).order_by(col(Source.id))
    if not with_removed:
        listed = listed.where(col(Source.removed_at).is_(None))
    return list((await session.exec(listed)).all())


async def lease_source(
    session: AsyncSession, *, source_id: str, lease: str, moment: datetime, until: datetime, if_due: bool
) -> Source | None:
    """Take the right to poll a source; one statement decides, so that of two processes one gets it.

    Args:
        session: A unit of work that writes.
        source_id: The source.
        lease: A name of this poll that no other has.
        moment: Now; a lease that ran out by then is taken over, since its holder died or hangs.
        until: When this one runs out.
        if_due: Whether to leave a source alone that is switched off or not yet due.

    Returns:
        The source as it is now; None if another poll has it, or if it is left alone.
    """
    values = {"its_id": source_id, "its_moment": moment, "its_lease": lease, "its_until": until}
    taken = (await session.exec(_taking(if_due), params=values)).first()
    return None if taken is None else taken[0]


async def renew_lease(session: AsyncSession, *, source_id: str, lease: str, until: datetime) -> bool:
    """Keep the right to poll a source for longer; False if another poll took it over."""
    keeping = (
        update(Source)
        .where(col(Source.id) == source_id, col(Source.lease) == lease)
        .values(leased_until=until)
        .returning(col(Source.id))
    )
    return (await session.exec(keeping)).first() is not None


async def leases(session: AsyncSession) -> list[tuple[str, str]]:
    """Give the sources that are being polled, each with the lease under which it is."""
    wanted = select(col(Source.id), col(Source.lease)).where(col(Source.lease).is_not(None)).order_by(col(Source.id))
    return [(source_id, lease) for source_id, lease in await session.exec(wanted) if lease is not None]


async def release_source(session: AsyncSession, *, source_id: str, lease: str) -> None:
    """Give the right to poll a source back, unless another poll has it by now."""
    mine = (col(Source.id) == source_id, col(Source.lease) == lease)
    await session.exec(update(Source).where(*mine).values(lease=None, leased_until=None))


async def postpone_source(session: AsyncSession, *, source_id: str, lease: str, next_poll_at: datetime) -> None:
    """Give a source free that was not asked, and leave it until then; nothing where another poll has it by now."""
    mine = (col(Source.id) == source_id, col(Source.lease) == lease)
    await session.exec(update(Source).where(*mine).values(next_poll_at=next_poll_at, lease=None, leased_until=None))


async def record_success(
    session: AsyncSession,
    *,
    source_id: str,
    polled_at: datetime,
    next_poll_at: datetime,
    interval_seconds: int,
    etag: str | None = None,
    last_modified: str | None = None,
    ttl_seconds: int | None = None,
    moved_to: str | None = None,
    has_news: bool = False,
    lease: str | None = None,
) -> bool:
    """Keep that a poll went well, forget earlier failures, and give the source free for the next poll.

    Args:
        session: A unit of work that writes.
        source_id: The source.
        polled_at: When.
        next_poll_at: From when on it is due again.
        interval_seconds: Its present pace.
        etag: The answer's ``ETag`` for the next conditional request.
        last_modified: The answer's ``Last-Modified``.
        ttl_seconds: What the feed itself wants between two polls.
        moved_to: Where its address led for good; after ``MOVES_TO_BELIEVE`` polls it becomes the address.
        has_news: Whether it brought articles.
        lease: The poll that must still have it; None for whoever has.

    Returns:
        False if another poll has it by now: then nothing is kept.
    """
    values = {
        "its_id": source_id,
        "its_lease": lease,
        "its_moment": polled_at,
        "its_next": next_poll_at,
        "its_interval": interval_seconds,
        "its_ttl": ttl_seconds,
        "its_etag": etag,
        "its_modified": last_modified,
        "its_move": moved_to,
    }
    recording = _succeeding(has_lease=lease is not None, has_moved=moved_to is not None, has_news=has_news)
    if (await session.exec(recording, params=values)).first() is None:
        return False
    if moved_to is not None:
        is_sure = (col(Source.id) == source_id, col(Source.moved_times) >= MOVES_TO_BELIEVE)
        await session.exec(
            update(Source).where(*is_sure).values(url=col(Source.moved_to), moved_to=None, moved_times=0)
        )
    return True


async def record_failure(
    session: AsyncSession,
    *,
    source_id: str,
    polled_at: datetime,
    error: str,
    next_poll_at: datetime | None,
    trouble: str | None = None,
    is_ailing: bool = False,
) -> None:
    """Keep that a poll failed, and give the source free; the validators of the last good one stay.

    Args:
        session: A unit of work that writes.
        source_id: The source.
        polled_at: When.
        error: What went wrong.
        next_poll_at: From when on it is due again; None ends the source: it is switched off, and the error says why.
        trouble: The kind of error, as readers are told it.
        is_ailing: Whether it failed so often that it is asked no more than daily.
    """
    source = await session.get_one(Source, source_id)
    source.polled_at, source.last_error, source.trouble, source.next_poll_at = polled_at, error, trouble, next_poll_at
    source.failures += 1
    source.ailing_since = (source.ailing_since or polled_at) if is_ailing else None
    source.lease, source.leased_until = None, None
    source.enabled = source.enabled and next_poll_at is not None
    session.add(source)


def _is_polled() -> tuple[Any, ...]:
    return (col(Source.enabled), col(Source.removed_at).is_(None), col(Source.kind).in_(POLLED_KINDS))


# A poll that finds nothing costs little more than its statements: they are made once, and not with each poll.
@cache
def _taking(if_due: bool) -> Any:
    moment: Any = bindparam("its_moment", type_=_type_of(Source.leased_until))
    is_free = or_(col(Source.leased_until).is_(None), col(Source.leased_until) <= moment)
    is_due = or_(col(Source.next_poll_at).is_(None), col(Source.next_poll_at) <= moment)
    is_wanted = and_(*_is_polled(), is_due) if if_due else true()
    return (
        update(Source)
        .where(col(Source.id) == bindparam("its_id"), is_free, is_wanted)
        .values(lease=bindparam("its_lease"), leased_until=bindparam("its_until"))
        .returning(Source)
        .execution_options(populate_existing=True, synchronize_session=False)
    )


@cache
def _succeeding(*, has_lease: bool, has_moved: bool, has_news: bool) -> Update:
    changes: dict[str, Any] = {
        "polled_at": bindparam("its_moment"),
        "succeeded_at": bindparam("its_moment"),
        "next_poll_at": bindparam("its_next"),
        "interval_seconds": bindparam("its_interval"),
        "ttl_seconds": bindparam("its_ttl"),
        "etag": bindparam("its_etag"),
        "last_modified": bindparam("its_modified"),
        "failures": 0,
        "last_error": None,
        "trouble": None,
        "ailing_since": None,
        "moved_to": None,
        "moved_times": 0,
        "lease": None,
        "leased_until": None,
    }
    if has_news:
        changes["news_at"] = bindparam("its_moment")
    if has_moved:
        move: Any = bindparam("its_move")
        changes["moved_to"] = move
        changes["moved_times"] = case((col(Source.moved_to) == move, col(Source.moved_times) + 1), else_=1)
    mine = [col(Source.id) == bindparam("its_id")]
    if has_lease:
        mine.append(col(Source.lease) == bindparam("its_lease"))
    recording = update(Source).where(*mine).values(**changes).returning(col(Source.id))
    return recording.execution_options(synchronize_session=False)


def _type_of(column: Any) -> Any:
    """Give a column's type, which a parameter that is only compared gets no other way on PostgreSQL."""
    attribute: QueryableAttribute[Any] = column
    return attribute.type


async def keep_place(session: AsyncSession, *, source_id: str, resume_url: str) -> None:
    """Keep where the next poll of a feed in pages goes on.

    Args:
        session: A unit of work that writes.
        source_id: The source.
        resume_url: The address of the first page that was not taken.
    """
    await session.exec(update(Source).where(col(Source.id) == source_id).values(resume_url=resume_url))
