"""Brings messages to where a chat is by now: at its pace, after a move, past a closed topic, at last without markup."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
import telegram

from bot.alerts.errors import ChatMoved, MessageRefused, TelegramUnreachable, TopicClosed
from bot.alerts.pace import Clock, Lanes, Pace
from bot.alerts.post import edit, post, post_plainly
from bot.messages.alerts import topic_is_closed
from bot.messages.reader import Reader
from bot.messages.values import Message
from storage import chats, closed_topics
from storage.database import Database

log = structlog.get_logger(__name__)

Send = Callable[..., Awaitable[int]]


class Courier:
    """Takes messages to one chat and topic, for as long as one claim of it is worked on.

    Attributes:
        chat_id: The chat; another one once the group became a supergroup.
        topic_id: The topic, 0 for none and once it was found closed.
        was_moved: Whether the chat became another one meanwhile: numbers of messages mean nothing there.
    """

    def __init__(
        self,
        database: Database,
        bot: telegram.Bot,
        pace: Pace,
        lanes: Lanes,
        *,
        chat_id: int,
        topic_id: int,
        reader: Reader,
        clock: Clock,
    ) -> None:
        """Describe the way.

        Args:
            database: Where chats and topics are kept.
            bot: An initialised bot.
            pace: How long to wait for an answer.
            lanes: When a message may go; each one that goes, new or edited, is counted there.
            chat_id: The chat.
            topic_id: The topic, 0 for none.
            reader: The chat as a reader.
            clock: The present moment.
        """
        self._clock = clock
        self._database, self._bot, self._pace, self._lanes, self._reader = database, bot, pace, lanes, reader
        self.chat_id, self.topic_id, self.was_moved = chat_id, topic_id, False
        self._topic_is_known_open = False

    async def send(self, message: Message, *, reply_to: int | None = None) -> int:
        """Send a message, and give its number in the chat.

        Args:
            message: What to send.
            reply_to: The message that it answers.

        Raises:
            MessageRefused: It was not taken, with markup or without.
            DeliveryError: Nothing can be sent there now.
        """
        send: Send = post
        was_moved_now = False
        while True:
            try:
                message_id = await self._attempt(send, message, reply_to)
            except ChatMoved as error:
                if was_moved_now:
                    raise TelegramUnreachable(str(error)) from error
                was_moved_now, reply_to = True, None
                await self._move(error.new_chat_id)
            except TopicClosed as error:
                if not self.topic_id:
                    raise MessageRefused(str(error)) from error
                # An answer goes to the topic of what it answers, which is the closed one.
                reply_to = None
                await self._leave_topic()
            except MessageRefused as error:
                if send is post_plainly:
                    raise
                log.warning("message refused, sent without markup", chat=self.chat_id, reason=str(error))
                send = post_plainly
            else:
                await self._note_open_topic()
                return message_id

    async def edit(self, message: Message, message_id: int) -> bool:
        """Let a message read otherwise.

        Args:
            message: How it reads from now on.
            message_id: Its number in the chat.

        Returns:
            Whether it does; False where it is gone or too old to be edited.

        Raises:
            DeliveryError: Nothing can be edited there now.
        """
        try:
            await self._attempt_edit(message, message_id)
        except (MessageRefused, TopicClosed) as error:
            log.warning("message not edited", chat=self.chat_id, message=message_id, reason=str(error))
            return False
        except ChatMoved as error:
            await self._move(error.new_chat_id)
            raise TelegramUnreachable(str(error)) from error
        return True

    async def _attempt(self, send: Send, message: Message, reply_to: int | None) -> int:
        await self._enter()
        try:
            return await send(
                self._bot,
                message,
                chat_id=self.chat_id,
                topic_id=self.topic_id,
                answer_within=self._pace.answer_timeout,
                reply_to=reply_to,
            )
        finally:
            self._lanes.finish(self.chat_id, self._clock())

    async def _attempt_edit(self, message: Message, message_id: int) -> None:
        await self._enter()
        try:
            await edit(
                self._bot,
                message,
                chat_id=self.chat_id,
                message_id=message_id,
                answer_within=self._pace.answer_timeout,
            )
        finally:
            self._lanes.finish(self.chat_id, self._clock())

    async def _enter(self) -> None:
        """Wait until a message may go to the chat, and count it as on its way."""
        pause = self._lanes.pause(self.chat_id, self._clock())
        while pause:
            await asyncio.sleep(pause.total_seconds())
            pause = self._lanes.pause(self.chat_id, self._clock())
        self._lanes.start()

    async def _move(self, new_chat_id: int) -> None:
        async with self._database.writing() as session:
            await chats.migrate_chat(session, old_id=self.chat_id, new_id=new_chat_id)
        log.info("group became a supergroup", chat=self.chat_id, new_chat=new_chat_id)
        self.chat_id, self.was_moved = new_chat_id, True

    async def _leave_topic(self) -> None:
        """Go on outside the topic, and say so the first time."""
        topic_id, self.topic_id = self.topic_id, 0
        log.warning("topic is closed, sent to the chat", chat=self.chat_id, topic=topic_id)
        async with self._database.reading() as session:
            if await closed_topics.is_known_closed(session, chat_id=self.chat_id, topic_id=topic_id):
                return
        await self.send(topic_is_closed(self._reader))
        async with self._database.writing() as session:
            await closed_topics.note_closed(session, chat_id=self.chat_id, topic_id=topic_id)

    async def _note_open_topic(self) -> None:
        """Keep that a topic takes messages, so that its chat is told anew when it is closed once more."""
        if not self.topic_id or self._topic_is_known_open:
            return
        place = {"chat_id": self.chat_id, "topic_id": self.topic_id}
        async with self._database.reading() as session:
            was_closed = await closed_topics.is_known_closed(session, **place)
        if was_closed:
            async with self._database.writing() as session:
                await closed_topics.note_open(session, **place)
        self._topic_is_known_open = True
