"""The feed of the Chamber's reports, followed from where the last poll left it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.errors import CitaatwachtError
from bot.ingest.errors import BadStatus, FetchError, HostResting, IngestError, fault_of
from bot.ingest.fetch import FEED, REPORT, Fetcher
from bot.ingest.parliament.accounts import Account
from bot.ingest.parliament.keeping import keep_account
from bot.ingest.parliament.syncfeed import SyncPage, read_sync_page
from bot.ingest.values import Fetched
from storage.sources import keep_place
from storage.tables import Source
from storage.unread_reports import keep_unread_report, report_was_read, unread_reports

log = structlog.get_logger(__name__)

Keeping = Callable[[], AbstractAsyncContextManager[AsyncSession]]

FRESH = timedelta(days=7)
"""How far back from the last poll that went well reports are taken, from the first poll if there was none.

The feed begins with the reports of all years, more of them than a poll takes; old ones are `citaatwacht ingest`'s.
"""

MOST_PAGES = 100
"""Pages that one poll takes; the next one goes on from there."""

PATIENCE = 5
"""Polls in a row that a report may hold up what comes after it, where its file is missing or takes too long to read."""


class AccountReader(Protocol):
    """What makes accounts of reports and transcripts: the worker process, which knows the roster."""

    async def read_report(self, body: bytes) -> list[Account]:
        """Read a report's XML."""
        ...

    async def read_transcript(self, text: str, identity: str, title: str, held_at: datetime) -> Account:
        """Read the text of a transcript."""
        ...


@dataclass(slots=True)
class Followed:
    """What a poll of the reports brought.

    Attributes:
        entries: How many entries the pages held.
        new: How many debates were kept for the first time.
        changed: How many known debates got another text.
        unreadable: How many reports could not be read.
        has_more: Whether the feed goes on beyond what one poll takes.
    """

    entries: int = 0
    new: int = 0
    changed: int = 0
    unreadable: int = 0
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Follower:
    """Follows one source of reports.

    Attributes:
        source: The source; its ``resume_url`` is where to go on.
        feed_url: Its address.
        fetcher: How documents are fetched.
        reader: What reads them.
        keeping: Gives a session that writes, as long as the source is ours.
        since: Reports that were changed before this are passed over.
        moment: Now.
        retry_at: When a report is tried again that could not be read, by what was wrong and how often it was tried
            before; None where it is given up.
    """

    source: Source
    feed_url: str
    fetcher: Fetcher
    reader: AccountReader
    keeping: Keeping
    since: datetime
    moment: datetime
    retry_at: Callable[[CitaatwachtError, int], datetime | None]
    unread: dict[str, int] = field(default_factory=dict)
    """How often reports were tried that could not be read, by their addresses."""
    followed: Followed = field(default_factory=Followed)

    async def follow(self) -> Fetched:
        """Try again what could not be read, and take the pages that are new.

        After each page it is kept where the next poll goes on.

        Returns:
            The last page as fetched; what came of it all is in ``followed``.

        Raises:
            CitaatwachtError: A page could not be fetched or read, or a report not just now: the next poll goes on
                with its page, and what was kept of it already is known by then.
        """
        await self._try_again()
        url = self.source.resume_url or self.feed_url
        for _ in range(MOST_PAGES):
            fetched = await self.fetcher.fetch(url, FEED)
            page = read_sync_page(fetched.body, url=fetched.url)
            await self._take(page)
            url = page.next_url or page.resume_url or url
            async with self.keeping() as session:
                await keep_place(session, source_id=self.source.id, resume_url=url)
            if page.next_url is None:
                return fetched
        self.followed.has_more = True
        return fetched

    async def _take(self, page: SyncPage) -> None:
        self.followed.entries += len(page.entries)
        for entry in page.entries:
            if entry.updated_at is None or entry.updated_at >= self.since:
                await self._take_report(entry.url)

    async def _try_again(self) -> None:
        """Try the reports whose turn it is; they hold up nothing."""
        async with self.keeping() as session:
            known = await unread_reports(session, source_id=self.source.id)
        self.unread.update({url: attempts for url, (attempts, _) in known.items()})
        for url, (_, retry_at) in known.items():
            if retry_at is None or retry_at > self.moment:
                continue
            try:
                await self._read(url)
            except HostResting:
                continue  # it was not asked for, and stays due
            except Exception as error:
                await self._keep_unread(url, fault_of(error))

    async def _take_report(self, url: str) -> None:
        try:
            await self._read(url)
        except Exception as error:
            fault = fault_of(error)
            if self._may_mend(fault):
                raise
            await self._keep_unread(url, fault)

    async def _read(self, url: str) -> None:
        fetched = await self.fetcher.fetch(url, REPORT)
        accounts = await self.reader.read_report(fetched.body)
        for fault in dict.fromkeys(fault for account in accounts for fault in account.faults):
            log.warning("report with a fault", source=self.source.id, url=url, reason=fault)
        for account in accounts:
            async with self.keeping() as session:
                kept = await keep_account(session, account, source_id=self.source.id, url=url)
            if kept is not None:
                self.followed.new += kept.is_new
                self.followed.changed += kept.is_changed
        if self.unread.pop(url, None) is not None:
            async with self.keeping() as session:
                await report_was_read(session, url=url)

    async def _keep_unread(self, url: str, error: CitaatwachtError) -> None:
        """Keep why a report could not be read, for a later try and for whoever asks."""
        attempts = self.unread.get(url, 0)
        retry_at = self.retry_at(error, attempts)
        self.unread[url] = attempts + 1
        async with self.keeping() as session:
            await keep_unread_report(
                session,
                url=url,
                source_id=self.source.id,
                reason=str(error),
                attempts=attempts + 1,
                retry_at=retry_at,
            )
        self.followed.unreadable += 1
        log.warning("report unreadable", source=self.source.id, url=url, reason=str(error), retry_at=retry_at)

    def _may_mend(self, error: CitaatwachtError) -> bool:
        """Whether a report is only out of reach just now: it would be lost if the next poll went on behind it."""
        is_patient = self.source.failures < PATIENCE
        if isinstance(error, FetchError):
            is_missing = isinstance(error, BadStatus) and error.status == 404
            return not error.permanent and (is_patient or not is_missing)
        return is_patient and not isinstance(error, IngestError)
