"""What polling costs where there is nothing new: the bot's own schedule over many sources on loopback."""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.health import Metrics, Pulse
from bot.ingest.feed import read_feed
from bot.ingest.fetch import Fetcher
from bot.ingest.poll import poll
from bot.ingest.values import Feed, PageText, PollReport
from bot.pipeline import Pipeline, Rules
from bot.schedule import Rounds, start_schedule, stop_schedule
from bot.settings import Settings
from bot.worker import Worker
from storage import schema
from storage.database import Database
from storage.sources import seed_sources

SOURCES = 300
USUAL_INTERVAL = 300
"""Seconds between two polls of a source in an installation, for which the share of a core is told."""

INTERVAL = 6
"""Seconds between two polls of a source here: what takes five minutes there passes in these."""

MEASURED = 12.0
IDLE = 6.0

_FEED = b'<rss version="2.0"><channel><title>Niets nieuws</title></channel></rss>'
_ROBOTS = "User-agent: *\n" + "".join(f"Disallow: /zoeken/{number}/\n" for number in range(30))


def bench_polling() -> dict[str, Any]:
    """Poll 300 sources on loopback that have nothing new, fifty times as often as usual, and count processor time.

    Returns:
        Polls made, CPU milliseconds for each (on SQLite, with schedule, lease, request and log), and the share of a
        core that 300 sources cost every five minutes; beside it what the schedule costs without a source.
    """
    return asyncio.run(_measured())


async def _measured() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        schema.upgrade(url)
        database = await Database.open(url)
        try:
            async with _site() as site, _schedule(database, site) as polled:
                await asyncio.sleep(IDLE)  # the first rounds compile their statements
                idle = await _cpu_during(IDLE) / IDLE
                await _add_sources(database, site)
                await asyncio.sleep(2 * INTERVAL)  # each was read once, and has its ETag
                before = polled[0]
                spent = await _cpu_during(MEASURED)
                polls = polled[0] - before
        finally:
            await database.close()
    of_each = (spent - idle * MEASURED) / polls
    return {
        "sources": SOURCES,
        "polls": polls,
        "cpu_ms_per_poll": round(of_each * 1000, 2),
        "core_share_at_five_minutes": round(of_each * SOURCES / USUAL_INTERVAL, 4),
        "core_share_of_an_idle_schedule": round(idle, 4),
    }


async def _cpu_during(seconds: float) -> float:
    started = time.process_time()
    await asyncio.sleep(seconds)
    return time.process_time() - started


async def _add_sources(database: Database, site: str) -> None:
    rows = [
        {"id": f"s{number}", "name": f"Bron {number}", "url": f"http://{site}/{number}"} for number in range(SOURCES)
    ]
    async with database.writing() as session:
        await seed_sources(session, rows=rows)


@asynccontextmanager
async def _schedule(database: Database, site: str) -> AsyncIterator[list[int]]:
    """Run the bot's schedule over a database; give a count of its polls."""
    settings = Settings(  # type: ignore[call-arg]
        _env_file=None, poll_interval=INTERVAL, poll_interval_max=INTERVAL, log_level="WARNING"
    )
    fetcher = Fetcher(contact="bench", allow_hosts=[site])
    polled = [0]

    async def poll_source(source_id: str) -> PollReport:
        polled[0] += 1
        return await poll(
            source_id,
            database,
            fetcher,
            _read_page,
            read_feed=_read_feed,
            pace=settings.pace,
            moment=datetime.now(UTC),
            if_due=True,
        )

    worker = Worker({}, spacy_model=None, timeout=60)  # never started: there is no article
    rounds = Rounds(
        database,
        Pipeline(database, worker, Rules()),
        poll_source,
        settings=settings,
        pulse=Pulse(),
        metrics=Metrics(),
    )
    scheduler = start_schedule(rounds, settings)
    try:
        yield polled
    finally:
        await stop_schedule(scheduler, rounds, 1)
        await fetcher.close()


async def _read_feed(body: bytes, url: str, charset: str | None, zone: str, now: datetime) -> Feed:
    return read_feed(body, url=url, charset=charset, zone=zone, now=now)


async def _read_page(html: bytes, url: str, zone: str) -> PageText:
    raise AssertionError("no feed here has an entry")


@asynccontextmanager
async def _site() -> AsyncIterator[str]:
    """Serve feeds that never change, from a process whose time is not counted; give its host and port."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True, name="bench-site")
    process.start()
    try:
        yield await asyncio.to_thread(ours.recv)
    finally:
        process.kill()
        process.join()
        ours.close()


def _serve(pipe: Connection) -> None:
    asyncio.run(_serve_forever(pipe))


async def _serve_forever(pipe: Connection) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/robots.txt":
            return web.Response(text=_ROBOTS)
        if request.headers.get("If-None-Match"):
            return web.Response(status=304, headers={"ETag": '"1"'})
        return web.Response(body=_FEED, content_type="application/rss+xml", headers={"ETag": '"1"'})

    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    pipe.send(f"127.0.0.1:{runner.addresses[0][1]}")
    await asyncio.Event().wait()
