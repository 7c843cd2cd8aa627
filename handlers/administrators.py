"""Who may change what a group follows: its administrators, the anonymous ones too, or everyone where they opened it."""

from __future__ import annotations

import time
from collections.abc import Callable

from telegram import Bot, Chat, Message, User
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest

from storage.database import Database
from storage.settings import members_may_change

REMEMBERED_FOR = 60.0
"""Seconds for which Telegram's answer about a member is taken as still true."""

_MAY = frozenset({ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR})


class Administrators:
    """Asks Telegram who is an administrator, and remembers it for a minute."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        """Start without remembering anything.

        Args:
            database: Where it is kept which groups are open to their members.
            clock: Gives seconds that only go up.
        """
        self._database, self._clock = database, clock
        self._known: dict[tuple[int, int], tuple[float, bool]] = {}

    async def may_change(
        self, bot: Bot, chat: Chat, user: User | None, message: Message | None, *, strictly: bool = False
    ) -> bool:
        """Tell whether somebody may change the settings of a chat.

        Args:
            bot: Whom to ask with.
            chat: The chat; in private everybody may.
            user: Who wants it; None where Telegram does not say.
            message: The command, which may be written in the group's own name; None for a button.
            strictly: Whether only administrators may, also in a group that is open to its members.
        """
        if chat.type == ChatType.PRIVATE:
            return True
        if not strictly and await self._is_open(chat):
            return True
        if message is not None and message.sender_chat is not None:
            # Anonymous administrators write as the group, and a channel's posts as the channel. Any other
            # sender (a linked channel, a member in the name of a channel) is no administrator.
            return message.sender_chat.id == chat.id
        return user is not None and await self._is_administrator(bot, chat.id, user.id)

    async def _is_open(self, chat: Chat) -> bool:
        if chat.type == ChatType.CHANNEL:
            return False
        async with self._database.reading() as session:
            return await members_may_change(session, chat_id=chat.id)

    async def _is_administrator(self, bot: Bot, chat_id: int, user_id: int) -> bool:
        now = self._clock()
        until, known = self._known.get((chat_id, user_id), (0.0, False))
        if now < until:
            return known
        try:
            member = await bot.get_chat_member(chat_id, user_id)
        except BadRequest:
            # Telegram does not know the person in this chat.
            return False
        self._known = {key: value for key, value in self._known.items() if now < value[0]}
        self._known[chat_id, user_id] = (now + REMEMBERED_FOR, member.status in _MAY)
        return member.status in _MAY
