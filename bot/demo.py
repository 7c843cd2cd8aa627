"""The demonstration: articles of our own through the real pipeline, in a database of its own."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

import seeds
from bot.console import plain
from bot.ingest.identity import identity_of
from bot.installation import open_installation
from bot.messages.reader import Reader
from bot.messages.values import Message
from bot.messages.wording import office, said, words
from bot.pipeline import Pipeline, Rules
from bot.settings import Settings
from bot.worker import Worker
from storage import articles, quotes
from storage.database import Database
from storage.people import export_roster
from storage.records import QuoteRecord, ReversalRecord
from storage.sources import ensure_manual_source

DEMO_SOURCE = "demonstratie"
PLAIN_WIDTH = 120
"""Columns of the tables where standard output is not a terminal."""

READER = Reader()
"""The tables are in Dutch, like the bot."""

KINDS = {"direct": "citaat", "partial": "fragment", "indirect": "parafrase"}


async def open_demonstration(settings: Settings, console: Console) -> Database:
    """Open the demonstration database, and take the articles that are not in it yet.

    Args:
        settings: ``data_dir`` says where it is kept; the real database is never touched.
        console: Where the progress bar goes.

    Returns:
        The open database; the caller closes it.
    """
    database = await open_installation(demo_url(settings.data_dir), settings.data_dir)
    await _keep_articles(database)
    async with database.reading() as session:
        waiting = await articles.articles_to_take(session, moment=datetime.now(UTC), limit=1000)
    if waiting:
        await _take(database, settings, waiting, console)
    return database


def table_console() -> Console:
    """A console on standard output that is wide enough for the tables where it is not a terminal."""
    return Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)


def demo_url(data_dir: Path) -> str:
    """Where the demonstration database is."""
    return f"sqlite:///{(data_dir / 'demo.db').absolute()}"


async def show_findings(database: Database, console: Console) -> None:
    """Print what was found and what was flagged, as tables."""
    async with database.reading() as session:
        found = await quotes.quotes(session, limit=1000)
        flagged = await quotes.reversals(session, limit=1000)
    console.print(_findings(found.items))
    console.print(_flags(flagged.items))
    counted = f"{found.total} uitspraken, {flagged.total} keer een mogelijke ommekeer of verschuiving"
    console.print(f"{counted} (demonstratie: artikelen van onszelf, met uitspraken die op naam staan)")


async def _keep_articles(database: Database) -> None:
    async with database.writing() as session:
        await ensure_manual_source(session, source_id=DEMO_SOURCE, name="Citaatwacht demonstratie")
        for article in seeds.articles():
            await articles.keep_article(
                session,
                identity=identity_of(canonical=None, url=article["url"], text=article["text"]),
                source_id=DEMO_SOURCE,
                url=article["url"],
                title=article["title"],
                text=article["text"],
                published_at=datetime.fromisoformat(article["published_at"]),
                announce=False,
            )


async def _take(database: Database, settings: Settings, waiting: Sequence[int], console: Console) -> None:
    async with database.reading() as session:
        popolo = await export_roster(session)
    worker = Worker(popolo, spacy_model=settings.spacy_model, timeout=settings.article_timeout)
    pipeline = Pipeline(database, worker, Rules(min_confidence=settings.min_confidence))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            for article_id in progress.track(waiting, description="Artikelen lezen"):
                await pipeline.take(article_id, datetime.now(UTC))
    finally:
        await worker.close()


def _findings(found: Sequence[QuoteRecord]) -> Table:
    table = Table(title="Wat er is gevonden", show_lines=True, expand=True)
    for heading, ratio in (("Wie", 2), ("Functie toen", 3), ("Uitspraak", 7), ("Soort", 2), ("Artikel", 4)):
        table.add_column(heading, ratio=ratio)
    for quote in found:
        title = quote.outlets[0].title if quote.outlets else ""
        table.add_row(
            quote.person_name,
            office(quote),
            plain(Message(words(quote))),
            KINDS[quote.kind],
            f"{title} ({said(READER, quote)})",
        )
    return table


def _flags(flagged: Sequence[ReversalRecord]) -> Table:
    table = Table(title="Wat er is gesignaleerd", show_lines=True, expand=True)
    for heading, ratio in (("Wie", 2), ("Toen", 5), ("Nu", 5), ("Waarom", 4)):
        table.add_column(heading, ratio=ratio)
    for pair in flagged:
        label = "mogelijke ommekeer" if pair.label == "reversal" else "verschuiving"
        reasons = "; ".join(str(item["reason"]) for item in pair.evidence if item["reason"] and item["weight"] > 0)
        table.add_row(pair.later.person_name, _side(pair.earlier), _side(pair.later), f"{label}: {reasons}")
    return table


def _side(quote: QuoteRecord) -> str:
    return f"{said(READER, quote)}: {plain(Message(words(quote)))}"
