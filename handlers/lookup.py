"""What is read from the archive: /quotes and /reversals, by command and page by page."""

from __future__ import annotations

from bot.messages import Message, Reader, quotes_page, reversals_page
from bot.messages.callbacks import Callback
from bot.messages.quotes import PAGE_LENGTH as QUOTES_LENGTH
from bot.messages.reversals import PAGE_LENGTH as REVERSALS_LENGTH
from bot.messages.talk import how_to_write
from bot.quotes.roster import Person
from handlers.commands import command_named
from handlers.people import ask_who, example_name, read_name, read_whole_name
from handlers.services import Services
from storage import quotes as stored


async def quotes(services: Services, reader: Reader, arguments: str) -> Message:
    """Answer ``/quotes NAME [words]``; a phrase in quotation marks alone is looked for in everyone's statements."""
    if not arguments:
        return how_to_write(reader, command_named("quotes"), example_name(services.roster))
    named = read_name(arguments, services.roster)
    if not named.typed:
        return await show_quotes(services, reader, None, 0, named.words)
    if named.person is None:
        return ask_who(reader, named, Callback("quotes", words=named.words))
    return await show_quotes(services, reader, named.person, 0, named.words)


async def reversals(services: Services, reader: Reader, arguments: str) -> Message:
    """Answer ``/reversals [NAME]``."""
    if not arguments:
        return await show_reversals(services, reader, None, 0)
    named = read_whole_name(arguments, services.roster)
    if named.person is None:
        return ask_who(reader, named, Callback("reversals"))
    return await show_reversals(services, reader, named.person, 0)


async def show_quotes(services: Services, reader: Reader, person: Person | None, offset: int, words: str) -> Message:
    """Show a page of statements.

    Args:
        services: Where they are kept.
        reader: For whom.
        person: Whose; None for everyone's.
        offset: How many come before the page; past the end the last page is shown.
        words: What to search; empty for nothing.
    """
    async with services.database.reading() as session:
        person_id = person.id if person else None
        page = await stored.quotes(
            session, person_id=person_id, words=words or None, offset=offset, limit=QUOTES_LENGTH
        )
        if page.total and not page.items:
            last = _last_offset(page.total, QUOTES_LENGTH)
            page = await stored.quotes(
                session, person_id=person_id, words=words or None, offset=last, limit=QUOTES_LENGTH
            )
        since = await stored.archive_since(session)
    return quotes_page(reader, page, person=person, words=words, archive_since=since)


async def show_reversals(services: Services, reader: Reader, person: Person | None, offset: int) -> Message:
    """Show a page of pairs; arguments as for ``show_quotes``."""
    async with services.database.reading() as session:
        person_id = person.id if person else None
        page = await stored.reversals(session, person_id=person_id, offset=offset, limit=REVERSALS_LENGTH)
        if page.total and not page.items:
            last = _last_offset(page.total, REVERSALS_LENGTH)
            page = await stored.reversals(session, person_id=person_id, offset=last, limit=REVERSALS_LENGTH)
    return reversals_page(reader, page, person=person)


def _last_offset(total: int, length: int) -> int:
    return (total - 1) // length * length
