"""The whole way: a feed over HTTP, the scheduler's own job, and the alert in a group that follows the speaker."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr
from telegram.error import Conflict
from telegram.ext import ExtBot

import seeds
from bot.service import Service
from bot.settings import Settings
from storage import schema
from storage.articles import articles_to_take, counts, keep_article
from storage.database import Database
from storage.outbox import outbox_state
from storage.people import import_roster
from storage.sources import enabled_sources, ensure_feed_source, ensure_manual_source, seed_sources, switch_source
from tests.botapi import BotApiServer, Chat, User
from tests.chatserver import ChatServer
from tests.feedserver import FeedServer, article, item, rss
from tests.fictional import EARLIER, LATER, ROSTER

PATIENCE = 90.0
"""Seconds to wait at most: the worker process loads the Dutch pipeline first, on a machine that may be busy."""


@asynccontextmanager
async def _installation(folder: Path, feed_url: str) -> AsyncIterator[Database]:
    """A database with the fictional cabinet, in which only the test's own feed is polled."""
    url = f"sqlite:///{folder / 'citaatwacht.db'}"
    await asyncio.to_thread(schema.upgrade, url)
    database = await Database.open(url)
    async with database.writing() as session:
        await import_roster(session, popolo=ROSTER)
        await seed_sources(session, rows=seeds.sources())
        for source in await enabled_sources(session):
            await switch_source(session, source_id=source.id, enabled=False)
        feed = await ensure_feed_source(session, url=feed_url, name="De Proefkrant")
        await switch_source(session, source_id=feed, enabled=True)
    try:
        yield database
    finally:
        await database.close()


def _environment(folder: Path, telegram: BotApiServer, feeds: FeedServer) -> dict[str, str]:
    return {
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_API_URL": telegram.base_url,
        "DATABASE_URL": f"sqlite:///{folder / 'citaatwacht.db'}",
        "DATA_DIR": str(folder),
        "POLL_INTERVAL": "1",
        "POLL_INTERVAL_MAX": "1",
        "OUTBOX_INTERVAL": "0.2",
        "FETCH_ALLOW_HOSTS": feeds.host,
        "HTTP_PORT": "0",
    }


def _settings(folder: Path, telegram: BotApiServer, feeds: FeedServer) -> Settings:
    values = {name.lower(): value for name, value in _environment(folder, telegram, feeds).items()}
    return Settings(_env_file=None, **values)  # type: ignore[arg-type, call-arg]


@asynccontextmanager
async def _running(settings: Settings, telegram: BotApiServer, database: Database) -> AsyncIterator[Service]:
    stop = asyncio.Event()
    service = Service(settings, telegram.token, database)
    task = asyncio.create_task(service.run(stop))
    try:
        yield service
    finally:
        stop.set()
        await asyncio.wait_for(task, PATIENCE)


def _serve(feeds: FeedServer, *texts: str) -> None:
    """Put articles with these texts into the feed, all published just now."""
    items = []
    for number, text in enumerate(texts):
        path, title = f"/artikel/{number}", text.split(".")[0]
        feeds.page(path, article(title, *text.split("\n\n")))
        items.append(item(title, feeds.url(path), datetime.now(UTC) - timedelta(minutes=len(texts) - number)))
    feeds.feed("/rss", rss(*items))


def _editors(telegram: BotApiServer) -> tuple[User, Chat]:
    anna = telegram.user("Anna")
    return anna, telegram.group("Haagse redactie", members=[anna], administrators=[anna])


async def _until_polled(feeds: FeedServer, times: int) -> None:
    wanted = len(feeds.asked("/rss")) + times
    await _until(lambda: len(feeds.asked("/rss")) >= wanted)


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.1)


async def test_a_feed_is_polled_and_its_reversal_reaches_the_group_once(tmp_path: Path) -> None:
    async with (
        FeedServer() as feeds,
        BotApiServer() as telegram,
        _installation(tmp_path, feeds.url("/rss")) as database,
        _running(_settings(tmp_path, telegram, feeds), telegram, database),
    ):
        anna, group = _editors(telegram)
        await telegram.say(group, anna, "/follow Zandstra")
        await telegram.wait_for_message(group, "Wouter Zandstra", within=PATIENCE)
        _serve(feeds, EARLIER)
        first = await telegram.wait_for_message(group, "De btw gaat niet omhoog", within=PATIENCE)
        assert "minister-president" in first.text.lower()
        assert "De Proefkrant" in first.text or "127.0.0.1" in first.text
        _serve(feeds, EARLIER, LATER)
        second = await telegram.wait_for_message(group, "Mogelijke ommekeer", within=PATIENCE)
        assert "De btw gaat niet omhoog" in second.text
        assert "De btw gaat omhoog" in second.text
        alerts = len(group.from_bot)
        await _until_polled(feeds, 3)
        assert len(group.from_bot) == alerts


