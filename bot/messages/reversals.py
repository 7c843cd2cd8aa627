"""Reversals and shifts: both sides side by side, what changed underlined, why, and what speaks against it."""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.messages.callbacks import Callback, token_of
from bot.messages.citing import reading_buttons
from bot.messages.judged import judged_line
from bot.messages.markup import Html, at_moment, bold, fits, italic, joined, link, shortened, tagged
from bot.messages.quotes import paging, span
from bot.messages.reader import Reader
from bot.messages.reasons import in_words
from bot.messages.reviewing import reason_text, review_buttons
from bot.messages.shown import Person, Quote, Reversal, Slice
from bot.messages.values import Message
from bot.messages.wording import Span, capacity, common_words, office, outlets, said, words

PAGE_LENGTH = 1
"""Pairs on a page: the buttons under it are about the one that is seen."""

LIMITS = (700, 450, 300, 150)
_REASONS_SHOWN = 4
_LONGEST_REASON = 160
_WORD = re.compile(r"[^\W\d_][\w'’-]{4,}")


def reversal_message(reader: Reader, reversal: Reversal) -> Message:
    """Show one pair."""
    return Message(reversal_block(reader, reversal))


def reversals_page(
    reader: Reader,
    page: Slice[Reversal],
    *,
    person: Person | None,
    quiet_kinds: Collection[str] = (),
    is_asking_why: bool = False,
) -> Message:
    """Show a page of pairs, the latest first.

    Args:
        reader: For whom.
        page: The pairs, at most ``PAGE_LENGTH``.
        person: Whose they are; None for everyone's.
        quiet_kinds: Kinds of evidence that erred too often to be told by alerts.
        is_asking_why: Whether the reasons are offered for which the pair may be rejected.
    """
    if not page.items:
        if person is None:
            return Message(reader.say("No reversals have been found yet."))
        return Message(reader.say("No reversals by <b>{name}</b> have been found.", name=person.name))
    if len(page.items) == page.total:
        counted = reader.count("{number} pair", "{number} pairs", page.total)
    else:
        counted = reader.count("{span} of {number} pair", "{span} of {number} pairs", page.total, span=span(page))
    title = joined(" · ", [bold(person.name if person else reader.say("Reversals")), counted])
    text = Html("")
    for limit in LIMITS:
        blocks = [_shown(reader, reversal, limit, is_quiet=reversal.kind in quiet_kinds) for reversal in page.items]
        text = joined("\n\n", [title, *blocks])
        if fits(text):
            break
    callback = Callback("reversals", token_of(person.id) if person else "", page.offset)
    review = review_buttons(reader, page.items[0], at=callback, is_asking_why=is_asking_why)
    if is_asking_why:
        return Message(text, review)
    reading = reading_buttons(reader, page.items[0].later)
    return Message(text, (*review, reading, *paging(reader, page, callback, PAGE_LENGTH)))


def reversal_block(reader: Reader, reversal: Reversal, limit: int = LIMITS[0], *, is_fresh: bool = False) -> Html:
    """Write a pair: what it is taken for and by whom, of whom, now, then, why and on which other days, doubts.

    Args:
        reader: For whom.
        reversal: The pair.
        limit: Code points of each content to show at most.
        is_fresh: Whether it is told now: then the later side shows its time of day rather than its year.
    """
    later, earlier = reversal.later, reversal.earlier
    return joined(
        "\n",
        [
            joined(" · ", [bold(_label(reader, reversal)), _source(reader, reversal), _state(reader, reversal)]),
            joined(" · ", [_who(reader, later), _matter(reversal)]),
            joined(" ", [bold(reader.say("Now")), _occasion(reader, later, is_fresh=is_fresh)]),
            _words(later, _changed(reversal, "later"), limit),
            joined(" ", [bold(reader.say("Then")), _occasion(reader, earlier, now=later)]),
            _words(earlier, _changed(reversal, "earlier"), limit),
            _why(reader, reversal),
            _listed(reader.say("Doubt"), [in_words(reader, line) for line in reversal.doubts]),
            judged_line(reader, reversal.judged),
        ],
    )


def _shown(reader: Reader, reversal: Reversal, limit: int, *, is_quiet: bool) -> Html:
    block = reversal_block(reader, reversal, limit)
    if not is_quiet:
        return block
    note = reader.say("Evidence of this kind was wrong too often: it is no longer told by alerts.")
    return joined("\n", [block, italic(note)])


def _label(reader: Reader, reversal: Reversal) -> Html:
    if not (reversal.later.outlets and reversal.earlier.outlets):
        return reader.say("No longer counts: withdrawn")
    match reversal.label, reversal.state:
        case "shift", "rejected":
            return reader.say("No shift")
        case "shift", "confirmed":
            return reader.say("Shift (confirmed)")
        case "shift", _:
            return reader.say("Shift")
        case _, "rejected":
            return reader.say("No reversal")
        case _, "confirmed":
            return reader.say("Reversal (confirmed)")
    return reader.say("Possible reversal")


