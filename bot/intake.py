"""`citaatwacht ingest`: articles from files, folders, sitemaps and feeds with their archives, taken now.

What was read is kept with the place that it came from, in one transaction: a run that is broken off anywhere is gone
on with by the next one, no page is fetched twice and nothing is kept twice. Statements are found by all processes at
once, and compared and stored by one, in the order in which the articles appeared.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
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

from bot.configured import rules_of
from bot.errors import CitaatwachtError
from bot.ingest.archive import listed_pages
from bot.ingest.dates import dated
from bot.ingest.fetch import REPORT as REPORT_LIMITS
from bot.ingest.fetch import Fetcher
from bot.ingest.files import LINES, Lines, Portion, find_files, portions_of, source_id_of
from bot.ingest.identity import cleaned_url, identity_of
from bot.ingest.keeping import HeldAgainst, held_against_whole, is_short_version, read_article
from bot.ingest.parliament.accounts import Account
from bot.ingest.parliament.keeping import keep_account
from bot.ingest.sameness import believed_identity
from bot.ingest.values import IncomingArticle
from bot.installation import open_installation
from bot.pipeline import Pipeline
from bot.settings import Settings
from bot.worker import REPORT_SUFFIX, WorkerPool
from storage import articles, intake
from storage.articles import KeptArticle
from storage.database import Database
from storage.intake import DeadLetter, Place
from storage.people import export_roster
from storage.sources import ensure_feed_source, ensure_manual_source
from storage.unread_reports import REPORT

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

LISTING = "list"
"""The stamp of a dead letter that is no page, but a list of pages: a part of a sitemap or feed."""

_LINE = re.compile(r"(?P<file>.+\.jsonl):(?P<number>\d+)", re.IGNORECASE | re.DOTALL)


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
class _Part:
    """Some lines of a file.

    Attributes:
        place: The file.
        portion: The lines.
        dead: The numbers of those that could not be read before; for the last part also of lines that are no more.
        is_last: Whether the file was read in full after this.
    """

    place: Place
    portion: Portion
    dead: frozenset[int]
    is_last: bool


_Item = Place | _Part
"""What is read at once."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read.

    Attributes:
        keeps: How each article is kept.
        sources: The names of their sources, by key.
        reasons: The places that are dealt with, and why one could not be read.
        problems: The same in sentences.
    """

    keeps: Sequence[_Keep] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[Place, str | None] = field(default_factory=dict)
    problems: Sequence[str] = ()


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
            await intake.try_pages_again(session, moment=datetime.now(UTC))
        await self._read_all(
            list(dict.fromkeys(_as_it_is_now(letter) for letter in letters if letter.place.stamp != LISTING))
        )
        for place in [letter.place for letter in letters if letter.place.stamp == LISTING]:
            try:
                await self._read_new(await self._listed(place.name, place.source_id))
            except CitaatwachtError as error:
                self.report.problems.append(_named(place, error))

    async def keep_place(self, name: str) -> None:
        await self._read_new(await self._pages(name) if _is_address(name) else _files(name))

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

    async def _read_new(self, places: Sequence[Place]) -> None:
        async with self.database.reading() as session:
            left = await intake.unread(session, places=places)
        self.report.known += len(places) - len(left)
        await self._read_all(left)

    async def _read_all(self, places: Sequence[Place]) -> None:
        items = await self._items(places)
        with self._progress() as progress:
            task = progress.add_task("reading articles", total=len(items))
            waiting: list[_Read] = []
            async for item, read in _in_order(items, self._read, self.workers * AHEAD):
                waiting.append(read)
                is_page = isinstance(item, Place) and item.source_id is not None
                if is_page or sum(len(one.keeps) or 1 for one in waiting) >= FILES_AT_ONCE:
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
            await intake.record(session, reasons={place: why for one in read for place, why in one.reasons.items()})
        self.sources |= named.keys()
        for article in kept:
            self.report.count(article)
        self.report.problems += [problem for one in read for problem in one.problems]

    async def _items(self, places: Sequence[Place]) -> list[_Item]:
        """Give what is read one by one: pages and files as they are, files of lines in parts."""
        async with self.database.reading() as session:
            dead = _dead_lines(await intake.dead_letters(session))
        items: list[_Item] = []
        for place in places:
            if place.source_id is not None or Path(place.name).suffix.lower() != LINES:
                items.append(place)
                continue
            try:
                items += await asyncio.to_thread(_parts, place, dead.get(place.name, set()))
            except CitaatwachtError:  # which reading it will tell
                items.append(place)
        return items

    async def _read(self, item: _Item) -> _Read:
        if isinstance(item, _Part):
            return await self._read_part(item)
        try:
            if item.stamp == REPORT:
                return await self._read_report(item)
            return await (self._read_page(item) if item.source_id else self._read_file(item))
        except CitaatwachtError as error:
            return _Read(reasons={item: str(error)}, problems=[_named(item, error)])

    async def _read_file(self, place: Place) -> _Read:
        contents = await self.pool.read_file(Path(place.name), datetime.now(UTC))
        keeps = await self._keeps(contents.articles)
        keeps += [partial(_keep_debate, account=account, announce=self.announce) for account in contents.accounts]
        sources = _names_of(contents.articles) | ({source_id_of(CHAMBER): CHAMBER} if contents.accounts else {})
        faults = dict.fromkeys(fault for account in contents.accounts for fault in account.faults)
        return _Read(keeps, sources, {place: None}, [f"{place.name}: {fault}" for fault in faults])

    async def _read_part(self, part: _Part) -> _Read:
        """Read some lines; what is wrong with one is its own dead letter, until a later run can read it."""
        mended = part.dead
        try:
            lines = await self.pool.read_portion(part.portion, datetime.now(UTC))
        except CitaatwachtError as error:
            first = part.portion.first_line
            lines, mended = Lines((), {first: f"{part.place.name}, from line {first}: {error}"}), frozenset()
        reasons: dict[Place, str | None] = {_line(part.place, number): None for number in mended}
        reasons |= {_line(part.place, number): reason for number, reason in lines.faults.items()}
        if part.is_last:
            reasons[part.place] = None
        keeps = await self._keeps(lines.articles)
        return _Read(keeps, _names_of(lines.articles), reasons, list(lines.faults.values()))

    async def _keeps(self, incoming: Sequence[IncomingArticle], *, is_paywalled: bool = False) -> list[_Keep]:
        """Give how articles are kept, each held against what is known of it while nobody waits for the database."""
        keeps: list[_Keep] = []
        for article in incoming:
            held = await held_against_whole(self.database, identity=article.identity, text=article.text)
            keep = partial(_keep_article, article=article, announce=self.announce)
            keeps.append(partial(keep, is_paywalled=is_paywalled, held=held))
        return keeps

    async def _read_page(self, place: Place) -> _Read:
        read = await read_article(self.fetcher, self.pool.read_page, place.name, ZONE)
        if read is None or place.source_id is None:
            return _Read(reasons={place: None})
        page = read.page
        published_at, is_estimated = dated(page.published_at, moment=datetime.now(UTC))
        article = IncomingArticle(
            id=place.name,
            identity=identity_of(canonical=page.canonical_url, url=place.name, text=page.text),
            source_id=place.source_id,
            source_name="",
            url=cleaned_url(place.name) or place.name,
            title=page.title,
            text=page.text,
            published_at=published_at,
            published_is_estimated=is_estimated,
        )
        return _Read(await self._keeps([article], is_paywalled=page.is_paywalled), reasons={place: None})

    async def _read_report(self, place: Place) -> _Read:
        """Read a report that a poll could not read."""
        fetched = await self.fetcher.fetch(place.name, REPORT_LIMITS)
        accounts = await self.pool.read_report(fetched.body)
        keep = partial(keep_account, source_id=place.source_id or "", url=place.name, announce=self.announce)
        return _Read([partial(keep, account=account) for account in accounts], reasons={place: None})

    async def _pages(self, url: str) -> list[Place]:
        """Give the pages that a sitemap or feed leads to, with all its further parts."""
        async with self.database.writing() as session:
            source_id = await ensure_feed_source(session, url=url, name=urlsplit(url).hostname or url)
        return await self._listed(url, source_id)

    async def _listed(self, url: str, source_id: str | None) -> list[Place]:
        """Follow a sitemap or feed; a part of it that cannot be read is a dead letter until it can."""
        listed = await listed_pages(url, self.fetcher, self.pool.read_feed, zone=ZONE, now=datetime.now(UTC))
        missed = {Place(part, LISTING, source_id): error for part, error in listed.missed.items()}
        async with self.database.writing() as session:
            dead = {letter.place for letter in await intake.dead_letters(session) if letter.place.stamp == LISTING}
            mended = [place for place in dead if place.name in listed.documents]
            await intake.record(
                session, reasons=dict.fromkeys(mended) | {place: str(error) for place, error in missed.items()}
            )
        self.report.problems += [_named(place, error) for place, error in missed.items()]
        return [Place(page, source_id=source_id) for page in listed.pages]

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
    """Give what is to be read again: of a line its file, in which it may stand elsewhere by now."""
    if letter.place.source_id:
        return letter.place
    line = _LINE.fullmatch(letter.place.name)
    return _file(Path(line["file"] if line else letter.place.name))


def _dead_lines(letters: Iterable[DeadLetter]) -> dict[str, set[int]]:
    """Give the numbers of the lines that could not be read, by the name of their file."""
    lines = defaultdict[str, set[int]](set)
    for letter in letters:
        if found := _LINE.fullmatch(letter.place.name):
            lines[found["file"]].add(int(found["number"]))
    return lines


def _parts(place: Place, dead: AbstractSet[int]) -> list[_Part]:
    *others, last = portions_of(Path(place.name))
    parts = [_Part(place, one, frozenset(dead & set(range(one.first_line, one.next_line))), False) for one in others]
    return [*parts, _Part(place, last, frozenset(number for number in dead if number >= last.first_line), True)]


def _line(place: Place, number: int) -> Place:
    return Place(f"{place.name}:{number}")


def _names_of(incoming: Iterable[IncomingArticle]) -> dict[str, str]:
    return {article.source_id: article.source_name for article in incoming}


def _is_address(name: str) -> bool:
    return urlsplit(name).scheme in ("http", "https")


def _named(place: Place, error: CitaatwachtError) -> str:
    """Say which place could not be read, once."""
    reason = str(error)
    return reason if place.name in reason or Path(place.name).name in reason else f"{place.name}: {reason}"


async def _keep_article(
    session: AsyncSession, *, article: IncomingArticle, announce: bool, is_paywalled: bool, held: HeldAgainst | None
) -> KeptArticle:
    identity = await believed_identity(
        session,
        identity=article.identity,
        address=cleaned_url(article.url) if article.url else None,
        title=article.title,
        text=article.text,
    )
    return await articles.keep_article(
        session,
        identity=identity,
        source_id=article.source_id,
        url=article.url,
        title=article.title,
        text=article.text,
        published_at=article.published_at,
        published_is_estimated=article.published_is_estimated,
        announce=announce,
        is_paywalled=is_paywalled,
        is_cut_short=await is_short_version(
            session, identity=identity, text=article.text, is_paywalled=is_paywalled, held=held
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
