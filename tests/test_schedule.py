"""The schedule follows the list of sources while it runs: they come, pause, resume and go without a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.comparing import Finding
from bot.configured import make_worker
from bot.health import Metrics, Pulse
from bot.ingest.fetch import Fetcher
from bot.ingest.poll import poll
from bot.ingest.requests import serve_requests
from bot.ingest.values import PageText, PollReport
from bot.pipeline import Pipeline, Rules
from bot.schedule import Rounds, start_schedule, stop_schedule
from bot.settings import Settings
from bot.worker import Worker
from storage.articles import keep_article
from storage.database import Database
from storage.source_requests import ask_for_source
from storage.sources import all_sources, remove_source, restore_source, seed_sources, switch_source
from tests.feedserver import FeedServer, read_feed, rss

PATIENCE = 10.0


@pytest.fixture
async def site() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        server.feed("/een", rss(title="Een"))
        server.feed("/twee", rss(title="Twee"))
        yield server


@pytest.fixture
async def running(site: FeedServer, sqlite_database: Database) -> AsyncIterator[Database]:
    """The schedule over a database of its own; a source that was read is not due again for an hour."""
    settings = Settings(_env_file=None, poll_interval=3600, outbox_interval=0.05)  # type: ignore[call-arg]
    fetcher = Fetcher(contact="test", allow_hosts=[site.host, site.host.replace("127.0.0.1", "localhost")])

    async def read_page(html: bytes, url: str, zone: str) -> PageText:
        raise AssertionError

    async def poll_source(source_id: str) -> PollReport:
        return await poll(
            source_id,
            sqlite_database,
            fetcher,
            read_page,
            read_feed=read_feed,
            pace=settings.pace,
            moment=datetime.now(UTC),
            if_due=True,
        )

    pipeline = Pipeline(sqlite_database, make_worker({}, settings), Rules())
    rounds = Rounds(sqlite_database, pipeline, poll_source, settings=settings, pulse=Pulse(), metrics=Metrics())
    rounds.serve_sources = lambda: serve_requests(sqlite_database, fetcher, read_feed, moment=datetime.now(UTC))
    scheduler = start_schedule(rounds, settings)
    yield sqlite_database
    await stop_schedule(scheduler, rounds, 1)
    await fetcher.close()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the spread, which is of minutes at this interval."""
    monkeypatch.setattr("bot.schedule.JITTER_SHARE", 0)


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what is waited for is a request to a server
            await asyncio.sleep(0.02)


async def _seed(database: Database, site: FeedServer, *names: str) -> None:
    async with database.writing() as session:
        rows = [{"id": name, "name": name, "url": site.url(f"/{name}")} for name in names]
        await seed_sources(session, rows=rows)


async def _switch(database: Database, source_id: str, *, enabled: bool) -> None:
    async with database.writing() as session:
        await switch_source(session, source_id=source_id, enabled=enabled)


async def test_a_source_that_is_new_is_polled_and_the_others_stay_as_they_are(
    running: Database, site: FeedServer
) -> None:
    await _seed(running, site, "een")
    await _until(lambda: site.asked("/een"))
    await _seed(running, site, "twee")
    await _until(lambda: site.asked("/twee"))
    assert (len(site.asked("/een")), len(site.asked("/twee"))) == (1, 1)


async def test_a_source_that_is_resumed_is_polled_at_once_and_a_paused_one_not_at_all(
    running: Database, site: FeedServer
) -> None:
    await _seed(running, site, "een", "twee")
    await _until(lambda: site.asked("/een") and site.asked("/twee"))
    await _switch(running, "een", enabled=False)
    await asyncio.sleep(0.2)
    await _switch(running, "een", enabled=True)
    await _until(lambda: len(site.asked("/een")) == 2)

    # Off and on again between two looks: its job stands an hour off, and is brought forward.
    async with running.writing() as session:
        await switch_source(session, source_id="twee", enabled=False)
        await switch_source(session, source_id="twee", enabled=True)
    await _until(lambda: len(site.asked("/twee")) == 2)
    assert len(site.asked("/een")) == 2


async def test_a_source_that_is_removed_is_polled_no_more_until_it_comes_back(
    running: Database, site: FeedServer
) -> None:
    await _seed(running, site, "een")
    await _until(lambda: site.asked("/een"))
    async with running.writing() as session:
        await remove_source(session, source_id="een", moment=datetime.now(UTC))
        await switch_source(session, source_id="een", enabled=True)
    await asyncio.sleep(0.2)
    assert len(site.asked("/een")) == 1
    async with running.writing() as session:
        await restore_source(session, source_id="een")
        await switch_source(session, source_id="een", enabled=True)
    await _until(lambda: len(site.asked("/een")) == 2)