def _source(reader: Reader, reversal: Reversal) -> Html | None:
    """Name the outlet that sets the two against each other itself: the first that carries both."""
    if not reversal.is_from_source or reversal.state == "rejected":
        return None
    before = {(outlet.source_name, outlet.url) for outlet in reversal.earlier.outlets}
    both = [outlet for outlet in reversal.later.outlets if (outlet.source_name, outlet.url) in before]
    return reader.say("according to {outlet}", outlet=both[0].source_name) if both else None


def _state(reader: Reader, reversal: Reversal) -> Html | None:
    if reversal.state == "possible":
        return reader.say("not reviewed")
    if reversal.state == "rejected":
        return joined(": ", [reader.say("corrected"), reason_text(reader, reversal.reason)])
    return None


def _who(reader: Reader, later: Quote) -> Html:
    """Name the speaker as a newspaper does at first: "NAAM (PARTIJ), minister van Financiën"."""
    held = capacity(later, reader.language)
    party = f"({later.party})" if later.party and later.party not in held.split() else None
    return joined(", ", [joined(" ", [bold(later.person_name), party]), held])


def _matter(reversal: Reversal) -> str | None:
    """Give what the pair is about: the longest word that both sides have besides what changed, if it says anything."""
    then = {word.lower() for word in _unchanged(reversal.earlier, _changed(reversal, "earlier"))}
    now = _unchanged(reversal.later, _changed(reversal, "later"))
    both = [word for word in now if word.lower() in then and word.lower() not in common_words()]
    return max(both, key=len, default=None)


def _unchanged(quote: Quote, changed: Collection[Span]) -> list[str]:
    """Give the words that did not change; the first one as it would stand within a sentence."""
    return [
        match[0] if match.start() else match[0][0].lower() + match[0][1:]
        for match in _WORD.finditer(quote.content)
        if not any(first < match.end() and match.start() < last for first, last in changed)
    ]


def _occasion(reader: Reader, quote: Quote, *, is_fresh: bool = False, now: Quote | None = None) -> Html:
    """Write when and where it was said, and as what, where that is not the office of now."""
    was = office(quote, reader.language)
    is_another = now is not None and was not in ("", office(now, reader.language))
    then = reader.say("as {office}", office=was) if is_another else None
    return joined(", ", [_when(reader, quote, is_fresh=is_fresh), _where(reader, quote), then])


def _when(reader: Reader, quote: Quote, *, is_fresh: bool) -> str | Html:
    if quote.said_to is not None and quote.said_from != quote.said_to:
        return said(reader, quote)
    day = quote.said_to or quote.said_on
    published_at = quote.outlets[0].published_at if quote.outlets else None
    if is_fresh and published_at is not None and reader.local_day(published_at) == day:
        return at_moment(reader.short_moment(published_at), published_at)
    return reader.short_day(day)


def _where(reader: Reader, quote: Quote) -> Html | None:
    """Name the outlets; a debate as that, and whether its report may still be corrected."""
    if not quote.outlets or not quote.outlets[0].is_debate:
        return outlets(reader, quote)
    report = quote.outlets[0]
    uncorrected = reader.say("(uncorrected)") if report.is_uncorrected else None
    return joined(" ", [link(reader.say("debate"), report.url), uncorrected])


def _words(quote: Quote, changed: list[Span], limit: int) -> Html:
    shown = words(quote, limit=limit, changed=changed)
    return tagged("blockquote", shown) if quote.outlets else tagged("blockquote", tagged("s", shown))


def _why(reader: Reader, reversal: Reversal) -> Html | None:
    """Write the reasons, and on how many other days the opposite was said as well."""
    reasons = [
        in_words(reader, str(item["reason"])) for item in reversal.evidence if item["weight"] > 0 and item["reason"]
    ]
    other_days = None
    if reversal.other_days:
        other_days = reader.count(
            "Likewise on {number} other day.", "Likewise on {number} other days.", reversal.other_days
        )
    return joined(" ", [_listed(reader.say("Why"), reasons), other_days]) or None


def _changed(reversal: Reversal, side: str) -> list[Span]:
    return [(int(first), int(last)) for item in reversal.evidence if item["weight"] > 0 for first, last in item[side]]


def _listed(label: Html, lines: list[str]) -> Html | None:
    if not lines:
        return None
    shown = dict.fromkeys(shortened(line.rstrip("."), _LONGEST_REASON) for line in lines)
    return joined(" ", [joined("", [label, ":"]), "; ".join(list(shown)[:_REASONS_SHOWN]) + "."])
