"""Pages of statements, newest first."""

from __future__ import annotations

from datetime import date

from bot.messages.callbacks import Action, Callback, Days, dated, encode, token_of
from bot.messages.citing import reading_buttons
from bot.messages.markup import Html, bold, fits, italic, joined
from bot.messages.reader import Reader
from bot.messages.shown import Person, Quote, Slice
from bot.messages.values import Button, Message
from bot.messages.wording import mark, number, office, outlets, said, words_block

PAGE_LENGTH = 5
"""Statements on a page."""

_LIMITS = (1000, 600, 400, 250, 120)


def quotes_page(
    reader: Reader,
    page: Slice[Quote],
    *,
    person: Person | None,
    words: str = "",
    days: Days | None = None,
    archive_since: date | None = None,
) -> Message:
    """Show a page of statements.

    Args:
        reader: For whom.
        page: The statements, at most ``PAGE_LENGTH``.
        person: Whose they are; None for everyone's.
        words: What was searched in them; empty for nothing.
        days: The days to which they are limited; None for no limit.
        archive_since: The day from which the archive reaches; None while it is empty.

    Returns:
        One message; contents are cut as far as needed to fit.
    """
    footer = archive_note(reader, archive_since)
    if not page.items:
        period = f"({_period(reader, days)})" if days else None
        return Message(joined("\n\n", [joined(" ", [_nothing(reader, person, words), period]), footer]))
    title = _title(reader, page, person, words, days)
    text = Html("")
    for limit in _LIMITS:
        blocks = [_block(reader, quote, limit, with_name=person is None) for quote in page.items]
        text = joined("\n\n", [title, *blocks, footer])
        if fits(text):
            break
    callback = Callback("quotes", token_of(person.id) if person else "", words=dated(words, days))
    alone = (reading_buttons(reader, page.items[0]),) if len(page.items) == 1 else ()
    return Message(text, (*alone, *paging(reader, page, callback, PAGE_LENGTH)))


def paging(reader: Reader, page: Slice[object], callback: Callback, length: int) -> tuple[tuple[Button, ...], ...]:
    """Make the buttons to the pages before and after.

    Args:
        reader: For whom.
        page: The page that is shown.
        callback: The button's meaning but for the offset.
        length: Items on a page.

    Returns:
        One row or none; a button whose data would be too long is left out.
    """
    row = []
    if page.offset > 0:
        row.append(_turn(reader.label("‹ newer"), callback, max(page.offset - length, 0)))
    if page.offset + len(page.items) < page.total:
        row.append(_turn(reader.label("older ›"), callback, page.offset + length))
    buttons = tuple(button for button in row if button is not None)
    return (buttons,) if buttons else ()


def archive_note(reader: Reader, since: date | None) -> Html:
    """Tell from when the archive reaches, and that what is not in it may have been said."""
    if since is None:
        return italic(reader.say("The archive is still empty."))
    return italic(reader.say("Archive since {day}. Not found is not: not said.", day=reader.day(since)))


def span(page: Slice[object]) -> str:
    """Write which items of the list a page shows: "6–10"."""
    first, last = page.offset + 1, page.offset + len(page.items)
    return str(first) if first == last else f"{first}–{last}"


def provenance(reader: Reader, quote: Quote) -> Html:
    """The line under a statement: outlets, permanent number, reversal mark."""
    return joined(" · ", [outlets(reader, quote), number(quote), mark(reader, quote)])


def _title(reader: Reader, page: Slice[Quote], person: Person | None, words: str, days: Days | None) -> Html:
    if len(page.items) == page.total:
        counted = reader.count("{number} statement", "{number} statements", page.total)
    else:
        counted = reader.count(
            "{span} of {number} statement", "{span} of {number} statements", page.total, span=span(page)
        )
    searched = _searched(words) if words else None
    period = _period(reader, days) if days else None
    return joined(" · ", [bold(person.name if person else reader.say("Everyone")), searched, period, counted])


def _period(reader: Reader, days: Days) -> str:
    first, last = days
    if first and last:
        return reader.days(first, last)
    if first:
        return str(reader.say("since {day}", day=reader.day(first)))
    return str(reader.say("until {day}", day=reader.day(last))) if last else ""


def _nothing(reader: Reader, person: Person | None, words: str) -> Html:
    searched = _searched(words)
    if person and words:
        return reader.say("Nothing was found by <b>{name}</b> with {words}.", name=person.name, words=searched)
    if person:
        return reader.say("Nothing was found by <b>{name}</b>.", name=person.name)
    if not words:
        return reader.say("Nothing was found.")
    return reader.say("Nothing was found with {words}.", words=searched)


def _block(reader: Reader, quote: Quote, limit: int, *, with_name: bool) -> Html:
    day = said(reader, quote)
    first = [bold(quote.person_name), day] if with_name else [bold(day)]
    heading = joined(" · ", [*first, office(quote)])
    return joined("\n", [heading, words_block(quote, limit=limit), provenance(reader, quote)])


def _searched(words: str) -> str:
    """Write what was searched in quotation marks, once where it has its own already."""
    phrase = words.strip('"')
    return words if '"' in phrase else f"“{phrase}”"


def _turn(label: str, callback: Callback, offset: int) -> Button | None:
    action: Action = callback.action
    data = encode(Callback(action, callback.person, offset, callback.words))
    return Button(label, data=data) if data else None
