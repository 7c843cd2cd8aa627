"""A page of the Chamber's SyncFeed -> its entries, and where the feed goes on. Pure.

The feed is Atom in pages, the oldest change first. A page leads to the next one by ``rel="next"``; the last one names
by ``rel="resume"`` where changes to come will stand. Each entry is one report, whose file is its enclosure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from bot.ingest.dates import moment_of
from bot.ingest.errors import FeedError
from bot.ingest.parliament.report import ZONE

_ATOM = "{http://www.w3.org/2005/Atom}"
_DELETED = "verwijderd"


@dataclass(frozen=True, slots=True)
class SyncEntry:
    """A report that was made or changed.

    Attributes:
        url: Where its XML is.
        updated_at: When it was changed last, in UTC; None where the feed does not say.
    """

    url: str
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class SyncPage:
    """A page of the feed.

    Attributes:
        entries: Its entries in order, without those that were deleted.
        next_url: Where the next page is; None on the last one.
        resume_url: Where to look for later changes; None where the page does not say.
    """

    entries: tuple[SyncEntry, ...]
    next_url: str | None
    resume_url: str | None


def read_sync_page(body: bytes, *, url: str) -> SyncPage:
    """Read a page of the feed.

    Args:
        body: Its bytes.
        url: Where it was found; relative addresses are relative to this.

    Returns:
        The page.

    Raises:
        FeedError: The bytes are no Atom feed.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        message = f"this is not XML: {error}"
        raise FeedError(message) from error
    if root.tag != f"{_ATOM}feed" or root.getroottree().docinfo.doctype:
        message = "this is not the Atom feed that reports are listed in"
        raise FeedError(message)
    entries = [entry for element in root.iterchildren(f"{_ATOM}entry") if (entry := _entry(element, url)) is not None]
    return SyncPage(tuple(entries), _link(root, "next", url), _link(root, "resume", url))


def _entry(element: Any, url: str) -> SyncEntry | None:
    content = element.find(f"{_ATOM}content")
    marks = [] if content is None else [value for child in content for value in _deletions(child)]
    where = _link(element, "enclosure", url)
    if where is None or "true" in marks:
        return None
    return SyncEntry(where, moment_of(element.findtext(f"{_ATOM}updated"), zone=ZONE))


def _deletions(child: Any) -> list[str]:
    return [value for name, value in child.attrib.items() if etree.QName(name).localname == _DELETED]


def _link(element: Any, relation: str, url: str) -> str | None:
    for link in element.iterchildren(f"{_ATOM}link"):
        address = link.get("href")
        if link.get("rel") == relation and address:
            return str(urljoin(url, address))
    return None