async def test_a_flag_that_the_judge_vetoes_reaches_nobody(tmp_path: Path) -> None:
    async with (
        FeedServer() as feeds,
        BotApiServer() as telegram,
        ChatServer() as judge,
        _installation(tmp_path, feeds.url("/rss")) as database,
    ):
        judge.say("elaboration", 0.95, "een ander tarief")
        asking = {"judge_url": judge.url, "judge_model": "proefmodel", "judge_wait": PATIENCE}
        settings = _settings(tmp_path, telegram, feeds).model_copy(update=asking)
        async with _running(settings, telegram, database):
            anna, group = _editors(telegram)
            await telegram.say(group, anna, "/follow Zandstra")
            await telegram.wait_for_message(group, "Wouter Zandstra", within=PATIENCE)
            _serve(feeds, EARLIER)
            await telegram.wait_for_message(group, "De btw gaat niet omhoog", within=PATIENCE)
            _serve(feeds, EARLIER, LATER)
            await telegram.wait_for_message(group, "De btw gaat omhoog", within=PATIENCE)
            await _until(lambda: judge.asked)
            await telegram.say(group, anna, "/reversals Zandstra")
            shown = await telegram.wait_for_message(group, "Volgens het model proefmodel", within=PATIENCE)
            assert "geen ommekeer (een ander tarief)" in shown.text
            await _until_polled(feeds, 2)
        alerts = [message for message in group.from_bot if "ommekeer" in message.text.lower()]
        assert alerts == [shown]


async def test_after_a_kill_between_storing_and_sending_exactly_what_was_due_is_sent(tmp_path: Path) -> None:
    async with (
        FeedServer() as feeds,
        BotApiServer() as telegram,
        _installation(tmp_path, feeds.url("/rss")) as database,
    ):
        anna, group = _editors(telegram)
        environment = {**os.environ, **_environment(tmp_path, telegram, feeds)}
        async with _process(environment):
            await telegram.say(group, anna, "/follow Zandstra")
            await telegram.wait_for_message(group, "Wouter Zandstra", within=PATIENCE)
        replies = len(group.from_bot)
        fault = telegram.hang(PATIENCE, method="sendMessage", times=None)
        async with _process(environment, end=signal.SIGKILL):
            _serve(feeds, EARLIER)
            await _until(lambda: fault.happened)
        async with database.reading() as session:
            state = await outbox_state(session)
        assert state.due + state.claimed > 0
        assert len(group.from_bot) == replies
        telegram.heal()
        async with _process(environment):
            alert = await telegram.wait_for_message(group, "De btw gaat niet omhoog", within=PATIENCE)
            await _until_polled(feeds, 3)
        assert group.from_bot[replies:] == [alert]


