"""The bot's own coming and going: added, removed, blocked, let in again, and groups that are upgraded."""

from __future__ import annotations

from typing import Any

import structlog
from telegram import ChatMember, ChatMemberRestricted, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.ext import CallbackContext

from bot.messages import Message, Reader
from bot.messages.beginning import joined_group, returned_to_group
from handlers.access import barred
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
        user = change.from_user
        request = Request(
            chat.id,
            chat.type,
            chat.effective_name or "",
            user_id=user.id,
            user_name=user.full_name,
            text="/start",
        )
        was_in = _is_in(change.old_chat_member)
        greeting = await self._came_in(request, is_new=request.is_group and not was_in)
        log.info("a chat is open to us", chat_id=chat.id, kind=chat.type)
        # What is posted in a channel is read by all its readers; in private people write first.
        if chat.type in (ChatType.GROUP, ChatType.SUPERGROUP) and not was_in:
            await send(context.bot, self._services, request, greeting)

    async def _came_in(self, request: Request, *, is_new: bool) -> Message:
        """Keep a chat that lets us in, and give the one message with which a group is greeted."""
        turned_away = await barred(self._services, request) if is_new else None
        if turned_away is not None:
            return turned_away.messages[0]
        async with self._services.database.writing() as session:
            known = await chats.ensure_chat(
                session, chat_id=request.chat_id, kind=request.chat_kind, title=request.chat_title
            )
            kept = await chats.count_subscriptions(session, chat_id=request.chat_id)
            reader = Reader(known.language, known.timezone, is_group=request.is_group)
        return returned_to_group(reader, kept) if kept else joined_group(reader)

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
