"""A bad day for the outbox: flood control, trouble at Telegram's, and a bot that is killed, with nothing lost."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import zip_longest
from multiprocessing.process import BaseProcess
from pathlib import Path
from statistics import median
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession
from telegram.ext import ExtBot

from bot.alerts.sender import Pace, Sender
from bot.bench.telegram import TOKEN, BenchServer
from storage import articles, chats, outbox, schema, settings, sources, statements
from storage.addresses import normalise_url
from storage.database import Database
from storage.people import import_roster
from storage.statements import NewStatement, Place

FLOODED, FAILING = 0.10, 0.05
WORKER = "bench"
WINDOW_MESSAGES = 200

_PERSON = "spreker"
_ROSTER = {
    "persons": [{"id": _PERSON, "name": "Sanne Spreker", "given_name": "Sanne", "family_name": "Spreker"}],
    "organizations": [],
    "memberships": [],
}
_ROUND_PAUSE = 0.2
_LONGEST = 1800.0


@dataclass(frozen=True, slots=True)
class BadDay:
    """What goes wrong, and how much there is to send.

    Attributes:
        chats: How many chats; half of them are groups.
        deliveries: How many are due, as many to each chat.
        kills: How often the bot is killed with SIGKILL.
        deaths: How often the server dies.
        death_seconds: For how long.
        first_pause: The sender's pause after a first failure.
    """

    chats: int = 200
    deliveries: int = 2000
    kills: int = 3
    deaths: int = 2
    death_seconds: float = 10.0
    first_pause: timedelta = Pace().first_pause

    def troubles(self) -> list[tuple[int, str]]:
        """Give after how many accepted messages which trouble comes, spread evenly, kills and deaths by turns."""
        by_turns = zip_longest(["kill"] * self.kills, ["die"] * self.deaths)
        chosen = [kind for pair in by_turns for kind in pair if kind is not None]
        step = self.deliveries / (len(chosen) + 1)
        return [(round(step * place), kind) for place, kind in enumerate(chosen, 1)]


@dataclass(slots=True)
class _Bot:
    """The bot's sender in a process of its own, which can be killed."""

    url: str
    base_url: str
    pace: Pace
    process: BaseProcess = field(init=False)

    def start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.process = context.Process(target=_send_for_ever, args=(self.url, self.base_url, self.pace), daemon=True)
        self.process.start()

    def kill(self) -> None:
        self.process.kill()
        self.process.join()


def bench_outbox(day: BadDay, url: str | None, report: Callable[[str], None]) -> dict[str, Any]:
    """Send all that is due through a bad day, and count what arrived.

    Args:
        day: What goes wrong.
        url: A database without tables, which is left full; None for a SQLite file that is thrown away.
        report: Takes lines on what is being done.

    Returns:
        Figures by name. ``lost`` and ``doubled`` count deliveries. A message may double for each chat that is being
        sent to when the bot is killed or the server dies: ``doubled_at_most`` of them. ``window_ms`` is how long it
        takes on a calm day from Telegram's acceptance of a message to our commit.
    """
    with tempfile.TemporaryDirectory() as folder:
        address = normalise_url(url or f"sqlite:///{Path(folder) / 'outbox.db'}")
        schema.upgrade(address)
        return asyncio.run(_soak(day, address, report))


async def _soak(day: BadDay, url: str, report: Callable[[str], None]) -> dict[str, Any]:
    database = await Database.open(url)
    server = BenchServer(flooded=FLOODED, failing=FAILING)
    try:
        window = await _window(database)
        await _fill(database, day)
        await server.start()
        pace = Pace(first_pause=day.first_pause)
        begun = time.monotonic()
        await _live_through(day, server, _Bot(url, server.base_url, pace), database, report)
        seconds = time.monotonic() - begun
        counted = Counter((message.chat_id, message.text) for message in server.accepted)
        return {
            "chats": day.chats,
            "deliveries": day.deliveries,
            "kills": day.kills,
            "deaths": day.deaths,
            "answered_429": server.refused[429],
            "answered_502": server.refused[502],
            "delivered": len(counted),
            "lost": day.deliveries - len(counted),
            "doubled": sum(counted.values()) - len(counted),
            "doubled_at_most": (day.kills + day.deaths) * pace.lanes,
            "out_of_order": _out_of_order(server),
            "seconds": round(seconds, 1),
            "busiest_chat_in_a_second": server.busiest(1.0, of_each_chat=True),
            "busiest_group_in_a_minute": server.busiest(60.0, of_each_chat=True, only_groups=True),
            "busiest_second": server.busiest(1.0, of_each_chat=False),
            "window_ms": window,
        }
    finally:
        await server.stop()
        await database.close()


async def _live_through(
    day: BadDay, server: BenchServer, bot: _Bot, database: Database, report: Callable[[str], None]
) -> None:
    """Let the troubles come as messages arrive, until nothing is due any more."""
    troubles = day.troubles()
    deadline = time.monotonic() + _LONGEST
    bot.start()
    try:
        while time.monotonic() < deadline:
            if troubles and len(server.accepted) >= troubles[0][0]:
                arrived, kind = len(server.accepted), troubles.pop(0)[1]
                report(f"{arrived} of {day.deliveries} arrived: {kind}")
                await _trouble(kind, day, server, bot)
            async with database.reading() as session:
                state = await outbox.outbox_state(session)
            if not state.due and not state.claimed and not troubles:
                return
            await asyncio.sleep(_ROUND_PAUSE)
    finally:
        bot.kill()


