"""Where articles come from, and how reading them went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Source
from storage.upserts import add_if_new

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
    """Poll a source, or poll it no more; False if there is none with that key."""
    source = await session.get(Source, source_id)
    if source is None:
        return False
    source.enabled = enabled
    session.add(source)
    return True


async def enabled_sources(session: AsyncSession) -> list[Source]:
    """Give the feeds that are to be polled, by key."""
    wanted = select(Source).where(col(Source.enabled), col(Source.kind) == "feed").order_by(col(Source.id))
    return list((await session.exec(wanted)).all())


async def all_sources(session: AsyncSession) -> list[Source]:
    """Give every source, by key."""
    return list((await session.exec(select(Source).order_by(col(Source.id)))).all())


async def record_poll(
    session: AsyncSession,
    *,
    source_id: str,
    polled_at: datetime,
    etag: str | None,
    last_modified: str | None,
    error: str | None,
) -> None:
    """Keep how a poll went.

    Args:
        session: A unit of work that writes.
        source_id: The source.
        polled_at: When.
        etag: The answer's ``ETag`` for the next conditional request.
        last_modified: The answer's ``Last-Modified``.
        error: What went wrong; None for a success, which keeps the validators and forgets earlier failures.
    """
    values: dict[str, Any] = {"polled_at": polled_at, "last_error": error}
    if error is None:
        values |= {"succeeded_at": polled_at, "failures": 0, "etag": etag, "last_modified": last_modified}
    else:
        values["failures"] = col(Source.failures) + 1
    await session.exec(update(Source).where(col(Source.id) == source_id).values(values))