async def test_an_address_that_was_asked_for_becomes_a_source_and_is_polled(
    running: Database, site: FeedServer
) -> None:
    async with running.writing() as session:
        await ask_for_source(session, url=site.url("/twee"), chat_id=1, topic_id=0, user_id=1)
    await _until(lambda: len(site.asked("/twee")) == 2)
    async with running.reading() as session:
        (source,) = await all_sources(session)
    assert (source.id, source.enabled) == ("twee", True)


async def test_a_site_that_hangs_holds_up_no_other(running: Database, site: FeedServer) -> None:
    site.slow("/een", 30)
    await _seed(running, site, "een")
    await _until(lambda: site.asked("/een"))
    async with running.writing() as session:
        url = site.url("/twee").replace("127.0.0.1", "localhost")
        await seed_sources(session, rows=[{"id": "elders", "name": "Elders", "url": url}])
    await _until(lambda: site.asked("/twee"))


class Busy(Pipeline):
    """A pipeline with a backlog that takes until it is told."""

    def __init__(self, database: Database, settings: Settings) -> None:
        super().__init__(database, make_worker({}, settings), Rules())
        self.done = asyncio.Event()

    async def take_next(self, moment: datetime, *, is_fresh_first: bool = True) -> None:
        await self.done.wait()


async def test_a_poll_does_not_wait_until_a_backfill_is_taken(sqlite_database: Database) -> None:
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    pipeline = Busy(sqlite_database, settings)
    next_poll_at = datetime(2026, 11, 24, 12, tzinfo=UTC)

    async def poll_source(source_id: str) -> PollReport:
        return PollReport(source_id, new=1, next_poll_at=next_poll_at)

    rounds = Rounds(sqlite_database, pipeline, poll_source, settings=settings, pulse=Pulse(), metrics=Metrics())
    taking = asyncio.create_task(rounds.take_waiting())
    await asyncio.sleep(0)

    async with asyncio.timeout(PATIENCE):
        assert await rounds.poll("een") == next_poll_at
    pipeline.done.set()
    await taking


class Listening(Worker):
    """Finds nothing in any text, and remembers in what order the texts came."""

    def __init__(self) -> None:
        self.read: list[str] = []

    async def extract(self, text: str, *_: object) -> list[Finding]:
        self.read.append(text)
        return []


async def test_news_comes_before_a_backfill_that_another_process_left_and_neither_waits_for_good(
    database: Database,
) -> None:
    settings, now = Settings(_env_file=None), datetime.now(UTC)  # type: ignore[call-arg]
    async with database.writing() as session:
        await seed_sources(session, rows=[{"id": "bode", "name": "De Bode", "url": "https://bode.example/rss"}])
        for number in range(4):
            published_at = now - timedelta(days=900 - number)
            await _keep(session, f"archief {number}", published_at, announce=False)
        await _keep(session, "archief van vandaag", now - timedelta(hours=3), announce=False)
        await _keep(session, "gevolgd, en oud", now - timedelta(days=3))
        await _keep(session, "gisteren, en nu gewijzigd", now - timedelta(hours=40))
        for number in range(6):
            await _keep(session, f"nieuws {number}", now - timedelta(hours=2) + timedelta(minutes=number))
    worker = Listening()
    pipeline = Pipeline(database, worker, Rules())
    rounds = Rounds(database, pipeline, _no_poll, settings=settings, pulse=Pulse(), metrics=Metrics())

    await rounds.take_waiting()

    assert worker.read == [
        "gisteren, en nu gewijzigd",
        "nieuws 0",
        "nieuws 1",
        "nieuws 2",
        "archief 0",
        "nieuws 3",
        "nieuws 4",
        "nieuws 5",
        "archief 1",
        "archief 2",
        "archief 3",
        "gevolgd, en oud",
        "archief van vandaag",
    ]


async def _keep(session: AsyncSession, text: str, published_at: datetime, *, announce: bool = True) -> None:
    await keep_article(
        session,
        identity=text,
        source_id="bode",
        url=None,
        title=text,
        text=text,
        published_at=published_at,
        announce=announce,
    )


async def _no_poll(source_id: str) -> PollReport:
    raise AssertionError(source_id)
