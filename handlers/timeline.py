"""/timeline: what somebody said over time, drawn."""

from __future__ import annotations

import asyncio

from bot.messages import Message, Reader
from bot.messages.callbacks import Callback
from bot.messages.searching import Search, searched
from bot.messages.talk import how_to_write
from bot.messages.timeline import timeline_message
from bot.quotes.roster import Person
from handlers.cabinet import offices_held
from handlers.commands import command_named
from handlers.people import ask_who, example_name
from handlers.searches import conditions, whose
from handlers.services import Request, Services
from storage import quotes as stored
from storage.finding import Wanted
from storage.timeline import timeline as counted


async def timeline(services: Services, reader: Reader, request: Request, arguments: str) -> Message:
    """Answer ``/timeline NAME [words] [period]``."""
    asked = whose(services, reader, arguments) if arguments else None
    if asked is not None and asked.person is not None:
        return await _drawn(services, reader, request, asked.person, asked.search)
    if asked is not None and asked.named is not None:
        return ask_who(reader, asked.named, Callback("timeline", words=asked.search.packed()))
    return how_to_write(reader, command_named("timeline"), example_name(services.roster))


async def pressed(
    services: Services, reader: Reader, request: Request, person: Person, callback: Callback
) -> Message | None:
    """Answer a button that asks for a timeline; None where it does not say of what."""
    search = searched(callback, request.shown_text)
    return await _drawn(services, reader, request, person, search) if search else None


async def _drawn(services: Services, reader: Reader, request: Request, person: Person, search: Search) -> Message:
    async with services.database.reading() as session:
        wanted = Wanted(**conditions(services, person, search))
        times = await counted(session, wanted=wanted, chat_id=request.chat_id)
        since = await stored.archive_since(session)
    offices = offices_held(services.roster, person)
    return await asyncio.to_thread(timeline_message, reader, person, times, offices, search, since)
