"""The bot's own coming and going: added, removed, blocked, let in again, and groups that are upgraded."""

from __future__ import annotations

from typing import Any

import structlog
from telegram import ChatMember, ChatMemberRestricted, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.ext import CallbackContext

from bot.messages import Reader, talk
from handlers.people import example_name
from handlers.services import Request, Services
from handlers.transport import migrate, send, silence
from storage import chats

log = structlog.get_logger(__name__)

_OUT = frozenset({ChatMemberStatus.LEFT, ChatMemberStatus.BANNED})

Context = CallbackContext[Any, Any, Any, Any]


class Membership:
    """Handles what Telegram tells of the bot's place in a chat."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def changed(self, update: Update, context: Context) -> None:
        """The bot was added, promoted, removed, blocked or let in again."""
        change = update.my_chat_member
        if change is None:
            return
        chat = change.chat
        if not _is_in(change.new_chat_member):
            await silence(self._services, chat.id, f"{change.new_chat_member.status} by {change.from_user.id}")
            return
        async with self._services.database.writing() as session:
            known = await chats.ensure_chat(session, chat_id=chat.id, kind=chat.type, title=chat.effective_name or "")
            language, timezone = known.language, known.timezone
        log.info("a chat is open to us", chat_id=chat.id, kind=chat.type)
        if chat.type in (ChatType.GROUP, ChatType.SUPERGROUP) and not _is_in(change.old_chat_member):
            reader = Reader(language, timezone, is_group=True)
            greeting = talk.joined_group(reader, example_name(self._services.roster))
            await send(context.bot, self._services, Request(chat.id, chat.type, chat.effective_name or ""), greeting)

    async def migrated(self, update: Update, _context: Context) -> None:
        """A group became a supergroup, told from either side."""
        message = update.effective_message
        if message is None:
            return
        if message.migrate_to_chat_id is not None:
            await migrate(self._services, message.chat.id, message.migrate_to_chat_id)
        elif message.migrate_from_chat_id is not None:
            await migrate(self._services, message.migrate_from_chat_id, message.chat.id)


def _is_in(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status not in _OUT
