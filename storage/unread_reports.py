"""Reports that a poll could not read: dead letters of the intake that are tried again, each at its moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Intake, now
from storage.upserts import add_or_update

REPORT = "report"
"""The stamp of a dead letter that is no page, but a report of the Tweede Kamer."""


async def keep_unread_report(
    session: AsyncSession, *, url: str, source_id: str, reason: str, attempts: int, retry_at: datetime | None
) -> None:
    """Keep that a report could not be read, and why.

    Args:
        session: A unit of work that writes.
        url: Its address.
        source_id: The source that leads to it.
        reason: Why.
        attempts: How often it was tried by now.
        retry_at: When to try it again; None when it is given up.
    """
    changes: dict[str, Any] = {"reason": reason, "attempts": attempts, "retry_at": retry_at, "read_at": now()}
    row = Intake(place=url, source_id=source_id, stamp=REPORT, **changes)
    await add_or_update(session, row, key=("place",), changes=changes)


async def unread_reports(session: AsyncSession, *, source_id: str) -> dict[str, tuple[int, datetime | None]]:
    """Give a source's reports that could not be read: how often each was tried, and when it is again, by its address.

    Args:
        session: A unit of work.
        source_id: The source.

    Returns:
        The reports; those that were given up have no moment.
    """
    wanted = (
        select(Intake)
        .where(col(Intake.source_id) == source_id, col(Intake.stamp) == REPORT, col(Intake.reason).is_not(None))
        .order_by(col(Intake.retry_at), col(Intake.place))
    )
    return {row.place: (row.attempts, row.retry_at) for row in await session.exec(wanted)}


async def report_was_read(session: AsyncSession, *, url: str) -> None:
    """Keep that a report could be read after all."""
    is_it = (col(Intake.place) == url, col(Intake.stamp) == REPORT)
    await session.exec(update(Intake).where(*is_it).values(reason=None, attempts=0, retry_at=None, read_at=now()))
