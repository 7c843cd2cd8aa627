"""What a site holds of older articles: the pages of its sitemaps, and of a feed with its archives (RFC 5005)."""

from __future__ import annotations

import gzip
import io
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from bot.errors import CitaatwachtError
from bot.ingest.encoding import as_utf8
from bot.ingest.errors import FeedError
from bot.ingest.fetch import FEED, Fetcher
from bot.ingest.values import Feed, FeedReader

# The protocol of sitemaps allows 50 MB and 50,000 addresses each.
SITEMAP = replace(FEED, largest=50_000_000, types=FEED.types | {"application/gzip", "application/x-gzip"})
MOST_DOCUMENTS = 10_000
"""Sitemaps or pages of a feed that are followed from one address."""

_GZIP = b"\x1f\x8b"
_OLDER = ("next", "prev-archive")


@dataclass(frozen=True, slots=True)
class Listing:
    """One document that lists pages.

    Attributes:
        pages: Addresses of pages, in its order.
        further: Addresses of more such documents.
    """

    pages: tuple[str, ...]
    further: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """What a sitemap or feed leads to.

    Attributes:
        pages: Addresses of pages, each once.
        documents: Addresses of the documents that list them.
        missed: Why some of the documents that it consists of could not be read, by their addresses.
    """

    pages: tuple[str, ...]
    documents: frozenset[str]
    missed: Mapping[str, CitaatwachtError]


async def listed_pages(url: str, fetcher: Fetcher, read_feed: FeedReader, *, zone: str, now: datetime) -> Listed:
    """Give the addresses of the pages that a sitemap or feed leads to, whatever it consists of.

    Args:
        url: A sitemap, an index of these, or a feed.
        fetcher: How documents are fetched.
        read_feed: ``feed.read_feed``, run in the worker process.
        zone: IANA name of the source's time zone.
        now: The present moment.

    Returns:
        The pages. A further document that cannot be had, or lists nothing that we can read, keeps nobody from the
        others.

    Raises:
        CitaatwachtError: The first document cannot be had, or lists nothing that we can read.
    """
    waiting, met = deque([url]), {url}
    pages: dict[str, None] = {}
    missed: dict[str, CitaatwachtError] = {}
    for _ in range(MOST_DOCUMENTS):
        if not waiting:
            break
        place = waiting.popleft()
        try:
            listing = await _listing(place, fetcher, read_feed, zone, now)
        except CitaatwachtError as error:
            if place == url:
                raise
            missed[place] = error
            continue
        pages |= dict.fromkeys(listing.pages)
        further = dict.fromkeys(more for more in listing.further if more not in met)
        met.update(further)
        waiting.extend(further)
    return Listed(tuple(pages), frozenset(met.difference(missed, waiting)), missed)


def unpacked(body: bytes) -> bytes:
    """Unpack a document that was packed as a file ("sitemap.xml.gz").

    Raises:
        FeedError: It is broken, or larger than a sitemap may be.
    """
    if not body.startswith(_GZIP):
        return body
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as packed:
            plain = packed.read(SITEMAP.largest + 1)
    except (OSError, EOFError) as error:
        message = f"it cannot be unpacked: {error}"
        raise FeedError(message) from error
    if len(plain) > SITEMAP.largest:
        message = f"it is larger than {SITEMAP.largest} bytes once unpacked"
        raise FeedError(message)
    return plain


def read_sitemap(body: bytes, *, url: str) -> Listing | None:
    """Read a sitemap, or an index of sitemaps.

    Args:
        body: Its bytes, unpacked.
        url: Where it was found.

    Returns:
        What it lists; None where the bytes are something else.
    """
    root = _root(body)
    name = "" if root is None else etree.QName(root).localname
    if root is None or name not in ("urlset", "sitemapindex"):
        return None
    where = tuple(
        urljoin(url, child.text.strip())
        for entry in root
        if isinstance(entry.tag, str)
        for child in entry
        if isinstance(child.tag, str) and etree.QName(child).localname == "loc" and child.text
    )
    return Listing(where, ()) if name == "urlset" else Listing((), where)


async def _listing(url: str, fetcher: Fetcher, read_feed: FeedReader, zone: str, now: datetime) -> Listing:
    fetched = await fetcher.fetch(url, SITEMAP)
    body = unpacked(fetched.body)
    listing = read_sitemap(body, url=fetched.url)
    if listing is not None:
        return listing
    feed = await read_feed(body, fetched.url, fetched.charset, zone, now)
    return _of_feed(feed, body, fetched.charset, fetched.url)


def _of_feed(feed: Feed, body: bytes, charset: str | None, url: str) -> Listing:
    root = _root(as_utf8(body, charset))
    links = [] if root is None else list(root.iter("{http://www.w3.org/2005/Atom}link"))
    further = tuple(urljoin(url, link.get("href")) for link in links if link.get("rel") in _OLDER and link.get("href"))
    return Listing(tuple(entry.url for entry in feed.entries if entry.url), further)


def _root(body: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root.getroottree().docinfo.doctype else root
