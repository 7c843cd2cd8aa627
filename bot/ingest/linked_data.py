"""What a page says about itself in JSON-LD (schema.org): title, authors, moment, address, paywall. Pure."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.ingest.encoding import writable

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


def read_linked_data(scripts: list[str]) -> LinkedData:
    """Read the first article among a page's JSON-LD scripts.

    Args:
        scripts: The contents of the page's ``application/ld+json`` scripts; what is no JSON is passed over.

    Returns:
        What it says about itself; all None without an article.
    """
    for script in scripts:
        try:
            data = json.loads(script, strict=False)
        except (ValueError, RecursionError):
            continue
        for item in _objects(data, 0):
            if _ARTICLES.intersection(_listed(item.get("@type"))):
                return _from(item)
    return LinkedData()


def _from(article: Mapping[str, Any]) -> LinkedData:
    page = article.get("mainEntityOfPage")
    own = page.get("@id") if isinstance(page, Mapping) else page
    title = _text(article.get("headline")) or _text(article.get("name"))
    closed = [part for part in _mappings(article.get("hasPart")) if _is_closed(part)]
    return LinkedData(
        title=html.unescape(title) if title else None,
        published=_text(article.get("datePublished")) or _text(article.get("dateCreated")),
        url=_text(article.get("url")) or _text(own),
        authors=_names(article.get("author")),
        is_paywalled=_is_closed(article) or bool(closed),
        walled=tuple(selector for part in closed for selector in _listed(part.get("cssSelector"))),
    )


def _is_closed(thing: Mapping[str, Any]) -> bool:
    """Whether a thing says that it is not free: false, "False", "http://schema.org/False"."""
    said = thing.get("isAccessibleForFree")
    return said is False or (isinstance(said, str) and said.strip().lower().rpartition("/")[2] in ("false", "no"))


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
