"""Pages as news sites make them, for measuring: articles without anybody of the roster, and articles full of quotes."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

START = datetime(2015, 1, 5, 12, 0, tzinfo=UTC)
DAYS_APART = 4
"""Pages are so far apart that the same words in two of them are not one moment."""

_OFFICE = re.compile("minister|secretaris|leider|voorzitter|trekker|kabinet|bewinds")
_WORD = re.compile(r"\b[a-zë]{8,}\b")
_MENU = "".join(
    f'<li><a href="/{word.lower()}">{word}</a></li>'
    for word in ("Voorpagina", "Binnenland", "Buitenland", "Politiek", "Economie", "Sport", "Cultuur", "Weer", "Video")
)
_RELATED = "".join(
    f'<li class="teaser teaser--small"><a href="/artikel/{number}" class="teaser__link"><div class="teaser__media">'
    f'<picture><source srcset="/beeld/{number}.webp 1x, /beeld/{number}-groot.webp 2x"><img src="/beeld/{number}.jpg" '
    f'alt="" loading="lazy"></picture></div><div class="teaser__body"><span class="label">Binnenland</span><h3>Nog een '
    f"bericht dat hier alleen staat om te lezen, nummer {number}</h3><time>{number} uur geleden</time></div></a></li>"
    for number in range(1, 181)
)
_SCRIPT = f"<script>window.dataLayer=[];{'function x(){return 1};' * 1500}</script>"
_COOKIES = (
    "<p>Wij en onze partners gebruiken cookies om deze site te laten werken, om te meten hoe hij wordt gebruikt en om "
    "advertenties te tonen die bij je passen. Kies hieronder wat je goed vindt.</p>"
    "<button>Alles accepteren</button><button>Instellingen</button>"
)


def quiet_texts(texts: Sequence[str], count: int) -> Iterator[str]:
    """Give articles that mention nobody: the words of others in another order, small and without marks.

    Args:
        texts: Articles whose words are used.
        count: How many to give.
    """
    words = [word for text in texts for word in _WORD.findall(text) if not _OFFICE.search(word)]
    for number in range(count):
        order = random.Random(number)  # noqa: S311 - a measurement wants the same pages each time
        lengths = [len(paragraph.split()) for paragraph in texts[number % len(texts)].split("\n\n")]
        paragraphs = (" ".join(order.choices(words, k=max(8, length))) for length in lengths)
        yield "\n\n".join(f"{paragraph.capitalize()}." for paragraph in paragraphs)


def quoting_texts(texts: Sequence[str], count: int) -> Iterator[str]:
    """Give articles full of quotes: others with so many words changed that none is a copy of another.

    Args:
        texts: The articles that are varied.
        count: How many to give.
    """
    words = [word for text in texts for word in _WORD.findall(text)]
    for number in range(count):
        order = random.Random(number)  # noqa: S311 - a measurement wants the same pages each time

        def other(found: re.Match[str], order: random.Random = order) -> str:
            return order.choice(words) if not found[0].endswith("t") else found[0]

        yield _WORD.sub(other, texts[number % len(texts)])


def mostly_quiet_texts(texts: Sequence[str], count: int) -> Iterator[str]:
    """Give articles of which every twentieth is full of quotes, and the others mention nobody."""
    quoting = quoting_texts(texts, count)
    for number, quiet in enumerate(quiet_texts(texts, count)):
        yield next(quoting) if number % 20 == 0 else quiet


def write_pages(folder: Path, texts: Iterator[str], *, is_small: bool = False) -> None:
    """Write each text as a page into a folder; a small one has no related links and no script."""
    folder.mkdir(parents=True)
    for number, text in enumerate(texts):
        (folder / f"{number:06}.html").write_text(page_of(number, text, is_small=is_small), encoding="utf-8")


def page_of(number: int, text: str, *, is_small: bool = False) -> str:
    """Wrap a text as a page with what stands around it: menu, linked data, related links, cookies, footer."""
    script, related = ("", "") if is_small else (_SCRIPT, _RELATED)
    moment = START + timedelta(days=DAYS_APART * number)
    title = f"{text[:60].strip()} ({number})"
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": moment.isoformat(),
        "author": [{"@type": "Person", "name": "Onze verslaggever"}],
        "isAccessibleForFree": True,
    }
    body = "".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in text.split("\n\n"))
    return (
        f'<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>{escape(title)} | De Waterlander</title>'
        f'<link rel="canonical" href="https://waterlander.example/artikel/{number}">'
        f'<meta property="og:title" content="{escape(title)}"><meta property="article:published_time" '
        f'content="{moment.isoformat()}"><script type="application/ld+json">{json.dumps(data)}</script>'
        f"{script}</head>"
        f'<body><div id="cookies" class="consent-banner">{_COOKIES}</div><header><nav><ul>{_MENU}</ul></nav></header>'
        f'<main><article><h1>{escape(title)}</h1><p class="byline">Door onze verslaggever</p>'
        f'<figure><img src="/beeld.jpg" alt=""><figcaption>Archiefbeeld</figcaption></figure>{body}'
        f'<p><a href="/artikel/{number + 1}">Lees ook: nog een bericht</a></p></article>'
        f'<aside class="related"><h2>Meer nieuws</h2><ul>{related}</ul></aside></main>'
        f"<footer><ul>{_MENU}</ul><p>© De Waterlander. Alle rechten voorbehouden.</p></footer></body></html>"
    )
