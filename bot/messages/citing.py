"""A statement as it is cited: its words, who said them and as what, when, where it stood, and its number."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages.callbacks import Action, Callback, encode
from bot.messages.markup import Html, fits, html, plain, shortened, tagged, utf16_length
from bot.messages.reader import Reader
from bot.messages.shown import Outlet, Quote
from bot.messages.values import Button, Message
from bot.messages.wording import number, office, said, words

COPY_LIMIT = 256
"""Characters that a button puts into the clipboard (Bot API, CopyTextButton)."""

CHOICES = 20
"""Statements that are offered to choose from at most."""

_LIMITS = (3000, 1000, 300)
_LONGEST_TITLE = 200
_LONGEST_ADDRESS = 500
_LONGEST_LABEL = 60


def citation(reader: Reader, quote: Quote, limit: int = _LIMITS[0]) -> str:
    """Write a statement as plain text that can be pasted, with the first article that carried it.

    Args:
        reader: For whom.
        quote: The statement; one that was withdrawn names no article.
        limit: Code points of the words at most.
    """
    speaker = ", ".join(
        part for part in (quote.person_name, office(quote, reader.language), said(reader, quote)) if part
    )
    lines = [plain(words(quote, limit=limit)), speaker]
    if quote.outlets:
        outlet = quote.outlets[0]
        address = outlet.url if outlet.url and len(outlet.url) <= _LONGEST_ADDRESS else ""
        day = reader.day(reader.local_day(outlet.published_at))
        lines.append(", ".join(part for part in (outlet.source_name, _occasion(reader, outlet), day, address) if part))
    kind = reader.label("(paraphrase)") if quote.kind == "indirect" else ""
    lines.append(f"Citaatwacht {number(quote)} {kind}".rstrip())
    return "\n".join(lines)


def citation_message(reader: Reader, quote: Quote) -> Message:
    """Show a citation: with a button that copies it where it is short enough, else in a block that a tap copies."""
    if not quote.outlets:
        return Message(
            reader.say("Statement {number} was withdrawn: no article carries it any more.", number=number(quote))
        )
    text = Html("")
    for limit in _LIMITS:
        cited = citation(reader, quote, limit)
        if utf16_length(cited) <= COPY_LIMIT:
            return Message(html(cited), ((Button(reader.label("Copy"), copy=cited),),))
        text = tagged("code", cited)
        if fits(text):
            break
    return Message(text)


def reading_buttons(reader: Reader, quote: Quote) -> tuple[Button, ...]:
    """Make the row of buttons under a statement that stands alone."""
    return (_button(reader.label("Context"), "context", quote), _button(reader.label("Cite"), "cite", quote))


def cite_buttons(reader: Reader, quotes: Sequence[Quote]) -> tuple[Button, ...]:
    """Make a row of buttons for a page of statements, numbered as they are there; the first says what they do."""
    labels = [reader.label("Cite {place}", place=1), *(str(place) for place in range(2, len(quotes) + 1))]
    return tuple(_button(label, "cite", quote) for label, quote in zip(labels, quotes, strict=True))


def choose_statement(reader: Reader, quotes: Sequence[Quote], action: Action) -> Message:
    """Ask which statement of a message is meant.

    Args:
        reader: For whom.
        quotes: The statements; the first ``CHOICES`` are offered.
        action: What is done with the one that is chosen.
    """
    rows = []
    for quote in quotes[:CHOICES]:
        label = shortened(f"{number(quote)} {quote.person_name}: {quote.content}", _LONGEST_LABEL)
        rows.append((_button(label, action, quote),))
    return Message(reader.say("Which statement do you mean?"), tuple(rows))


def no_such_statement(reader: Reader, numbers: Sequence[int]) -> Message:
    """Tell that there is no statement with such a number."""
    shown = ", ".join(f"#{wanted}" for wanted in numbers[:3])
    return Message(reader.say("There is no statement {number}.", number=shown))


def which_number(reader: Reader, command: str) -> Message:
    """Tell how a command is written that needs to know a statement.

    Args:
        reader: For whom.
        command: The command's name in the reader's language.
    """
    return Message(
        reader.say(
            "Write <code>/{command} #1042</code> with the number that stands under a statement, "
            "or answer a message of mine with <code>/{command}</code>.",
            command=command,
        )
    )


def _button(label: str, action: Action, quote: Quote) -> Button:
    return Button(label, data=encode(Callback(action, words=str(quote.id))))


def _occasion(reader: Reader, outlet: Outlet) -> str:
    """Name the article, or the debate and whether its report may still be corrected."""
    title = f"“{shortened(outlet.title, _LONGEST_TITLE)}”" if outlet.title else ""
    if not outlet.is_debate:
        return title
    uncorrected = reader.label("(uncorrected)") if outlet.is_uncorrected else ""
    return " ".join(part for part in (reader.label("debate"), title, uncorrected) if part)
