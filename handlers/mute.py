"""Silence for a while: /mute for a chat, and a button for one story."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from bot.messages import Message, Reader, talk
from bot.messages.callbacks import Callback
from bot.messages.markup import Html, plain
from bot.messages.settings import choose_mute, muted, silenced, unmuted, unsilenced
from bot.quotes.folding import fold
from handlers.commands import command_named
from handlers.services import Answer, Request, Services
from handlers.settings import chosen_by, opens_at
from storage import chats, silences
from storage.holding import hold_back
from storage.settings import settings

STORY_SILENCE = timedelta(hours=12)
"""For how long a story is not told any further."""

_LONGEST = timedelta(days=7)
_HOURS = re.compile(r"(\d{1,3})(?: ?(?:u|uur|h|hour|hours|uren))?")
_ENDS = frozenset({"uit", "off", "stop", "0"})
_UNDONE = re.compile(r"undo\.(\d{1,18})")


async def mute(services: Services, reader: Reader, request: Request, arguments: str) -> Message:
    """Answer ``/mute [HOURS | off]``; without anything it asks for how long."""
    if fold(arguments) in _ENDS:
        return await _end(services, reader, request)
    match = _HOURS.fullmatch(fold(arguments))
    if match is not None:
        return await _mute(services, reader, request, timedelta(hours=int(match[1])))
    if arguments:
        return talk.how_to_write(reader, command_named("mute"), "3")
    async with services.database.reading() as session:
        chosen = await settings(session, chat_id=request.chat_id)
    return choose_mute(reader, chosen.muted_until, datetime.now(UTC))


async def mute_pressed(services: Services, reader: Reader, request: Request, callback: Callback) -> Answer:
    """Answer a button that mutes a chat for some minutes, or ends that."""
    if callback.words == "off":
        return Answer((await _end(services, reader, request),))
    if not callback.words.isdecimal() or len(callback.words) > 5:
        return Answer(notice=talk.out_of_date(reader))
    return Answer((await _mute(services, reader, request, timedelta(minutes=int(callback.words))),))


async def silence_pressed(services: Services, reader: Reader, request: Request, callback: Callback) -> Answer:
    """Answer the button under a story, or the one that undoes it; any member of a group may press both."""
    undone = _UNDONE.fullmatch(callback.words)
    if undone is not None:
        return await _tell_on(services, reader, request, int(undone[1]))
    if callback.words:
        return Answer(notice=talk.out_of_date(reader))
    now = datetime.now(UTC)
    async with services.database.writing() as session:
        told = await silences.told_story(session, chat_id=request.chat_id, message_id=request.message_id)
        if told is None:
            return Answer(notice=talk.out_of_date(reader))
        story_id, topic_id = told
        until, name = now + STORY_SILENCE, request.user_name
        before = await silences.silence_of(
            session, chat_id=request.chat_id, topic_id=topic_id, story_id=story_id, moment=now
        )
        if before is not None:
            until, name = before.until, before.user_name
        else:
            await silences.silence(
                session,
                chat_id=request.chat_id,
                topic_id=topic_id,
                story_id=story_id,
                until=until,
                user_id=request.user_id,
                user_name=name,
            )
    said = silenced(reader, until, now, name, story_id)
    if before is not None:
        return Answer(notice=plain(Html(said.text)))
    return Answer(posts=(said,))


async def _tell_on(services: Services, reader: Reader, request: Request, story_id: int) -> Answer:
    async with services.database.writing() as session:
        chosen = await settings(session, chat_id=request.chat_id)
        was_silent = await silences.end_silence(
            session, chat_id=request.chat_id, story_id=story_id, due_at=opens_at(chosen, datetime.now(UTC))
        )
    if not was_silent:
        return Answer(notice=talk.out_of_date(reader))
    return Answer((unsilenced(reader, request.user_name),))


async def _mute(services: Services, reader: Reader, request: Request, span: timedelta) -> Message:
    now = datetime.now(UTC)
    until = now + min(span, _LONGEST)
    async with services.database.writing() as session:
        await chats.ensure_chat(session, chat_id=request.chat_id, kind=request.chat_kind, title=request.chat_title)
        chosen = await chosen_by(session, request, {"muted_until": until})
        await hold_back(session, chat_id=request.chat_id, until=opens_at(chosen, now))
    return muted(reader, until, now, request.user_name)


async def _end(services: Services, reader: Reader, request: Request) -> Message:
    async with services.database.writing() as session:
        await chosen_by(session, request, {"muted_until": None})
    return unmuted(reader, request.user_name)
