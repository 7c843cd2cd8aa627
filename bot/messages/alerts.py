"""Alerts: all that an article holds for a chat, in one message if it fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from bot.messages.callbacks import Callback
from bot.messages.citing import reading_buttons
from bot.messages.markup import Html, bold, fits, italic, joined, link, packed, shortened
from bot.messages.reader import Reader
from bot.messages.reversals import LIMITS, reversal_block
from bot.messages.reviewing import review_buttons
from bot.messages.shown import Outlet, Quote, Reversal
from bot.messages.values import Message
from bot.messages.wording import mark, number, office, said, words

_LONGEST_TITLE = 200


def alert(
    reader: Reader,
    article: Outlet,
    quotes: Sequence[Quote],
    reversals: Sequence[Reversal] = (),
    *,
    is_asking_why: bool = False,
) -> list[Message]:
    """Show what an article brought.

    Args:
        reader: For whom.
        article: The article.
        quotes: Its statements, in the order of its text.
        reversals: The pairs in which they are the later side; those words stand in the pair and nowhere else.
        is_asking_why: Whether the reasons are offered for which a pair may be rejected.

    Returns:
        The messages in the order in which they are sent; none where there is nothing to tell. All of it is one
        message if it fits; but of several pairs each has a message, since the buttons under it are about one.
        Only the first message sounds.
    """
    if not quotes and not reversals:
        return []
    if len(reversals) == 1:
        # Long words of the pair give way, so that it stands with its statements and can be brought up to date.
        for limit in LIMITS:
            text = joined("\n\n", _blocks(reader, article, quotes, reversals, limit))
            if fits(text):
                return [_flag(reader, text, reversals[0], is_asking_why=is_asking_why)]
    in_pairs = {reversal.later.id for reversal in reversals}
    messages = []
    if any(quote.id not in in_pairs for quote in quotes):
        blocks = _blocks(reader, article, quotes, reversals, LIMITS[0], with_pairs=False)
        # Buttons are about one statement, in a message that holds no other.
        buttons = (reading_buttons(reader, quotes[0]),) if len(quotes) == 1 else ()
        messages = [Message(text, buttons) for text in packed(blocks)]
    for reversal in reversals:
        text = joined("\n\n", _blocks(reader, article, (), [reversal], LIMITS[0]))
        messages.append(_flag(reader, text, reversal, is_asking_why=is_asking_why))
    return [replace(message, is_silent=position > 0) for position, message in enumerate(messages)]


def _blocks(
    reader: Reader,
    article: Outlet,
    quotes: Sequence[Quote],
    reversals: Sequence[Reversal],
    limit: int,
    *,
    with_pairs: bool = True,
) -> list[Html]:
    """Write title, statements by speaker, pairs and source; words that stand in a pair are not repeated."""
    in_pairs = {reversal.later.id for reversal in reversals}
    others = [quote for quote in quotes if quote.id not in in_pairs]
    blocks = [_title(reader, article, quotes)]
    blocks += [block for group in _by_speaker(others) for block in _speaker(reader, article, group)]
    blocks += [reversal_block(reader, reversal, limit) for reversal in reversals if with_pairs]
    blocks.append(_source(reader, article, quotes))
    return blocks


def _flag(reader: Reader, text: Html, reversal: Reversal, *, is_asking_why: bool) -> Message:
    buttons = review_buttons(reader, reversal, at=Callback("reversals"), is_asking_why=is_asking_why)
    return Message(text, buttons, pair=reversal.id)


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
        mark(reader, quote),
    )


def _source(reader: Reader, article: Outlet, quotes: Sequence[Quote]) -> Html:
    legend = italic(reader.say("– = paraphrase")) if any(quote.kind != "direct" for quote in quotes) else None
    outlet = joined(", ", [link(shortened(article.source_name, 60), article.url), reader.moment(article.published_at)])
    return joined(" · ", [legend, outlet])
