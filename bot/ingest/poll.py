"""One poll of a source: its feed, the pages of what is new in it, and what is kept of them.

Each article is kept in a transaction of its own, and the feed's validators only after the last of them:
a poll that is broken off anywhere is made again in full, and what it kept already is known by then.
A lease in the source's row keeps two polls of it apart, also those of two processes.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.errors import CitaatwachtError
from bot.ingest.dates import dated
from bot.ingest.errors import (
    BadStatus,
    FetchError,
    HostResting,
    LeaseLost,
    PageError,
    PageWalled,
    SourceMissing,
    fault_of,
    trouble_of,
)
from bot.ingest.fetch import FEED, Fetcher
from bot.ingest.identity import cleaned_url, identity_of
from bot.ingest.keeping import ReadPage, held_against_whole, keep_first, read_article
from bot.ingest.leases import new_lease
from bot.ingest.pace import LONGEST_WAIT, Pace, at_least
from bot.ingest.parliament.following import FRESH, AccountReader, Followed, Follower
from bot.ingest.parliament.keeping import keep_account
from bot.ingest.sameness import is_known_entry
from bot.ingest.values import Feed, FeedEntry, FeedReader, Fetched, PageReader, PageText, PollReport
from storage.articles import keep_unreadable
from storage.database import Database
from storage.operator_notices import queue_notice
from storage.polling import UnreadArticle, known_addresses, named_articles, remember_address, unread_articles
from storage.sources import (
    lease_source,
    postpone_source,
    record_failure,
    record_success,
    release_source,
    renew_lease,
)
from storage.tables import Source

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 100
"""New entries that one poll takes, the newest first; the rest is left to the next."""

MOST_TRIED = 20
"""Pages that one poll tries again before it takes what is new, so that news does not wait for them."""

LEAST_FEED_TEXT = 500
"""Characters from which the text in a feed is the article, and not a summary of it."""

LEAST_TEASER = 80
"""Characters from which the text in a feed is kept as the public part of a page that shows nothing for free."""

RETRIES = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
"""Pauses before a page that could not be read is tried again; after the last it is given up."""


GONE = 410

LEASE = timedelta(minutes=15)
"""How long a poll has its source without keeping an article; each article that it keeps begins this anew."""


async def poll(
    source_id: str,
    database: Database,
    fetcher: Fetcher,
    read_page: PageReader,
    *,
    read_feed: FeedReader,
    pace: Pace,
    moment: datetime,
    if_due: bool = False,
    operators: Collection[int] = (),
    accounts: AccountReader | None = None,
) -> PollReport:
    """Look for new articles in a source, and keep them for the pipeline to take.

    Entries that are known already cost nothing. A page that cannot be read is recorded with the reason
    and tried again by later polls, whether or not the feed still has it. Twice is the same as once.

    Args:
        source_id: The source.
        database: Where articles are kept.
        fetcher: How documents are fetched.
        read_page: ``page.read_page``, run in the worker process.
        read_feed: ``feed.read_feed``, run in the worker process, with a time limit.
        pace: Between which bounds the source's interval adapts.
        moment: Now.
        if_due: Whether to leave a source alone that is switched off or not yet due.
        operators: Chats that are told when the source ends, is ailing, or is well again.
        accounts: What reads reports and transcripts; sources of these are not read without it.

    Returns:
        What was found; a feed that could not be read is no exception but ``error``.

    Raises:
        SourceMissing: There is no such source, or it has no feed.
    """
    lease = new_lease()
    try:
        async with database.writing() as session:
            source = await lease_source(
                session, source_id=source_id, lease=lease, moment=moment, until=moment + LEASE, if_due=if_due
            )
            if source is None:
                return _skipped(source_id, await session.get(Source, source_id), moment, if_due)
            feed_url = _feed_of(source_id, source)
            unread = await unread_articles(session, source_id=source_id, moment=moment, limit=MOST_TRIED)
        poller = _Poll(
            source, feed_url, database, fetcher, read_page, read_feed, pace, moment, lease, operators, accounts
        )
        await poller.run(unread)
    except LeaseLost as error:
        log.warning("poll broken off", source=source_id, reason=str(error))
        return replace(poller.report, error=str(error))
    except BaseException:
        # A poll that is broken off while its lease is being written down may have it all the same.
        async with database.writing() as session:
            await release_source(session, source_id=source_id, lease=lease)
        raise
    return poller.report


@dataclass(slots=True)
class _Poll:
    """One poll while it runs."""

    source: Source
    feed_url: str
    database: Database
    fetcher: Fetcher
    read_page: PageReader
    read_feed: FeedReader
    pace: Pace
    moment: datetime
    lease: str
    operators: Collection[int]
    accounts: AccountReader | None
    report: PollReport = field(init=False)
    started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.report = PollReport(self.source.id)

    async def run(self, unread: Sequence[UnreadArticle]) -> None:
        """Try again what could not be read, and take what is new; whatever goes wrong with that is written down."""
        try:
            for article in unread:
                await self._try_again(article)
            await (self._take_reports() if self.source.kind == "parliament" else self._take_feed())
        except HostResting as error:
            await self._postpone(error)
        except Exception as error:
            await self._record_failure(fault_of(error))

    async def _take_feed(self) -> None:
        """Fetch the feed, take what is new in it, and only then remember that we have it."""
        fetched = await self.fetcher.fetch(
            self.feed_url, FEED, etag=self.source.etag, last_modified=self.source.last_modified
        )
        feed = await self._read(fetched)
        self.report = replace(self.report, is_unchanged=fetched.is_unchanged, entries=len(feed.entries))
        for entry in await self._chosen(feed):
            await self._take(entry)
        await self._record_success(fetched, feed)

    async def _take_reports(self) -> None:
        """Go on in the feed of the Chamber's reports from where the last poll left it."""
        since = (self.source.succeeded_at or self.moment) - FRESH
        follower = Follower(
            self.source,
            self.feed_url,
            self.fetcher,
            self._account_reader(),
            self._keeping,
            since,
            self.moment,
            self._retry_at,
        )
        try:
            fetched = await follower.follow()
        finally:
            self._report(follower.followed)
        await self._record_success(fetched, Feed("", ()))

    async def _try_again(self, article: UnreadArticle) -> None:
        """Try a page that could not be read before; it stays under the identity it was recorded with."""
        published_at = None if article.published_is_estimated else article.published_at
        entry = FeedEntry(article.url, article.title, published_at, "")
        try:
            await self._keep(article.identity, entry, await self._page(article.url))
        except Exception as error:
            await self._keep_unreadable(article.identity, entry, fault_of(error), attempts=article.attempts)

    async def _read(self, fetched: Fetched) -> Feed:
        if fetched.is_unchanged:
            ttl = self.source.ttl_seconds
            return Feed("", (), None if ttl is None else timedelta(seconds=ttl))
        return await self.read_feed(fetched.body, fetched.url, fetched.charset, self.source.timezone, self.moment)

    async def _chosen(self, feed: Feed) -> list[FeedEntry]:
        """Give the entries that are new, as many as one poll takes, the oldest first."""
        entries = {_address(entry): entry for entry in reversed(feed.entries) if entry.url or entry.text}
        async with self.database.reading() as session:
            known = await known_addresses(session, source_id=self.source.id, addresses=entries)
            unknown = [entry for address, entry in entries.items() if address not in known]
            # An entry without a page has its text in the feed alone: another text is another version of it.
            guids = [entry.guid for entry in unknown if entry.guid and entry.url]
            named = await named_articles(session, source_id=self.source.id, guids=guids)
        new = [entry for entry in unknown if not is_known_entry(entry, named)]
        new.sort(key=lambda entry: entry.published_at or self.moment)
        self.report = replace(self.report, left=max(0, len(new) - MOST_AT_ONCE))
        return new[-MOST_AT_ONCE:]

    async def _take(self, entry: FeedEntry) -> None:
        """Take a new entry; one that cannot be is recorded with the reason, and holds up no other."""
        try:
            read = await self._article(entry)
            identity = identity_of(canonical=read.page.canonical_url, url=entry.url, text=read.page.text)
            await self._keep(identity, entry, read)
        except Exception as error:
            await self._keep_unreadable(_address(entry), entry, fault_of(error), attempts=0)

    async def _article(self, entry: FeedEntry) -> ReadPage:
        """Give an entry's page, or what the feed itself has of the article where there is no page to be had."""
        in_feed = ReadPage(PageText(entry.title, entry.text, None, None))
        if entry.url is None:
            return in_feed
        try:
            return await self._page(entry.url)
        except PageWalled:
            if len(entry.text) < LEAST_TEASER:
                raise
            return ReadPage(replace(in_feed.page, is_paywalled=True))
        except CitaatwachtError:
            if len(entry.text) < LEAST_FEED_TEXT:
                raise
            return in_feed

    async def _page(self, url: str) -> ReadPage:
        read = await read_article(self.fetcher, self.read_page, url, self.source.timezone)
        if read is None:
            message = "the page is said to be unchanged, and was never read"
            raise PageError(message)
        return read

    async def _keep(self, identity: str, entry: FeedEntry, read: ReadPage) -> None:
        if self.source.kind == "transcripts":
            await self._keep_transcript(identity, entry, read.page)
            return
        held = await held_against_whole(self.database, identity=identity, text=read.page.text)
        async with self._keeping() as session:
            kept = await keep_first(
                session,
                identity=identity,
                source_id=self.source.id,
                entry=entry,
                read=read,
                moment=self.moment,
                held=held,
            )
        self.report = replace(
            self.report, new=self.report.new + kept.is_new, changed=self.report.changed + kept.is_changed
        )

    async def _keep_transcript(self, identity: str, entry: FeedEntry, page: PageText) -> None:
        held_at = entry.published_at or page.published_at or self.moment
        account = await self._account_reader().read_transcript(
            page.text, identity, page.title or entry.title, min(held_at, self.moment)
        )
        if not account.turns:
            error = PageError("nobody of the roster speaks in it")
            await self._keep_unreadable(identity, entry, error, attempts=len(RETRIES))
            return
        async with self._keeping() as session:
            kept = await keep_account(session, account, source_id=self.source.id, url=entry.url)
            address = _address(entry)
            if kept is not None and address != identity:
                await remember_address(session, url=address, article_id=kept.article_id)
        if kept is not None:
            self.report = replace(
                self.report, new=self.report.new + kept.is_new, changed=self.report.changed + kept.is_changed
            )

    def _account_reader(self) -> AccountReader:
        if self.accounts is None:
            message = f"{self.source.id}: reports and transcripts are not read here"
            raise SourceMissing(message)
        return self.accounts

    def _report(self, followed: Followed) -> None:
        self.report = replace(
            self.report,
            entries=followed.entries,
            new=followed.new,
            changed=followed.changed,
            unreadable=followed.unreadable,
            left=int(followed.has_more),
        )

    async def _keep_unreadable(
        self, identity: str, entry: FeedEntry, error: CitaatwachtError, *, attempts: int
    ) -> None:
        retry_at = self._retry_at(error, attempts)
        published_at, is_estimated = dated(entry.published_at, moment=self.moment)
        async with self._keeping() as session:
            await keep_unreadable(
                session,
                identity=identity,
                source_id=self.source.id,
                url=cleaned_url(entry.url) if entry.url else None,
                title=entry.title,
                published_at=published_at,
                published_is_estimated=is_estimated,
                reason=str(error),
                retry_at=retry_at,
                is_attempt=not isinstance(error, HostResting),
            )
        self.report = replace(self.report, unreadable=self.report.unreadable + 1)
        tell = log.info if isinstance(error, HostResting) else log.warning
        tell("page unreadable", source=self.source.id, reason=str(error), retry_at=retry_at)

    def _retry_at(self, error: CitaatwachtError, attempts: int) -> datetime | None:
        if isinstance(error, HostResting):  # the page was not asked for
            return self.moment + at_least(RETRIES[0], error.retry_after)
        if attempts >= len(RETRIES):
            return None
        pause = RETRIES[attempts]
        if isinstance(error, FetchError):
            if error.permanent:
                return None
            pause = max(pause, error.retry_after or pause)
        return self.moment + pause

    async def _record_success(self, fetched: Fetched, feed: Feed) -> None:
        last, has_more = self.source.interval_seconds, self.report.left > 0
        interval = self.pace.after_success(
            None if last is None else timedelta(seconds=last), has_news=self.report.new > 0, has_more=has_more
        )
        etag, last_modified = fetched.etag, fetched.last_modified
        if fetched.is_unchanged:
            etag, last_modified = etag or self.source.etag, last_modified or self.source.last_modified
        elif has_more or not feed.is_whole:
            etag = last_modified = None
        fresh_for = None if fetched.fresh_for is None else min(fetched.fresh_for, self.pace.most)
        next_poll_at = self.moment + at_least(interval, fresh_for, feed.ttl)
        async with self.database.writing() as session:
            is_ours = await record_success(
                session,
                source_id=self.source.id,
                polled_at=self.moment,
                next_poll_at=next_poll_at,
                interval_seconds=round(interval.total_seconds()),
                etag=etag,
                last_modified=last_modified,
                ttl_seconds=None if feed.ttl is None else round(feed.ttl.total_seconds()),
                moved_to=fetched.moved_to,
                has_news=self.report.new > 0,
                lease=self.lease,
            )
            if not is_ours:
                raise self._lease_lost()
            if self.source.ailing_since is not None:
                self._tell(session, "source_recovered")
        self.report = replace(self.report, next_poll_at=next_poll_at)

    async def _postpone(self, error: HostResting) -> None:
        """Leave the source until its host has rested: nothing was asked, so that nothing failed."""
        next_poll_at = self.moment + at_least(self.pace.least, error.retry_after)
        async with self.database.writing() as session:
            await postpone_source(session, source_id=self.source.id, lease=self.lease, next_poll_at=next_poll_at)
        log.info("source left for later", source=self.source.id, reason=str(error), next_poll_at=next_poll_at)
        self.report = replace(self.report, is_skipped=True, error=str(error), next_poll_at=next_poll_at)

    async def _record_failure(self, error: CitaatwachtError) -> None:
        """Record why there is no feed; one that is gone for good (410) ends its source."""
        is_end = isinstance(error, BadStatus) and error.status == GONE
        patience = error.retry_after if isinstance(error, FetchError) else None
        wait = self.pace.after_failures(self.source.failures + 1)
        next_poll_at = None if is_end else self.moment + at_least(wait, patience)
        is_ailing = not is_end and wait >= LONGEST_WAIT
        log.warning(
            "source ended" if is_end else "feed unreadable",
            source=self.source.id,
            reason=str(error),
            next_poll_at=next_poll_at,
        )
        async with self._keeping() as session:
            await record_failure(
                session,
                source_id=self.source.id,
                polled_at=self.moment,
                error=str(error),
                next_poll_at=next_poll_at,
                trouble=trouble_of(error),
                is_ailing=is_ailing,
            )
            if is_end or (is_ailing and self.source.ailing_since is None):
                self._tell(session, "source_ended" if is_end else "source_ailing", trouble_of(error), str(error))
        self.report = replace(self.report, error=str(error), next_poll_at=next_poll_at)

    def _tell(self, session: AsyncSession, what: str, trouble: str = "", reason: str = "") -> None:
        detail = {"id": self.source.id, "name": self.source.name, "trouble": trouble, "reason": reason}
        queue_notice(session, chat_ids=self.operators, what=what, detail=detail, moment=self.moment)

    @asynccontextmanager
    async def _keeping(self) -> AsyncIterator[AsyncSession]:
        """Give a session that writes as long as the source is ours, and keep it ours for as long again."""
        now = self.moment + timedelta(seconds=time.monotonic() - self.started)
        async with self.database.writing() as session:
            if not await renew_lease(session, source_id=self.source.id, lease=self.lease, until=now + LEASE):
                raise self._lease_lost()
            yield session

    def _lease_lost(self) -> LeaseLost:
        return LeaseLost(f"another poll took {self.source.id} over")


def _feed_of(source_id: str, source: Source | None) -> str:
    if source is None or source.url is None:
        message = f"there is no feed under the source {source_id!r}"
        raise SourceMissing(message)
    return source.url


def _skipped(source_id: str, source: Source | None, moment: datetime, if_due: bool) -> PollReport:
    """Tell why there was no lease to be had."""
    _feed_of(source_id, source)
    if source is not None and if_due and not (source.enabled and (source.next_poll_at or moment) <= moment):
        return PollReport(source_id, is_skipped=True, next_poll_at=source.next_poll_at)
    return PollReport(source_id, is_skipped=True, error="another poll of it is going on")


def _address(entry: FeedEntry) -> str:
    """Give what tells entries apart before their pages are read."""
    return identity_of(canonical=None, url=entry.url, text=entry.text)
