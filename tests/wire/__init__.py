"""The texts of forty articles in ten families, as outlets make them of an agency's copy."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import combinations
from pathlib import Path

_FAMILIES = tomllib.loads(Path(__file__).with_name("families.toml").read_text(encoding="utf-8"))["family"]


@dataclass(frozen=True)
class WireArticle:
    """One article; ``quotes`` are those of its family that it prints."""

    family: str
    outlet: str
    text: str
    published_at: datetime
    quotes: tuple[str, ...]

    @property
    def url(self) -> str:
        """Its address."""
        return f"https://{self.outlet.replace(' ', '').lower()}.example/{self.family}"


def _articles() -> list[WireArticle]:
    made = []
    for family in _FAMILIES:
        noon = datetime.combine(family["day"], time(12), UTC)
        for article in family["article"]:
            agency = family["agency"]
            kept = [agency[place] for place in article.get("keep", range(len(agency)))]
            text = "\n\n".join([*article.get("lead", ()), *kept, *article.get("own", ())])
            moment = noon + timedelta(hours=article.get("hours", 0))
            quotes = tuple(quote for quote in family["quotes"] if quote in text)
            made.append(WireArticle(family["name"], article["outlet"], text, moment, quotes))
    return made


ARTICLES = _articles()
"""All of them, family by family."""

QUOTES = tuple(quote for family in _FAMILIES for quote in family["quotes"])
"""Each quote of the families, once."""

PAIRS = frozenset(
    frozenset((one.url, other.url)) for one, other in combinations(ARTICLES, 2) if one.family == other.family
)
"""The pairs of addresses whose articles are of one family."""
