"""Alerts: all that a story holds for a chat, in one message that grows with it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from bot.messages.callbacks import Callback, encode
from bot.messages.citing import reading_buttons
from bot.messages.deeplinks import follow_privately
from bot.messages.markup import Html, bold, fits, italic, joined, link, shortened, tagged
from bot.messages.reader import Reader
from bot.messages.reversals import reversal_block
from bot.messages.reviewing import review_buttons
from bot.messages.shown import Alert, Outlet, Quote
from bot.messages.values import Button, Message
from bot.messages.wording import is_long, mark, name_alone, office, partly_read, said, words

SENTENCES_OF_A_DEBATE = 3
"""How much of a debate is told: the rest is behind a button."""

_LEVELS = ((1000, 700), (600, 450), (350, 300), (200, 150))
"""Code points of a statement and of a side of a pair to show, until all of it fits."""

_LONGEST_TITLE = 200
_OTHER_OUTLETS = 6
_CABINET = ("minister", "viceminister", "staatssecretaris")

Rows = tuple[tuple[Button, ...], ...]


def alert(reader: Reader, told: Alert, *, is_asking_why: bool = False) -> Message:
    """Show what a story holds.

    Args:
        reader: For whom.
        told: The article that brought it, its statements, and at most one pair of which one is the later side: those
            words stand in the pair and nowhere else. Statements that no article carries any more are struck through.
        is_asking_why: Whether the reasons are offered for which the pair may be rejected.

    Returns:
        One message. Of a debate the promises come first, and three sentences are shown. What does not fit is cut at
        a word or left out, and stands behind a button (see ``bot.messages.reading``).
    """
    in_pairs = {reversal.later.id for reversal in told.reversals}
    others = [quote for quote in told.quotes if quote.id not in in_pairs]
    shown = _foremost(others) if told.article.is_debate else others
    text, limit = Html(""), 0
    for limit, side in _LEVELS:
        text = _text(reader, told, shown, limit, side)
        if fits(text):
            break
    while shown and not fits(text):
        shown = shown[: -max(1, len(shown) // 8)]
        text = _text(reader, told, shown, limit, side)
    hidden = len(others) - len(shown)
    is_cut = any(len(quote.content) > limit for quote in shown)
    more = _more(reader, hidden) if hidden or is_cut else None
    buttons = _buttons(reader, told, more, is_asking_why=is_asking_why)
    return Message(text, buttons, pair=told.reversals[0].id if told.reversals else None)


def topic_is_closed(reader: Reader) -> Message:
    """Tell that alerts come here because their topic takes no messages."""
    return Message(
        reader.say(
            "The topic in which alerts were posted is closed or was deleted: from now on they come here. "
            "Say /here in another topic to have them there."
        ),
        is_silent=True,
    )


def title(reader: Reader, told: Alert) -> Html:
    """Write the headline with what there is: "Migratieoverleg · 6 uitspraken, 3 bewindslieden"."""
    headline = bold(shortened(told.article.title or told.article.source_name, _LONGEST_TITLE))
    if told.is_addition:
        headline = joined(" · ", [headline, reader.say("added later")])
    quotes = told.quotes
    if not quotes:
        return headline
    counted: list[Html | None] = [reader.count("{number} statement", "{number} statements", len(quotes))]
    speakers = len({quote.person_id for quote in quotes})
    if speakers > 1 and all(_is_in_cabinet(quote) for quote in quotes):
        counted.append(reader.count("{number} minister", "{number} ministers", speakers))
    elif speakers > 1:
        counted.append(reader.count("{number} speaker", "{number} speakers", speakers))
    promises = sum(quote.pledge == "promise" for quote in quotes)
    if promises:
        counted.append(reader.count("{number} promise", "{number} promises", promises))
    return joined(" · ", [headline, joined(", ", counted)])


def speaker_heading(reader: Reader, quote: Quote, beside: Sequence[Quote]) -> Html:
    """Name a speaker, short where nobody beside has the same name.

    Beside others a minister's office is left out, since it would hide the words; the citation has it.
    """
    namesakes = {other.person_id for other in beside if name_alone(other) == name_alone(quote)}
    name = bold(name_alone(quote) if len(namesakes) < 2 else quote.person_name)
    is_alone = all(other.person_id == quote.person_id for other in beside)
    if _is_in_cabinet(quote) and not is_alone:
        return name
    return joined(", ", [name, office(quote, reader.language)])


def struck(reader: Reader, shown: Html) -> Html:
    """Write words that no article carries any more."""
    return joined(" ", [tagged("s", shown), reader.say("(withdrawn)")])


def by_speaker(quotes: Sequence[Quote]) -> list[list[Quote]]:
    """Bring each speaker's statements together, in the order in which the speakers first come."""
    first = {quote.person_id: place for place, quote in reversed(list(enumerate(quotes)))}
    ordered = sorted(quotes, key=lambda quote: first[quote.person_id])
    return [list(group) for _, group in groupby(ordered, key=lambda quote: quote.person_id)]


def _text(reader: Reader, told: Alert, shown: Sequence[Quote], limit: int, side: int) -> Html:
    lines = [line for group in by_speaker(shown) for line in _speaker(reader, told.article, group, shown, limit)]
    statements = joined("\n", [title(reader, told), *lines])
    pairs = [reversal_block(reader, reversal, side, is_fresh=True) for reversal in told.reversals]
    footer = _footer(reader, told, shown)
    if pairs:
        return joined("\n\n", [statements, *pairs, footer])
    return joined("\n", [statements, footer])


