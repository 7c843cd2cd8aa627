"""`citaatwacht sources`: adding, importing and exporting what is polled, from the command line."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.errors import CitaatwachtError
from bot.ingest.discover import Candidate, discover
from bot.ingest.errors import ListError
from bot.ingest.feed import read_feed
from bot.ingest.fetch import Fetcher
from bot.ingest.opml import Outline, read_opml, write_opml
from bot.ingest.requests import add_candidate
from bot.ingest.values import Feed
from bot.settings import Settings
from storage.database import Database
from storage.sources import all_sources, switch_source
from storage.tables import Source


class SourceError(CitaatwachtError):
    """A source cannot be added or changed; the message says why, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import of a list did.

    Attributes:
        added: Keys of the sources that are new.
        known: How many of its feeds were sources already.
    """

    added: tuple[str, ...]
    known: int


async def add_address(database: Database, settings: Settings, address: str) -> tuple[Source, bool]:
    """Make the feed at an address, or the only one that its page names, a source.

    Args:
        database: Where sources are kept.
        settings: Who asks, and which hosts are open.
        address: An address of the web.

    Returns:
        The source, and whether it was not in the list before.

    Raises:
        SourceError: The page names more than one feed; the message lists them.
        CitaatwachtError: There is no feed.
    """
    fetcher = Fetcher(contact=settings.contact, allow_hosts=settings.fetch_allow_hosts)
    try:
        found = await discover(address, fetcher, _read_feed, now=datetime.now(UTC))
    finally:
        await fetcher.close()
    if len(found) > 1:
        listed = "".join(f"\n  {candidate.url}  {candidate.title}" for candidate in found)
        message = f"{address} names more than one feed, choose:{listed}"
        raise SourceError(message)
    async with database.writing() as session:
        return await add_candidate(session, found[0])


async def import_list(database: Database, file: Path, *, enabled: bool) -> Imported:
    """Make the feeds of an OPML file sources; those that are sources already stay as they are.

    Args:
        database: Where sources are kept.
        file: The file.
        enabled: Whether the new ones are polled from now on.

    Raises:
        ListError: The file cannot be read or is no such list; nothing was added.
    """
    try:
        outlines = read_opml(await asyncio.to_thread(file.read_bytes))
    except OSError as error:
        message = f"{file}: {error.strerror}"
        raise ListError(message) from error
    except ListError as error:
        message = f"{file}: {error}"
        raise ListError(message) from error
    added = []
    async with database.writing() as session:
        listed = {source.url for source in await all_sources(session)}
        new = [outline for outline in outlines if outline.url not in listed]
        for outline in new:
            source, is_new = await add_candidate(session, Candidate(outline.url, outline.title))
            if is_new:
                added.append(source.id)
                await switch_source(session, source_id=source.id, enabled=enabled)
    return Imported(tuple(added), len(outlines) - len(added))


async def exported_list(database: Database) -> bytes:
    """Give the feeds in the list, on or off, as an OPML file."""
    async with database.reading() as session:
        feeds = [source for source in await all_sources(session) if source.kind == "feed"]
    outlines = [Outline(source.url, source.name, source.home) for source in feeds if source.url]
    return write_opml(outlines, title="Citaatwacht")


def described(source: Source, now: datetime) -> str:
    """Give a source as a line: whether it is on, its key, terms and address, and how long it has been silent."""
    state = "on" if source.enabled else "off"
    silence = f"  ({silent_for(source, now)})" if source.enabled else ""
    return f"{state:3}  {source.id}  ({source.terms})  {source.url or '-'}{silence}"


def silent_for(source: Source, now: datetime) -> str:
    """Say when a source was read last, and when it last brought news."""
    if source.succeeded_at is None:
        return "not polled yet"
    news = f"last news {_span(now - source.news_at)} ago" if source.news_at else "no news yet"
    return f"polled {_span(now - source.succeeded_at)} ago, {news}"


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // 1440} days"


async def _read_feed(body: bytes, url: str, charset: str | None, zone: str, now: datetime) -> Feed:
    """Read a feed in a thread: on the command line somebody waits who can break it off."""
    return await asyncio.to_thread(read_feed, body, url=url, charset=charset, zone=zone, now=now)
