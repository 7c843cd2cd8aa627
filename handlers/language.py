"""The language of a chat."""

from __future__ import annotations

from dataclasses import replace

from bot.messages import LANGUAGES, Message, Reader, talk
from handlers.services import Request, Services
from storage import chats

_NAMES = {"nl": "nl", "nederlands": "nl", "dutch": "nl", "en": "en", "engels": "en", "english": "en"}


async def language(services: Services, reader: Reader, request: Request, arguments: str) -> Message:
    """Answer ``/language nl|en``, also with the language's name; anything else asks which one."""
    chosen = _NAMES.get(arguments.casefold())
    if chosen is None:
        return talk.choose_language(reader)
    return await set_language(services, reader, request, chosen)


async def set_language(services: Services, reader: Reader, request: Request, chosen: str) -> Message:
    """Set a language that there is, and say so in it.

    Raises:
        ValueError: There is no such language.
    """
    if chosen not in LANGUAGES:
        raise ValueError(chosen)
    async with services.database.writing() as session:
        await chats.ensure_chat(session, chat_id=request.chat_id, kind=request.chat_kind, title=request.chat_title)
        await chats.set_language(session, chat_id=request.chat_id, language=chosen)
    return talk.language_set(replace(reader, language=chosen))
