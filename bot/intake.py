"""`citaatwacht ingest`: articles from files, folders, sitemaps and feeds with their archives, taken now.

What was read is kept with the place that it came from, in one transaction: a run that is broken off anywhere is gone
on with by the next one, no page is fetched twice and nothing is kept twice. Statements are found by all processes at
once, and compared and stored by one, in the order in which the articles appeared.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.errors import CitaatwachtError
from bot.ingest.archive import listed_pages
from bot.ingest.fetch import Fetcher
from bot.ingest.files import find_files, source_id_of
from bot.ingest.identity import cleaned_url, identity_of
from bot.ingest.keeping import is_short_version, read_article
from bot.ingest.parliament.accounts import Account
from bot.ingest.parliament.keeping import keep_account
from bot.ingest.values import IncomingArticle
from bot.installation import open_installation
from bot.pipeline import Pipeline
from bot.service import rules_of
from bot.settings import Settings
from bot.worker import REPORT_SUFFIX, WorkerPool
from storage import articles, intake
from storage.articles import KeptArticle
from storage.database import Database
from storage.intake import DeadLetter, Place
from storage.people import export_roster
from storage.sources import ensure_feed_source, ensure_manual_source

CHAMBER = "Tweede Kamer"
"""The outlet of reports that come as files."""

ZONE = "Europe/Amsterdam"

FILES_AT_ONCE = 20
"""How many files are kept in one transaction; a page that was fetched is kept at once, so that it is never again."""

_Keep = Callable[[AsyncSession], Awaitable[KeptArticle | None]]
Item = TypeVar("Item")
Done = TypeVar("Done")

AHEAD = 3
"""Articles for each process that are read before their turn comes, so that no process waits."""


@dataclass(slots=True)
class IntakeReport:
    """What an ingest did; ``problems`` are sentences that name the file or address and the reason."""

    new: int = 0
    known: int = 0
    statements: int = 0
    reversals: int = 0
    problems: list[str] = field(default_factory=list)

    def count(self, kept: KeptArticle | None) -> None:
        """Count an article that was kept."""
        if kept is not None:
            self.new += kept.is_new or kept.is_changed
            self.known += not (kept.is_new or kept.is_changed)


async def ingest_places(
    settings: Settings,
    places: Sequence[str],
    *,
    announce: bool,
    console: Console,
    workers: int = 1,
    retry: bool = False,
) -> IntakeReport:
    """Keep the articles of files, sitemaps and feeds, and take all that wait.

    Args:
        settings: Which database, and how articles are read.
        places: Files, folders, and addresses of sitemaps and feeds.
        announce: Whether chats are alerted to what is found.
        console: Where the progress bar goes.
        workers: How many processes read.
        retry: Whether to read once more what could not be read before.

    Returns:
        What was done. A place that cannot be read is a problem in it, and the rest goes on.
    """
    async with _opened(settings, workers, announce, console) as run:
        if retry:
            await run.take_up_dead_letters()
        for place in places:
            try:
                await run.keep_place(place)
            except CitaatwachtError as error:
                run.report.problems.append(str(error))
        await run.take_all()
        return run.report


async def dead_letters(settings: Settings) -> list[tuple[str, str]]:
    """Give what could not be read or taken, and why."""
    database = await open_installation(settings.database_url.get_secret_value(), settings.data_dir)
    try:
        async with database.reading() as session:
            letters = [(letter.place.name, letter.reason) for letter in await intake.dead_letters(session)]
            return letters + await intake.given_up(session)
    finally:
        await database.close()


@dataclass(frozen=True, slots=True)
class _Read:
    """What a place holds: how each article is kept, and the names of their sources by key; or why it cannot be read."""

    place: Place
    keeps: Sequence[_Keep] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    error: CitaatwachtError | None = None

    @property
    def reason(self) -> str | None:
        return None if self.error is None else str(self.error)


@asynccontextmanager
async def _opened(settings: Settings, workers: int, announce: bool, console: Console) -> AsyncIterator[_Run]:
    database = await open_installation(settings.database_url.get_secret_value(), settings.data_dir)
    try:
        async with database.reading() as session:
            popolo = await export_roster(session)
        pool = WorkerPool(popolo, spacy_model=settings.spacy_model, timeout=settings.article_timeout, size=workers)
        fetcher = Fetcher(contact=settings.contact, allow_hosts=settings.fetch_allow_hosts)
        try:
            yield _Run(settings, database, pool, fetcher, workers, announce, console)
        finally:
            await fetcher.close()
            await pool.close()
    finally:
        await database.close()


@dataclass(slots=True)
class _Run:
    settings: Settings
    database: Database
    pool: WorkerPool
    fetcher: Fetcher
    workers: int
    announce: bool
    console: Console
    report: IntakeReport = field(default_factory=IntakeReport)
    sources: set[str] = field(default_factory=set)
    """Keys of the sources that are known to be there."""

    async def take_up_dead_letters(self) -> None:
        async with self.database.writing() as session:
            letters = await intake.dead_letters(session)
            await intake.take_up_again(session)
        await self._read_all([_as_it_is_now(letter) for letter in letters])

    async def keep_place(self, name: str) -> None:
        places = await self._pages(name) if _is_address(name) else _files(name)
        async with self.database.reading() as session:
            left = await intake.unread(session, places=places)
        self.report.known += len(places) - len(left)
        await self._read_all(left)

    async def take_all(self) -> None:
        rules, now = rules_of(self.settings), datetime.now(UTC)
        async with self.database.reading() as session:
            waiting = await articles.articles_to_take(
                session, moment=now, limit=10_000_000, fresh_since=rules.fresh_since(now)
            )
        pipeline = Pipeline(self.database, self.pool, rules)
        with self._progress() as progress:
            task = progress.add_task("finding statements", total=len(waiting))
            async for article_id, found in _in_order(waiting, pipeline.find, self.workers * AHEAD):
                taken = await pipeline.take(article_id, datetime.now(UTC), found)
                self.report.statements += taken.new_statements
                self.report.reversals += len(taken.new_reversals)
                if taken.reason is not None:
                    self.report.problems.append(f"article {article_id}: {taken.reason}")
                progress.advance(task)

    async def _read_all(self, places: Sequence[Place]) -> None:
        with self._progress() as progress:
            task = progress.add_task("reading articles", total=len(places))
            waiting: list[_Read] = []
            async for place, read in _in_order(places, self._read, self.workers * AHEAD):
                waiting.append(read)
                if place.source_id is not None or sum(len(one.keeps) or 1 for one in waiting) >= FILES_AT_ONCE:
                    await self._keep(waiting)
                    waiting = []
                progress.advance(task)
            await self._keep(waiting)

    async def _keep(self, read: Sequence[_Read]) -> None:
        """Keep what was read, with the places that it came from."""
        if not read:
            return
        async with self.database.writing() as session:
            named = {source_id: name for one in read for source_id, name in one.sources.items()}
            for source_id in named.keys() - self.sources:
                await ensure_manual_source(session, source_id=source_id, name=named[source_id])
            kept = [await keep(session) for one in read for keep in one.keeps]
            await intake.record(session, reasons={one.place: one.reason for one in read})
        self.sources |= named.keys()
        for article in kept:
            self.report.count(article)
        self.report.problems += [_named(one.place, one.error) for one in read if one.error is not None]

    async def _read(self, place: Place) -> _Read:
        try:
            return await (self._read_page(place) if place.source_id else self._read_file(place))
        except CitaatwachtError as error:
            return _Read(place, error=error)

    async def _read_file(self, place: Place) -> _Read:
        contents = await self.pool.read_file(Path(place.name), datetime.now(UTC))
        keeps: list[_Keep] = []
        keeps += [partial(_keep_article, article=article, announce=self.announce) for article in contents.articles]
        keeps += [partial(_keep_debate, account=account, announce=self.announce) for account in contents.accounts]
        sources = {article.source_id: article.source_name for article in contents.articles}
        return _Read(place, keeps, sources | ({source_id_of(CHAMBER): CHAMBER} if contents.accounts else {}))

    async def _read_page(self, place: Place) -> _Read:
        read = await read_article(self.fetcher, self.pool.read_page, place.name, ZONE)
        if read is None or place.source_id is None:
            return _Read(place)
        page, now = read.page, datetime.now(UTC)
        article = IncomingArticle(
            id=place.name,
            identity=identity_of(canonical=page.canonical_url, url=place.name, text=page.text),
            source_id=place.source_id,
            source_name="",
            url=cleaned_url(place.name) or place.name,
            title=page.title,
            text=page.text,
            published_at=page.published_at or now,
            published_is_estimated=page.published_at is None,
        )
        keep = partial(_keep_article, article=article, announce=self.announce, is_paywalled=page.is_paywalled)
        return _Read(place, [keep])

    async def _pages(self, url: str) -> list[Place]:
        """Give the pages that a sitemap or feed leads to, with all its further parts."""
        async with self.database.writing() as session:
            source_id = await ensure_feed_source(session, url=url, name=urlsplit(url).hostname or url)
        listed = listed_pages(url, self.fetcher, self.pool.read_feed, zone=ZONE, now=datetime.now(UTC))
        return [Place(page, source_id=source_id) async for page in listed]

    def _progress(self) -> Progress:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        return Progress(*columns, console=self.console, disable=not self.console.is_terminal)


def _files(name: str) -> list[Place]:
    return [_file(path) for path in find_files([Path(name)], also=[REPORT_SUFFIX])]


def _file(path: Path) -> Place:
    try:
        status = path.stat()
    except OSError:
        return Place(str(path.absolute()), "gone")
    return Place(str(path.absolute()), f"{status.st_size}:{status.st_mtime_ns}")


def _as_it_is_now(letter: DeadLetter) -> Place:
    return letter.place if letter.place.source_id else _file(Path(letter.place.name))


def _is_address(name: str) -> bool:
    return urlsplit(name).scheme in ("http", "https")


def _named(place: Place, error: CitaatwachtError) -> str:
    """Say which place could not be read, once."""
    reason = str(error)
    return reason if place.name in reason or Path(place.name).name in reason else f"{place.name}: {reason}"


async def _keep_article(
    session: AsyncSession, *, article: IncomingArticle, announce: bool, is_paywalled: bool = False
) -> KeptArticle:
    return await articles.keep_article(
        session,
        identity=article.identity,
        source_id=article.source_id,
        url=article.url,
        title=article.title,
        text=article.text,
        published_at=article.published_at,
        published_is_estimated=article.published_is_estimated,
        announce=announce,
        is_paywalled=is_paywalled,
        is_cut_short=await is_short_version(
            session, identity=article.identity, text=article.text, is_paywalled=is_paywalled
        ),
    )


async def _keep_debate(session: AsyncSession, *, account: Account, announce: bool) -> KeptArticle | None:
    return await keep_account(session, account, source_id=source_id_of(CHAMBER), url=None, announce=announce)


async def _in_order(
    items: Sequence[Item], work: Callable[[Item], Awaitable[Done]], reach: int
) -> AsyncIterator[tuple[Item, Done]]:
    """Do the work of ``reach`` items at once, and give what came of each in their order."""
    window: deque[tuple[Item, asyncio.Future[Done]]] = deque()
    try:
        for item in items:
            window.append((item, asyncio.ensure_future(work(item))))
            if len(window) == reach:
                first, done = window.popleft()
                yield first, await done
        while window:
            first, done = window.popleft()
            yield first, await done
    finally:
        for _, left in window:
            left.cancel()
