"""Where articles come from, and how reading them went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, true
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Source
from storage.upserts import add_if_new

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
    if source is None:
        return False
    source.enabled = enabled
    source.next_poll_at, source.last_error, source.failures = None, None, 0
    session.add(source)
    return True


async def enabled_sources(session: AsyncSession) -> list[Source]:
    """Give the feeds that are to be polled, by key."""
    wanted = select(Source).where(col(Source.enabled), col(Source.kind) == "feed").order_by(col(Source.id))
    return list((await session.exec(wanted)).all())


async def all_sources(session: AsyncSession) -> list[Source]:
    """Give every source, by key."""
    return list((await session.exec(select(Source).order_by(col(Source.id)))).all())


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
    is_free = or_(col(Source.leased_until).is_(None), col(Source.leased_until) <= moment)
    is_due = and_(col(Source.enabled), or_(col(Source.next_poll_at).is_(None), col(Source.next_poll_at) <= moment))
    taking = (
        update(Source)
        .where(col(Source.id) == source_id, is_free, is_due if if_due else true())
        .values(lease=lease, leased_until=until)
        .returning(Source)
        .execution_options(populate_existing=True)
    )
    taken = (await session.exec(taking)).first()
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


async def release_source(session: AsyncSession, *, source_id: str, lease: str) -> None:
    """Give the right to poll a source back, unless another poll has it by now."""
    mine = (col(Source.id) == source_id, col(Source.lease) == lease)
    await session.exec(update(Source).where(*mine).values(lease=None, leased_until=None))


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
) -> None:
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
    """
    source = await session.get_one(Source, source_id)
    source.polled_at = source.succeeded_at = polled_at
    source.next_poll_at, source.interval_seconds, source.ttl_seconds = next_poll_at, interval_seconds, ttl_seconds
    source.failures, source.last_error = 0, None
    source.etag, source.last_modified = etag, last_modified
    is_same_move = moved_to is not None and moved_to == source.moved_to
    source.moved_times = (source.moved_times if is_same_move else 0) + (moved_to is not None)
    source.moved_to = moved_to
    source.lease, source.leased_until = None, None
    if source.moved_times >= MOVES_TO_BELIEVE:
        source.url, source.moved_to, source.moved_times = moved_to, None, 0
    session.add(source)


async def record_failure(
    session: AsyncSession,
    *,
    source_id: str,
    polled_at: datetime,
    error: str,
    next_poll_at: datetime | None,
) -> None:
    """Keep that a poll failed, and give the source free; the validators of the last good one stay.

    Args:
        session: A unit of work that writes.
        source_id: The source.
        polled_at: When.
        error: What went wrong.
        next_poll_at: From when on it is due again; None ends the source: it is switched off, and the error says why.
    """
    source = await session.get_one(Source, source_id)
    source.polled_at, source.last_error, source.next_poll_at = polled_at, error, next_poll_at
    source.failures += 1
    source.lease, source.leased_until = None, None
    source.enabled = source.enabled and next_poll_at is not None
    session.add(source)
