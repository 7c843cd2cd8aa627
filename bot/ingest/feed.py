"""The bytes of a feed -> its entries. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import feedparser
from lxml import etree
from lxml import html as lxml_html

from bot.ingest.blocks import paragraphs_of
from bot.ingest.dates import moment_of, noon_of_day, plausible
from bot.ingest.encoding import as_utf8
from bot.ingest.errors import FeedError
from bot.ingest.identity import cleaned_url
from bot.ingest.values import Feed, FeedEntry

_BLOCKS = frozenset(
    ("p", "div", "li", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "section", "article", "figure")
)
_UNSEEN = frozenset(("script", "style"))
_END = re.compile(rb"</(?:rss|feed|(?:\w+:)?rdf)\s*>", re.IGNORECASE)
_TAIL = 1000


def read_feed(body: bytes, *, url: str, charset: str | None, zone: str, now: datetime) -> Feed:
    """Read a feed (RSS in all its forms, Atom).

    Args:
        body: Its bytes.
        url: Where it was found; relative addresses in it are relative to this.
        charset: What the server said of its character set; None if nothing.
        zone: IANA name of the source's time zone, for times without one.
        now: The present moment: dates more than a day ahead of it are not believed.

    Returns:
        The feed. One that is cut off gives the entries that came before the cut.

    Raises:
        FeedError: The bytes are not a feed.
    """
    # BytesIO, since the parser takes bare bytes or text for the name of a file or an address, and opens it.
    text = as_utf8(body, charset)
    parsed = feedparser.parse(
        BytesIO(text),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
        # Only the text is taken, without its tags: what makes them harmless takes half of the time.
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.get("version") and not parsed.entries:
        message = "this is not a feed" if body.strip() else "the feed is empty"
        raise FeedError(message)
    named = Counter(_guid(entry) for entry in parsed.entries)
    entries = tuple(
        replace(_entry(entry, zone, now), guid=guid if named[guid] == 1 else None)
        for entry in parsed.entries
        for guid in (_guid(entry),)
    )
    title, is_whole = _plain(parsed.feed.get("title", "")), _END.search(text[-_TAIL:]) is not None
    return Feed(title, entries, _ttl(parsed.feed.get("ttl", "")), is_whole)


def _ttl(written: str) -> timedelta | None:
    """Read the ``ttl`` of RSS 2.0, in minutes."""
    written = written.strip()
    return timedelta(minutes=int(written)) if re.fullmatch("[0-9]{1,6}", written) else None


def _entry(entry: Any, zone: str, now: datetime) -> FeedEntry:
    link = entry.get("link") or ""
    written = entry.get("published") or entry.get("updated")
    bodies = [content.get("value", "") for content in entry.get("content", ())] or [entry.get("summary", "")]
    published_at = plausible(moment_of(written, zone=zone), now=now)
    noon = None if published_at is None else noon_of_day(published_at, zone=zone)
    return FeedEntry(
        url=link if cleaned_url(link) else None,
        title=_plain(entry.get("title", "")),
        published_at=noon or published_at,
        text=max(map(_paragraphs, bodies), key=len),
        is_day_only=noon is not None,
    )


def _guid(entry: Any) -> str | None:
    return str(entry.get("id") or "").strip() or None


def _plain(markup: str) -> str:
    return " ".join(_paragraphs(markup).split())


def _paragraphs(markup: str) -> str:
    """Give the text of a piece of HTML, its blocks split by an empty line."""
    if not markup.strip():
        return ""
    try:
        root = lxml_html.fragment_fromstring(markup, create_parent="div")
    except (etree.ParserError, ValueError):
        return ""
    return "\n\n".join(paragraphs_of(root, blocks=_BLOCKS, unseen=_UNSEEN))
