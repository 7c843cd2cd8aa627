"""What a page says about itself in JSON-LD (schema.org): title, authors, moment, address, paywall. Pure."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from bot.ingest.encoding import writable
from bot.ingest.identity import cleaned_url

_ARTICLES = frozenset(
    (
        "Article",
        "NewsArticle",
        "AnalysisNewsArticle",
        "BackgroundNewsArticle",
        "OpinionNewsArticle",
        "ReportageNewsArticle",
        "ReviewNewsArticle",
        "LiveBlogPosting",
        "BlogPosting",
        "Report",
    )
)
_DEEPEST = 8
_START = re.compile(r"[{\[]")
_DECODER = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class LinkedData:
    """What the page's JSON-LD says, as written; None where it says nothing.

    Attributes:
        title: The headline.
        published: The moment of publication.
        url: The article's own address.
        authors: The names of those who wrote it, persons and organizations.
        is_paywalled: Whether it, or a part of it, is said not to be free (``isAccessibleForFree``).
        walled: CSS selectors of the parts that are not free, as far as it names them.
    """

    title: str | None = None
    published: str | None = None
    url: str | None = None
    authors: tuple[str, ...] = ()
    is_paywalled: bool = False
    walled: tuple[str, ...] = ()


def read_linked_data(scripts: list[str], *, page_urls: Sequence[str] = ()) -> LinkedData:
    """Read the article of a page among its JSON-LD scripts: the one that names the page's address, else the first.

    Args:
        scripts: The contents of the page's ``application/ld+json`` scripts; what is no JSON is passed over.
        page_urls: Where the page was found, and the addresses that it calls its own.

    Returns:
        What it says about itself; all None without an article.
    """
    articles = [item for script in scripts for item in _objects(_parsed(script), 0) if _is_article(item)]
    return _from(min(articles, key=lambda article: _distance(article, page_urls))) if articles else LinkedData()


def _parsed(script: str) -> Any:
    """Give the JSON in a script, without the marks of a comment or of CDATA around it, or a semicolon; None without."""
    text = script.replace("<![CDATA[", "", 1)
    start = _START.search(text)
    try:
        return None if start is None else _DECODER.raw_decode(text, start.start())[0]
    except (ValueError, RecursionError):
        return None


def _is_article(item: Mapping[str, Any]) -> bool:
    """Whether a thing is an article, by the name of its type alone ("http://schema.org/Article", "schema:Article")."""
    return not _ARTICLES.isdisjoint(re.split("[/#:]", name)[-1] for name in _listed(item.get("@type")))


def _distance(article: Mapping[str, Any], page_urls: Sequence[str]) -> int:
    """Give 0 for an article that is said to be at the page's address, 1 for one without an address, 2 for others."""
    given = [text for text in map(_text, (article.get("url"), article.get("@id"), _page_of(article))) if text]
    if not given or not page_urls:
        return 1
    own = {_place(url, page_urls[0]) for url in page_urls}
    return 0 if any(_place(address, page_urls[0]) in own for address in given) else 2


def _place(address: str, page_url: str) -> str | None:
    """Give an address so that its forms are alike: cleaned, without scheme, "www." and a slash at its end."""
    try:
        cleaned = cleaned_url(urljoin(page_url, address))
    except ValueError:
        return None
    return cleaned and cleaned.partition("://")[2].removeprefix("www.").rstrip("/")


def _page_of(article: Mapping[str, Any]) -> Any:
    page = article.get("mainEntityOfPage")
    return page.get("@id") if isinstance(page, Mapping) else page


def _from(article: Mapping[str, Any]) -> LinkedData:
    title = _text(article.get("headline")) or _text(article.get("name"))
    closed = [part for part in _mappings(article.get("hasPart")) if _is_closed(part)]
    return LinkedData(
        title=html.unescape(title) if title else None,
        published=_text(article.get("datePublished")) or _text(article.get("dateCreated")),
        url=_text(article.get("url")) or _text(_page_of(article)),
        authors=_names(article.get("author")),
        is_paywalled=_is_closed(article) or bool(closed),
        walled=tuple(selector for part in closed for selector in _listed(part.get("cssSelector"))),
    )


def _is_closed(thing: Mapping[str, Any]) -> bool:
    """Whether a thing says that it is not free: false, 0, "False", "http://schema.org/False"."""
    said = thing.get("isAccessibleForFree")
    if isinstance(said, str):
        return said.strip().lower().rpartition("/")[2] in ("false", "no", "0")
    return isinstance(said, int | float) and not said


def _names(authors: Any) -> tuple[str, ...]:
    named = [_text(author.get("name")) for author in _mappings(authors)]
    return tuple(html.unescape(name) for name in (*named, *map(_text, _listed(authors))) if name)


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, Mapping)]


def _objects(data: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    """Give the objects in the order of the script: in lists, in ``@graph``, and as what a page is about."""
    if depth > _DEEPEST:
        return
    if isinstance(data, list):
        for item in data:
            yield from _objects(item, depth + 1)
    elif isinstance(data, Mapping):
        yield data
        for name in ("@graph", "mainEntity"):
            yield from _objects(data.get(name), depth + 1)


def _listed(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, str)]


def _text(value: Any) -> str | None:
    return writable(value).strip() or None if isinstance(value, str) else None
