"""Lists of feeds as feed readers exchange them (OPML 2.0): bytes -> outlines, and back. Pure."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import listparser
from lxml import etree

from bot.ingest.encoding import as_utf8
from bot.ingest.errors import ListError
from bot.ingest.identity import cleaned_url

LARGEST = 5_000_000
"""Bytes of a list that are read."""

_FEED_TYPES = frozenset(("rss", "atom"))


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed in a list.

    Attributes:
        url: Its address.
        title: Its name; empty without one.
        home: The page that a person would open instead; None where the list does not say.
    """

    url: str
    title: str
    home: str | None = None


def read_opml(body: bytes) -> tuple[Outline, ...]:
    """Read a list of feeds, also one in folders; each address is given once, and what is no web address not at all.

    Args:
        body: The bytes of the file.

    Returns:
        The feeds, in the order of the list; never empty.

    Raises:
        ListError: The bytes are no such list, or name no feed.
    """
    if len(body) > LARGEST:
        message = f"the list is larger than {LARGEST} bytes"
        raise ListError(message)
    # Bytes, since the library takes a text that begins like an address for one, and goes there; the mark says UTF-8.
    text = as_utf8(body, None)
    found = listparser.parse(codecs.BOM_UTF8 + text)
    if not found.version:
        message = "this is no OPML"
        raise ListError(message)
    outlines: dict[str, Outline] = {}
    for address, title in (*((feed.get("url"), feed.get("title")) for feed in found.feeds), *_misnamed(text)):
        address = (address or "").strip()
        if cleaned_url(address) is not None:
            outlines.setdefault(address, Outline(address, " ".join((title or "").split())))
    if not outlines:
        message = "the list names no feed"
        raise ListError(message)
    return tuple(outlines.values())


def write_opml(outlines: Iterable[Outline], *, title: str) -> bytes:
    """Write a list of feeds.

    Args:
        outlines: The feeds.
        title: The list's own title.

    Returns:
        The file's bytes, in UTF-8.
    """
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for outline in outlines:
        attributes = {"type": "rss", "text": outline.title, "title": outline.title, "xmlUrl": outline.url}
        if outline.home:
            attributes["htmlUrl"] = outline.home
        etree.SubElement(body, "outline", attributes)
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written


def _misnamed(text: bytes) -> Iterator[tuple[str | None, str | None]]:
    """Give address and title of the feeds whose address some programs write as ``url`` instead of ``xmlUrl``."""
    parser = etree.XMLParser(encoding="utf-8", recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(text, parser)
    for outline in () if root is None else root.iter("outline"):
        if "xmlUrl" not in outline.attrib and outline.get("type", "").strip().lower() in _FEED_TYPES:
            yield outline.get("url"), outline.get("text") or outline.get("title")
