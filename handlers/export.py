"""/export: somebody's statements as files."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from bot.messages import Message, Reader
from bot.messages.callbacks import Callback
from bot.messages.export import MOST_EXPORTED, export_messages
from bot.messages.searching import Search, searched
from bot.messages.talk import how_to_write
from bot.quotes.roster import Person
from handlers.commands import command_named
from handlers.people import ask_who, example_name
from handlers.searches import conditions, whose
from handlers.services import Request, Services
from storage import quotes as stored

_AT_ONCE = 500
"""Statements that are read at a time."""


async def export(services: Services, reader: Reader, request: Request, arguments: str) -> tuple[Message, ...]:
    """Answer ``/export NAME [words] [period]``."""
    asked = whose(services, reader, arguments) if arguments else None
    if asked is not None and asked.person is not None:
        return await _exported(services, reader, request, asked.person, asked.search)
    if asked is not None and asked.named is not None:
        return (ask_who(reader, asked.named, Callback("export", words=asked.search.packed())),)
    return (how_to_write(reader, command_named("export"), f"{example_name(services.roster)} 2024"),)


async def pressed(
    services: Services, reader: Reader, request: Request, person: Person, callback: Callback
) -> tuple[Message, ...]:
    """Answer a button that asks for an export; nothing where it does not say of what."""
    search = searched(callback, request.shown_text)
    return await _exported(services, reader, request, person, search) if search else ()


async def _exported(
    services: Services, reader: Reader, request: Request, person: Person, search: Search
) -> tuple[Message, ...]:
    wanted = conditions(services, person, search)
    quotes = []
    async with services.database.reading() as session:
        numbers = await stored.statement_numbers(session, limit=MOST_EXPORTED + 1, **wanted)
        for start in range(0, min(len(numbers), MOST_EXPORTED), _AT_ONCE):
            chunk = numbers[start : min(start + _AT_ONCE, MOST_EXPORTED)]
            quotes += await stored.quote_records(session, statement_ids=chunk, chat_id=request.chat_id)
        since = await stored.archive_since(session)
    return await asyncio.to_thread(
        export_messages,
        reader,
        person,
        quotes,
        search,
        has_more=len(numbers) > MOST_EXPORTED,
        archive_since=since,
        moment=datetime.now(UTC),
    )
