"""How one statement reads: its words and cue, its day, the speaker's office then, and where it stood."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from bot.messages.markup import ELLIPSIS, Html, html, italic, joined, link, shortened, tagged
from bot.messages.officenames import office_label
from bot.messages.reader import Reader
from bot.messages.shown import Outlet, Quote

PARAPHRASE = "–"
"""What stands before words that are not literal."""

LONGEST_CONTENT = 1000
"""Code points of a statement that are shown; the article has the rest."""

_LONG = 350
_LONGEST_SENTENCE = 300
_OUTLETS_SHOWN = 3
_MARKS = "“”„‘’\"' "
_SENTENCE_END = re.compile(r"(?<=[.!?…])[”’\"']?\s+(?=[“‘„\"'(]?[A-ZÀ-Ý])|\n+")
_OPENING_MARK = re.compile(r"[“„‘\"']$")
_CLOSING_MARK = re.compile(r"^[”’\"']")
_SPACES = re.compile(r"\s+")
_CUES = Path(__file__).with_name("cues.toml")

Span = tuple[int, int]


def words(quote: Quote, *, limit: int = LONGEST_CONTENT, changed: Iterable[Span] = ()) -> Html:
    """Write what was said: literal words in quotation marks, a paraphrase after a dash and with its cue.

    A fragment says little by itself: it is shown in the reporter's sentence, after a dash as well.

    Args:
        quote: The statement.
        limit: Code points of its content to show at most.
        changed: Spans of the content (code points, end exclusive) to underline.

    Returns:
        One line of HTML.
    """
    content = _content(quote, limit, changed)
    cue = (quote.cue or "").strip().lower()
    if quote.kind == "indirect":
        return _paraphrase(quote, cue, content)
    literal = joined("", ["“", content, "”"])
    if quote.kind == "partial":
        return _fragment(quote, cue, literal, limit)
    return literal if _is_neutral(cue) else joined(" ", [literal, italic(f"({cue})")])


def words_block(quote: Quote, *, limit: int = LONGEST_CONTENT) -> Html:
    """Write what was said, folded into an expandable block where it is long."""
    line = words(quote, limit=limit)
    return tagged("blockquote expandable", line) if is_long(quote, limit) else line


def is_long(quote: Quote, limit: int = LONGEST_CONTENT) -> bool:
    """Tell whether so much is shown of what was said that it is folded."""
    return min(len(quote.content), limit) > _LONG


def said(reader: Reader, quote: Quote) -> str:
    """Write when it was said: a day, an interval, or the last possible day."""
    if quote.said_to is None:
        return reader.day(quote.said_on)
    if quote.said_from is None:
        return str(reader.say("no later than {day}", day=reader.day(quote.said_to)))
    return reader.days(quote.said_from, quote.said_to)


def office(quote: Quote, language: str = "nl") -> str:
    """Write the speaker's office and party on that day: "minister van Financiën (PV)"; empty if unknown.

    Args:
        quote: The statement.
        language: ``en`` for English, where the roster's Dutch can be said in it.
    """
    held = capacity(quote, language)
    if not quote.party or quote.party in held.split():
        return held
    return f"{held} ({quote.party})" if held else quote.party


def capacity(quote: Quote, language: str = "nl") -> str:
    """Write the speaker's office on that day without the party: "minister van Financiën"; empty if unknown."""
    label = office_label(quote.capacity or "", language)
    return label if language == "en" else label[:1].lower() + label[1:]


def outlets(reader: Reader, quote: Quote) -> Html:
    """Name the outlets that carry it, each a link: "NU.nl, ook bij NOS en AD".

    The first one is named with its day where that is not the day of the words.
    """
    if not quote.outlets:
        return Html("")
    by_name: dict[str, Outlet] = {}
    for outlet in quote.outlets:
        by_name.setdefault(outlet.source_name, outlet)
    first, *others = by_name.values()
    shown = [_named(outlet) for outlet in others[: _OUTLETS_SHOWN - 1]]
    more = len(others) - len(shown)
    if more > 0:
        shown.append(reader.count("{number} more", "{number} more", more))
    if not shown:
        return _outlet(reader, quote, first)
    listed = joined(" ", [joined(", ", shown[:-1]), reader.say("and"), shown[-1]]) if len(shown) > 1 else shown[0]
    return joined(", ", [_outlet(reader, quote, first), reader.say("also at {outlets}", outlets=listed)])


def partly_read(reader: Reader, outlet: Outlet) -> Html | None:
    """Say of an article that only its public part was read; None where that is not so."""
    return reader.say("(behind a paywall, partly read)") if outlet.is_paywalled else None


