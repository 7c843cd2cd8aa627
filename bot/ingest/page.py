"""The HTML of a page -> the article in it. Pure, and slow: it runs in the worker process."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from lxml import etree
from lxml import html as lxml_html
from trafilatura import bare_extraction

from bot.ingest.blocks import paragraphs_of
from bot.ingest.dates import is_of_day, moment_of, noon_of_day, plausible
from bot.ingest.encoding import as_utf8
from bot.ingest.errors import PageError, PageWalled
from bot.ingest.identity import canonical_url
from bot.ingest.linked_data import LinkedData, read_linked_data
from bot.ingest.values import PageText

LEAST_TEXT = 80
"""Characters below which a page is a stub, a notice or a wall, and no article."""

# Tags of trafilatura's own tree. A title between paragraphs is no sentence of the article.
_BLOCKS = frozenset(("p", "quote", "list", "item", "head", "table", "row", "cell", "code"))
_UNSEEN = frozenset(("head", "table", "graphic"))
_POINTER = re.compile(
    r"(?:lees|bekijk|luister|kijk|zie) (?:ook|meer|verder)\b"
    r"|(?:lees|bekijk|luister|kijk) hier\b[^.]{0,200}$"
    r"|luister naar (?:de|onze|deze) (?:podcast|uitzending|aflevering)\b",
    re.IGNORECASE,
)
# Whole paragraphs with which an outlet speaks of its page and not of the news.
_HOUSE_LINE = re.compile(
    r"\W*(?:advertentie|(?:de )?tekst (?:loopt|gaat) (?:door|verder)\b.*|(?:deel|bewaar) dit (?:artikel|bericht)"
    r"|dit (?:artikel|bericht|liveblog) wordt (?:\w+ )?(?:aangevuld|bijgewerkt|ververst)\b.*"
    r"|(?:foto|beeld|illustratie|bron)(?:['’]s)?(?: ?[:©] ?[^.?!]{1,80}| \w{2,12})"
    r"|(?:ontvang|meld je aan|schrijf je in|abonneer je)\b.*\bnieuwsbrief\b.*"
    r"|(?:hebt u|heb je) een (?:taal|type|spel)fout gezien\b.*)\W*",
    re.IGNORECASE,
)
_LINKED_DATA = "application/ld+json"
_LONGEST_BYLINE = 100
_SELECTOR = re.compile(r"[a-z0-9]*(?P<sign>[.#])(?P<name>[\w-]+)", re.IGNORECASE)
_BY_CLASS = "//*[contains(concat(' ', normalize-space(@class), ' '), concat(' ', $name, ' '))]"
_BY_ID = "//*[@id=$name]"


def read_page(html: bytes, url: str, zone: str) -> PageText:
    """Read the article out of a page.

    Args:
        html: The page.
        url: Where it was found; empty for a file.
        zone: IANA name of the source's time zone, for times without one.

    Returns:
        The article's title, paragraphs, moment and own address.

    Raises:
        PageError: There is no article text in it.
    """
    try:
        tree = lxml_html.document_fromstring(as_utf8(html, None), parser=lxml_html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError) as error:
        message = "the page is empty or no HTML"
        raise PageError(message) from error
    # First what the page says of itself: the extraction prunes the tree.
    linked, shared = _first(tree, "//link[@rel='canonical']/@href"), _meta(tree, "og:url")
    said = read_linked_data(_linked_data_of(tree), page_urls=[own for own in (url, linked, shared) if own])
    for walled in _walled(tree, said.walled):
        walled.drop_tree()
    canonical = linked or said.url or shared
    found = bare_extraction(tree, url=url or None, with_metadata=True, include_comments=False, include_tables=False)
    paragraphs = [] if found is None or isinstance(found, dict) else _paragraphs(found.body, said.authors)
    text = "\n\n".join(paragraphs)
    if found is None or isinstance(found, dict) or len(text) < LEAST_TEXT:
        if said.is_paywalled:
            message = "the page is behind a paywall"
            raise PageWalled(message)
        message = "the page holds no article text"
        raise PageError(message)
    return PageText(
        title=" ".join((said.title or found.title or "").split()),
        text=text,
        published_at=_published_at(said, tree, found.date, zone),
        canonical_url=canonical_url(canonical, page_url=url),
        is_paywalled=said.is_paywalled,
    )


def _linked_data_of(tree: Any) -> list[str]:
    """Give the contents of the scripts of JSON-LD, however their type is written ("application/LD+JSON; charset=…")."""
    scripts = ((script.get("type", ""), script.text or "") for script in tree.iter("script"))
    return [text for kind, text in scripts if kind.partition(";")[0].strip().lower() == _LINKED_DATA]


def _walled(tree: Any, selectors: Iterable[str]) -> list[Any]:
    """Give the elements that a page says are not free; of selectors those are read that name a class or an id."""
    found = []
    for selector in selectors:
        match = _SELECTOR.fullmatch(selector.strip())
        if match:
            found += tree.xpath(_BY_CLASS if match["sign"] == "." else _BY_ID, name=match["name"])
    return [element for element in found if element.getparent() is not None]


def _paragraphs(body: Any, authors: Sequence[str]) -> list[str]:
    paragraphs = paragraphs_of(body, blocks=_BLOCKS, unseen=_UNSEEN)
    return [paragraph for paragraph in paragraphs if not _is_beside_the_news(paragraph, authors)]


def _is_beside_the_news(paragraph: str, authors: Sequence[str]) -> bool:
    return bool(_POINTER.match(paragraph) or _HOUSE_LINE.fullmatch(paragraph)) or _is_byline(paragraph, authors)


def _is_byline(paragraph: str, authors: Sequence[str]) -> bool:
    """Whether a paragraph only names who wrote the article ("Door Jan Jansen, onze verslaggever in Den Haag")."""
    if len(paragraph) > _LONGEST_BYLINE or paragraph.endswith((".", "”", "’", "?", "!")):
        return False
    return paragraph.lower().startswith(("door ", "tekst ", "by ")) or any(name in paragraph for name in authors)


def _published_at(said: LinkedData, tree: Any, guessed: str | None, zone: str) -> datetime | None:
    """Give the first moment that can be believed, or a later one that says the time of its day where it does not."""
    now = datetime.now(UTC)
    written = (said.published, _meta(tree, "article:published_time"), guessed)
    moments = [one for text in written if (one := plausible(moment_of(text, zone=zone), now=now)) is not None]
    if not moments:
        return None
    noon = noon_of_day(moments[0], zone=zone)
    if noon is None:
        return moments[0]
    timed = (one for one in moments[1:] if noon_of_day(one, zone=zone) is None and is_of_day(one, noon))
    return next(timed, noon)


def _meta(tree: Any, name: str) -> str | None:
    return _first(tree, "//meta[@property=$name or @name=$name or @itemprop=$name]/@content", name=name)


def _first(tree: Any, path: str, **values: str) -> str | None:
    found = tree.xpath(path, **values)
    return str(found[0]) if found else None
