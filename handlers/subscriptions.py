"""Whom a chat follows: /follow, /unfollow and /following, and their buttons."""

from __future__ import annotations

from bot.messages import Message, Reader, talk
from bot.messages.callbacks import Callback
from bot.quotes.roster import Person
from handlers.commands import command_named
from handlers.people import ask_who, example_name, read_whole_name
from handlers.services import Request, Services
from storage import chats


async def follow(services: Services, reader: Reader, request: Request, arguments: str) -> Message:
    """Answer ``/follow NAME``."""
    if not arguments:
        return talk.how_to_write(reader, command_named("follow"), example_name(services.roster))
    named = read_whole_name(arguments, services.roster)
    if named.person is None:
        return ask_who(reader, named, Callback("follow"))
    return await start_following(services, reader, request, named.person)


async def unfollow(services: Services, reader: Reader, request: Request, arguments: str) -> Message:
    """Answer ``/unfollow NAME``."""
    if not arguments:
        return talk.how_to_write(reader, command_named("unfollow"), example_name(services.roster))
    named = read_whole_name(arguments, services.roster)
    if named.person is None:
        return ask_who(reader, named, Callback("unfollow"))
    return await stop_following(services, reader, request, named.person)


async def following(services: Services, reader: Reader, request: Request) -> Message:
    """Answer ``/following``."""
    async with services.database.reading() as session:
        persons = await chats.following(session, chat_id=request.chat_id, topic_id=request.topic_id)
    return talk.following(reader, persons, example_name(services.roster))


async def start_following(services: Services, reader: Reader, request: Request, person: Person) -> Message:
    """Let the chat follow a person, and say so."""
    async with services.database.writing() as session:
        await chats.ensure_chat(session, chat_id=request.chat_id, kind=request.chat_kind, title=request.chat_title)
        is_new = await chats.follow(
            session,
            chat_id=request.chat_id,
            topic_id=request.topic_id,
            person_id=person.id,
            user_id=request.user_id,
        )
    return talk.followed(reader, person, is_new=is_new)


async def stop_following(services: Services, reader: Reader, request: Request, person: Person) -> Message:
    """Let the chat no longer follow a person, and say so."""
    was_followed = await _unfollow(services, request, person)
    return talk.unfollowed(reader, person, was_followed=was_followed)


async def drop_from_list(services: Services, reader: Reader, request: Request, person: Person) -> Message:
    """Let the chat no longer follow a person of the list, and show what is left of it."""
    await _unfollow(services, request, person)
    return await following(services, reader, request)


async def _unfollow(services: Services, request: Request, person: Person) -> bool:
    async with services.database.writing() as session:
        return await chats.unfollow(session, chat_id=request.chat_id, topic_id=request.topic_id, person_id=person.id)
