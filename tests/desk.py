"""A desk for the tests of alerts: a database, a Bot API server, and what is due to whom."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from telegram.ext import ExtBot

from bot.alerts.pace import Clock, Pace, utc_now
from bot.alerts.sender import Sender, SendReport
from storage import outbox
from storage.articles import join_story
from storage.chats import ensure_chat
from storage.database import Database
from storage.tables import Chat as ChatRow
from storage.tables import Delivery
from tests.botapi import BotApiServer, Chat, User
from tests.storage_examples import a_statement, keep, keep_people, keep_text, keep_turn

FAST = Pace(
    chat_pause=timedelta(),
    group_per_minute=1000,
    overall_per_second=1000,
    first_pause=timedelta(milliseconds=50),
    answer_timeout=timedelta(seconds=5),
)
# For tests that count what one round does: nothing that it puts back comes due again within it.
ONCE = replace(FAST, first_pause=timedelta(minutes=5))


class Desk:
    """A database, a Bot API server, and what a test does with both."""

    def __init__(self, database: Database, server: BotApiServer, bot: ExtBot[None]) -> None:
        self.database, self.server, self.bot = database, server, bot
        self.stopping = asyncio.Event()
        self.articles = 0
        self.clock: Clock = utc_now

    def sender(self, pace: Pace = FAST, worker: str = "test") -> Sender:
        return Sender(self.database, self.bot, pace, worker, clock=lambda: self.clock())

    async def empty(self, pace: Pace = ONCE) -> SendReport:
        return await self.sender(pace).empty(self.stopping)

    async def empty_until_done(self, sender: Sender, within: float = 30.0) -> None:
        deadline = time.monotonic() + within
        while await self.states() != {"sent"}:
            assert time.monotonic() < deadline, Counter(row.state for row in await self.deliveries())
            await sender.empty(self.stopping)
            await asyncio.sleep(0.05)

    async def due(
        self, *chats: Chat | User, contents: tuple[str, ...] = ("Er is geen crisis.",), topic: int = 0
    ) -> int:
        """Make the statements of a new article due to the chats; give the article's id."""
        self.articles += 1
        async with self.database.writing() as session:
            article_id = await keep_text(session, f"artikel {self.articles}")
            numbers = [
                await keep(session, a_statement(f"{content} ({self.articles})"), article_id, start=100 * place)
                for place, content in enumerate(contents)
            ]
            await join_story(session, article_id=article_id)
            for chat in chats:
                for number in numbers:
                    await self._queue(session, chat, topic, "statement", number, article_id)
        return article_id

    async def turn_due(self, chat: Chat) -> int:
        """Make a reversal due to a chat; give its number."""
        async with self.database.writing() as session:
            article_id = await keep_text(session, "ommekeer")
            _, later_id, reversal_id = await keep_turn(session, article_id)
            await self._queue(session, chat, 0, "statement", later_id, article_id)
            await self._queue(session, chat, 0, "reversal", reversal_id, article_id)
        return reversal_id

    async def _queue(
        self, session: AsyncSession, chat: Chat | User, topic: int, what: str, what_id: int, article_id: int
    ) -> None:
        await ensure_chat(session, chat_id=chat.id, kind="group" if chat.id < 0 else "private", title="x")
        await outbox.queue(
            session,
            chat_id=chat.id,
            topic_id=topic,
            what=what,
            what_id=what_id,
            article_id=article_id,
            due_at=datetime.now(UTC),
        )

    async def hurry(self) -> None:
        """Let what was put back be due now."""
        async with self.database.writing() as session:
            await session.exec(update(Delivery).values(due_at=datetime.now(UTC)))
            await session.exec(update(ChatRow).values(flooded_until=None))

    async def deliveries(self) -> list[Delivery]:
        async with self.database.reading() as session:
            return list(await session.exec(select(Delivery).order_by(col(Delivery.id))))

    async def states(self) -> set[str]:
        return {row.state for row in await self.deliveries()}


@asynccontextmanager
async def a_desk(server: BotApiServer, database: Database) -> AsyncIterator[Desk]:
    async with database.writing() as session:
        await keep_people(session)
    async with ExtBot(server.token, base_url=server.base_url) as bot:
        yield Desk(database, server, bot)


def texts(chat: Chat | User) -> list[str]:
    chat = chat.chat if isinstance(chat, User) else chat
    return [message.text for message in chat.from_bot]
