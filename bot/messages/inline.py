"""A statement as inline mode offers it in any chat, and as it is inserted there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.messages.markup import Html, bold, joined, shortened
from bot.messages.quotes import provenance
from bot.messages.reader import Reader
from bot.messages.shown import Quote
from bot.messages.wording import office, said, words_block

PAGE_LENGTH = 10
"""Statements that are offered at a time."""

_LONGEST_TITLE = 80
_LONGEST_DESCRIPTION = 160


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


def nothing_offered(reader: Reader, since: date | None) -> str:
    """Tell, in plain text, that nothing was found, and from when the archive reaches."""
    if since is None:
        return reader.label("The archive is still empty.")
    return reader.label("Nothing found in the archive since {day}", day=reader.day(since))
