"""A statement in its context: the paragraph around it, and what the same person said before on the matter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.messages.citing import reading_buttons
from bot.messages.markup import Html, bold, fits, html, joined, shortened, tagged
from bot.messages.quotes import archive_note, provenance
from bot.messages.reader import Reader
from bot.messages.shown import Quote
from bot.messages.values import Message
from bot.messages.wording import number, office, said, words

EARLIER_SHOWN = 3
"""Earlier statements that are shown at most."""

_LONGEST_PARAGRAPH = 1500
_LONGEST_WORDING = 600
_LIMITS = (400, 200, 100)


def context_message(reader: Reader, quote: Quote, earlier: Sequence[Quote], archive_since: date | None) -> Message:
    """Show a statement in its context.

    Args:
        reader: For whom.
        quote: The statement.
        earlier: What its speaker said on earlier days on the same matter, the likest first.
        archive_since: The day from which the archive reaches; None while it is empty.
    """
    heading = joined(" · ", [bold(quote.person_name), said(reader, quote), office(quote, reader.language)])
    source = provenance(reader, quote) if quote.outlets else number(quote)
    paragraph = joined("\n", [tagged("blockquote", _paragraph(quote)), source, *_corrections(reader, quote)])
    text = Html("")
    for limit in _LIMITS:
        before = _earlier(reader, earlier[:EARLIER_SHOWN], limit)
        text = joined("\n\n", [heading, paragraph, before, archive_note(reader, archive_since)])
        if fits(text):
            break
    # The paragraph has just been read: what is left to ask for is the citation.
    return Message(text, (reading_buttons(reader, quote)[1:],))


def _paragraph(quote: Quote) -> Html:
    """Write the paragraph with the statement's words in bold; the words alone where it does not hold them."""
    place = quote.context.find(quote.content)
    if place < 0:
        return words(quote)
    start = max(0, min(place - _LONGEST_PARAGRAPH // 3, len(quote.context) - _LONGEST_PARAGRAPH))
    before = quote.context[start:place] if start == 0 else "…" + quote.context[start:place].partition(" ")[2]
    content = shortened(quote.content, _LONGEST_PARAGRAPH)
    room = max(_LONGEST_PARAGRAPH - len(before) - len(content), 1)
    after = shortened(quote.context[place + len(quote.content) :], room)
    return joined("", [html(before), bold(content), html(after)])


def _corrections(reader: Reader, quote: Quote) -> list[Html]:
    """Say how a report that was corrected words it by now."""
    wordings = dict.fromkeys(outlet.wording for outlet in quote.outlets if outlet.wording)
    return [
        reader.say("In the corrected report: “{words}”", words=shortened(wording, _LONGEST_WORDING))
        for wording in wordings
    ]


def _earlier(reader: Reader, quotes: Sequence[Quote], limit: int) -> Html:
    if not quotes:
        return reader.say("No earlier words on this were found.")
    lines = [bold(reader.say("Earlier on this"))]
    for quote in quotes:
        lines.append(joined(" · ", [said(reader, quote), office(quote, reader.language), number(quote)]))
        lines.append(words(quote, limit=limit))
    return joined("\n", lines)