def mark(reader: Reader, quote: Quote) -> Html | None:
    """Write the mark of a statement that turned from an earlier one; None where it did not."""
    if quote.reversal_label == "reversal":
        return reader.say("↺ reversal") if quote.reversal_is_confirmed else reader.say("↺ possible reversal")
    if quote.reversal_label == "shift":
        return reader.say("↺ shift")
    return None


def name_alone(quote: Quote) -> str:
    """Write the speaker's name as a text does after the first time: "Van der Wiel"."""
    return quote.surname or surname(quote.person_name)


def surname(name: str) -> str:
    """Give the surname that follows a given name, as a text writes it alone: "Van der Wiel"."""
    rest = name.partition(" ")[2] or name
    return rest[0].upper() + rest[1:] if rest else rest


def number(quote: Quote) -> str:
    """Write the permanent number."""
    return f"#{quote.id}"


def _paraphrase(quote: Quote, cue: str, content: Html) -> Html:
    begins_a_sentence = quote.content[:1].isupper()
    if cue in _cues()["according"]:
        if f" {cue} " in f" {quote.content.lower()} ":
            return joined(" ", [PARAPHRASE, content])
        cue = f"volgens {name_alone(quote)}"
    if not cue:
        return joined(" ", [PARAPHRASE, content])
    return joined(" ", [PARAPHRASE, f"{cue}:" if begins_a_sentence else cue, content])


def _fragment(quote: Quote, cue: str, literal: Html, limit: int) -> Html:
    sentence = _sentence_around(quote, limit - len(quote.content))
    if sentence is not None:
        before, after = sentence
        return joined("", [f"{PARAPHRASE} {before}", literal, after])
    return literal if _is_neutral(cue) else joined(" ", [cue, literal])


def _is_neutral(cue: str) -> bool:
    return not cue or cue in _cues()["neutral"]


def _sentence_around(quote: Quote, room: int) -> tuple[str, str] | None:
    """Give the reporter's words before and after a fragment, up to the ends of their sentence.

    None where the paragraph does not hold the fragment, or where there is nothing around it or more than there is
    room for (code points).
    """
    place = quote.context.find(quote.content)
    if place < 0:
        return None
    start = max((match.end() for match in _SENTENCE_END.finditer(quote.context, 0, place)), default=0)
    behind = place + len(quote.content)
    following = _SENTENCE_END.search(quote.context, behind)
    end = following.start() if following else len(quote.context)
    before = _SPACES.sub(" ", _OPENING_MARK.sub("", quote.context[start:place])).lstrip()
    after = _SPACES.sub(" ", _CLOSING_MARK.sub("", quote.context[behind:end])).rstrip()
    if not before.strip(_MARKS) and not after.strip(_MARKS + ".,"):
        return None
    if len(before) + len(after) > min(room, _LONGEST_SENTENCE):
        return None
    return before, after


def _content(quote: Quote, limit: int, changed: Iterable[Span]) -> Html:
    """Escape the content, cut it, and underline the spans that lie in what is left."""
    # Character by character, since the spans count code points.
    whole = "".join(" " if character.isspace() else character for character in quote.content)
    shown = shortened(whole, limit)
    end = len(shown) if shown == whole else len(shown) - len(ELLIPSIS)
    parts: list[Html] = []
    position = 0
    for first, last in _merged(changed, end):
        parts += [html(shown[position:first]), tagged("u", shown[first:last])]
        position = last
    return joined("", [*parts, html(shown[position:])])


def _merged(spans: Iterable[Span], end: int) -> list[Span]:
    """Bring spans into order, within the text and without overlap."""
    merged: list[Span] = []
    for first, last in sorted(spans):
        first, last = max(first, 0), min(last, end)
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        elif first < last:
            merged.append((first, last))
    return merged


def _named(outlet: Outlet) -> Html:
    return link(shortened(outlet.source_name, 60), outlet.url)


def _outlet(reader: Reader, quote: Quote, outlet: Outlet) -> Html:
    name = joined(" ", [_named(outlet), partly_read(reader, outlet)])
    published = reader.local_day(outlet.published_at)
    return name if published == quote.said_on else joined(", ", [name, reader.day(published)])


def common_words() -> frozenset[str]:
    """Give words that say nothing of what a statement is about, in lower case."""
    return _cues()["unspecific"]


@cache
def _cues() -> dict[str, frozenset[str]]:
    """Read the lists of cues, once."""
    return {name: frozenset(cues) for name, cues in tomllib.loads(_CUES.read_text(encoding="utf-8")).items()}
