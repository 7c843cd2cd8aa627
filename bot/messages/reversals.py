"""Reversals and shifts: both sides side by side, what changed underlined, why, and what speaks against it."""

from __future__ import annotations

from bot.messages.callbacks import Callback, token_of
from bot.messages.markup import Html, bold, fits, joined, shortened, tagged
from bot.messages.quotes import paging, span
from bot.messages.reader import Reader
from bot.messages.shown import Person, Quote, Reversal, Slice
from bot.messages.values import Message
from bot.messages.wording import Span, number, office, outlets, said, words

PAGE_LENGTH = 3
"""Pairs on a page."""

_LIMITS = (700, 450, 300, 150)
_REASONS_SHOWN = 4
_LONGEST_REASON = 160


def reversal_message(reader: Reader, reversal: Reversal) -> Message:
    """Show one pair."""
    return Message(reversal_block(reader, reversal))


def reversals_page(reader: Reader, page: Slice[Reversal], *, person: Person | None) -> Message:
    """Show a page of pairs, the latest first.

    Args:
        reader: For whom.
        page: The pairs, at most ``PAGE_LENGTH``.
        person: Whose they are; None for everyone's.
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
    for limit in _LIMITS:
        text = joined("\n\n", [title, *(reversal_block(reader, reversal, limit) for reversal in page.items)])
        if fits(text):
            break
    callback = Callback("reversals", token_of(person.id) if person else "")
    return Message(text, paging(reader, page, callback, PAGE_LENGTH))


def reversal_block(reader: Reader, reversal: Reversal, limit: int = _LIMITS[0]) -> Html:
    """Write a pair: what it is taken for, now, then, why, doubts.

    Args:
        reader: For whom.
        reversal: The pair.
        limit: Code points of each content to show at most.
    """
    is_confirmed = reversal.state == "confirmed"
    state = reader.say("confirmed") if is_confirmed else reader.say("not reviewed")
    reasons = [str(item["reason"]) for item in reversal.evidence if item["weight"] > 0 and item["reason"]]
    return joined(
        "\n",
        [
            joined(" · ", [bold(_label(reader, reversal.label, is_confirmed=is_confirmed)), state]),
            bold(reversal.later.person_name),
            _side(reader, reader.say("Now"), reversal.later, _changed(reversal, "later"), limit),
            _side(reader, reader.say("Then"), reversal.earlier, _changed(reversal, "earlier"), limit),
            _listed(reader.say("Why"), reasons),
            _listed(reader.say("Doubt"), list(reversal.doubts)),
        ],
    )


def _label(reader: Reader, label: str, *, is_confirmed: bool) -> Html:
    if label == "shift":
        return reader.say("Shift")
    return reader.say("Reversal") if is_confirmed else reader.say("Possible reversal")


def _side(reader: Reader, label: Html, quote: Quote, changed: list[Span], limit: int) -> Html:
    heading = joined(
        " · ", [joined(" ", [bold(label), said(reader, quote)]), office(quote), outlets(reader, quote), number(quote)]
    )
    return joined("\n", [heading, tagged("blockquote", words(quote, limit=limit, changed=changed))])


def _changed(reversal: Reversal, side: str) -> list[Span]:
    return [(int(first), int(last)) for item in reversal.evidence if item["weight"] > 0 for first, last in item[side]]


def _listed(label: Html, lines: list[str]) -> Html | None:
    if not lines:
        return None
    shown = dict.fromkeys(shortened(line.rstrip("."), _LONGEST_REASON) for line in lines)
    return joined(" ", [joined("", [label, ":"]), "; ".join(list(shown)[:_REASONS_SHOWN]) + "."])
