"""The sources: /sources, and its buttons. Everyone reads the list; those who run the bot change it.

Nothing is fetched here: an address that somebody wants is written down for the ingest room, which tells the outcome.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import structlog

from bot.messages import Message, Reader, sources, talk
from bot.messages.callbacks import Callback, token_of
from bot.messages.markup import html
from bot.messages.sources import Change, Verb
from handlers.commands import command_named
from handlers.services import Answer, Request, Services
from storage.database import Database
from storage.source_requests import ask_for_source, candidate_url
from storage.sources import all_sources, remove_source, restore_source, switch_source
from storage.tables import Source

log = structlog.get_logger(__name__)

_VERBS: dict[str, Verb] = {
    "pause": "pause",
    "pauzeer": "pause",
    "resume": "resume",
    "hervat": "resume",
    "remove": "remove",
    "verwijder": "remove",
}
_ADDING = frozenset(("add", "voegtoe", "toevoegen", "erbij"))
_CHANGES: dict[Verb, Change] = {
    "pause": "paused",
    "resume": "resumed",
    "remove": "removed",
    "restore": "restored",
}
_ADDRESS = re.compile(r"(?:https?://)?[^\s/<>]+\.[^\s<>]+", re.IGNORECASE)
_CHOICE = re.compile(r"(\d{1,18})\.(\d)")


async def answer(services: Services, reader: Reader, request: Request, arguments: str) -> Message:
    """Answer ``/sources [add ADDRESS | pause, resume or remove NAME | NAME]``."""
    verb, _, rest = arguments.partition(" ")
    verb = verb.casefold()
    if not arguments:
        return await _listed(services, reader, request, 0)
    if verb not in _ADDING and verb not in _VERBS:
        return await _by_name(services, reader, request, "show", arguments)
    if not services.is_administrator(request):
        return Message(html(sources.only_operators(reader)))
    if not rest:
        return sources.how_to_change_sources(reader, command_named("sources").name_in(reader.language))
    if verb in _ADDING:
        return await _asked_for(services, reader, request, rest)
    return await _by_name(services, reader, request, _VERBS[verb], rest)


async def pressed(services: Services, reader: Reader, request: Request, callback: Callback) -> Answer:
    """Answer a button under a list, a source or a notice."""
    verb, _, rest = callback.words.partition(" ")
    if verb == "list":
        return Answer((await _listed(services, reader, request, callback.offset),))
    if verb != "show" and not services.is_administrator(request):
        return Answer(notice=sources.only_operators(reader))
    message: Message | None = None
    if verb == "choose":
        message = await _chosen(services, reader, request, rest)
    elif verb == "show" or verb in _CHANGES:
        source = await _by_token(services.database, rest)
        message = await _done(services, reader, request, verb, source) if source else None  # type: ignore[arg-type]
    return Answer((message,)) if message else Answer(notice=talk.out_of_date(reader))


async def _listed(services: Services, reader: Reader, request: Request, offset: int) -> Message:
    async with services.database.reading() as session:
        listed = [source for source in await all_sources(session) if source.url]
    listed.sort(key=_rank)
    return sources.sources_page(
        reader, listed, offset=offset, may_change=services.is_administrator(request), now=datetime.now(UTC)
    )


async def _by_name(services: Services, reader: Reader, request: Request, verb: Verb, typed: str) -> Message:
    """Do something with the source of a name, or ask which is meant."""
    async with services.database.reading() as session:
        meant = _named(typed, [source for source in await all_sources(session) if source.url])
    if len(meant) != 1:
        return sources.which_source(reader, typed, meant, verb)
    return await _done(services, reader, request, verb, meant[0])


async def _done(services: Services, reader: Reader, request: Request, verb: Verb, source: Source) -> Message:
    """Show a source, or change it and say so."""
    if verb == "show":
        return sources.source_card(reader, source, may_change=services.is_administrator(request), now=datetime.now(UTC))
    async with services.database.writing() as session:
        if verb == "remove":
            await remove_source(session, source_id=source.id, moment=datetime.now(UTC))
        elif verb == "restore":
            await restore_source(session, source_id=source.id)
        else:
            await switch_source(session, source_id=source.id, enabled=verb == "resume")
    log.info("source changed", source=source.id, change=_CHANGES[verb], user=request.user_id)
    return sources.source_changed(reader, source, _CHANGES[verb])


async def _asked_for(services: Services, reader: Reader, request: Request, address: str) -> Message:
    """Write down that an address is wanted as a source."""
    if request.chat_kind == "console":
        return sources.add_by_command_line(reader)
    if not _ADDRESS.fullmatch(address):
        return sources.how_to_change_sources(reader, command_named("sources").name_in(reader.language))
    async with services.database.writing() as session:
        await ask_for_source(
            session, url=address, chat_id=request.chat_id, topic_id=request.topic_id, user_id=request.user_id
        )
    log.info("source asked for", user=request.user_id)
    return sources.looking_at(reader, address)


async def _chosen(services: Services, reader: Reader, request: Request, choice: str) -> Message | None:
    """Write down which of the feeds of a page is wanted."""
    match = _CHOICE.fullmatch(choice)
    if match is None:
        return None
    async with services.database.reading() as session:
        address = await candidate_url(session, request_id=int(match[1]), place=int(match[2]))
    return None if address is None else await _asked_for(services, reader, request, address)


async def _by_token(database: Database, token: str) -> Source | None:
    """Give the source of a button, also one that was removed, since that can be undone."""
    async with database.reading() as session:
        return next(
            (source for source in await all_sources(session, with_removed=True) if token_of(source.id) == token), None
        )


def _named(typed: str, listed: Sequence[Source]) -> list[Source]:
    """Give the sources that a name can mean: those of exactly that name or key, else those that it is part of."""
    wanted = typed.casefold()
    exact = [source for source in listed if wanted in (source.id.casefold(), source.name.casefold())]
    return exact or [source for source in listed if wanted in f"{source.name} {source.id}".casefold()]


def _rank(source: Source) -> tuple[bool, bool, str]:
    """Put what is read before what is off, and what fails before what goes well."""
    return not source.enabled, source.last_error is None, source.name.casefold()
