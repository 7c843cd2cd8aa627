"""Visits to pages that were read before: what changed in them becomes a new version of the article.

Each visit is claimed in the tables, so that two processes make it once, and a process that dies loses none. Pages of
one source are visited one by one, pages of several side by side.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from bot.errors import CitaatwachtError
from bot.ingest.errors import FetchError, HostResting, fault_of
from bot.ingest.fetch import Fetcher
from bot.ingest.keeping import ReadPage, held_against_whole, keep_again, next_visit, read_article
from bot.ingest.values import PageReader
from storage.database import Database
from storage.visits import DueVisit, claim_visit, plan_visit

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=15)
"""How long a visit is this process's own: far longer than a page may take, with its turn at the host."""

SIDE_BY_SIDE = 4
"""How many sources are visited at a time."""


@dataclass(slots=True)
class RevisitReport:
    """What came of a round of visits.

    Attributes:
        visited: How many pages were asked for.
        unchanged: How many of them were still what was read before, by the server's word or by their text.
        changed: How many brought another text.
        failed: How many could not be had or read; nothing is withdrawn for that.
    """

    visited: int = 0
    unchanged: int = 0
    changed: int = 0
    failed: int = 0


async def revisit(
    database: Database,
    fetcher: Fetcher,
    read_page: PageReader,
    *,
    moment: datetime | None = None,
    stopping: asyncio.Event | None = None,
) -> RevisitReport:
    """Make the visits that are due.

    Args:
        database: Where articles are kept.
        fetcher: How pages are fetched: one request a host at a time, as robots.txt allows.
        read_page: ``page.read_page``, run in the worker process.
        moment: Now; None for the clock's, asked anew for each visit.
        stopping: Once set, no more visits are begun.

    Returns:
        What came of it.
    """
    round_ = _Round(database, fetcher, read_page, moment, stopping or asyncio.Event())
    async with asyncio.TaskGroup() as group:
        for _ in range(SIDE_BY_SIDE):
            group.create_task(round_.work())
    return round_.report


@dataclass(slots=True)
class _Round:
    """One round of visits while it runs."""

    database: Database
    fetcher: Fetcher
    read_page: PageReader
    moment: datetime | None
    stopping: asyncio.Event
    report: RevisitReport = field(default_factory=RevisitReport)
    in_hand: set[str] = field(default_factory=set)
    claiming: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def work(self) -> None:
        """Make one visit after another until none is due of a source that nobody else is at."""
        while not self.stopping.is_set():
            visit = await self._claim()
            if visit is None:
                return
            try:
                await self._visit(visit)
            finally:
                self.in_hand.discard(visit.source_id)

    async def _claim(self) -> DueVisit | None:
        now = self._now()
        async with self.claiming, self.database.writing() as session:
            visit = await claim_visit(session, moment=now, until=now + LEASE, skip_sources=self.in_hand)
            if visit is not None:
                self.in_hand.add(visit.source_id)
        return visit

    async def _visit(self, visit: DueVisit) -> None:
        """Visit a page; whatever goes wrong with it is its own matter, and breaks off no round."""
        try:
            read = await read_article(
                self.fetcher,
                self.read_page,
                visit.url,
                visit.timezone,
                etag=visit.etag,
                last_modified=visit.last_modified,
            )
            await self._keep(visit, read)
        except HostResting as error:
            await self._postpone(visit, error)
            return
        except Exception as error:
            await self._note_failure(visit, fault_of(error))
        self.report.visited += 1

    async def _keep(self, visit: DueVisit, read: ReadPage | None) -> None:
        held = None
        if read is not None:
            held = await held_against_whole(self.database, identity=visit.identity, text=read.page.text)
        async with self.database.writing() as session:
            is_changed = False
            if read is not None:
                kept = await keep_again(
                    session,
                    identity=visit.identity,
                    source_id=visit.source_id,
                    url=visit.url,
                    title=visit.title,
                    page=read.page,
                    published_at=visit.published_at,
                    is_estimated=visit.published_is_estimated,
                    held=held,
                )
                is_changed = kept.is_changed
            await plan_visit(
                session,
                article_id=visit.article_id,
                visits=visit.visits + 1,
                revisit_at=next_visit(visit.fetched_at, visit.visits + 1, self._now()),
                etag=read.etag if read else visit.etag,
                last_modified=read.last_modified if read else visit.last_modified,
            )
        self.report.changed += is_changed
        self.report.unchanged += not is_changed
        if is_changed:
            log.info("article changed", article=visit.article_id, source=visit.source_id)

    async def _postpone(self, visit: DueVisit, error: HostResting) -> None:
        """Leave a visit for when its host has rested: the page was not asked for."""
        async with self.database.writing() as session:
            await plan_visit(
                session,
                article_id=visit.article_id,
                visits=visit.visits,
                revisit_at=self._now() + (error.retry_after or timedelta()),
                etag=visit.etag,
                last_modified=visit.last_modified,
            )

    async def _note_failure(self, visit: DueVisit, error: CitaatwachtError) -> None:
        """Leave the article as it is: a page that is gone or refuses is not asked for again, any other in its turn."""
        self.report.failed += 1
        revisit_at = None
        if not (isinstance(error, FetchError) and error.permanent):
            revisit_at = next_visit(visit.fetched_at, visit.visits + 1, self._now())
            patience = error.retry_after if isinstance(error, FetchError) else None
            if revisit_at is not None and patience is not None:
                revisit_at = max(revisit_at, self._now() + patience)
        async with self.database.writing() as session:
            await plan_visit(
                session,
                article_id=visit.article_id,
                visits=visit.visits + 1,
                revisit_at=revisit_at,
                etag=visit.etag,
                last_modified=visit.last_modified,
            )
        log.warning("page not visited", article=visit.article_id, reason=str(error), revisit_at=revisit_at)

    def _now(self) -> datetime:
        return self.moment or datetime.now(UTC)
