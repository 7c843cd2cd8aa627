"""What is read from the archive: /quotes and /reversals, by command and page by page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.messages import Message, Reader, quotes_page, reversals_page
from bot.messages.callbacks import Callback, dated, undated
from bot.messages.quotes import PAGE_LENGTH as QUOTES_LENGTH
from bot.messages.reversals import PAGE_LENGTH as REVERSALS_LENGTH
from bot.messages.talk import how_to_write
from bot.quotes.roster import Person
from bot.reviewing import quiet_kinds
from handlers.commands import command_named
from handlers.people import ask_who, example_name, read_name, read_whole_name
from handlers.periods import period_at_end
from handlers.services import Request, Services
from storage import quotes as stored


async def quotes(services: Services, reader: Reader, request: Request, arguments: str) -> Message:
    """Answer ``/quotes NAME [words] [period]``; without a name everyone's statements are looked through.

    Words without a name are a phrase in quotation marks, or none beside a period.
    """
    if not arguments:
        return how_to_write(reader, command_named("quotes"), example_name(services.roster))
    arguments, period = period_at_end(arguments, reader.local_day(datetime.now(UTC)))
    days = (period.first, period.last) if period else None
    if not arguments:
        return await show_quotes(services, reader, request, None, 0, dated("", days))
    named = read_name(arguments, services.roster)
    words = dated(named.words, days)
    if not named.typed:
        return await show_quotes(services, reader, request, None, 0, words)
    if named.person is None:
        return ask_who(reader, named, Callback("quotes", words=words))
    return await show_quotes(services, reader, request, named.person, 0, words)


async def reversals(services: Services, reader: Reader, request: Request, arguments: str) -> Message:
    """Answer ``/reversals [NAME]``."""
    if not arguments:
        return await show_reversals(services, reader, request, None, 0)
    named = read_whole_name(arguments, services.roster)
    if named.person is None:
        return ask_who(reader, named, Callback("reversals"))
    return await show_reversals(services, reader, request, named.person, 0)


async def show_quotes(
    services: Services, reader: Reader, request: Request, person: Person | None, offset: int, words: str
) -> Message:
    """Show a page of statements.

    Args:
        services: Where they are kept.
        reader: For whom.
        request: What was asked; the reviews of its chat count.
        person: Whose; None for everyone's.
        offset: How many come before the page; past the end the last page is shown.
        words: What to search, with the days to which it is limited (see ``callbacks.dated``); empty for nothing.
    """
    words, days = undated(words)
    first, last = days or (None, None)
    wanted: dict[str, Any] = {
        "person_id": person.id if person else None,
        "words": words or None,
        "first": first,
        "last": last,
        "limit": QUOTES_LENGTH,
        "chat_id": request.chat_id,
    }
    async with services.database.reading() as session:
        page = await stored.quotes(session, offset=offset, **wanted)
        if page.total and not page.items:
            page = await stored.quotes(session, offset=_last_offset(page.total, QUOTES_LENGTH), **wanted)
        since = await stored.archive_since(session)
    return quotes_page(reader, page, person=person, words=words, days=days, archive_since=since)


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
    return reversals_page(reader, page, person=person, quiet_kinds=quiet)


def _last_offset(total: int, length: int) -> int:
    return (total - 1) // length * length
