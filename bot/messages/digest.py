"""The digest: by story what was said and what turned, then what was corrected and what was promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.messages.markup import Html, bold, italic, joined, link, packed, shortened
from bot.messages.reader import Reader, noted
from bot.messages.shown import Outlet, Quote, Reversal
from bot.messages.values import Message
from bot.messages.wording import mark, number, words

STORIES_SHOWN = 25
STATEMENTS_SHOWN = 4
"""Statements of one story that are shown; the archive has the rest."""

_LONGEST_STATEMENT = 220
_LONGEST_SIDE = 160
_LONGEST_TITLE = 120
_LONGEST_PLEDGE = 90
_OUTLETS_SHOWN = 4


class Story(Protocol):
    """A story of a digest."""

    @property
    def title(self) -> str:
        """The title of its first article."""

    @property
    def quotes(self) -> Sequence[Quote]:
        """What was said."""

    @property
    def reversals(self) -> Sequence[Reversal]:
        """What turned or shifted."""


class Digest(Protocol):
    """What a chat was due between two moments."""

    @property
    def since(self) -> datetime:
        """The first moment."""

    @property
    def until(self) -> datetime:
        """The last one."""

    @property
    def stories(self) -> Sequence[Story]:
        """What was said, by story."""

    @property
    def corrected(self) -> Sequence[Reversal]:
        """The pairs about which a correction was told."""

    @property
    def withdrawn(self) -> Sequence[Quote]:
        """The statements that their article carries no more, or in other words."""

    @property
    def late(self) -> int:
        """How many statements and pairs were too old when they could be sent."""


def digest_messages(reader: Reader, digest: Digest) -> list[Message]:
    """Show a digest in as few messages as it takes; only the first one sounds.

    Args:
        reader: For whom.
        digest: What happened; something did.
    """
    blocks = [_heading(reader, digest)]
    blocks += [block for story in digest.stories[:STORIES_SHOWN] for block in _story(reader, story)]
    more = len(digest.stories) - STORIES_SHOWN
    if more > 0:
        blocks.append(reader.count("and {number} more story", "and {number} more stories", more))
    blocks += [*_corrections(reader, digest), *_pledges(reader, digest)]
    return [replace(Message(text), is_silent=place > 0) for place, text in enumerate(packed(blocks))]


def nothing_happened(reader: Reader, since: datetime) -> Message:
    """Tell whoever asked for a digest now that there is nothing in it."""
    return Message(
        reader.say("Nothing of what is followed here was in the news since {moment}.", moment=reader.moment(since))
    )


def _heading(reader: Reader, digest: Digest) -> Html:
    said = {quote.id for story in digest.stories for quote in story.quotes}
    labels = [pair.label for story in digest.stories for pair in story.reversals]
    turned, shifted, promised = labels.count("reversal"), labels.count("shift"), len(_pledged(digest))
    counted = [
        reader.count("{number} statement", "{number} statements", len(said)) if said else None,
        reader.count("{number} reversal", "{number} reversals", turned) if turned else None,
        reader.count("{number} shift", "{number} shifts", shifted) if shifted else None,
        reader.count("{number} promise", "{number} promises", promised) if promised else None,
    ]
    period = f"{reader.moment(digest.since)} – {reader.moment(digest.until)}"
    late = None
    if digest.late:
        late = reader.count(
            "{number} of these could not be sent in time. {command} and a name give all that was said.",
            "{number} of these could not be sent in time. {command} and a name give all that was said.",
            digest.late,
            command="/citaten" if reader.language != "en" else "/quotes",
        )
    return joined("\n", [joined(" · ", [bold(reader.say("Digest")), period]), joined(" · ", counted), late])


def _story(reader: Reader, story: Story) -> list[Html]:
    """Write a story, in more than one block where it has more pairs than a message holds."""
    in_pairs = {pair.later.id for pair in story.reversals}
    others = [quote for quote in story.quotes if quote.id not in in_pairs]
    lines = [bold(shortened(story.title, _LONGEST_TITLE))]
    lines += [_turn(reader, pair) for pair in story.reversals]
    lines += [_said(reader, quote) for quote in others[:STATEMENTS_SHOWN]]
    more = len(others) - STATEMENTS_SHOWN
    if more > 0:
        lines.append(italic(reader.count("and {number} more statement", "and {number} more statements", more)))
    outlets = _outlets([*others, *(pair.later for pair in story.reversals)])
    lines.append(joined(", ", [link(shortened(outlet.source_name, 60), outlet.url) for outlet in outlets]))
    return packed(lines, "\n")


def _turn(reader: Reader, pair: Reversal) -> Html:
    is_shift, is_sure = pair.label == "shift", pair.state == "confirmed"
    name = reader.say("shift") if is_shift else reader.say("reversal") if is_sure else reader.say("possible reversal")
    now = joined(" ", [words(pair.later, limit=_LONGEST_SIDE), number(pair.later)])
    then = joined(" ", [words(pair.earlier, limit=_LONGEST_SIDE), number(pair.earlier)])
    return joined(
        "\n",
        [
            joined(" · ", [joined(" ", ["↺", bold(pair.later.person_name)]), name]),
            reader.say("now: {words}", words=now),
            reader.say("then, {day}: {words}", day=reader.day(pair.earlier.said_on), words=then),
        ],
    )


def _said(reader: Reader, quote: Quote) -> Html:
    said = joined(" ", [bold(quote.person_name), words(quote, limit=_LONGEST_STATEMENT)])
    return joined(" · ", [said, mark(reader, quote), number(quote)])


def _outlets(quotes: Sequence[Quote]) -> list[Outlet]:
    by_name: dict[str, Outlet] = {}
    for quote in quotes:
        for outlet in quote.outlets:
            by_name.setdefault(outlet.source_name, outlet)
    return list(by_name.values())[:_OUTLETS_SHOWN]


def _corrections(reader: Reader, digest: Digest) -> list[Html]:
    lines = [
        reader.say(_VERDICTS[pair.label == "shift", pair.state == "rejected"], who=_pair(pair))
        for pair in digest.corrected
    ]
    lines += [
        reader.say("withdrawn or worded otherwise: {who}", who=joined(" ", [quote.person_name, number(quote)]))
        for quote in digest.withdrawn
    ]
    return _list(reader.say("Corrected"), lines)


_VERDICTS = {
    (False, True): noted("no reversal: {who}"),
    (True, True): noted("no shift: {who}"),
    (False, False): noted("a reversal after all: {who}"),
    (True, False): noted("a shift after all: {who}"),
}


def _pair(pair: Reversal) -> str:
    return f"{pair.later.person_name} ({number(pair.later)} / {number(pair.earlier)})"


def _pledged(digest: Digest) -> list[Quote]:
    """Give what was promised, what is due first in front, and what names no day behind."""
    quotes = {quote.id: quote for story in digest.stories for quote in story.quotes if quote.pledge == "promise"}
    return sorted(quotes.values(), key=lambda quote: (quote.pledged_for is None, quote.pledged_for or quote.said_on))


def _pledges(reader: Reader, digest: Digest) -> list[Html]:
    lines = []
    for quote in _pledged(digest):
        due = reader.say("by {day}", day=reader.day(quote.pledged_for)) if quote.pledged_for else None
        who = joined(" ", [bold(quote.person_name), words(quote, limit=_LONGEST_PLEDGE)])
        lines.append(joined(" · ", [who, due, number(quote)]))
    return _list(reader.say("Promised"), lines)


def _list(heading: Html, lines: Sequence[Html]) -> list[Html]:
    """Write lines below a heading, in as many blocks as it takes; none where there is no line."""
    return packed([bold(heading), *(joined(" ", ["•", line]) for line in lines)], "\n") if lines else []
