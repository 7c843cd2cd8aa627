"""Pages of statements, newest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from bot.messages.callbacks import Callback, encode, token_of
from bot.messages.citing import cite_buttons, reading_buttons
from bot.messages.markup import Html, bold, fits, italic, joined
from bot.messages.reader import Reader
from bot.messages.searching import CAPACITIES, Search, period_shown, search_data, words_shown
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
    search: Search | None = None,
    archive_since: date | None = None,
) -> Message:
    """Show a page of statements.

    Args:
        reader: For whom.
        page: The statements, at most ``PAGE_LENGTH``.
        person: Whose they are; None for everyone's.
        search: What they are limited to; None for nothing.
        archive_since: The day from which the archive reaches; None while it is empty.

    Returns:
        One message; contents are cut as far as needed to fit.
    """
    search = search or Search()
    footer = archive_note(reader, archive_since)
    if not page.items:
        return Message(joined("\n\n", [nothing_found(reader, person, search), footer]))
    title = _title(reader, page, person, search)
    text = Html("")
    for limit in _LIMITS:
        blocks = [
            _block(reader, quote, limit, place=place if len(page.items) > 1 else None, with_name=person is None)
            for place, quote in enumerate(page.items, 1)
        ]
        text = joined("\n\n", [title, *blocks, footer])
        if fits(text):
            break
    about = reading_buttons(reader, page.items[0]) if len(page.items) == 1 else cite_buttons(reader, page.items)
    token = token_of(person.id) if person else ""
    turning = _paging(
        reader,
        page,
        PAGE_LENGTH,
        lambda offset: search_data("quotes", token, offset, search),
        oldest_first=search.oldest_first,
    )
    return Message(text, tuple(row for row in (about, *turning, _turned_round(reader, page, token, search)) if row))


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
    return _paging(reader, page, length, lambda offset: encode(replace(callback, offset=offset)))


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


def counted(reader: Reader, page: Slice[object]) -> Html:
    """Write how many statements there are, and which of them a page shows."""
    if page.has_more:
        return reader.say("{span} of more than {number} statements", span=span(page), number=page.total)
    if len(page.items) == page.total:
        return reader.count("{number} statement", "{number} statements", page.total)
    return reader.count("{span} of {number} statement", "{span} of {number} statements", page.total, span=span(page))


def limits_shown(reader: Reader, search: Search) -> list[str | None]:
    """Write what a search is limited to: words first, as ``searching.searched`` expects it of a title."""
    return [
        words_shown(search.words) if search.words else None,
        reader.label(CAPACITIES[search.capacity]) if search.capacity else None,
        period_shown(reader, search.days) if search.days else None,
    ]


def nothing_found(reader: Reader, person: Person | None, search: Search) -> Html:
    """Tell that nothing is there of what was searched."""
    words, *limits = limits_shown(reader, search)
    if person and words:
        text = reader.say("Nothing was found by <b>{name}</b> with {words}.", name=person.name, words=words)
    elif person:
        text = reader.say("Nothing was found by <b>{name}</b>.", name=person.name)
    elif words:
        text = reader.say("Nothing was found with {words}.", words=words)
    else:
        text = reader.say("Nothing was found.")
    narrowed = ", ".join(limit for limit in limits if limit)
    return joined(" ", [text, reader.say("Searched: {limits}.", limits=narrowed) if narrowed else None])


def _paging(
    reader: Reader,
    page: Slice[object],
    length: int,
    data_at: Callable[[int], str | None],
    *,
    oldest_first: bool = False,
) -> tuple[tuple[Button, ...], ...]:
    """Make the buttons to the pages before and after; ``data_at`` gives a button's data for an offset."""
    before, after = (
        (reader.label("‹ older"), reader.label("newer ›"))
        if oldest_first
        else (reader.label("‹ newer"), reader.label("older ›"))
    )
    row = []
    if page.offset > 0:
        row.append(_turn(before, data_at(max(page.offset - length, 0))))
    if page.offset + len(page.items) < page.total or page.has_more:
        row.append(_turn(after, data_at(page.offset + length)))
    buttons = tuple(button for button in row if button is not None)
    return (buttons,) if buttons else ()


def _title(reader: Reader, page: Slice[Quote], person: Person | None, search: Search) -> Html:
    whose = bold(person.name if person else reader.say("Everyone"))
    order = reader.say("oldest first") if search.oldest_first else None
    return joined(" · ", [whose, *limits_shown(reader, search), counted(reader, page), order])


def _turned_round(reader: Reader, page: Slice[Quote], token: str, search: Search) -> tuple[Button, ...]:
    """Make the button that shows the other end first, where there is more than one."""
    if page.total < 2:
        return ()
    label = reader.label("Newest first") if search.oldest_first else reader.label("Oldest first")
    button = _turn(label, search_data("quotes", token, 0, replace(search, oldest_first=not search.oldest_first)))
    return (button,) if button else ()


def _block(reader: Reader, quote: Quote, limit: int, *, place: int | None, with_name: bool) -> Html:
    day = said(reader, quote)
    numbered = f"{place}. " if place else ""
    first = [bold(f"{numbered}{quote.person_name}"), day] if with_name else [bold(f"{numbered}{day}")]
    heading = joined(" · ", [*first, office(quote, reader.language)])
    return joined("\n", [heading, words_block(quote, limit=limit), provenance(reader, quote)])


def _turn(label: str, data: str | None) -> Button | None:
    return Button(label, data=data) if data else None
