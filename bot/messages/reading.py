"""All that an alert holds, in full, in pages: what the alert itself cuts or leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.messages.alerts import alert, by_speaker, speaker_heading, struck, title
from bot.messages.callbacks import Callback, encode
from bot.messages.markup import ELLIPSIS, Html, fits, html, joined, plain
from bot.messages.reader import Reader
from bot.messages.shown import Alert, Quote
from bot.messages.values import Button, Message
from bot.messages.wording import number, words

_PART = 1500
"""Code points of one block: a longer statement goes on in the next."""


def reading_page(reader: Reader, told: Alert, page: int) -> Message:
    """Show a page of all that an alert holds.

    Args:
        reader: For whom.
        told: What the alert holds.
        page: From 1 on; 0, and any page that there is not (any more), is the alert itself.

    Returns:
        The page, with buttons to the one before and the one behind.
    """
    pages = _pages(reader, told)
    if not 1 <= page <= len(pages):
        return alert(reader, told)
    row = [_turn(reader.label("‹ back"), page - 1)]
    if page < len(pages):
        row.append(_turn(reader.label("further ›"), page + 1))
    choose = Button(reader.label("Cite"), data=encode(Callback("pick")))
    return Message(pages[page - 1], (tuple(row), (choose,)))


def _pages(reader: Reader, told: Alert) -> list[Html]:
    """Fill pages with blocks, each under the headline."""
    headline = title(reader, told)
    pages: list[Html] = []
    for block in _blocks(reader, told.quotes):
        longer = joined("\n\n", [pages[-1], block]) if pages else Html("")
        if pages and fits(longer):
            pages[-1] = longer
        else:
            pages.append(joined("\n\n", [headline, block]))
    return pages


def _blocks(reader: Reader, quotes: Sequence[Quote]) -> Iterator[Html]:
    for group in by_speaker(quotes):
        for quote in group:
            parts = _parts(reader, quote)
            yield joined("\n", [speaker_heading(reader, quote, quotes), parts[0]])
            yield from parts[1:]


def _parts(reader: Reader, quote: Quote) -> list[Html]:
    """Write a statement in full, with its number, in parts that are cut at words; a withdrawn one is struck through."""
    parts = _cut(words(quote, limit=len(quote.content) + _PART), whole=len(quote.content) <= _PART)
    if not quote.outlets:
        parts = [struck(reader, part) for part in parts]
    return [*parts[:-1], joined(" ", [parts[-1], number(quote)])]


def _cut(line: Html, *, whole: bool) -> list[Html]:
    if whole:
        return [line]
    rest, parts = plain(line), []
    while len(rest) > _PART:
        cut = rest.rfind(" ", 1, _PART)
        cut = cut if cut > 0 else _PART
        parts.append(html(rest[:cut] + ELLIPSIS))
        rest = rest[cut:].lstrip()
    return [*parts, html(rest)]


def _turn(label: str, page: int) -> Button:
    return Button(label, data=encode(Callback("more", offset=page)))
