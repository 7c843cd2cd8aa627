"""`citaatwacht ingest`: articles from files and folders, or a feed, taken now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.errors import CitaatwachtError
from bot.ingest.fetch import Fetcher
from bot.ingest.files import find_files, read_file
from bot.ingest.poll import poll
from bot.ingest.values import IncomingArticle
from bot.installation import open_installation
from bot.pipeline import Pipeline
from bot.service import make_worker, rules_of
from bot.settings import Settings
from bot.worker import Worker
from storage import articles
from storage.database import Database
from storage.people import export_roster
from storage.sources import ensure_feed_source, ensure_manual_source


@dataclass(slots=True)
class IntakeReport:
    """What an ingest did; ``problems`` are sentences that name the file or address and the reason."""

    new: int = 0
    known: int = 0
    statements: int = 0
    reversals: int = 0
    problems: list[str] = field(default_factory=list)


async def ingest_places(settings: Settings, places: Sequence[str], *, announce: bool, console: Console) -> IntakeReport:
    """Keep the articles of files and feeds, and take all that wait.

    Args:
        settings: Which database, and how articles are read.
        places: Files, folders, and addresses of feeds.
        announce: Whether chats are alerted to what is found in files.
        console: Where the progress bar goes.

    Returns:
        What was done. A file or feed that cannot be read is a problem in it, and the rest goes on.
    """
    report = IntakeReport()
    database = await open_installation(settings.database_url.get_secret_value(), settings.data_dir)
    try:
        async with database.reading() as session:
            popolo = await export_roster(session)
        worker = make_worker(popolo, settings)
        try:
            for place in places:
                try:
                    await _keep_place(database, worker, settings, place, announce, report)
                except CitaatwachtError as error:
                    report.problems.append(str(error))
            await _take_all(database, Pipeline(database, worker, rules_of(settings)), report, console)
        finally:
            await worker.close()
    finally:
        await database.close()
    return report


async def _keep_place(
    database: Database, worker: Worker, settings: Settings, place: str, announce: bool, report: IntakeReport
) -> None:
    if urlsplit(place).scheme in ("http", "https"):
        await _keep_feed(database, worker, settings, place, report)
        return
    for file in find_files([Path(place)]):
        try:
            found = read_file(file, now=datetime.now(UTC))
        except CitaatwachtError as error:
            report.problems.append(str(error))
            continue
        await _keep_articles(database, found, announce, report)


async def _keep_feed(database: Database, worker: Worker, settings: Settings, url: str, report: IntakeReport) -> None:
    async with database.writing() as session:
        source_id = await ensure_feed_source(session, url=url, name=urlsplit(url).hostname or url)
    fetcher = Fetcher(contact=settings.contact, allow_hosts=settings.fetch_allow_hosts)
    try:
        polled = await poll(
            source_id,
            database,
            fetcher,
            worker.read_page,
            read_feed=worker.read_feed,
            pace=settings.pace,
            moment=datetime.now(UTC),
        )
    finally:
        await fetcher.close()
    report.new += polled.new
    report.known += polled.entries - polled.new - polled.unreadable
    if polled.error:
        report.problems.append(f"{url}: {polled.error}")


async def _keep_articles(
    database: Database, found: Sequence[IncomingArticle], announce: bool, report: IntakeReport
) -> None:
    async with database.writing() as session:
        for article in found:
            await ensure_manual_source(session, source_id=article.source_id, name=article.source_name)
            kept = await articles.keep_article(
                session,
                identity=article.identity,
                source_id=article.source_id,
                url=article.url,
                title=article.title,
                text=article.text,
                published_at=article.published_at,
                published_is_estimated=article.published_is_estimated,
                announce=announce,
            )
            if kept.is_new or kept.is_changed:
                report.new += 1
            else:
                report.known += 1


async def _take_all(database: Database, pipeline: Pipeline, report: IntakeReport, console: Console) -> None:
    async with database.reading() as session:
        waiting = await articles.articles_to_take(session, moment=datetime.now(UTC), limit=1_000_000)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        for article_id in progress.track(waiting, description="reading articles"):
            taken = await pipeline.take(article_id, datetime.now(UTC))
            report.statements += taken.new_statements
            report.reversals += len(taken.new_reversals)
            if taken.reason is not None:
                report.problems.append(f"article {article_id}: {taken.reason}")
