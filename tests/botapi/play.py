"""What people do in Telegram, played on the server: they write, press, search, invite, block and upgrade."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import Any, Literal

from tests.botapi.markup import Entity, utf16_length
from tests.botapi.methods import BOT, member
from tests.botapi.server import HttpServer
from tests.botapi.world import (
    ANONYMOUS_ADMINISTRATOR,
    GENERAL_TOPIC,
    Chat,
    InlineQuery,
    Message,
    Press,
    User,
)

_COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]+)?")


class BotApiServer(HttpServer):
    """A Bot API server with people on it; see the package for how it is used."""

    def user(self, name: str, *, language: str = "nl", started: bool = True) -> User:
        """Make a person; unless ``started`` the bot cannot write to them before they do."""
        number = 1000 + len(self.world.users)
        user = User(number, name, name.lower().replace(" ", "_"), language)
        user.chat = Chat(number, "private", name, bot_status="member" if started else "unmet")
        self.world.users[number] = user
        self.world.chats[number] = user.chat
        return user

    def group(
        self,
        title: str,
        *,
        members: Iterable[User] = (),
        administrators: Iterable[User] = (),
        kind: Literal["group", "supergroup", "channel"] = "supergroup",
        topics: dict[int, str] | None = None,
        bot_status: str = "member",
    ) -> Chat:
        """Make a group or channel with the bot in it; with ``topics`` (names by thread id) it is a forum."""
        number = len(self.world.chats)
        chat = Chat(-2000 - number if kind == "group" else -1001000000000 - number, kind, title)
        chat.members = dict.fromkeys((user.id for user in members), "member")
        chat.members |= dict.fromkeys((user.id for user in administrators), "administrator")
        chat.topics = None if topics is None else {GENERAL_TOPIC: "General", **topics}
        chat.bot_status = bot_status
        self.world.chats[chat.id] = chat
        return chat

    async def say(
        self,
        chat: Chat | User,
        user: User,
        text: str,
        *,
        topic: int | None = None,
        reply_to: Message | None = None,
        is_anonymous: bool = False,
        is_edit: bool = False,
    ) -> Message:
        """Let a person write; the update waits for the bot when this returns.

        In a forum a message outside a topic stands in General, whose thread id comes without
        ``is_topic_message``, as on Telegram; so does the thread of a reply in a group that is no forum.
        """
        chat = chat.chat if isinstance(chat, User) else chat
        if chat.kind == "private" and chat.bot_status == "unmet":
            chat.bot_status = "member"
        message = Message(
            chat,
            self.world.number(),
            text,
            text,
            _commands(text),
            user,
            topic,
            reply_to=reply_to.id if reply_to else None,
        )
        if topic is None and chat.topics is not None:
            message.header["message_thread_id"] = GENERAL_TOPIC
        elif topic is None and reply_to is not None and chat.kind == "supergroup":
            message.header["message_thread_id"] = reply_to.id
        if is_anonymous:
            message.header |= {
                "from": {"id": ANONYMOUS_ADMINISTRATOR, "is_bot": True, "first_name": "Group"},
                "sender_chat": chat.as_json(),
            }
        if chat.kind == "channel":
            message.header |= {"sender_chat": chat.as_json()}
        chat.messages[message.id] = message
        kind = "channel_post" if chat.kind == "channel" else "message"
        await self.put_update(f"edited_{kind}" if is_edit else kind, self.world.header(message))
        return message

    async def press(self, message: Message, user: User, label: str) -> Press:
        """Let a person press the button whose label holds these words."""
        return await self.press_data(message, user, message.button(label)["callback_data"])

    async def press_data(self, message: Message, user: User, data: str, *, is_inaccessible: bool = False) -> Press:
        """Let a client send callback data, also such as no button of the message has."""
        press = Press(str(self.world.number()), message, user)
        self.world.presses[press.id] = press
        header = self.world.header(message)
        if is_inaccessible:
            header = {"chat": header["chat"], "message_id": header["message_id"], "date": 0}
        query = {"id": press.id, "from": user.as_json(), "message": header, "chat_instance": "1", "data": data}
        await self.put_update("callback_query", query)
        return press

    async def inline(self, user: User, query: str, offset: str = "") -> InlineQuery:
        """Let a person type after the bot's name in any chat."""
        asked = InlineQuery(str(self.world.number()), user, query)
        self.world.inline_queries[asked.id] = asked
        await self.put_update(
            "inline_query", {"id": asked.id, "from": user.as_json(), "query": query, "offset": offset}
        )
        return asked

    async def set_bot_status(self, chat: Chat | User, by: User, status: str) -> None:
        """Let somebody add, promote, remove or (in private) block and unblock the bot.

        Args:
            chat: Where.
            by: Who does it.
            status: ``member``, ``administrator``, ``kicked`` or ``left``.
        """
        chat = chat.chat if isinstance(chat, User) else chat
        before, chat.bot_status = chat.bot_status, status
        await self.put_update(
            "my_chat_member",
            {
                "chat": chat.as_json(),
                "from": by.as_json(),
                "date": int(time.time()),
                "old_chat_member": member(BOT, "left" if before == "unmet" else before),
                "new_chat_member": member(BOT, status),
            },
        )

    async def upgrade(self, chat: Chat, *, announce: Literal["both", "old", "new", "none"] = "both") -> Chat:
        """Turn a group into a supergroup; Telegram tells it twice, from the old side and from the new."""
        supergroup = self.group(chat.title, bot_status=chat.bot_status)
        supergroup.members = dict(chat.members)
        chat.migrated_to = supergroup.id
        if announce in ("both", "old"):
            await self._service(chat, {"migrate_to_chat_id": supergroup.id})
        if announce in ("both", "new"):
            await self._service(supergroup, {"migrate_from_chat_id": chat.id})
        return supergroup

    async def wait_for_message(self, chat: Chat | User, containing: str = "", within: float = 5.0) -> Message:
        """Wait for the bot's next message in a chat that was not given out yet and holds these words."""
        chat = chat.chat if isinstance(chat, User) else chat

        def fresh() -> Message | None:
            new = [message for message in chat.from_bot if message.id > chat.told and containing in message.text]
            return new[0] if new else None

        message: Message = await self.until(fresh, within, f"a message in {chat.title} with {containing!r}")
        chat.told = message.id
        return message

    async def wait_for_edit(self, message: Message, within: float = 5.0) -> Message:
        """Wait until the bot has edited a message since it was last waited for."""
        await self.until(lambda: message.edits > message.told_edits, within, "an edit")
        message.told_edits = message.edits
        return message

    async def wait_for_answer(self, asked: Press | InlineQuery, within: float = 5.0) -> dict[str, Any]:
        """Wait until the bot has answered a pressed button or an inline query, and give its parameters."""
        await self.until(lambda: asked.answer is not None, within, "an answer")
        return asked.answer or {}

    async def _service(self, chat: Chat, content: dict[str, Any]) -> None:
        message = Message(chat, self.world.number(), "", header={"service": True})
        header = self.world.header(message) | content
        chat.messages[message.id] = message
        await self.put_update("message", header)


def _commands(text: str) -> list[Entity]:
    return [
        Entity("bot_command", utf16_length(text[: match.start()]), utf16_length(match[0]))
        for match in _COMMAND.finditer(text)
    ]
