"""What a new installation starts with (roster, sources), and the articles that a demonstration shows."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SOURCE_KINDS = frozenset({"feed", "parliament", "transcripts"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSeed:
    """One source of news as ``sources.toml`` describes it.

    Attributes:
        id: Stable key of the source, lower case with hyphens.
        name: The publisher as people read it under a quote.
        kind: How the source is read; one of ``SOURCE_KINDS``.
        url: The address that is polled.
        home: The page that a person would open instead.
        timezone: IANA name of the zone in which dates without an offset are meant.
        language: ISO 639-1 code of the articles.
        terms: What the publisher allows: a licence, ``personal use`` or ``unknown: ask``.
        enabled: Whether a new installation polls it before anyone has looked at the terms.

    Raises:
        ValueError: A field is empty or wrong, or the source is on although its terms do not allow that.
    """

    id: str
    name: str
    kind: str
    url: str
    home: str
    timezone: str
    language: str
    terms: str
    enabled: bool

    def __post_init__(self) -> None:
        """Refuse what would only fail later, at the first poll."""
        if not (self.id and self.name and self.language and self.terms):
            raise ValueError(f"source {self.id!r}: id, name, language and terms may not be empty")
        if self.kind not in SOURCE_KINDS:
            raise ValueError(f"source {self.id!r}: unknown kind {self.kind!r}")
        for address in (self.url, self.home):
            parts = urlsplit(address)
            if parts.scheme != "https" or not parts.netloc:
                raise ValueError(f"source {self.id!r}: not an https address: {address!r}")
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"source {self.id!r}: unknown time zone {self.timezone!r}") from error
        if self.enabled and (self.terms.startswith("unknown") or self.terms == "personal use"):
            raise ValueError(f"source {self.id!r}: may not be on by default under terms {self.terms!r}")


def roster() -> dict[str, Any]:
    """Return the roster of cabinets and party leaders, Popolo JSON with its sources.

    Returns:
        A new dictionary with ``meta``, ``organizations``, ``posts``, ``persons`` and ``memberships``. Dates
        are ISO 8601, sometimes a year or a month only; an ``end_date`` is the day on which the successor starts.
    """
    content: dict[str, Any] = json.loads(_read("roster.json"))
    return content


def sources() -> list[dict[str, Any]]:
    """Return the sources in the order of ``sources.toml``.

    Returns:
        New dictionaries with exactly the fields of ``SourceSeed``.

    Raises:
        ValueError: A source is not valid, see ``SourceSeed``.
        TypeError: A source lacks a field or has one that does not exist.
    """
    tables = tomllib.loads(_read("sources.toml"))["source"]
    return [asdict(SourceSeed(**table)) for table in tables]


def articles() -> list[dict[str, Any]]:
    """Return the demonstration articles, oldest first.

    They are written by us around words that are on record (``record.json`` says where), on addresses under
    ``.example``, so that nobody takes them for press.

    Returns:
        New dictionaries with ``id``, ``url``, ``source``, ``published_at`` (ISO with the offset of Amsterdam),
        ``title``, ``text`` (paragraphs separated by an empty line), ``sources`` (``name``, ``url``, ``date``)
        and ``statements_on_record`` (ids of ``record.json``).
    """
    folder = files(__name__).joinpath("articles")
    found: list[dict[str, Any]] = [
        json.loads(entry.read_text(encoding="utf-8")) for entry in folder.iterdir() if entry.name.endswith(".json")
    ]
    return sorted(found, key=lambda article: (datetime.fromisoformat(article["published_at"]), article["id"]))


def _read(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
