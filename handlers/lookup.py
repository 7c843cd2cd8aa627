"""What is read from the archive: /quotes, /search and /reversals, by command and page by page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.messages import Message, Reader, quotes_page, reversals_page
from bot.messages.callbacks import Callback
from bot.messages.markup import Html, joined
from bot.messages.quotes import PAGE_LENGTH as QUOTES_LENGTH
from bot.messages.quotes import archive_note
from bot.messages.reversals import PAGE_LENGTH as REVERSALS_LENGTH
from bot.messages.searching import Search, searched
from bot.messages.talk import how_to_write
from bot.quotes.roster import Person
from bot.reviewing import quiet_kinds
from handlers.commands import command_named
from handlers.people import ask_who, example_name, read_whole_name
from handlers.searches import conditions, read_limits, today, whose, with_words
from handlers.services import Request, Services
from storage import quotes as stored


async def quotes(services: Services, reader: Reader, request: Request, arguments: str) -> Message:
    """Answer ``/quotes NAME [words] [period]``; without a name everyone's statements are looked through.

    Words without a name are a phrase in quotation marks, or none beside a period.
    """
    if not any(sign.isalnum() for sign in arguments):
        return how_to_write(reader, command_named("quotes"), example_name(services.roster))
    asked = whose(services, reader, arguments)
    if asked.person is None and asked.named is not None:
        return ask_who(reader, asked.named, Callback("quotes", words=asked.search.packed()))
    return await show_quotes(services, reader, request, asked.person, 0, asked.search)


async def search(services: Services, reader: Reader, request: Request, arguments: str) -> Message:
    """Answer ``/search WORDS [period]``: everyone's statements with those words, a name being a word like any other."""
    if not any(sign.isalnum() for sign in arguments):
        return how_to_write(reader, command_named("search"), '"geen cent meer" 2023')
    asked = read_limits(arguments, today(reader), services.roster)
    wanted = with_words(asked.search, f"{asked.rest} {asked.portfolio}")
    return await show_quotes(services, reader, request, None, 0, wanted)


async def turn_page(
    services: Services, reader: Reader, request: Request, person: Person | None, callback: Callback
) -> Message | None:
    """Answer a button that shows a page of statements; None where it does not say which."""
    wanted = searched(callback, request.shown_text)
    if wanted is None or (person is None and wanted == Search()):
        return None
    return await show_quotes(services, reader, request, person, callback.offset, wanted)


async def reversals(services: Services, reader: Reader, request: Request, arguments: str) -> Message:
    """Answer ``/reversals [NAME]``."""
    if not arguments:
        return await show_reversals(services, reader, request, None, 0)
    named = read_whole_name(arguments, services.roster)
    if named.person is None:
        return ask_who(reader, named, Callback("reversals"))
    return await show_reversals(services, reader, request, named.person, 0)


async def show_quotes(
    services: Services, reader: Reader, request: Request, person: Person | None, offset: int, wanted: Search
) -> Message:
    """Show a page of statements.

    Args:
        services: Where they are kept.
        reader: For whom.
        request: What was asked; the reviews of its chat count.
        person: Whose; None for everyone's.
        offset: How many come before the page; past the end the last page is shown.
        wanted: What they are limited to.
    """
    limits: dict[str, Any] = {
        **conditions(services, person, wanted),
        "oldest_first": wanted.oldest_first,
        "limit": QUOTES_LENGTH,
        "chat_id": request.chat_id,
    }
    async with services.database.reading() as session:
        page = await stored.quotes(session, offset=offset, **limits)
        if page.total and not page.items:
            page = await stored.quotes(session, offset=_last_offset(page.total, QUOTES_LENGTH), **limits)
        since = await stored.archive_since(session)
    return quotes_page(reader, page, person=person, search=wanted, archive_since=since)


async def show_reversals(
    services: Services, reader: Reader, request: Request, person: Person | None, offset: int
) -> Message:
    """Show a page of pairs; arguments as for ``show_quotes``."""
    wanted: dict[str, Any] = {
        "person_id": person.id if person else None,
        "limit": REVERSALS_LENGTH,
        "chat_id": request.chat_id,
    }
    async with services.database.reading() as session:
        page = await stored.reversals(session, offset=offset, **wanted)
        if page.total and not page.items:
            page = await stored.reversals(session, offset=_last_offset(page.total, REVERSALS_LENGTH), **wanted)
        quiet = await quiet_kinds(session, reviewers=services.reviewers)
        since = await stored.archive_since(session)
    message = reversals_page(reader, page, person=person, quiet_kinds=quiet)
    if page.items:
        return message
    return replace(message, text=joined("\n\n", [Html(message.text), archive_note(reader, since)]))


def _last_offset(total: int, length: int) -> int:
    return (total - 1) // length * length
