"""A statement as inline mode offers it in any chat, and as it is inserted there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.messages.markup import Html, bold, joined, shortened
from bot.messages.quotes import provenance
from bot.messages.reader import Reader
from bot.messages.shown import Person, Quote
from bot.messages.wording import office, said, words_block

PAGE_LENGTH = 10
"""Statements that are offered at a time."""

_LONGEST_TITLE = 80
_LONGEST_DESCRIPTION = 160
_LONGEST_ECHO = 20
_LONGEST_NOTICE = 100


@dataclass(frozen=True, slots=True)
class InlineResult:
    """One of the statements that are offered.

    Attributes:
        id: The statement's number.
        title: Who said it when, in plain text.
        description: The words, in plain text.
        text: What is inserted, as HTML.
    """

    id: str
    title: str
    description: str
    text: Html


def inline_result(reader: Reader, quote: Quote) -> InlineResult:
    """Offer a statement."""
    day = said(reader, quote)
    heading = joined(", ", [bold(quote.person_name), office(quote, reader.language)])
    return InlineResult(
        id=str(quote.id),
        title=shortened(f"{quote.person_name} · {day}", _LONGEST_TITLE),
        description=shortened(" ".join(quote.content.split()), _LONGEST_DESCRIPTION),
        text=joined("\n", [joined(" · ", [heading, day]), words_block(quote), provenance(reader, quote)]),
    )


def ask_for_access(reader: Reader) -> str:
    """Tell, in plain text, somebody who may not use the installation where to ask."""
    return reader.label("Closed to strangers: ask for access here")


def taken_for(reader: Reader, typed: str, persons: Sequence[Person]) -> str:
    """Tell, in plain text, for whom a name is taken that is not certain.

    Args:
        reader: For whom.
        typed: The name as it was typed.
        persons: Who it may be, likeliest first.
    """
    names = ", ".join(person.name for person in persons)
    shown = shortened(typed, _LONGEST_ECHO)
    return shortened(reader.label("For “{typed}”: {names}", typed=shown, names=names), _LONGEST_NOTICE)


def nothing_offered(reader: Reader, since: date | None) -> str:
    """Tell, in plain text, that nothing was found, and from when the archive reaches."""
    if since is None:
        return reader.label("The archive is still empty.")
    return reader.label("Nothing found in the archive since {day}", day=reader.day(since))