async def test_quotes_are_answered_while_five_hundred_articles_are_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with (
        FeedServer() as feeds,
        BotApiServer() as telegram,
        _installation(tmp_path, feeds.url("/rss")) as database,
    ):
        _serve(feeds)
        # One reporter alone would ask more in a minute than is answered.
        reporters = [telegram.user(f"Reporter {number}") for number in range(8)]
        group = telegram.group("Haagse redactie", members=reporters)
        async with database.writing() as session:
            await ensure_manual_source(session, source_id="proef", name="De Proefkrant")
            for number in range(500):
                text = LATER.replace("btw", f"heffing op kavel {number}")
                await keep_article(
                    session,
                    identity=f"https://proef.test/{number}",
                    source_id="proef",
                    url=f"https://proef.test/{number}",
                    title=f"Kavel {number}",
                    text=text,
                    published_at=datetime.now(UTC) - timedelta(minutes=number),
                )
        waits = []
        async with _running(_settings(tmp_path, telegram, feeds), telegram, database):
            while await _waiting(database):
                asked = time.monotonic()
                await telegram.say(group, reporters[len(waits) % len(reporters)], "/quotes Zandstra")
                await telegram.wait_for_message(group, within=PATIENCE)
                waits.append(time.monotonic() - asked)
                await asyncio.sleep(0.5)
        async with database.reading() as session:
            counted = await counts(session)
    assert counted.articles == 500
    assert counted.failed == 0
    assert counted.statements >= 500
    assert waits
    with capsys.disabled():
        middle = sorted(waits)[len(waits) // 2]
        print(f"\n/quotes during 500 articles: {len(waits)} answers, median {middle:.3f} s, worst {max(waits):.3f} s")


async def _waiting(database: Database) -> bool:
    async with database.reading() as session:
        return bool(await articles_to_take(session, moment=datetime.now(UTC), limit=1))


async def test_a_second_bot_on_the_same_token_does_not_end_the_first(tmp_path: Path) -> None:
    async with (
        FeedServer() as feeds,
        BotApiServer() as telegram,
        _installation(tmp_path, feeds.url("/rss")) as database,
    ):
        anna, group = _editors(telegram)
        async with _running(_settings(tmp_path, telegram, feeds), telegram, database):
            await telegram.until(lambda: telegram.calls_of("getUpdates"), PATIENCE, "the first getUpdates")
            async with ExtBot(telegram.token, base_url=telegram.base_url) as rival:
                for _ in range(3):
                    with suppress(Conflict):
                        await rival.get_updates(timeout=0)
            asked = len(telegram.calls_of("getUpdates"))
            await telegram.until(lambda: len(telegram.calls_of("getUpdates")) > asked, PATIENCE, "the next getUpdates")
            await telegram.say(group, anna, "/help")
            await telegram.wait_for_message(group, within=PATIENCE)


async def test_sigterm_ends_the_process_in_order(tmp_path: Path) -> None:
    async with FeedServer() as feeds, BotApiServer() as telegram, _installation(tmp_path, feeds.url("/rss")):
        environment = {**os.environ, **_environment(tmp_path, telegram, feeds)}
        async with _process(environment) as process:
            await telegram.until(lambda: telegram.calls_of("getUpdates"), PATIENCE, "the first getUpdates")
        assert process.returncode == 0
        logs = (await process.stderr.read()).decode() if process.stderr else ""
        assert '"event": "stopped"' in logs
        assert telegram.token not in logs


async def test_a_refused_token_ends_the_process_with_a_clear_reason(tmp_path: Path) -> None:
    async with FeedServer() as feeds, BotApiServer() as telegram, _installation(tmp_path, feeds.url("/rss")):
        environment = {**os.environ, **_environment(tmp_path, telegram, feeds), "TELEGRAM_BOT_TOKEN": "123:WRONG"}
        process = await _start(environment)
        _, errors = await asyncio.wait_for(process.communicate(), PATIENCE)
        assert process.returncode == 1
        assert "Telegram does not know this token" in errors.decode()
        assert "123:WRONG" not in errors.decode()


async def test_health_and_metrics_are_served_and_the_webhook_wants_its_secret(tmp_path: Path) -> None:
    async with (
        FeedServer() as feeds,
        BotApiServer() as telegram,
        _installation(tmp_path, feeds.url("/rss")) as database,
    ):
        anna, group = _editors(telegram)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        base = f"http://127.0.0.1:{port}"
        settings = _settings(tmp_path, telegram, feeds).model_copy(
            update={"http_port": port, "webhook_url": f"{base}/telegram", "webhook_secret": SecretStr("s3cret")}
        )
        async with _running(settings, telegram, database), aiohttp.ClientSession() as browser:
            await telegram.until(lambda: telegram.world.webhook, PATIENCE, "the webhook")
            async with browser.get(f"{base}/healthz") as answer:
                assert answer.status == 200, await answer.text()
            async with browser.get(f"{base}/metrics") as answer:
                assert "citaatwacht_deliveries_due 0.0" in await answer.text()
            async with browser.post(f"{base}/telegram", json={"update_id": 1}) as answer:
                assert answer.status == 403
            await telegram.say(group, anna, "/help")
            await telegram.wait_for_message(group, within=PATIENCE)


@asynccontextmanager
async def _process(
    environment: dict[str, str], end: signal.Signals = signal.SIGTERM
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot as a process of its own, ended by a signal."""
    process = await _start(environment)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(end)
        await asyncio.wait_for(process.wait(), PATIENCE)


async def _start(environment: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from bot.cli import main; main()",
        "run",
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