def _foremost(quotes: Sequence[Quote]) -> list[Quote]:
    """Choose what is told of a debate: promises before all else, then the first sentences."""
    ordered = sorted(quotes, key=lambda quote: quote.pledge != "promise")
    return ordered[:SENTENCES_OF_A_DEBATE]


def _speaker(
    reader: Reader, article: Outlet, quotes: Sequence[Quote], beside: Sequence[Quote], limit: int
) -> list[Html]:
    """Write a speaker's statements: the name before the first one, on its line unless that is a block."""
    heading = speaker_heading(reader, quotes[0], beside)
    lines = _lines(reader, article, quotes, limit)
    if is_long(quotes[0], limit):
        return [heading, *lines]
    return [joined(" ", [heading, lines[0]]), *lines[1:]]


def _lines(reader: Reader, article: Outlet, quotes: Sequence[Quote], limit: int) -> list[Html]:
    """Write a line for each statement; fragments of one sentence share theirs."""
    lines = []
    for _, same in groupby(quotes, key=lambda quote: (words(quote), _details(reader, article, quote, quotes[0]))):
        quote = next(same)
        shown = words(quote, limit=limit)
        if not quote.outlets:
            shown = struck(reader, shown)
        line = joined(" · ", [shown, *_details(reader, article, quote, quotes[0])])
        lines.append(tagged("blockquote expandable", line) if is_long(quote, limit) else line)
    return lines


def _details(reader: Reader, article: Outlet, quote: Quote, first: Quote) -> tuple[str | Html | None, ...]:
    """What stands behind the words: a promise, another day, the office where it is not the one before, the mark."""
    return (
        _promise(reader, quote),
        said(reader, quote) if _is_of_another_day(reader, article, quote) else None,
        office(quote, reader.language) if office(quote) != office(first) else None,
        mark(reader, quote),
    )


def _promise(reader: Reader, quote: Quote) -> Html | None:
    if quote.pledge != "promise":
        return None
    if quote.pledged_for is None:
        return reader.say("promise")
    return reader.say("promise, by {day}", day=reader.day(quote.pledged_for))


def _is_of_another_day(reader: Reader, article: Outlet, quote: Quote) -> bool:
    day = quote.said_on
    if quote.said_to is None and quote.outlets:
        # It was said when it was printed, on a day that the outlet's clock and the reader's may call differently.
        day = reader.local_day(quote.outlets[0].published_at)
    return day != reader.local_day(article.published_at)


def _footer(reader: Reader, told: Alert, shown: Sequence[Quote]) -> Html:
    """Name the sources: the article that brought it, and the other outlets that carry some of it."""
    article = told.article
    legend = italic(reader.say("– = paraphrase")) if any(quote.kind != "direct" for quote in shown) else None
    day = reader.day(reader.local_day(article.published_at))
    uncorrected = reader.say("(uncorrected)") if article.is_uncorrected else None
    source = joined(" ", [joined(", ", [_linked(article), day]), uncorrected, partly_read(reader, article)])
    others = _other_outlets(told)
    named = [_linked(outlet) for outlet in others[:_OTHER_OUTLETS]]
    if len(others) > len(named):
        more = len(others) - len(named)
        named.append(reader.count("{number} more", "{number} more", more))
    also = reader.say("also at {outlets}", outlets=joined(", ", named)) if named else None
    return joined(" · ", [legend, source, also])


def _other_outlets(told: Alert) -> list[Outlet]:
    """Give one article of each other outlet that carries some of the statements, oldest first."""
    carried = [*told.quotes, *(reversal.later for reversal in told.reversals)]
    outlets = sorted((outlet for quote in carried for outlet in quote.outlets), key=lambda outlet: outlet.published_at)
    by_name: dict[str, Outlet] = {}
    for outlet in outlets:
        by_name.setdefault(outlet.source_name, outlet)
    by_name.pop(told.article.source_name, None)
    return list(by_name.values())


def _linked(outlet: Outlet) -> Html:
    return link(shortened(outlet.source_name, 60), outlet.url)


def _is_in_cabinet(quote: Quote) -> bool:
    return (quote.capacity or "").casefold().startswith(_CABINET)


def _more(reader: Reader, hidden: int) -> Button:
    if hidden:
        label = str(reader.count("{number} more statement", "{number} more statements", hidden))
    else:
        label = reader.label("Full text")
    return Button(label, data=encode(Callback("more", offset=1)))


def _buttons(reader: Reader, told: Alert, more: Button | None, *, is_asking_why: bool) -> Rows:
    """Make the rows: the verdicts on a pair, what reads on, and what leads elsewhere."""
    rows: list[tuple[Button, ...]] = []
    alone = told.quotes[0] if len(told.quotes) == 1 else None
    if told.reversals:
        rows += review_buttons(reader, told.reversals[0], at=Callback("reversals"), is_asking_why=is_asking_why)
        if is_asking_why:
            return tuple(rows)
        alone = told.reversals[0].later
    if more:
        rows.append((more,))
    if alone:
        rows.append(reading_buttons(reader, alone))
    choose = () if alone else (Button(reader.label("Cite"), data=encode(Callback("pick"))),)
    private = (follow_privately(reader, _main_speaker(told)),) if reader.is_group else ()
    rows.append((*choose, *private, Button(reader.label("Silence"), data=encode(Callback("silence")))))
    return tuple(rows)


def _main_speaker(told: Alert) -> str:
    """Give whom most of the statements are by, the first of several."""
    speakers = [quote.person_id for quote in told.quotes] or [told.reversals[0].later.person_id]
    return max(dict.fromkeys(speakers), key=speakers.count)
