"""Reversals and shifts: both sides side by side, what changed underlined, why, and what speaks against it."""

from __future__ import annotations

from collections.abc import Collection

from bot.messages.callbacks import Callback, token_of
from bot.messages.judged import judged_line
from bot.messages.markup import Html, bold, fits, italic, joined, shortened, tagged
from bot.messages.quotes import paging, span
from bot.messages.reader import Reader
from bot.messages.reviewing import reason_text, review_buttons
from bot.messages.shown import Person, Quote, Reversal, Slice
from bot.messages.values import Message
from bot.messages.wording import Span, number, office, outlets, said, words

PAGE_LENGTH = 1
"""Pairs on a page: the buttons under it are about the one that is seen."""

LIMITS = (700, 450, 300, 150)
_REASONS_SHOWN = 4
_LONGEST_REASON = 160


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
    turning = () if is_asking_why else paging(reader, page, callback, PAGE_LENGTH)
    return Message(text, (*review, *turning))


def reversal_block(reader: Reader, reversal: Reversal, limit: int = LIMITS[0]) -> Html:
    """Write a pair: what it is taken for and by whom, now, then, on which other days, why, doubts.

    Args:
        reader: For whom.
        reversal: The pair.
        limit: Code points of each content to show at most.
    """
    reasons = [str(item["reason"]) for item in reversal.evidence if item["weight"] > 0 and item["reason"]]
    return joined(
        "\n",
        [
            joined(" · ", [bold(_label(reader, reversal)), _source(reader, reversal), _state(reader, reversal)]),
            bold(reversal.later.person_name),
            _side(reader, reader.say("Now"), reversal.later, _changed(reversal, "later"), limit),
            _side(reader, reader.say("Then"), reversal.earlier, _changed(reversal, "earlier"), limit),
            _other_days(reader, reversal),
            _listed(reader.say("Why"), reasons),
            _listed(reader.say("Doubt"), list(reversal.doubts)),
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


def _other_days(reader: Reader, reversal: Reversal) -> Html | None:
    if not reversal.other_days:
        return None
    return italic(
        reader.count("Likewise on {number} other day.", "Likewise on {number} other days.", reversal.other_days)
    )


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
