"""Alerts: all that an article holds for a chat, in one message if it fits."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from bot.messages.markup import Html, bold, fits, italic, joined, link, packed, shortened
from bot.messages.reader import Reader
from bot.messages.reversals import reversal_block
from bot.messages.shown import Outlet, Quote, Reversal
from bot.messages.values import Message
from bot.messages.wording import mark, number, office, said, words

_LONGEST_TITLE = 200


def alert(
    reader: Reader, article: Outlet, quotes: Sequence[Quote], reversals: Sequence[Reversal] = ()
) -> list[Message]:
    """Show what an article brought.

    Args:
        reader: For whom.
        article: The article.
        quotes: Its statements, in the order of its text.
        reversals: The pairs in which they are the later side; those words stand in the pair and nowhere else.

    Returns:
        The messages in the order in which they are sent: one, or several where it is longer than a message
        can be; none where there is nothing to tell. Only the first one sounds.
    """
    if not quotes and not reversals:
        return []
    blocks = [_title(reader, article, quotes)]
    in_pairs = {reversal.later.id for reversal in reversals}
    others = [quote for quote in quotes if quote.id not in in_pairs]
    blocks += [block for group in _by_speaker(others) for block in _speaker(reader, article, group)]
    blocks += [reversal_block(reader, reversal) for reversal in reversals]
    blocks.append(_source(reader, article, quotes))
    texts = packed(blocks)
    return [Message(text, is_silent=position > 0) for position, text in enumerate(texts)]


def _title(reader: Reader, article: Outlet, quotes: Sequence[Quote]) -> Html:
    title = bold(shortened(article.title or article.source_name, _LONGEST_TITLE))
    if not quotes:
        return title
    speakers = len({quote.person_id for quote in quotes})
    statements = reader.count("{number} statement", "{number} statements", len(quotes))
    if speakers == 1:
        return joined(" · ", [title, statements])
    return joined(
        " · ", [title, joined(", ", [statements, reader.count("{number} speaker", "{number} speakers", speakers)])]
    )


def _by_speaker(quotes: Sequence[Quote]) -> list[list[Quote]]:
    """Bring each speaker's statements together, in the order in which the speakers first come."""
    first = {quote.person_id: place for place, quote in reversed(list(enumerate(quotes)))}
    ordered = sorted(quotes, key=lambda quote: first[quote.person_id])
    return [list(group) for _, group in groupby(ordered, key=lambda quote: quote.person_id)]


def _speaker(reader: Reader, article: Outlet, quotes: Sequence[Quote]) -> list[Html]:
    """Write a speaker's statements under the name; the name is repeated where they need a second message."""
    heading = joined(", ", [bold(quotes[0].person_name), office(quotes[0])])
    blocks: list[Html] = []
    for line in _lines(reader, article, quotes):
        longer = joined("\n", [blocks[-1], line]) if blocks else heading
        if blocks and fits(joined("\n\n", [longer, _source(reader, article, quotes)])):
            blocks[-1] = longer
        else:
            blocks.append(joined("\n", [heading, line]))
    return blocks


def _lines(reader: Reader, article: Outlet, quotes: Sequence[Quote]) -> list[Html]:
    """Write a line for each statement; fragments of one sentence share theirs, with their numbers."""
    lines: list[Html] = []
    for shown, same in groupby(quotes, key=lambda quote: (words(quote), _details(reader, article, quote, quotes[0]))):
        numbers = ", ".join(number(quote) for quote in same)
        lines.append(joined(" · ", [shown[0], *shown[1][:-1], numbers, shown[1][-1]]))
    return lines


def _details(reader: Reader, article: Outlet, quote: Quote, first: Quote) -> tuple[str | None, str | None, Html | None]:
    """What stands behind the words: an older day, the office where it is not the one in the heading, the mark."""
    dated = quote.said_to is not None and quote.said_on != reader.local_day(article.published_at)
    return (
        said(reader, quote) if dated else None,
        office(quote) if office(quote) != office(first) else None,
        mark(reader, quote.reversal_label),
    )


def _source(reader: Reader, article: Outlet, quotes: Sequence[Quote]) -> Html:
    legend = italic(reader.say("– = paraphrase")) if any(quote.kind != "direct" for quote in quotes) else None
    outlet = joined(", ", [link(shortened(article.source_name, 60), article.url), reader.moment(article.published_at)])
    return joined(" · ", [legend, outlet])
