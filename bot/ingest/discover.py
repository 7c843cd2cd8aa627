"""An address that somebody gives -> the feeds that are to be had there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin

from lxml import etree
from lxml import html as lxml_html

from bot.ingest.encoding import as_utf8
from bot.ingest.errors import FeedError, NoFeedFound
from bot.ingest.fetch import FEED, Fetcher
from bot.ingest.identity import cleaned_url
from bot.ingest.values import FeedReader, Fetched

MOST_CANDIDATES = 8
"""Feeds of a page that are offered: sites that name a feed for each of their sections have dozens."""

TIMEZONE = "Europe/Amsterdam"
"""Of a source that is added, since nothing in a feed says on whose clocks its times without a zone are."""

_PAGE_OR_FEED = replace(FEED, types=FEED.types | {"application/xhtml+xml", "application/json", "application/feed+json"})
_FEED_TYPES = frozenset(("application/rss+xml", "application/atom+xml", "application/rdf+xml"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A feed that is to be had.

    Attributes:
        url: Its address.
        title: What it calls itself, or what the page calls it; empty where neither does.
        is_read: Whether it was fetched and is a feed indeed.
    """

    url: str
    title: str
    is_read: bool = False


async def discover(url: str, fetcher: Fetcher, read_feed: FeedReader, *, now: datetime) -> tuple[Candidate, ...]:
    """Find the feeds at an address: the feed that it is, or those that its page names (``link rel=alternate``).

    Args:
        url: An address of the web; without a scheme it is one of https.
        fetcher: How documents are fetched.
        read_feed: ``feed.read_feed``, run in the worker process.
        now: The present moment.

    Returns:
        At least one, in the order of the page; a single one was read.

    Raises:
        FetchError: There is no document at the address, or at that of the only feed.
        NoFeedFound: The page names no feed.
        CitaatwachtError: The only feed could not be read.
    """
    address = url if "://" in url else f"https://{url}"
    fetched = await fetcher.fetch(address, _PAGE_OR_FEED)
    try:
        return (await _read(address, fetched, read_feed, now),)
    except FeedError:
        named = _named(fetched)
    if not named:
        message = f"{fetched.url} is no feed and names none"
        raise NoFeedFound(message)
    if len(named) > 1:
        return named[:MOST_CANDIDATES]
    only = named[0]
    read = await _read(only.url, await fetcher.fetch(only.url, FEED), read_feed, now)
    return (replace(read, title=read.title or only.title),)


async def _read(address: str, fetched: Fetched, read_feed: FeedReader, now: datetime) -> Candidate:
    feed = await read_feed(fetched.body, fetched.url, fetched.charset, TIMEZONE, now)
    return Candidate(fetched.moved_to or address, feed.title, is_read=True)


def _named(page: Fetched) -> tuple[Candidate, ...]:
    """Give the feeds that a page names, each address once."""
    try:
        root = lxml_html.document_fromstring(
            as_utf8(page.body, page.charset), parser=lxml_html.HTMLParser(encoding="utf-8")
        )
    except (etree.ParserError, ValueError):
        return ()
    base = _joined(page.url, next(iter(root.xpath("//base/@href")), ""))
    named: dict[str, Candidate] = {}
    for link in root.iter("link"):
        kinds = (link.get("rel") or "").lower().split()
        if "alternate" not in kinds or (link.get("type") or "").split(";")[0].strip().lower() not in _FEED_TYPES:
            continue
        address = _joined(base, link.get("href") or "")
        if cleaned_url(address) is not None:
            named.setdefault(address, Candidate(address, " ".join((link.get("title") or "").split())))
    return tuple(named.values())


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return ""