async def _trouble(kind: str, day: BadDay, server: BenchServer, bot: _Bot) -> None:
    if kind == "kill":
        bot.kill()
        bot.start()
        return
    await server.stop()
    await asyncio.sleep(day.death_seconds)
    await server.start()


def _send_for_ever(url: str, base_url: str, pace: Pace) -> None:
    """Be the bot's sender until killed."""
    # Without it, python-telegram-bot warns of a deprecation with each RetryAfter that it makes.
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    asyncio.run(_sending(url, base_url, pace))


async def _sending(url: str, base_url: str, pace: Pace) -> None:
    from bot.logs import configure_logs

    configure_logs("ERROR", [])
    database = await Database.open(url)
    async with database.writing() as session:
        await outbox.take_back(session, worker=WORKER)
    async with ExtBot(TOKEN, base_url=base_url) as bot:
        sender = Sender(database, bot, pace, WORKER)
        while True:
            await sender.empty(asyncio.Event())
            await asyncio.sleep(_ROUND_PAUSE)


async def _window(database: Database) -> dict[str, float]:
    """Measure, with one chat and nothing else to do, how long after its acceptance a message is written down."""
    timed = _TimedDatabase(database.url)
    server = BenchServer()
    await server.start()
    try:
        await _fill(timed, BadDay(chats=1, deliveries=WINDOW_MESSAGES), first_chat=10_000)
        async with ExtBot(TOKEN, base_url=server.base_url) as bot:
            pace = Pace(chat_pause=timedelta(), overall_per_second=10_000, group_per_minute=10_000, lanes=1)
            await Sender(timed, bot, pace, WORKER).empty(asyncio.Event())
    finally:
        await server.stop()
        await timed.close()
    commits = iter(sorted(timed.commits))
    commit, widths = next(commits), []
    for accepted in server.accepted:
        while commit < accepted.moment:
            commit = next(commits)
        widths.append((commit - accepted.moment) * 1000)
    widths.sort()
    return {"p50": round(median(widths), 1), "p99": round(widths[len(widths) * 99 // 100], 1)}


class _TimedDatabase(Database):
    """A database that remembers when its commits were done."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.commits: list[float] = []

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        async with super().writing() as session:
            yield session
        self.commits.append(time.monotonic())


async def _fill(database: Database, day: BadDay, first_chat: int = 1) -> None:
    """Make statements, each of an article and a story of its own, due to all chats."""
    chat_ids = [number if number % 2 else -number for number in range(first_chat, first_chat + day.chats)]
    async with database.writing() as session:
        await import_roster(session, popolo=_ROSTER)
        await sources.ensure_manual_source(session, source_id="bench", name="Bench")
        for chat_id in chat_ids:
            kind = "private" if chat_id > 0 else "supergroup"
            await chats.ensure_chat(session, chat_id=chat_id, kind=kind, title="x")
            await settings.choose(session, chat_id=chat_id, messages_a_day=None)
        for number in range(day.deliveries // day.chats):
            await _queue_one(session, f"{first_chat}-{number:04}", chat_ids)


async def _queue_one(session: AsyncSession, name: str, chat_ids: list[int]) -> None:
    moment = datetime.now(UTC)
    kept = await articles.keep_article(
        session, identity=f"bench:{name}", source_id="bench", url=None, title=name, text=name, published_at=moment
    )
    [statement] = await statements.keep_statements(session, statements=[_statement(name, moment.date())])
    await statements.keep_mentions(
        session,
        article_id=kept.article_id,
        version_number=1,
        places=[Place(statement.statement_id, 0, len(name))],
    )
    await articles.join_story(session, article_id=kept.article_id)
    due = [
        outbox.NewDelivery(chat_id, 0, "statement", statement.statement_id, kept.article_id, moment)
        for chat_id in chat_ids
    ]
    await outbox.queue_all(session, deliveries=due)


def _statement(name: str, said_on: date) -> NewStatement:
    return NewStatement(
        person_id=_PERSON,
        membership_id=None,
        kind="direct",
        content=f"Dit is uitspraak {name}.",
        content_key=name,
        cue=None,
        attribution="named",
        speaker_surface=None,
        said_from=None,
        said_to=None,
        said_on=said_on,
        confidence=1.0,
        rule="bench",
        context=f"Dit is uitspraak {name}.",
        analysis_version=1,
        analysis={},
        terms=(),
    )


def _out_of_order(server: BenchServer) -> int:
    """Count messages that came behind a younger one of their chat; what came twice counts the first time."""
    first: dict[tuple[int, str], None] = dict.fromkeys((one.chat_id, one.text) for one in server.accepted)
    last: dict[int, str] = {}
    late = 0
    for chat_id, text in first:
        late += text < last.get(chat_id, "")
        last[chat_id] = max(text, last.get(chat_id, ""))
    return late
